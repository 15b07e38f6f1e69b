import Synchronization

/// Counts open connections over all event loops and decides who may come in.
final class Admission: Sendable {
    /// What becomes of a new connection.
    enum Decision {
        case admitted
        /// Is told 503 and closed.
        case refused
        /// Is closed at once.
        case dropped
    }

    private struct Counts {
        var total = 0
        var refusing = 0
        var streams = 0
        var byAddress: [String: Int] = [:]
    }

    /// Connections that may wait for their 503 at once, so that refusing costs little.
    private static let refusingAtOnce = 64

    private let limits: Limits
    private let counts = Mutex(Counts())
    private let comingBodyBytes = Atomic(0)

    init(limits: Limits) {
        self.limits = limits
    }

    /// Decides about a new connection and counts it unless it is dropped.
    func enter(_ address: String) -> Decision {
        counts.withLock { counts in
            let ofAddress = counts.byAddress[address, default: 0]
            let isWithin =
                counts.total < limits.connections
                && ofAddress < limits.connectionsPerAddress ?? .max
            if isWithin {
                counts.total += 1
                if limits.connectionsPerAddress != nil { counts.byAddress[address] = ofAddress + 1 }
                return .admitted
            }
            guard counts.refusing < Self.refusingAtOnce else { return .dropped }
            counts.refusing += 1
            return .refused
        }
    }

    /// Uncounts a connection that was admitted, or refused.
    func leave(_ address: String, wasRefused: Bool) {
        counts.withLock { counts in
            guard !wasRefused else {
                counts.refusing -= 1
                return
            }
            counts.total -= 1
            guard limits.connectionsPerAddress != nil else { return }
            let rest = counts.byAddress[address, default: 1] - 1
            counts.byAddress[address] = rest > 0 ? rest : nil
        }
    }

    /// Counts one more answer that is made piece by piece; false if there are too many.
    func enterStream() -> Bool {
        counts.withLock { counts in
            guard counts.streams < limits.streams else { return false }
            counts.streams += 1
            return true
        }
    }

    /// Uncounts an answer that was made piece by piece.
    func leaveStream() { counts.withLock { $0.streams -= 1 } }

    /// Counts what came, or is gone, of bodies that are still coming; false if it is too much.
    func count(comingBodyBytes change: Int) -> Bool {
        comingBodyBytes.add(change, ordering: .relaxed).newValue <= limits.comingBodyBytes
    }

    /// Admitted connections that are open.
    var total: Int { counts.withLock { $0.total } }
}
