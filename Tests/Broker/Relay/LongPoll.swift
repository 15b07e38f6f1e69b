import Foundation

/// Lets fetches wait for records, as Kafka does: noida-db 0.2.3 answers at once, however long it
/// may wait, so that every idle reader asks it thousands of times a second.
final class LongPoll: Sendable {
    /// How long a fetch waits at most before the broker is asked again: not everybody writes
    /// through the relay.
    private static let longestGap = Duration.milliseconds(250)

    private let writes = Watched(0)

    /// Something was written: whoever waits looks again.
    func wrote() { writes.change { $0 += 1 } }

    /// Asks until the answer holds something, or until the wait that the request allows is over;
    /// `nil` once there is no answer any more.
    func answer(
        to request: [UInt8], _ version: Int16, ask: () -> [UInt8]?
    ) -> [UInt8]? {
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(Answers.longestWait(ofFetch: request) ?? 0)
        while true {
            let seen = writes.value
            guard let answer = ask() else { return nil }
            let rest = end - clock.now
            guard rest > .zero, Answers.isEmpty(answer, ofFetch: version) else { return answer }
            wait(for: seen, atMost: min(rest, Self.longestGap))
        }
    }

    private func wait(for seen: Int, atMost limit: Duration) {
        let end = Date(timeIntervalSinceNow: limit / .seconds(1))
        writes.wait(until: end) { $0 != seen }
    }
}
