import Glibc
import SQLite

/// Where a log lies and how it measures time: what all parts of one open log share.
struct LogLocation: Sendable {
    /// The database file.
    var path: String
    /// Milliseconds since 1970: decides when timers are due and state expires.
    var clock: @Sendable () -> Int64
    /// How long a silent member keeps its partitions.
    var lease: Duration

    /// The file that writers lock.
    var lockPath: String { path + ".lock" }
    /// The folder of the files that writers touch.
    var wakeFolder: String { path + ".wake" }

    /// The touched file of a topic.
    static func wakeName(topic: Int64) -> String { "topic-\(topic)" }
    /// The touched file of a group's membership.
    static func wakeName(group: Int64) -> String { "group-\(group)" }

    /// The name of the machine's present run: a lease of an earlier one is over.
    ///
    /// Without one (no /proc) leases of before a reboot last their time and no longer.
    static let boot = MachineRun.id ?? "unknown"

    /// Milliseconds since the machine started, asleep or not: all its processes agree on them, and
    /// nobody sets them, so leases are measured with them.
    static func uptime() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
