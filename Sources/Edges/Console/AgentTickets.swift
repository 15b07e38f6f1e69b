import Conversation
import Cryptography
import Endpoints
import Synchronization

/// Agents' tickets: each opens one WebSocket, which cannot carry a key in a header from a browser,
/// and until then stands for the agent over HTTP, too.
final class AgentTickets: Sendable {
    /// How long a ticket may be used: it is fetched just before the connection is made.
    static let life = Duration.seconds(30)
    /// Unused tickets kept; older ones go first.
    private static let mostTickets = 1_000

    private struct Ticket {
        let digest: [UInt8]
        let agent: Principal.Agent
        let expires: Timestamp
    }

    private let tickets = Mutex<[Ticket]>([])

    /// Makes a ticket.
    func issue(for agent: Principal.Agent, at now: Timestamp) throws -> String {
        let token = try RandomBytes.token()
        let ticket = Ticket(
            digest: Self.digest(token), agent: agent, expires: now + Self.life)
        tickets.withLock { tickets in
            tickets.removeAll { $0.expires <= now }
            if tickets.count >= Self.mostTickets { tickets.removeFirst() }
            tickets.append(ticket)
        }
        return token
    }

    /// Whose a ticket is that was not used up for a socket yet.
    func agent(_ token: String, at now: Timestamp) -> Principal.Agent? {
        let digest = Self.digest(token)
        return tickets.withLock { tickets in
            tickets.first { $0.expires > now && ConstantTime.equal($0.digest, digest) }?.agent
        }
    }

    /// Uses a ticket up.
    func redeem(_ token: String, at now: Timestamp) -> Principal.Agent? {
        let digest = Self.digest(token)
        return tickets.withLock { tickets in
            tickets.removeAll { $0.expires <= now }
            guard
                let index = tickets.firstIndex(where: { ConstantTime.equal($0.digest, digest) })
            else { return nil }
            return tickets.remove(at: index).agent
        }
    }

    private static func digest(_ token: String) -> [UInt8] { SHA256.digest(Array(token.utf8)) }
}
