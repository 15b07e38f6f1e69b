import FoundationEssentials
import Synchronization

/// The wall clock, which a test may set forward.
package final class OffsetClock: Sendable {
    private let offset = Mutex<Int64>(0)

    /// Begins with the right time.
    package init() {}

    /// Milliseconds since 1970, with what was added.
    package var now: Int64 {
        Int64(Date().timeIntervalSince1970 * 1000) + offset.withLock { $0 }
    }

    /// Sets the clock forward.
    package func advance(by duration: Duration) {
        let seconds = duration.components.seconds
        let milliseconds = duration.components.attoseconds / 1_000_000_000_000_000
        offset.withLock { $0 += seconds * 1000 + milliseconds }
    }
}
