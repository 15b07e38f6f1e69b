import Conversation
import Glibc

/// The machine's wall clock.
enum SystemClock {
    /// Milliseconds since 1970-01-01 UTC.
    static func milliseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Now.
    static func now() -> Timestamp { Timestamp(milliseconds: milliseconds()) }
}
