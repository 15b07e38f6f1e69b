import AccountRecords
import Conversation
import Permissions

/// Events of accounts and of the installation, from numbers.
struct RandomAccounts {
    private var accounts: [AccountID: (facts: AccountFacts, epoch: Int)] = [:]
    private var installation = InstallationFacts()
    private var sessions = 0

    /// Something that happened; `number` gives a number below its limit.
    mutating func next(at now: Timestamp, _ number: (Int) -> Int) -> any Payload {
        guard number(5) > 0 else { return installationEvent(at: now, number) }
        let id = AccountID("person\(number(6))")
        var (facts, epoch) = accounts[id] ?? (Self.created(id, at: now), 1)
        let session = SessionID("s\(number(sessions + 1))")
        var kept: SessionID?
        let change: AccountEvent.Change
        switch number(10) {
        case 0, 1, 2:
            sessions += 1
            change = .signedIn(
                NewSession(
                    id: SessionID("s\(sessions)"), tokenHash: "h\(sessions)",
                    expires: now + .seconds(60 * number(500)), userAgent: "Firefox",
                    address: "192.0.2.1"))
        case 3: change = .proven(session, tokenHash: "p\(number(1_000))")
        case 4: change = .used(session)
        case 5: change = .sessionEnded(session)
        case 6:
            epoch += 1
            kept = session
            change = .sessionsEnded
        case 7:
            facts.tenants = number(2) == 0 ? ["t0"] : ["t0", "t1"]
            change = .joined("t0")
        case 8:
            facts.name = "Ána García \(number(9))"
            change = .renamed
        default:
            facts.standing = facts.standing == .active ? .disabled : .active
            epoch += 1
            change = facts.standing == .active ? .enabled : .disabled
        }
        accounts[id] = (facts, epoch)
        return AccountEvent(
            account: id, epoch: epoch, kept: kept, facts: facts, change: change, at: now)
    }

    private static func created(_ id: AccountID, at now: Timestamp) -> AccountFacts {
        var facts = AccountFacts()
        facts.standing = .active
        facts.name = "Ana \(id)"
        facts.address = AddressClaim(key: AddressKey("of \(id)"), text: "\(id)@example.org")
        facts.createdAt = now
        return facts
    }

    private mutating func installationEvent(
        at now: Timestamp, _ number: (Int) -> Int
    ) -> InstallationEvent {
        let member = TeamMember(
            account: AccountID("person\(number(6))"), role: .operator,
            membership: RecordID("m\(number(9))"), since: now)
        let change: InstallationEvent.Change
        switch number(4) {
        case 0: change = .joined(member)
        case 1: change = .left(member.account)
        case 2:
            change = .key(
                APIKeyFacts(
                    id: APIKeyID("k\(number(3))"), name: "Key", hash: "h", permissions: [],
                    createdAt: now))
        default:
            installation.signUp.isOpen.toggle()
            change = .changed(.signUp)
        }
        return InstallationEvent(facts: installation, change: change, at: now)
    }
}
