import FoundationEssentials
import Glibc

/// The stages' processes, as `/proc` shows them.
enum ProcessTable {
    struct Entry: Sendable, Hashable {
        var pid: Int32
        var parent: Int32
        var state: String
        var words: [String]

        /// The word after an option.
        func value(of option: String) -> String? {
            guard let index = words.firstIndex(of: option), index + 1 < words.count else {
                return nil
            }
            return words[index + 1]
        }

        /// The slot of the stage that it runs.
        var slot: String? { value(of: "--slot") }
        var telemetryPort: Int? { value(of: "--telemetry-port").flatMap { Int($0) } }
    }

    /// The living processes with an option of this value on their command line.
    static func having(_ option: String, _ value: String) -> [Entry] {
        // A process may end while it is looked at: then it is left out.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.compactMap(entry).filter {
            $0.state != "Z" && $0.value(of: option) == value
        }
    }

    static func entry(_ pid: Int32) -> Entry? {
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
