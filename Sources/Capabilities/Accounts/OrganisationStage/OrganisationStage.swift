import AccountRecords
import AuditRecords
package import Conversation
import Permissions
package import StageRuntime

/// Decides about each organisation: who belongs to it, in which role, and how it stands.
///
/// There is always an owner who can sign in, once there was one.
package struct OrganisationStage: Stage {
    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never
    /// What it remembers per tenant.
    package typealias State = OrganisationState
    /// What it wants to know of a tenant.
    package typealias Settings = OrganisationSettings

    /// The stage's name.
    package let name = "organisations"
    package let reads: [any Payload.Type] = [OrganisationCommand.self, MembershipRequest.self]

    static let retention = "retention"
    static let impersonations = "impersonations"

    /// Makes the stage.
    package init() {}

    /// Decides about a command, an account's request, or the end of a deleted tenant's retention.
    package func begin(
        _ input: StageInput, _ state: inout OrganisationState, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        var decision = OrganisationDecision(state: state, context: context)
        switch input {
        case .record(let command as OrganisationCommand, _, _): decision.obey(command)
        case .record(let request as MembershipRequest, let headers, _):
            decision.consider(request, id: headers.id)
        case .timer(let timer) where timer.name == Self.impersonations:
            decision.endOldImpersonations()
        case .timer: decision.endRetention()
        default: throw context.noUse
        }
        state = decision.state
        guard !decision.effects.outputs.isEmpty || !decision.effects.timers.isEmpty else {
            return .ignore(because: "nothing came of it")
        }
        return .finish(decision.effects)
    }

    /// That there is such a tenant.
    package func settings(from tenant: TenantSettings) -> OrganisationSettings {
        OrganisationSettings(isConnected: true)
    }
}

/// What the stage wants to know of a tenant's settings.
package struct OrganisationSettings: SettingsPart {
    /// Whether the tenant has numbers already: then it is not for anybody to found.
    var isConnected = false

    /// Of a tenant that is not known.
    package init() {}

    fileprivate init(isConnected: Bool) { self.isConnected = isConnected }
}

/// One decision under way: the organisation as it becomes, and the effects so far.
struct OrganisationDecision: TeamDecision {
    var state: OrganisationState
    var effects: Effects
    let context: StageContext
    var wish = TeamWish(by: .system, action: "tenant.change")

    init(state: OrganisationState, context: StageContext) {
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
    var tenant: TenantID { TenantID(context.key) }
    let head = RoleName.owner

    /// Whether it is deleted or purged.
    var isClosed: Bool {
        switch state.facts.standing {
        case .deleted, .purged: true
        case .none, .active, .suspended: false
        }
    }

    func permissions(of role: RoleName) -> Set<Permission> {
        AccessMatrix.permissions(
            ofTenantRole: role, Dictionary(sets.map { ($0.id, $0) }) { $1 })
    }

    func isOffered(_ role: RoleName) -> Bool {
        state.invitations.values.contains { $0.role == role }
    }

    func unfit(_ set: PermissionSet) -> [Permission] { AccessMatrix.unfit(set, at: .tenant) }

    /// Does what is wished, or says why not.
    mutating func obey(_ command: OrganisationCommand) {
        wish = TeamWish(
            by: command.by, origin: command.origin, action: command.action.word,
            reference: command.reference)
        let before = state
        do throws(Refusal) {
            try requireStanding(for: command.action)
            try requireOwnWish(for: command.action)
            try act(command.action)
        } catch {
            state = before
            refuse(error)
        }
    }

    private mutating func act(_ action: OrganisationCommand.Action) throws(Refusal) {
        switch action {
        case .create(let new): try create(new)
        case .change(let part, let version): try change(part, version)
        case .changePlan(let plan): try changePlan(plan)
        case .invite(let invitation): try invite(invitation)
        case .resend(let id, let token): try resend(id, token)
        case .cancelInvitation(let id): try cancelInvitation(id)
        case .changeRole(let account, let role):
            try require(.writeMembers)
            try changeRole(account, role)
        case .remove(let account): try removeMember(account)
        case .offerOwnership(let to, let until): try offerOwnership(to, until)
        case .acceptOwnership: try acceptOwnership()
        case .endOffer: try endOffer()
        case .appointOwner(let account): try appointOwner(account)
        case .define(let set):
            try require(.writeRoles)
            try define(set)
        case .removeSet(let id):
            try require(.writeRoles)
            try removeSet(id)
        case .key(let key): try changeKey(key)
        case .consent(let until): try consent(until)
        case .impersonate(let account, let name, let session, let reason):
            try impersonate(account, name, session, because: reason)
        case .endImpersonation(let session): try endImpersonation(session)
        case .suspend(let reason): try suspend(reason)
        case .resume: try resume()
        case .delete: try delete()
        case .restore: try restore()
        case .purge: try purge()
        }
    }

    // MARK: Telling

    mutating func tell(_ change: TeamChange) {
        switch change {
        case .refused(let refusal): publish(.refused(refusal))
        case .joined(let member): publish(.joined(member))
        case .memberChanged(let member):
            publish(.memberChanged(member))
            if member.isAway { endImpersonations(as: member.account, because: "member") }
        case .left(let account):
            // What was offered by or to somebody who left is void.
            if state.facts.offer?.from == account || state.facts.offer?.to == account {
                state.facts.offer = nil
            }
            publish(.left(account))
            endImpersonations(as: account, because: "member")
        case .setDefined(let id): publish(.setDefined(id))
        case .setRemoved(let id): publish(.setRemoved(id))
        case .key(let key): publish(.key(key))
        case .keyRotated(let key, let former): publish(.keyRotated(key, former: former))
        }
    }

    mutating func publish(_ change: OrganisationEvent.Change) {
        effects.emit(
            OrganisationEvent(
                tenant: tenant, facts: state.facts, change: change, reference: wish.reference,
                at: now))
        wish.reference = nil
    }

    /// Tells that something is done to the organisation itself.
    mutating func done(_ change: OrganisationEvent.Change, changes: [AuditChange] = []) {
        publish(change)
        audit(
            on: AuditTarget("tenant", tenant.rawValue, name: state.facts.profile.name),
            changes: changes)
    }
}

extension OrganisationCommand.Action {
    /// What the audit log calls it.
    var word: String {
        switch self {
        case .create: "tenant.create"
        case .change(let part, _): "tenant.change.\(part.name.rawValue)"
        case .changePlan: "tenant.changePlan"
        case .invite: "invitation.create"
        case .resend: "invitation.resend"
        case .cancelInvitation: "invitation.cancel"
        case .changeRole: "member.changeRole"
        case .remove: "member.remove"
        case .offerOwnership: "ownership.offer"
        case .acceptOwnership: "ownership.accept"
        case .endOffer: "ownership.endOffer"
        case .appointOwner: "ownership.appoint"
        case .define: "role.define"
        case .removeSet: "role.remove"
        case .key(let action): action.word
        case .consent: "consent.change"
        case .impersonate: "impersonation.start"
        case .endImpersonation: "impersonation.stop"
        case .suspend: "tenant.suspend"
        case .resume: "tenant.resume"
        case .delete: "tenant.delete"
        case .restore: "tenant.restore"
        case .purge: "tenant.purge"
        }
    }
}

extension APIKeyAction {
    /// What the audit log calls it.
    var word: String {
        switch self {
        case .add: "apiKey.create"
        case .rotate: "apiKey.rotate"
        case .change: "apiKey.change"
        case .revoke: "apiKey.revoke"
        case .noteUse: "apiKey.use"
        }
    }
}
