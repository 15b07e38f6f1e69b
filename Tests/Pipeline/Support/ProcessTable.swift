import FoundationEssentials
import Glibc

/// The processes of this machine, as `/proc` shows them.
enum ProcessTable {
    struct Entry: Sendable, Hashable {
        var pid: Int32
        var parent: Int32
        var state: String
        var words: [String]

        /// The stage that it runs, or `simulator`.
        var name: String? {
            if let index = words.firstIndex(of: "--slot"), index + 1 < words.count {
                return String(words[index + 1].prefix { $0 != "-" })
            }
            return words.dropFirst().first == "simulate" ? "simulator" : nil
        }
    }

    static var all: [Entry] {
        // A process may end while it is looked at: then it is left out.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.compactMap(entry)
    }

    /// The living children of a process.
    static func children(of pid: Int32) -> [Entry] {
        all.filter { $0.parent == pid && $0.state != "Z" }
    }

    /// The living processes that name a path on their command line.
    static func naming(_ path: String) -> [Entry] {
        all.filter { entry in
            entry.state != "Z" && entry.pid != getpid()
                && entry.words.contains { $0.hasPrefix(path) }
        }
    }

    static func isAlive(_ pid: Int32) -> Bool { entry(pid).map { $0.state != "Z" } ?? false }

    private static func entry(_ pid: Int32) -> Entry? {
        guard let stat = text("/proc/\(pid)/stat"), let line = text("/proc/\(pid)/cmdline"),
            let end = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 1, let parent = Int32(fields[1]) else { return nil }
        return Entry(
            pid: pid, parent: parent, state: String(fields[0]),
            words: line.split(separator: "\0").map(String.init))
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
