import AccountRecords
import AuditRecords
package import Conversation
package import StageRuntime

/// Decides about each account, all by itself and in order: what can be done once is done once, as
/// no view is asked.
package struct AccountStage: Stage {
    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never
    /// What it remembers per account.
    package typealias State = AccountState

    /// The stage's name.
    package let name = "accounts"
    package let reads: [any Payload.Type] = [
        AccountCommand.self, AddressResult.self, MembershipNotice.self,
    ]

    /// Makes the stage.
    package init() {}

    /// Decides about a command, what became of an address, a team's word, or a timer.
    package func begin(
        _ input: StageInput, _ state: inout AccountState, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        var decision = AccountDecision(state: state, context: context)
        switch input {
        case .record(let command as AccountCommand, _, _): decision.obey(command)
        case .record(let result as AddressResult, _, _): decision.take(result)
        case .record(let notice as MembershipNotice, _, _): decision.hear(notice)
        case .timer(let timer): decision.fire(timer)
        default: throw context.noUse
        }
        state = decision.state
        guard !decision.effects.outputs.isEmpty || !decision.effects.timers.isEmpty else {
            return .ignore(because: "nothing came of it")
        }
        return .finish(decision.effects)
    }
}

/// The names of the stage's timers.
enum AccountTimer {
    static let reservation = "reservation"
    static let change = "address-change"
    static let leaving = "leaving"
}

/// One decision under way: the account as it becomes, and the effects so far.
struct AccountDecision {
    var state: AccountState
    var effects: Effects
    let context: StageContext
    /// Who wished what is decided.
    var wish = AccountState.Wish(by: .system, action: "account.change")

    init(state: AccountState, context: StageContext) {
        self.state = state
        self.effects = context.effects
        self.context = context
    }

    var now: Timestamp { context.now }
    var account: AccountID { AccountID(context.key) }

    /// Does what is wished, or says why not.
    mutating func obey(_ command: AccountCommand) {
        wish = AccountState.Wish(
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

    private mutating func act(_ action: AccountCommand.Action) throws(Refusal) {
        // Whoever acts as somebody changes nothing of their account.
        guard wish.by.impersonator == nil else { throw .forbidden }
        if case .create(let account) = action { return try create(account) }
        guard state.creation == nil else { throw .busy }
        switch state.facts.standing {
        case .active: break
        case .none, .deleted: throw .unknown
        case .disabled:
            switch action {
            case .enable, .delete, .rename, .resealFactor, .resetFactor, .endSessions: break
            default: throw .disabled
            }
        }
        try actInForce(action)
    }

    private mutating func actInForce(_ action: AccountCommand.Action) throws(Refusal) {
        switch action {
        case .create: throw .exists
        case .rename(let name, let language): try rename(name, language)
        case .signIn(let session, let proof): try signIn(session, proof)
        case .prove(let session, let hash, let proof): try prove(session, hash, proof)
        case .noteUse(let session): try noteUse(session)
        case .endSession(let session): try endSession(session)
        case .endSessions: try endSessions()
        case .changePassword(let hash): try changePassword(hash)
        case .rehashPassword(let hash, let version): try rehashPassword(hash, version)
        case .offerFactor(let id, let secret): try offerFactor(id, secret)
        case .confirmFactor(let id, let step, let codes): try confirmFactor(id, step, codes)
        case .removeFactor: try removeFactor()
        case .renewBackupCodes(let codes): try renewBackupCodes(codes)
        case .resealFactor(let id, let secret): try resealFactor(id, secret)
        case .resetFactor: try resetFactor()
        case .startVerification(let token): try startVerification(token)
        case .verify(let hash): try verify(hash)
        case .startReset(let token): try startReset(token)
        case .reset(let hash, let password): try reset(hash, password)
        case .startAddressChange(let address, let token, let oldToken):
            try startAddressChange(address, token, oldToken)
        case .confirmAddressChange(let hash): try confirmAddressChange(hash)
        case .cancelAddressChange(let hash): try cancelAddressChange(hash)
        case .disable: try leave(isDeletion: false)
        case .enable: try enable()
        case .delete: try leave(isDeletion: true)
        case .join(let tenant, let hash): try join(tenant, hash)
        case .declineInvitation(let tenant, let hash): try decline(tenant, hash)
        case .found(let tenant, let organisation): try found(tenant, organisation)
        }
    }

    mutating func fire(_ timer: FiredTimer) {
        switch timer.name {
        case AccountTimer.reservation: giveUpReservation()
        case AccountTimer.change: endAddressChange()
        case AccountTimer.leaving: stay(because: .timedOut)
        default: break
        }
    }
}

// MARK: - Telling

extension AccountDecision {
    /// Tells that something is done, and who did it.
    mutating func done(
        _ change: AccountEvent.Change, kept: SessionID? = nil, changes: [AuditChange] = []
    ) {
        tell(change, kept: kept)
        audit(changes: changes)
    }

    /// Tells that something is not done.
    mutating func refuse(_ refusal: Refusal) {
        tell(.refused(refusal))
        audit(refusal: refusal)
    }

    /// Tells what happened; the first event of a decision answers the command.
    mutating func tell(_ change: AccountEvent.Change, kept: SessionID? = nil) {
        var facts = state.facts
        facts.backupCodes = state.backupCodes.count
        facts.tenants = state.teams
        effects.emit(
            AccountEvent(
                account: account, epoch: state.epoch, kept: kept, facts: facts, change: change,
                reference: wish.reference, at: now))
        wish.reference = nil
    }

    private mutating func audit(changes: [AuditChange] = [], refusal: Refusal? = nil) {
        guard !AccountCommand.Action.unaudited.contains(wish.action) else { return }
        effects.emit(
            AuditEntry(
                tenant: .installation, by: wish.by, action: wish.action,
                on: AuditTarget("account", account.rawValue, name: state.facts.address?.text),
                changes: changes, refusal: refusal?.rawValue, from: wish.origin, at: now))
    }

    /// Has a mail sent to the account's person, or to another address of theirs.
    mutating func mail(
        _ kind: MailRequest.Kind, to address: String? = nil, token: OneTimeToken? = nil,
        values: [String: String] = [:]
    ) {
        guard let address = address ?? state.facts.address?.text else { return }
        effects.emit(
            MailRequest(
                tenant: .installation, kind: kind, about: account.rawValue, to: address,
                name: state.facts.name, language: state.facts.language, values: values,
                token: token, askedBy: AccountID(person: wish.by), at: now))
    }
}

// MARK: - Who acts

extension AccountDecision {
    /// The session that acts, where it is this account's.
    var actingSession: SessionID? {
        guard wish.by.kind == .account, wish.by.id == account.rawValue else { return nil }
        return wish.by.session.map { SessionID($0) }
    }

    /// Whether an operator, or a key of the installation, acts.
    var isByOperator: Bool {
        switch wish.by.kind {
        case .operator, .operatorKey, .key: true
        case .account, .agent, .apiKey, .link, .system: false
        }
    }

    /// Asks that the account's own person acts, in a session that goes on.
    func requireOwn(proven: Bool = false) throws(Refusal) {
        guard let id = actingSession else { throw .forbidden }
        guard let session = state.sessions.first(where: { $0.id == id }), now < session.expires
        else { throw .unknown }
        guard !proven || now < session.proven + AccountLimits.proven else { throw .unproven }
    }

    /// Asks that the account's own person acts, or an operator.
    func requireOwnOrOperator(proven: Bool = false) throws(Refusal) {
        if !isByOperator { try requireOwn(proven: proven) }
    }

    /// Asks that an operator acts.
    func requireOperator() throws(Refusal) {
        guard isByOperator else { throw .forbidden }
    }
}

extension AccountCommand.Action {
    /// What happens all the time, or changes nothing that people know of.
    static let unaudited: Set<String> = [
        "account.noteUse", "account.rehashPassword", "account.resealFactor",
    ]

    /// What the audit log calls it.
    var word: String {
        switch self {
        case .create: "account.create"
        case .rename: "account.rename"
        case .signIn: "account.signIn"
        case .prove: "account.prove"
        case .noteUse: "account.noteUse"
        case .endSession: "account.endSession"
        case .endSessions: "account.endSessions"
        case .changePassword: "account.changePassword"
        case .rehashPassword: "account.rehashPassword"
        case .offerFactor: "account.offerFactor"
        case .confirmFactor: "account.confirmFactor"
        case .removeFactor: "account.removeFactor"
        case .renewBackupCodes: "account.renewBackupCodes"
        case .resealFactor: "account.resealFactor"
        case .resetFactor: "account.resetFactor"
        case .startVerification: "account.startVerification"
        case .verify: "account.verify"
        case .startAddressChange: "account.startAddressChange"
        case .confirmAddressChange: "account.confirmAddressChange"
        case .cancelAddressChange: "account.cancelAddressChange"
        case .startReset: "account.startReset"
        case .reset: "account.reset"
        case .disable: "account.disable"
        case .enable: "account.enable"
        case .delete: "account.delete"
        case .join: "account.join"
        case .declineInvitation: "account.declineInvitation"
        case .found: "account.found"
        }
    }
}
