import Synchronization

/// Counts what is used of the messages that a consumer has fetched ahead, to tell when there may
/// be room for more: whenever half of what may be fetched ahead has been used.
///
/// A queue that was full then is not, and one that was not full has been filled meanwhile.
final class FetchedAhead: Sendable {
    private struct Used {
        var messages = 0
        var bytes = 0
    }

    private let half: (messages: Int, bytes: Int)
    private let used = Mutex(Used())

    /// Reads `queued.min.messages` and `queued.max.messages.kbytes`, or else librdkafka's
    /// defaults.
    init(_ configuration: ClientConfiguration) {
        let messages = configuration["queued.min.messages"].flatMap { Int($0) } ?? 100_000
        let kibibytes = configuration["queued.max.messages.kbytes"].flatMap { Int($0) } ?? 65_536
        half = (max(1, messages / 2), max(1, kibibytes * 1024 / 2))
    }

    /// Counts what was used; whether it is time to tell.
    func count(_ messages: Int, _ bytes: Int) -> Bool {
        guard messages > 0 else { return false }
        return used.withLock { used in
            used.messages += messages
            used.bytes += bytes
            guard used.messages >= half.messages || used.bytes >= half.bytes else {
                return false
            }
            used = Used()
            return true
        }
    }
}
