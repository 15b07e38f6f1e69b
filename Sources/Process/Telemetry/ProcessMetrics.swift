import FoundationEssentials
import Glibc

/// The metrics of the process itself, read from `/proc` (proc(5)), under the names that
/// Prometheus' client libraries share.
enum ProcessMetrics {
    /// Reads them all; what cannot be read is left out.
    static func read() -> [String: Metrics.Family] {
        var families: [String: Metrics.Family] = [:]
        func gauge(_ name: String, _ help: String, _ value: Double?, type: String = "gauge") {
            guard let value else { return }
            let gauge = Gauge()
            gauge.set(value)
            families[name] = Metrics.Family(
                help: help, type: type, instruments: [[:]: .gauge(gauge)])
        }
        let stat = stat()
        gauge(
            "process_cpu_seconds_total", "Processor time used, in seconds.", stat?.cpu,
            type: "counter")
        gauge("process_resident_memory_bytes", "Memory in use, in bytes.", stat?.residentBytes)
        gauge("process_open_fds", "Open file descriptors.", openFiles())
        gauge(
            "process_start_time_seconds", "When the process started, in seconds since 1970.",
            startTime(afterBoot: stat?.startedAfterBoot))
        return families
    }

    private struct Stat {
        var cpu: Double
        var startedAfterBoot: Double
        var residentBytes: Double
    }

    /// Reads `/proc/self/stat`; fields are counted after the command's closing parenthesis, as
    /// the command may hold anything.
    private static func stat() -> Stat? {
        guard let text = contents(of: "/proc/self/stat"), let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(whereSeparator: \.isWhitespace)
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        let page = Double(sysconf(Int32(_SC_PAGESIZE)))
        // Field 3 of the manual is the first here.
        func field(_ number: Int) -> Double? {
            fields.indices.contains(number - 3) ? Double(fields[number - 3]) : nil
        }
        guard let user = field(14), let system = field(15), let started = field(22),
            let pages = field(24)
        else { return nil }
        return Stat(
            cpu: (user + system) / ticks, startedAfterBoot: started / ticks,
            residentBytes: pages * page)
    }

    private static func startTime(afterBoot seconds: Double?) -> Double? {
        guard let seconds, let text = contents(of: "/proc/stat"),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let booted = Double(line.dropFirst("btime ".count))
        else { return nil }
        return booted + seconds
    }

    private static func openFiles() -> Double? {
        // Without /proc the metric is left out; there is nothing to tell anyone.
        let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        return files.map { Double($0.count) }
    }

    private static func contents(of path: String) -> String? {
        // Without /proc the metric is left out; there is nothing to tell anyone.
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }
}
