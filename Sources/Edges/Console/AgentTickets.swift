import Conversation
import Cryptography
import Synchronization

/// Who a WebSocket is for.
struct AgentIdentity: Hashable, Sendable {
    let agent: AgentID
    let name: String
    let tenant: TenantID
}

/// One-use tickets for WebSockets, which cannot carry an API key in a header from a browser.
final class AgentTickets: Sendable {
    /// How long a ticket may be used: it is fetched just before the connection is made.
    static let life = Duration.seconds(30)
    /// Unused tickets kept; older ones go first.
    private static let mostTickets = 1_000

    private struct Ticket {
        let digest: [UInt8]
        let identity: AgentIdentity
        let expires: Timestamp
    }

    private let tickets = Mutex<[Ticket]>([])

    /// Makes a ticket.
    func issue(for identity: AgentIdentity, at now: Timestamp) throws -> String {
        let token = try RandomBytes.token()
        let ticket = Ticket(
            digest: Self.digest(token), identity: identity, expires: now + Self.life)
        tickets.withLock { tickets in
            tickets.removeAll { $0.expires <= now }
            if tickets.count >= Self.mostTickets { tickets.removeFirst() }
            tickets.append(ticket)
        }
        return token
    }

    /// Uses a ticket up.
    func redeem(_ token: String, at now: Timestamp) -> AgentIdentity? {
        let digest = Self.digest(token)
        return tickets.withLock { tickets in
            tickets.removeAll { $0.expires <= now }
            guard
                let index = tickets.firstIndex(where: { ConstantTime.equal($0.digest, digest) })
            else { return nil }
            return tickets.remove(at: index).identity
        }
    }

    private static func digest(_ token: String) -> [UInt8] { SHA256.digest(Array(token.utf8)) }
}
