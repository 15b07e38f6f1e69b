import AccountRecords
import AuditRecords
import Conversation
import Permissions
import StageRuntime

/// People with roles, and keys: of a tenant, or of the installation.
struct Team: StageState {
    /// Somebody who is asked to belong, and has not answered yet.
    struct Proposal: Hashable, Sendable, Codable {
        /// The membership's name.
        var name: RecordID
        var account: AccountID
        var role: RoleName
        var wish: TeamWish
    }

    /// By account.
    var members: [String: TeamMember] = [:]
    var proposals: [Proposal] = []
    /// By id.
    var keys: [String: APIKeyFacts] = [:]

    func member(_ account: AccountID) -> TeamMember? { members[account.rawValue] }

    /// Whether somebody with the first role can sign in, besides that one.
    func hasHead(_ head: RoleName, besides account: AccountID? = nil) -> Bool {
        members.values.contains { $0.role == head && !$0.isAway && $0.account != account }
    }

    /// Whether the team can do without a member: not without the last of the first role who can
    /// sign in.
    func canSpare(_ account: AccountID, _ head: RoleName) -> Bool {
        guard let member = member(account), member.role == head, !member.isAway else { return true }
        return hasHead(head, besides: account)
    }
}

/// Who wished something, and how it is answered.
struct TeamWish: Hashable, Sendable, Codable {
    var by: AuditActor
    var origin: AuditOrigin?
    /// What the audit log calls it.
    var action: String
    var reference: String?
}

/// What happened to a team, wherever it is one.
enum TeamChange {
    case refused(Refusal)
    case joined(TeamMember)
    case memberChanged(TeamMember)
    case left(AccountID)
    case setDefined(RoleName)
    case setRemoved(RoleName)
    case key(APIKeyFacts)
    case keyRotated(APIKeyFacts, former: APIKeyFacts)
}

/// A decision about a team: what tenants and the installation have in common.
protocol TeamDecision {
    /// The team as it becomes.
    var team: Team { get set }
    /// The roles that it made.
    var sets: [PermissionSet] { get set }
    var effects: Effects { get set }
    var context: StageContext { get }
    var wish: TeamWish { get set }
    /// Whose team it is.
    var tenant: TenantID { get }
    /// The role of which one has to be there always.
    var head: RoleName { get }
    /// Whether nobody of it can do anything here any more: then its last head may go.
    var isClosed: Bool { get }
    /// What a role may here.
    func permissions(of role: RoleName) -> Set<Permission>
    /// Whether an invitation offers a role.
    func isOffered(_ role: RoleName) -> Bool
    /// The permissions of a set that it must not hold here.
    func unfit(_ set: PermissionSet) -> [Permission]
    /// Tells what happened; the first time answers the command.
    mutating func tell(_ change: TeamChange)
}

// MARK: - Telling

extension TeamDecision {
    var now: Timestamp { context.now }

    /// Tells that something is done, and who did it.
    mutating func done(
        _ change: TeamChange, on target: AuditTarget, changes: [AuditChange] = []
    ) {
        tell(change)
        audit(on: target, changes: changes)
    }

    /// Tells that something is not done.
    mutating func refuse(_ refusal: Refusal) {
        tell(.refused(refusal))
        audit(on: AuditTarget("tenant", tenant.rawValue), refusal: refusal)
    }

    mutating func audit(
        on target: AuditTarget, changes: [AuditChange] = [], refusal: Refusal? = nil
    ) {
        // What happens all the time changes nothing that people know of.
        guard wish.action != "apiKey.use" else { return }
        effects.emit(
            AuditEntry(
                tenant: tenant, by: wish.by, action: wish.action, on: target, changes: changes,
                refusal: refusal?.rawValue, from: wish.origin, at: now))
    }

    mutating func notify(_ account: AccountID, _ word: MembershipNotice.Word) {
        effects.emit(MembershipNotice(account: account, team: tenant, word: word, at: now))
    }
}

// MARK: - Who acts

extension TeamDecision {
    /// The member who acts as such.
    var actingMember: TeamMember? {
        switch wish.by.kind {
        case .account, .operator: team.member(AccountID(wish.by.id))
        case .apiKey, .operatorKey, .agent, .key, .link, .system: nil
        }
    }

    /// What who acts may at most, where it is one of the team's people or keys; `nil` for others,
    /// of whom the edge has asked it.
    func rights() throws(Refusal) -> Set<Permission>? {
        switch wish.by.kind {
        case .key, .system: return nil
        case .operator where tenant != .installation, .operatorKey where tenant != .installation:
            return nil
        case .account, .operator:
            guard let member = actingMember, !member.isAway else { throw .forbidden }
            return permissions(of: member.role)
        case .apiKey, .operatorKey:
            guard let key = team.keys[wish.by.id], key.isLive(at: now) else { throw .forbidden }
            var rights = Set(key.permissions)
            if let maker = key.maker.flatMap({ team.member($0) }) {
                rights.formIntersection(permissions(of: maker.role))
            }
            return rights
        case .agent, .link: throw .forbidden
        }
    }

    /// Asks that who acts may do something.
    func require(_ permission: Permission) throws(Refusal) {
        guard try rights()?.contains(permission) ?? true else { throw .forbidden }
    }

    /// Asks that who acts may all that a role may: nobody gives, or takes, more than they have.
    func requireAll(of role: RoleName) throws(Refusal) {
        guard let rights = try rights() else { return }
        guard permissions(of: role).isSubset(of: rights) else { throw .forbidden }
    }
}

// MARK: - People

extension TeamDecision {
    /// Gives a member another role.
    mutating func changeRole(_ account: AccountID, _ role: RoleName) throws(Refusal) {
        guard var member = team.member(account) else { throw .notMember }
        guard !permissions(of: role).isEmpty else { throw .badRole }
        try requireAll(of: member.role)
        try requireAll(of: role)
        if role == head {
            guard !member.isAway else { throw .disabled }
        } else {
            guard team.canSpare(account, head) else { throw .lastOwner }
        }
        let before = member.role
        member.role = role
        team.members[account.rawValue] = member
        done(
            .memberChanged(member), on: AuditTarget("account", account.rawValue),
            changes: [AuditChange("role", before.rawValue, role.rawValue)])
    }

    /// Lets a member go, who may always go themselves.
    mutating func remove(_ account: AccountID, needing permission: Permission) throws(Refusal) {
        guard let member = team.member(account) else { throw .notMember }
        if actingMember?.account != account {
            try require(permission)
            try requireAll(of: member.role)
        }
        guard team.canSpare(account, head) else { throw .lastOwner }
        team.members[account.rawValue] = nil
        done(
            .left(account), on: AuditTarget("account", account.rawValue),
            changes: [AuditChange("role", member.role.rawValue, nil)])
        notify(account, .ended(member.membership))
    }

    /// Asks an account, which may have to be made first, to belong; answered once it agreed.
    mutating func propose(_ account: AccountID, _ role: RoleName, _ new: NewAccount? = nil) {
        let name = RecordID.derived(from: context.input.id, by: "\(context.stage)/membership")
        team.proposals.append(.init(name: name, account: account, role: role, wish: wish))
        notify(account, .proposed(name, new))
    }

    /// Takes somebody in.
    @discardableResult
    mutating func admit(_ account: AccountID, _ role: RoleName, _ name: RecordID) -> TeamMember {
        let member = TeamMember(account: account, role: role, membership: name, since: now)
        team.members[account.rawValue] = member
        return member
    }

    /// Takes a proposal back out of those that wait.
    mutating func takeProposal(_ name: RecordID, of account: AccountID) -> Team.Proposal? {
        guard
            let place = team.proposals.firstIndex(where: {
                $0.name == name && $0.account == account
            })
        else { return nil }
        return team.proposals.remove(at: place)
    }

    /// Answers an account that can sign in no more, or again.
    mutating func answer(_ request: MembershipRequest, id: RecordID) {
        let account = request.account
        switch request.wish {
        case .leave:
            guard isClosed || team.canSpare(account, head) else {
                return notify(account, .mustStay(id))
            }
            notify(account, .mayLeave(id))
            setAway(account, true)
        case .back: setAway(account, false)
        case .gone:
            guard let member = team.members.removeValue(forKey: account.rawValue) else { return }
            done(
                .left(account), on: AuditTarget("account", account.rawValue),
                changes: [AuditChange("role", member.role.rawValue, nil)])
        case .join, .decline, .found, .agree, .disagree: break
        }
    }

    private mutating func setAway(_ account: AccountID, _ isAway: Bool) {
        guard var member = team.member(account), member.isAway != isAway else { return }
        member.isAway = isAway
        team.members[account.rawValue] = member
        tell(.memberChanged(member))
    }
}

// MARK: - Roles

extension TeamDecision {
    mutating func define(_ set: PermissionSet) throws(Refusal) {
        guard !set.id.isBuiltIn, unfit(set).isEmpty, !set.permissions.isEmpty else {
            throw .badRole
        }
        if let rights = try rights(), !rights.isSuperset(of: set.permissions) { throw .forbidden }
        let before = sets.first { $0.id == set.id }
        if before == nil, sets.count >= TeamLimits.sets { throw .tooMany }
        sets.removeAll { $0.id == set.id }
        sets.append(set)
        sets.sort { $0.id < $1.id }
        func words(_ set: PermissionSet?) -> String? {
            set.map { $0.permissions.map(\.rawValue).joined(separator: " ") }
        }
        done(
            .setDefined(set.id), on: AuditTarget("role", set.id.rawValue, name: set.name),
            changes: [AuditChange("permissions", words(before), words(set))])
    }

    mutating func removeSet(_ id: RoleName) throws(Refusal) {
        guard let set = sets.first(where: { $0.id == id }) else { throw .unknown }
        guard !team.members.values.contains(where: { $0.role == id }),
            !team.proposals.contains(where: { $0.role == id }), !isOffered(id)
        else { throw .inUse }
        sets.removeAll { $0.id == id }
        done(.setRemoved(id), on: AuditTarget("role", id.rawValue, name: set.name))
    }
}

// MARK: - Keys

extension TeamDecision {
    mutating func change(_ action: APIKeyAction) throws(Refusal) {
        switch action {
        case .add(let key): try add(key)
        case .rotate(let id, let fresh, let hash, let grace):
            try rotate(id, to: fresh, hash, .seconds(max(0, grace)))
        case .change(let id, let name, let networks):
            var key = try liveKey(id)
            let before = key.name
            key.name = name
            key.networks = networks
            put(key, changes: [AuditChange("name", before, name)])
        case .revoke(let id):
            var key = try liveKey(id)
            key.expires = now
            put(key)
        case .noteUse(let id):
            var key = try liveKey(id)
            if let used = key.usedAt, now < used + TeamLimits.betweenUses { throw .tooSoon }
            key.usedAt = now
            team.keys[id.rawValue] = key
            tell(.key(key))
        }
    }

    private mutating func add(_ key: APIKeyFacts) throws(Refusal) {
        let set = PermissionSet(id: "key", name: "", permissions: key.permissions)
        guard unfit(set).isEmpty, !key.permissions.isEmpty else { throw .badRole }
        if let rights = try rights(), !rights.isSuperset(of: key.permissions) { throw .forbidden }
        try requireRoom(for: key.id)
        var key = key
        key.createdAt = now
        key.maker = actingMember?.account
        put(
            key,
            changes: [
                AuditChange(
                    "permissions", nil, key.permissions.map(\.rawValue).joined(separator: " "))
            ])
    }

    private mutating func requireRoom(for id: APIKeyID) throws(Refusal) {
        guard team.keys[id.rawValue] == nil else { throw .exists }
        if team.keys.count >= TeamLimits.keys {
            team.keys = team.keys.filter { $0.value.isLive(at: now) }
        }
        guard team.keys.count < TeamLimits.keys else { throw .tooMany }
    }

    /// A key in the place of another, which goes on for a while: whoever has it can change over.
    private mutating func rotate(
        _ id: APIKeyID, to fresh: APIKeyID, _ hash: String, _ grace: Duration
    ) throws(Refusal) {
        var former = try liveKey(id)
        try requireRoom(for: fresh)
        var key = former
        key.id = fresh
        key.hash = hash
        key.replaces = id
        key.usedAt = nil
        key.createdAt = now
        former.expires = min(former.expires ?? now + grace, now + grace)
        team.keys[id.rawValue] = former
        team.keys[fresh.rawValue] = key
        done(
            .keyRotated(key, former: former),
            on: AuditTarget("apiKey", id.rawValue, name: former.name),
            changes: [AuditChange("id", id.rawValue, fresh.rawValue)])
    }

    private func liveKey(_ id: APIKeyID) throws(Refusal) -> APIKeyFacts {
        guard let key = team.keys[id.rawValue], key.isLive(at: now) else { throw .unknown }
        return key
    }

    private mutating func put(_ key: APIKeyFacts, changes: [AuditChange] = []) {
        team.keys[key.id.rawValue] = key
        done(
            .key(key), on: AuditTarget("apiKey", key.id.rawValue, name: key.name),
            changes: changes)
    }
}
