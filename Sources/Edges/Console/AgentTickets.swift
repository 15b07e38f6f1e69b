import Conversation
import Cryptography
import Endpoints
import Synchronization

/// Agents' tickets: each opens one WebSocket, which cannot carry a key in a header from a browser,
/// and until then stands for the agent over HTTP, too.
final class AgentTickets: Sendable {
    /// What the holder of a ticket may at this moment.
    enum Standing: Sendable {
        /// To read and to answer customers.
        case answers
        /// To look on.
        case looksOn
        /// Nothing any more.
        case gone
    }

    /// Who came in by a ticket, and what they may as time goes by.
    struct Pass: Sendable {
        let agent: Principal.Agent
        /// What they may at this moment: asked at every command, and whenever it may be another.
        let standing: @Sendable () async -> Standing
        /// Has a body called whenever what they may is perhaps another, until what it gives is
        /// called.
        var watch: @Sendable (@escaping @Sendable () -> Void) -> @Sendable () -> Void = { _ in {} }

        /// Somebody for whom whoever has the key has vouched.
        static func vouched(_ agent: Principal.Agent) -> Self {
            Self(agent: agent, standing: { .answers })
        }
    }

    /// How long a ticket may be used: it is fetched just before the connection is made.
    static let life = Duration.seconds(30)
    /// Unused tickets kept; older ones go first.
    private static let mostTickets = 1_000

    private struct Ticket {
        let digest: [UInt8]
        let pass: Pass
        /// Whether it opens a socket and is good for nothing else.
        let isForSocketAlone: Bool
        let expires: Timestamp
        var isUsed = false
    }

    private let tickets = Mutex<[Ticket]>([])

    /// Makes a ticket.
    func issue(
        for pass: Pass, forSocketAlone: Bool = false, at now: Timestamp
    ) throws -> String {
        let token = try RandomBytes.token()
        let ticket = Ticket(
            digest: Self.digest(token), pass: pass, isForSocketAlone: forSocketAlone,
            expires: now + Self.life)
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
            tickets.first {
                $0.expires > now && !$0.isUsed && !$0.isForSocketAlone
                    && ConstantTime.equal($0.digest, digest)
            }?.pass.agent
        }
    }

    /// Uses a ticket up.
    func redeem(_ token: String, at now: Timestamp) -> Principal.Agent? {
        let digest = Self.digest(token)
        return tickets.withLock { tickets in
            tickets.removeAll { $0.expires <= now }
            let index = tickets.firstIndex {
                !$0.isUsed && ConstantTime.equal($0.digest, digest)
            }
            guard let index else { return nil }
            tickets[index].isUsed = true
            return tickets[index].pass.agent
        }
    }

    /// What a ticket that was just used up gives; once.
    func takePass(_ token: String) -> Pass? {
        let digest = Self.digest(token)
        return tickets.withLock { tickets in
            let index = tickets.firstIndex {
                $0.isUsed && ConstantTime.equal($0.digest, digest)
            }
            return index.map { tickets.remove(at: $0).pass }
        }
    }

    private static func digest(_ token: String) -> [UInt8] { SHA256.digest(Array(token.utf8)) }
}
