import Synchronization

/// Counts what is taken of the messages that a consumer has fetched ahead, to tell when there may
/// be room for more: whenever half of what may be fetched ahead has been taken.
///
/// A queue that was full then is not, and one that was not full has been filled meanwhile.
final class FetchedAhead: Sendable {
    private struct Taken {
        var messages = 0
        var bytes = 0
    }

    private let half: (messages: Int, bytes: Int)
    private let taken = Mutex(Taken())

    /// Reads `queued.min.messages` and `queued.max.messages.kbytes`, or else takes librdkafka's
    /// defaults.
    init(_ configuration: ClientConfiguration) {
        let messages = configuration["queued.min.messages"].flatMap { Int($0) } ?? 100_000
        let kibibytes = configuration["queued.max.messages.kbytes"].flatMap { Int($0) } ?? 65_536
        half = (max(1, messages / 2), max(1, kibibytes * 1024 / 2))
    }

    /// Notes what was taken; whether it is time to tell.
    func taken(_ messages: Int, _ bytes: Int) -> Bool {
        guard messages > 0 else { return false }
        return taken.withLock { taken in
            taken.messages += messages
            taken.bytes += bytes
            guard taken.messages >= half.messages || taken.bytes >= half.bytes else {
                return false
            }
            taken = Taken()
            return true
        }
    }
}
