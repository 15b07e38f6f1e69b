import AccountRecords
import AccountStage
import AuditChain
import AuditRecords
import AuditStage
import Conversation
import EventLog
import OrganisationStage
import Permissions
import Records

@testable import StageRuntime

/// Accounts, addresses, organisations and the installation, whose commands come in any order, twice
/// and at once, while their stages crash.
final class AccountWorld: SimulatedWorld {
    static let types = RecordTypes(
        ConversationRecords.types + AuditRecords.types + AccountRecords.types)
    static let envelope = RecordEnvelope(types)

    let log: SimulatedLog
    private(set) var members: [any Member] = []
    private(set) var violations: [String] = []
    /// What the views know, as soon as it is committed.
    private(set) var view = AccountsView()
    var left: Int
    var count = 0
    /// Commands that were given, by their references.
    private var given: [String: Record] = [:]
    private var answered: [String: Int] = [:]
    /// What each sign-in spends, by its session.
    var spends: [SessionID: String] = [:]
    /// How far each partition of each topic was seen.
    private var seen: [TopicPartition: Int] = [:]
    /// What was tried and done, to know that all is.
    private(set) var tried: Set<String> = []

    init(_ dice: inout Dice, flaw: Flaw?) {
        log = SimulatedLog(partitions: 2, from: Timestamp(seconds: 1_800_000_000), flaw: flaw)
        log.envelope = Self.envelope
        left = 150 + dice.below(150)
        let settings = RunnerSettings(recordsDecisions: false)
        func add<S: Stage>(_ stage: S, _ commands: Topic?, _ topics: [Topic])
        where S.Call == Never, S.Answer == Never {
            let inputs =
                (commands.map { [InputTopic($0, repeatsWithin: .seconds(86_400))] } ?? [])
                + topics.map { InputTopic($0) }
            for slot in ["0", "1"] {
                members.append(
                    StageMember(
                        stage, reading: inputs, from: log, slot: slot, settings: settings,
                        world: asksNothing))
            }
        }
        add(AccountStage(), .accountsCommands, [.accountsReservations, .accountsNotices])
        add(AddressStage(), nil, AddressStage().reads.map { $0.topic })
        add(OrganisationStage(), .organisationsCommands, [.organisationsRequests])
        add(InstallationStage(), .installationCommands, [.installationRequests])
        add(AuditStage(), nil, [.audit])
        log.onCommit = { [weak self] _, _ in self?.look() }
        give(
            InstallationCommand(
                by: AuditActor(.key, "k"), action: .offerSetUp(token("set-up")),
                reference: "offer", at: log.now))
    }

    func token(_ name: String) -> OneTimeToken {
        OneTimeToken(hash: name, expires: log.now + .seconds(3_600))
    }

    // MARK: The outside

    func outsideEvent(unkind: Bool, _ dice: inout Dice) -> String? {
        // The stages have time in between: who wishes something knows what came before.
        guard !unkind || dice.once(in: 5) else { return nil }
        if unkind, !given.isEmpty, dice.once(in: 5) {
            let again = dice.pick(given.keys.sorted())
            if let record = given[again] { log.append([record]) }
            return "again \(again)"
        }
        guard left > 0, unkind || dice.once(in: 2) else { return nil }
        left -= 1
        count += 1
        return wish(&dice)
    }

    var isOutsideQuiet: Bool { left == 0 }

    func longestJump(_ dice: inout Dice) -> Duration {
        dice.once(in: 8) ? .seconds(40) : .seconds(4)
    }

    func give(_ command: AccountCommand) { write(command, command.id, command.reference) }
    func give(_ command: OrganisationCommand) { write(command, command.id, command.reference) }
    func give(_ command: InstallationCommand) { write(command, command.id, command.reference) }

    private func write(_ payload: any Payload, _ id: RecordID, _ reference: String) {
        let headers = RecordHeaders(
            id: id, type: type(of: payload).type, source: "console", time: log.now,
            subject: payload.key, correlation: id, causation: id, tenant: payload.tenant)
        // Texts and numbers only: it can be written.
        guard let record = try? Self.envelope.record(payload, headers: headers) else { return }
        given[reference] = record
        log.append([record])
    }

    // MARK: What must hold

    /// Looks at what was committed, in the order of commits.
    private func look() {
        for topic in [
            Topic.accountsEvents, .organisationsEvents, .installationEvents, .deadLetters,
        ] {
            for partition in 0..<log.partitions {
                let place = TopicPartition(topic.rawValue, partition)
                let records = log.records(topic, partition)
                for record in records[(seen[place] ?? 0)...] { take(record) }
                seen[place] = records.count
            }
        }
        violations += view.violations()
    }

    private func take(_ record: Record) {
        guard let (_, value) = try? Self.envelope.decode(record),  // unreadable: a dead letter
            case .payload(let payload) = value, record.topic != Topic.deadLetters.rawValue
        else {
            violations.append("a dead letter: \(record.headers)")
            return
        }
        switch payload {
        case let event as AccountEvent:
            note(event.reference, "\(event.change)")
            violations += view.take(event, spends)
        case let event as OrganisationEvent:
            note(event.reference, "\(event.change)")
            violations += view.take(event)
        case let event as InstallationEvent:
            note(event.reference, "\(event.change)")
            violations += view.take(event)
        default: break
        }
    }

    private func note(_ reference: String?, _ change: String) {
        tried.insert(String(change.prefix { $0 != "(" || change.hasPrefix("refused") }))
        guard let reference else { return }
        answered[reference, default: 0] += 1
        if answered[reference, default: 0] > 1 {
            violations.append("\(reference) was answered twice")
        }
    }

    func finalViolations() -> [String] {
        given.keys.sorted().filter { answered[$0] == nil }.map { "\($0) was never answered" }
            + auditFindings()
    }

    /// Whether each tenant's audit log is chained, entry by entry.
    private func auditFindings() -> [String] {
        var verifications: [String: AuditVerification] = [:]
        for record in log.records(.audit) {
            let id = RecordID(record.header(HeaderName.id) ?? "")
            verifications[record.header(HeaderName.tenant) ?? "", default: .init()]
                .add(entry: id, stored: record.value ?? [])
        }
        for record in log.records(.auditChain) {
            // Unreadable ones are missed by what follows.
            guard let (headers, value) = try? Self.envelope.decode(record),
                case .payload(let payload) = value
            else { continue }
            let tenant = headers.tenant.rawValue
            if let link = payload as? AuditLink { verifications[tenant]?.add(link) }
            if let point = payload as? AuditCheckpoint { verifications[tenant]?.add(point) }
        }
        return verifications.values.map { $0.finished() }.flatMap { outcome in
            outcome.findings.map { "the audit log: \($0)" }
                + (outcome.waiting > 0 ? ["\(outcome.waiting) audit entries are not chained"] : [])
        }
    }
}

/// What a view knows of accounts and teams, and what is wrong with it.
struct AccountsView {
    var accounts: [AccountID: AccountFacts] = [:]
    private var epochs: [AccountID: Int] = [:]
    private(set) var sessions: [AccountID: [SessionID: Int]] = [:]
    private(set) var teams: [TenantID: [AccountID: TeamMember]] = [:]
    /// Teams that had somebody of the first role, and are not closed.
    private var headed: Set<TenantID> = []
    private(set) var organisations: [TenantID: OrganisationFacts] = [:]
    private(set) var invitations: [TenantID: [InvitationID: Invitation]] = [:]
    private var accepted: Set<InvitationID> = []
    /// Operators who act as people of a team.
    private(set) var acting: [TenantID: [SessionID: Impersonation]] = [:]
    private var addresses: [AccountID: Set<AddressKey>] = [:]
    private var spent: Set<String> = []
    private var setUps = 0

    func session(of account: AccountID) -> SessionID? {
        sessions[account]?.keys.sorted().first
    }

    /// The account of which somebody has the address.
    mutating func take(_ event: AccountEvent, _ spends: [SessionID: String]) -> [String] {
        var found: [String] = []
        let account = event.account
        let before = accounts[account]
        if event.epoch < epochs[account] ?? 0 { found.append("the epoch of \(account) fell") }
        epochs[account] = event.epoch
        if let kept = event.kept, sessions[account]?[kept] != nil {
            sessions[account]?[kept] = event.epoch
        }
        switch event.change {
        case .signedIn(let session):
            sessions[account, default: [:]][session.id] = event.epoch
            // Without a factor none is spent, whatever was presented.
            if event.facts.hasFactor, let spends = spends[session.id],
                !spent.insert("\(account) \(spends)").inserted
            {
                found.append("\(account) spent \(spends) twice")
            }
        case .sessionEnded(let id): sessions[account]?[id] = nil
        case .passwordReset:
            if event.kept != nil { found.append("a session of \(account) outlived a reset") }
            if event.facts.factor != before?.factor {
                found.append("a reset changed the factor of \(account)")
            }
        case .addressChanged:
            let to = before?.change?.to
            if to == nil || to != event.facts.address {
                found.append("the address of \(account) changed without a change that waited")
            }
        default:
            if let old = before?.address, let new = event.facts.address, old != new {
                found.append("the address of \(account) changed by \(event.change)")
            }
        }
        sessions[account] = sessions[account]?.filter { $0.value >= event.epoch }
        accounts[account] = event.facts
        if let key = event.facts.address?.key { addresses[account, default: []].insert(key) }
        return found
    }

    mutating func take(_ event: OrganisationEvent) -> [String] {
        let tenant = event.tenant
        organisations[tenant] = event.facts
        switch event.change {
        case .joined(let member), .memberChanged(let member): put(member, in: tenant)
        case .left(let account): teams[tenant]?[account] = nil
        case .ownershipMoved(let old, let new):
            put(old, in: tenant)
            put(new, in: tenant)
        case .invited(let invitation): invitations[tenant, default: [:]][invitation.id] = invitation
        case .invitationEnded(let id, let how): return end(id, how, in: tenant)
        case .impersonated(let impersonation):
            acting[tenant, default: [:]][impersonation.id] = impersonation
        case .impersonationEnded(let id): acting[tenant]?[id] = nil
        case .deleted: headed.remove(tenant)
        case .restored: if teams[tenant]?.isEmpty == false { headed.insert(tenant) }
        case .purgeRequested:
            teams[tenant] = nil
            acting[tenant] = nil
            headed.remove(tenant)
        default: break
        }
        return []
    }

    private mutating func end(
        _ id: InvitationID, _ how: OrganisationEvent.InvitationEnd, in tenant: TenantID
    ) -> [String] {
        let invitation = invitations[tenant]?.removeValue(forKey: id)
        guard how == .accepted, let invitation else { return [] }
        guard accepted.insert(id).inserted else { return ["\(id) was accepted twice"] }
        let isTheirs = (teams[tenant] ?? [:]).keys.contains {
            addresses[$0]?.contains(invitation.address.key) == true
        }
        return isTheirs ? [] : ["\(id) was accepted by another address"]
    }

    mutating func take(_ event: InstallationEvent) -> [String] {
        switch event.change {
        case .setUp(let member):
            setUps += 1
            put(member, in: .installation)
            return setUps > 1 ? ["the installation was set up twice"] : []
        case .joined(let member), .memberChanged(let member): put(member, in: .installation)
        case .left(let account): teams[.installation]?[account] = nil
        default: break
        }
        return []
    }

    private mutating func put(_ member: TeamMember, in team: TenantID) {
        teams[team, default: [:]][member.account] = member
        let isHead = member.role == (team == .installation ? .operator : .owner)
        // A deleted one may lose its last owner.
        if isHead, !member.isAway, organisations[team]?.isDeleted != true { headed.insert(team) }
    }

    /// What must hold after each commit.
    func violations() -> [String] {
        var found: [String] = []
        var holders: [AddressKey: AccountID] = [:]
        for (account, facts) in accounts {
            guard facts.standing == .active || facts.standing == .disabled,
                let key = facts.address?.key
            else { continue }
            if let other = holders.updateValue(account, forKey: key) {
                found.append("\(account) and \(other) have one address")
            }
        }
        for team in headed {
            let head: RoleName = team == .installation ? .operator : .owner
            let isHeaded = (teams[team] ?? [:]).values.contains {
                $0.role == head && accounts[$0.account]?.canSignIn == true
            }
            if !isHeaded { found.append("nobody of the first role in \(team) can sign in") }
        }
        for (tenant, all) in acting {
            for impersonation in all.values
            where teams[tenant]?[impersonation.account]?.isAway != false
                || organisations[tenant]?.consentUntil == nil
            {
                found.append("\(impersonation.id) acts as who is not in \(tenant), or unasked")
            }
        }
        return found
    }
}
