import Foundation
import Glibc

/// What a process has used so far.
enum ProcessUsage {
    /// Processor seconds of a process, user and system (proc(5), `stat`).
    static func processorSeconds(of pid: Int32) -> Double {
        // A process that is gone has used nothing that matters any more.
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return 0 }
        let fields = text[end...].split(separator: " ")
        // Counted from the state, which follows the name in parentheses.
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13])
        else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The process that started a process; `nil` if it is gone.
    static func parent(of pid: Int32) -> Int32? {
        // Gone, or not ours to look at.
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[end...].split(separator: " ")
        return fields.count > 2 ? Int32(fields[2]) : nil
    }

    /// The processes that a process started and that are still there.
    static func children(of parent: Int32) -> [Int32] {
        numbers(in: "/proc").filter { self.parent(of: $0) == parent }
    }

    /// How long the threads that a process has now have run, in nanoseconds (proc(5),
    /// `schedstat`): what runs for less than a tick of the clock counts, too.
    static func runNanoseconds(of pid: Int32) -> UInt64 {
        numbers(in: "/proc/\(pid)/task").reduce(0) { sum, thread in
            let path = "/proc/\(pid)/task/\(thread)/schedstat"
            // A thread that is gone has run little.
            let text = try? String(contentsOfFile: path, encoding: .utf8)
            return sum + (text?.split(separator: " ").first.flatMap { UInt64($0) } ?? 0)
        }
    }

    /// Bytes of a process that are in memory, 0 if it is gone (proc(5), `statm`).
    static func residentBytes(of pid: Int32) -> Double {
        // Gone, or not ours to look at.
        let text = try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8)
        let pages = text?.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Bytes in memory that are this process's own, and those of files, which others may share
    /// (proc(5), `status`).
    static func memory() -> (own: Double, shared: Double) {
        // Always there on Linux.
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        func bytes(_ name: String) -> Double {
            let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
            let words = line?.split(whereSeparator: \.isWhitespace) ?? []
            return words.count > 1 ? (Double(words[1]) ?? 0) * 1_024 : 0
        }
        return (bytes("RssAnon:"), bytes("RssFile:"))
    }

    private static func numbers(in folder: String) -> [Int32] {
        // Always there on Linux, unless the process is gone.
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return entries.compactMap { Int32($0) }
    }

    /// The words of a process's command line, none if it is gone.
    static func commandLine(of pid: Int32) -> [String] {
        // Gone, or not ours to look at.
        let text = (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? ""
        return text.split(separator: "\0").map(String.init)
    }

    /// Processor seconds of this process.
    static var own: Double { processorSeconds(of: getpid()) }

    /// Monotonic nanoseconds.
    static func nanoseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
