import Foundation
import Synchronization

/// Lets fetches wait for records, as Kafka does: noida-db 0.2.3 answers at once, however long it
/// may wait, so that every idle reader asks it thousands of times a second.
final class LongPoll: Sendable {
    /// How long a fetch waits at most before the broker is asked again: not everybody writes
    /// through the relay.
    private static let longestGap = Duration.milliseconds(250)

    private let writes = Mutex(0)
    private let condition = NSCondition()

    /// Something was written: whoever waits looks again.
    func wrote() {
        condition.lock()
        writes.withLock { $0 += 1 }
        condition.broadcast()
        condition.unlock()
    }

    /// Asks until the answer holds something, or until the wait that the request allows is over;
    /// `nil` once there is no answer any more.
    func answer(
        to request: [UInt8], _ version: Int16, ask: ([UInt8]) -> [UInt8]?
    ) -> [UInt8]? {
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(Answers.longestWait(ofFetch: request) ?? 0)
        while true {
            let seen = writes.withLock { $0 }
            guard let answer = ask(request) else { return nil }
            let rest = end - clock.now
            guard rest > .zero, Answers.isEmpty(answer, ofFetch: version) else { return answer }
            wait(for: seen, atMost: min(rest, Self.longestGap))
        }
    }

    private func wait(for seen: Int, atMost limit: Duration) {
        let seconds =
            Double(limit.components.seconds)
            + Double(limit.components.attoseconds) / 1e18
        let end = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        while writes.withLock({ $0 }) == seen, condition.wait(until: end) {}
    }
}
