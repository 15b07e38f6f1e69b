import AccountRecords
import AccountStage
import AuditRecords
import Conversation
import OrganisationStage
import Permissions
import Records
import StageRuntime
import Testing

/// The stages of accounts together, each with its states by key, and what passes between them.
///
/// Every state and record goes through its stored form, so that nothing depends on memory.
struct Office {
    var now = Timestamp(seconds: 1_800_000_000)
    /// All records that were written, in their order.
    private(set) var written: [any Payload] = []
    /// Types of records that nobody reads for the time being.
    var held: Set<String> = []
    /// Tenants that are connected to WhatsApp already.
    var connected: Set<TenantID> = []

    private var accounts: [String: AccountStage.State] = [:]
    private var addresses: [String: AddressStage.State] = [:]
    private var organisations: [String: OrganisationStage.State] = [:]
    private var installation: [String: InstallationStage.State] = [:]
    private var waiting: [(payload: any Payload, id: RecordID)] = []
    private var timers: [String: (stage: String, key: String, timer: FiredTimer)] = [:]
    private var count = 0

    // MARK: Running

    /// Takes a record in, and runs until nothing is left.
    mutating func put(_ payload: any Payload, id: RecordID) throws {
        waiting.append((try Self.stored(payload), id))
        try run()
    }

    /// Reads what was held.
    mutating func letGo(_ type: any Payload.Type) throws {
        held.remove(type.type)
        try run()
    }

    /// Goes on in time; timers that become due fire in their order.
    mutating func wait(_ time: Duration) throws {
        let end = now + time
        while let next = timers.values.filter({ $0.timer.due <= end })
            .min(by: { ($0.timer.due, $0.key) < ($1.timer.due, $1.key) })
        {
            now = max(now, next.timer.due)
            timers["\(next.stage)/\(next.key)/\(next.timer.name)"] = nil
            try step(next.stage, next.key, .timer(next.timer))
            try run()
        }
        now = end
    }

    private mutating func run() throws {
        while let place = waiting.firstIndex(where: { !held.contains(type(of: $0.payload).type) }) {
            let (payload, id) = waiting.remove(at: place)
            written.append(payload)
            guard let stage = Self.reader(of: payload) else { continue }
            count += 1
            let headers = RecordHeaders(
                id: id, type: type(of: payload).type, source: "test", time: now,
                subject: payload.key, correlation: id, causation: id, tenant: payload.tenant)
            let position = RecordPosition(topic: "t", partition: 0, offset: Int64(count))
            try step(stage, payload.key, .record(payload, headers, position: position))
        }
    }

    private static func reader(of payload: any Payload) -> String? {
        switch payload {
        case is AccountCommand, is AddressResult, is MembershipNotice: "accounts"
        case is AddressRequest: "addresses"
        case is OrganisationCommand, is MembershipRequest: "organisations"
        case is InstallationCommand, is OperatorRequest: "installation"
        default: nil
        }
    }

    private mutating func step(_ stage: String, _ key: String, _ input: StageInput) throws {
        switch stage {
        case "accounts":
            accounts[key] = try step(AccountStage(), accounts[key], key, input)
        case "addresses":
            addresses[key] = try step(AddressStage(), addresses[key], key, input)
        case "organisations":
            organisations[key] = try step(OrganisationStage(), organisations[key], key, input)
        default:
            installation[key] = try step(InstallationStage(), installation[key], key, input)
        }
    }

    private mutating func step<S: Stage>(
        _ stage: S, _ before: S.State?, _ key: String, _ input: StageInput
    ) throws -> S.State where S.Call == Never {
        let sealed = TenantSettings.Sealed(keyID: "", box: "")
        let settings =
            connected.contains(TenantID(key))
            ? stage.settings(
                from: TenantSettings(
                    tenant: TenantID(key), name: "", account: "", numbers: [], appSecret: sealed,
                    verifyToken: sealed, accessToken: sealed, graphURL: "", graphVersion: "",
                    updatedAt: now)) : S.Settings()
        let context = StageContext(
            stage: stage.name, input: input, key: key, now: now, step: 0, settings: settings)
        var state = before ?? S.State()
        let plan = try stage.begin(input, &state, context)
        state = try RecordCodec.decode(S.State.self, from: RecordCodec.encode(state))
        guard case .finish(let effects) = plan else { return state }
        for output in effects.outputs {
            guard let payload = output.payload else { continue }
            waiting.append((try Self.stored(payload), output.id))
        }
        for change in effects.timers {
            switch change {
            case .set(let timer):
                timers["\(stage.name)/\(key)/\(timer.name)"] = (stage.name, key, timer)
            case .cancel(let name): timers["\(stage.name)/\(key)/\(name)"] = nil
            }
        }
        return state
    }

    private static func stored(_ payload: any Payload) throws -> any Payload {
        try type(of: payload).read(payload.json())
    }

    // MARK: What was written

    func all<P: Payload>(_ type: P.Type) -> [P] { written.compactMap { $0 as? P } }

    func facts(_ account: AccountID) -> AccountFacts? {
        all(AccountEvent.self).last { $0.account == account }?.facts
    }

    func epoch(_ account: AccountID) -> Int {
        all(AccountEvent.self).last { $0.account == account }?.epoch ?? 0
    }

    /// The members of a team as a view has them.
    func members(_ tenant: TenantID) -> [AccountID: TeamMember] {
        var members: [AccountID: TeamMember] = [:]
        for event in all(OrganisationEvent.self) where event.tenant == tenant {
            switch event.change {
            case .joined(let member), .memberChanged(let member): members[member.account] = member
            case .left(let account): members[account] = nil
            case .ownershipMoved(let old, let new):
                members[old.account] = old
                members[new.account] = new
            case .purgeRequested: members = [:]
            default: break
            }
        }
        return members
    }

    /// The sessions of an account that a view lets in.
    func sessions(_ account: AccountID) -> Set<SessionID> {
        var sessions: [SessionID: Int] = [:]
        for event in all(AccountEvent.self) where event.account == account {
            if let kept = event.kept, sessions[kept] != nil { sessions[kept] = event.epoch }
            switch event.change {
            case .signedIn(let session): sessions[session.id] = event.epoch
            case .sessionEnded(let id): sessions[id] = nil
            default: break
            }
            sessions = sessions.filter { $0.value >= event.epoch }
        }
        return Set(sessions.keys)
    }

    func mails(_ kind: MailRequest.Kind) -> [MailRequest] {
        all(MailRequest.self).filter { $0.kind == kind }
    }

    // MARK: Commands

    private mutating func freshReference() -> String {
        count += 1
        return "reference-\(count)"
    }

    /// Wishes something of an account; the events that came of it, the answer first.
    @discardableResult
    mutating func wish(
        _ action: AccountCommand.Action, of account: AccountID, by actor: AuditActor
    ) throws -> AccountEvent.Change? {
        let command = AccountCommand(
            account: account, by: actor, action: action, reference: freshReference(), at: now)
        try put(command, id: command.id)
        return answer(to: command)
    }

    func answer(to command: AccountCommand) -> AccountEvent.Change? {
        all(AccountEvent.self).first { $0.reference == command.reference }?.change
    }

    /// Wishes something of an organisation; the answer.
    @discardableResult
    mutating func wish(
        _ action: OrganisationCommand.Action, of tenant: TenantID, by actor: AuditActor
    ) throws -> OrganisationEvent.Change? {
        let command = OrganisationCommand(
            tenant: tenant, by: actor, action: action, reference: freshReference(), at: now)
        try put(command, id: command.id)
        return all(OrganisationEvent.self).first { $0.reference == command.reference }?.change
    }

    /// Wishes something of the installation; the answer.
    @discardableResult
    mutating func wish(
        _ action: InstallationCommand.Action, by actor: AuditActor
    ) throws -> InstallationEvent.Change? {
        let command = InstallationCommand(
            by: actor, action: action, reference: freshReference(), at: now)
        try put(command, id: command.id)
        return all(InstallationEvent.self).first { $0.reference == command.reference }?.change
    }
}
