import AccountRecords
import AuditRecords
package import Conversation
import Permissions
package import StageRuntime

/// Decides about the installation itself, under its one key: that it is set up once, who runs it,
/// and its settings.
///
/// There is always an operator who can sign in, once there was one.
package struct InstallationStage: Stage {
    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never

    /// The stage's name.
    package let name = "installation"
    package let reads: [any Payload.Type] = [InstallationCommand.self, OperatorRequest.self]

    /// What it remembers.
    package struct State: StageState {
        var facts = InstallationFacts()
        var team = Team()
        /// The membership that a set-up under way is to make.
        var settingUp: RecordID?

        /// Nothing is set up.
        package init() {}
    }

    /// Makes the stage.
    package init() {}

    /// Decides about a command, or an account's request.
    package func begin(
        _ input: StageInput, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        guard context.key == TenantID.installation.rawValue else {
            throw Rejection("there is one installation, and it is not called so")
        }
        var decision = InstallationDecision(state: state, context: context)
        switch input {
        case .record(let command as InstallationCommand, _, _): decision.obey(command)
        case .record(let request as OperatorRequest, let headers, _):
            decision.consider(request.request, id: headers.id)
        default: throw context.noUse
        }
        state = decision.state
        guard !decision.effects.outputs.isEmpty else {
            return .ignore(because: "nothing came of it")
        }
        return .finish(decision.effects)
    }
}

/// One decision under way: the installation as it becomes, and the effects so far.
struct InstallationDecision: TeamDecision {
    var state: InstallationStage.State
    var effects: Effects
    let context: StageContext
    var wish = TeamWish(by: .system, action: "installation.change")

    init(state: InstallationStage.State, context: StageContext) {
        self.state = state
        self.effects = context.effects
        self.context = context
    }

    var team: Team {
        get { state.team }
        set { state.team = newValue }
    }
    var sets: [PermissionSet] {
        get { state.facts.sets }
        set { state.facts.sets = newValue }
    }
    var tenant: TenantID { .installation }
    let head = RoleName.operator
    let isClosed = false

    func permissions(of role: RoleName) -> Set<Permission> {
        AccessMatrix.permissions(
            ofInstallationRole: role, Dictionary(sets.map { ($0.id, $0) }) { $1 })
    }

    func isOffered(_ role: RoleName) -> Bool { false }

    func unfit(_ set: PermissionSet) -> [Permission] {
        AccessMatrix.unfit(set, at: .installation)
    }

    /// Does what is wished, or says why not.
    mutating func obey(_ command: InstallationCommand) {
        wish = TeamWish(
            by: command.by, origin: command.origin, action: command.action.word,
            reference: command.reference)
        let before = state
        do throws(Refusal) {
            try act(command.action)
        } catch {
            state = before
            refuse(error)
        }
    }

    private mutating func act(_ action: InstallationCommand.Action) throws(Refusal) {
        // Whoever acts as somebody of a tenant does so there alone.
        guard wish.by.impersonator == nil else { throw .forbidden }
        switch action {
        case .offerSetUp(let token): try offerSetUp(token)
        case .setUp(let hash, let account, let new): try setUp(hash, account, new)
        case .change(let part, let version): try change(part, version)
        case .appoint(let account, let role): try appoint(account, role)
        case .changeRole(let account, let role):
            try require(.writeOperators)
            try changeRole(account, role)
        case .dismiss(let account): try remove(account, needing: .writeOperators)
        case .define(let set):
            try require(.writeOperators)
            try define(set)
        case .removeSet(let id):
            try require(.writeOperators)
            try removeSet(id)
        case .key(let action):
            if case .noteUse = action {} else { try require(.writeOperators) }
            try change(action)
        }
    }

    // MARK: Set-up

    private mutating func offerSetUp(_ token: OneTimeToken) throws(Refusal) {
        guard wish.by.kind == .key || wish.by.kind == .system else { throw .forbidden }
        guard !state.facts.isSetUp else { throw .setUp }
        state.facts.link = token
        done(.setUpOffered)
    }

    /// The first with the link becomes the owner, once the account is made; meanwhile nobody else.
    private mutating func setUp(
        _ hash: String, _ account: AccountID, _ new: NewAccount
    ) throws(Refusal) {
        guard !state.facts.isSetUp else { throw .setUp }
        guard state.settingUp == nil else { throw .busy }
        guard let link = state.facts.link, link.hash == hash, now < link.expires else {
            throw .badToken
        }
        guard new.passwordHash != nil, new.isVerified else { throw .noPassword }
        propose(account, head, new)
        state.settingUp = state.team.proposals.last?.name
    }

    // MARK: Settings

    private mutating func change(
        _ part: InstallationPart, _ version: Int
    ) throws(Refusal) {
        try require(.writeInstallation)
        guard version == state.facts.version(part.name) else { throw .otherVersion }
        let before = state.facts
        switch part {
        case .signUp(let signUp): state.facts.signUp = signUp
        case .mail(let mail): state.facts.mail = mail
        case .security(let security): state.facts.security = security
        }
        state.facts.versions[part.name.rawValue] = version + 1
        done(.changed(part.name), changes: state.facts.changes(since: before))
    }

    // MARK: People

    private mutating func appoint(
        _ account: AccountID, _ role: RoleName
    ) throws(Refusal) {
        try require(.writeOperators)
        guard team.member(account) == nil else { throw .member }
        guard !permissions(of: role).isEmpty else { throw .badRole }
        try requireAll(of: role)
        guard team.members.count + team.proposals.count < TeamLimits.members else {
            throw .tooMany
        }
        propose(account, role)
    }

    mutating func consider(_ request: MembershipRequest, id: RecordID) {
        wish = TeamWish(by: request.by, origin: request.origin, action: "operator.join")
        switch request.wish {
        case .agree(let name): agree(request.account, name)
        case .disagree(let name, let refusal):
            guard let proposal = takeProposal(name, of: request.account) else { return }
            if state.settingUp == name { state.settingUp = nil }
            wish = proposal.wish
            refuse(refusal)
        case .leave, .back, .gone: answer(request, id: id)
        case .join, .decline, .found: notify(request.account, .refused(id, because: .forbidden))
        }
    }

    private mutating func agree(_ account: AccountID, _ name: RecordID) {
        guard let proposal = takeProposal(name, of: account) else {
            return notify(account, .ended(name))
        }
        wish = proposal.wish
        let isSettingUp = state.settingUp == name
        if isSettingUp { state.settingUp = nil }
        // Whoever has the installation's key may have been quicker.
        let isTooLate = isSettingUp && state.facts.isSetUp
        guard !isTooLate, team.member(account) == nil else {
            refuse(isTooLate ? .setUp : .member)
            return notify(account, .ended(name))
        }
        let member = admit(account, proposal.role, name)
        let changes = [AuditChange("role", nil, member.role.rawValue)]
        if member.role == head {
            state.facts.isSetUp = true
            state.facts.link = nil
        }
        if isSettingUp {
            done(.setUp(member), changes: changes)
        } else {
            done(
                .joined(member), on: AuditTarget("account", account.rawValue), changes: changes)
        }
        notify(account, .joined(name))
    }

    // MARK: Telling

    mutating func tell(_ change: TeamChange) {
        switch change {
        case .refused(let refusal): publish(.refused(refusal))
        case .joined(let member): publish(.joined(member))
        case .memberChanged(let member): publish(.memberChanged(member))
        case .left(let account): publish(.left(account))
        case .setDefined(let id): publish(.setDefined(id))
        case .setRemoved(let id): publish(.setRemoved(id))
        case .key(let key): publish(.key(key))
        case .keyRotated(let key, let former): publish(.keyRotated(key, former: former))
        }
    }

    private mutating func publish(_ change: InstallationEvent.Change) {
        effects.emit(
            InstallationEvent(
                facts: state.facts, change: change, reference: wish.reference, at: now))
        wish.reference = nil
    }

    private mutating func done(
        _ change: InstallationEvent.Change, changes: [AuditChange] = []
    ) {
        publish(change)
        audit(on: AuditTarget("installation", "installation"), changes: changes)
    }
}

extension InstallationCommand.Action {
    /// What the audit log calls it.
    var word: String {
        switch self {
        case .offerSetUp: "installation.offerSetUp"
        case .setUp: "installation.setUp"
        case .change(let part, _): "installation.change.\(part.name.rawValue)"
        case .appoint: "operator.appoint"
        case .changeRole: "operator.changeRole"
        case .dismiss: "operator.dismiss"
        case .define: "role.define"
        case .removeSet: "role.remove"
        case .key(let action): action.word
        }
    }
}

extension InstallationFacts {
    /// What is other than before, field by field; no secret.
    fileprivate func changes(since before: Self) -> [AuditChange] {
        func words(_ facts: Self) -> [(String, String?)] {
            [
                ("signUp", facts.signUp.isOpen ? "open" : "closed"),
                ("plans", facts.signUp.plans.joined(separator: " ")),
                ("host", facts.mail.host), ("port", String(facts.mail.port)),
                ("transport", facts.mail.transport.rawValue), ("user", facts.mail.user),
                ("sender", facts.mail.sender),
                ("needsSecondFactor", String(facts.security.needsSecondFactor)),
                ("trustedProxies", facts.security.trustedProxies.joined(separator: " ")),
                ("baseURL", facts.security.baseURL),
            ]
        }
        var changes = zip(words(before), words(self)).compactMap { old, new in
            old.1 == new.1 ? nil : AuditChange(new.0, old.1, new.1)
        }
        if before.mail.password != mail.password { changes.append(AuditChange("password")) }
        return changes
    }
}
