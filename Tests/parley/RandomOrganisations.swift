import AccountRecords
import Conversation
import Permissions

/// Events of organisations and of the accounts of their people, from numbers.
struct RandomOrganisations {
    private var facts: [TenantID: OrganisationFacts] = [:]

    /// Something that happened; `number` gives a number below its limit.
    mutating func next(
        _ tenant: TenantID, at now: Timestamp, _ number: (Int) -> Int
    ) -> any Payload {
        let account = AccountID("a\(number(5))")
        guard number(3) > 0 else { return accountEvent(account, at: now, number) }
        var facts = facts[tenant] ?? Self.created(at: now)
        let member = TeamMember(
            account: account, role: number(2) == 0 ? .admin : .agent,
            membership: RecordID("m\(number(9))"), since: now)
        let id = InvitationID("i\(number(4))")
        let key = APIKeyFacts(
            id: APIKeyID("k\(number(3))"), name: "Key", hash: "\(tenant) \(number(3))",
            permissions: [.readMembers], createdAt: now)
        let change: OrganisationEvent.Change
        let session = SessionID("\(tenant)-s\(number(3))")
        switch number(12) {
        case 0, 1: change = .joined(member)
        case 2: change = .memberChanged(member)
        case 3: change = .left(account)
        case 4:
            change = .invited(
                Invitation(
                    id: id,
                    address: AddressClaim(
                        key: AddressKey("key \(id)"), text: "Guest\(id)@example.org"),
                    role: .viewer,
                    token: OneTimeToken(hash: "\(tenant) \(number(99))", expires: now), by: "Ana"))
        case 5: change = .invitationEnded(id, .declined)
        case 6: change = .key(key)
        case 7:
            facts.standing =
                facts.standing == .active ? .suspended(since: now, reason: "unpaid") : .active
            change = facts.standing == .active ? .resumed : .suspended
        case 8, 9:
            change = .impersonated(
                Impersonation(
                    id: session, tokenHash: "\(tenant) \(number(99))", account: account,
                    operator: "olga", operatorName: "Olga",
                    operatorSession: SessionID("o\(number(3))"),
                    reason: "a ticket", began: now, expires: now + .seconds(60)))
        case 10: change = .impersonationEnded(session)
        default:
            facts.profile.name = "Sol \(number(5))"
            facts.versions["profile", default: 1] += 1
            change = .changed(.profile)
        }
        self.facts[tenant] = facts
        return OrganisationEvent(tenant: tenant, facts: facts, change: change, at: now)
    }

    private static func created(at now: Timestamp) -> OrganisationFacts {
        var facts = OrganisationFacts()
        facts.standing = .active
        facts.createdAt = now
        return facts
    }

    private func accountEvent(
        _ account: AccountID, at now: Timestamp, _ number: (Int) -> Int
    ) -> AccountEvent {
        var facts = AccountFacts()
        facts.standing = number(5) == 0 ? .deleted : .active
        facts.name = "Ána \(number(4))"
        facts.address = AddressClaim(
            key: AddressKey("key of \(account)"), text: "\(account)@example.org")
        return AccountEvent(
            account: account, epoch: 1, facts: facts, change: .renamed, at: now)
    }
}
