import ChannelEndpoints
import Configuration
import Console
import Conversation
import EventLog
import FoundationEssentials
import Glibc
import HTTPClient
import Synchronization

/// Tries everything that an installation and its businesses need, by calling it.
enum DoctorCommand: Command {
    /// Below this share of free space, or these bytes, writing will soon fail.
    private static let leastShare = 0.05
    private static let leastBytes: UInt64 = 1024 * 1024 * 1024

    static let specification = ArgumentSpecification(
        "parley doctor",
        summary: "Tries number, token, webhook, templates, clock, disk, broker and model, and says "
            + "how to mend each.",
        options: [
            .option("tenant", "ID", "one business (default: all)"),
            .flag("json", "prints JSON"),
        ] + ConsoleClient.options + LogOptions.options.filter { $0.name == "log" })

    /// What was tried, for JSON.
    private struct Report: Encodable {
        var installation: [ChannelCheck]
        var tenants: [ChannelChecks]
    }

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let data =
            arguments.value("data").map { DataFolder(path: $0) }
            ?? .standard(ProcessInfo.processInfo.environment)
        var report = Report(
            installation: [disk(data), await broker(arguments)], tenants: [])
        do {
            report.tenants = try await tenants(arguments)
            report.installation.append(ChannelCheck("console", .fine, "the console answers"))
        } catch let unknown as UnknownTenant {
            throw ConfigurationError("--tenant", "there is no business \(unknown.name)")
        } catch {
            report.installation.append(
                ChannelCheck(
                    "console", .broken, "\(error)",
                    remedy: "See whether `parley up` runs here, and what its logs say: only it has "
                        + "the keys to try the businesses' numbers, tokens and models."))
        }
        let all = report.installation + report.tenants.flatMap(\.checks)
        if arguments.has("json") {
            Terminal.say(json: try RecordCodec.encode(report))
        } else {
            Terminal.say(lines(report))
        }
        return all.contains { $0.outcome == .broken } ? 1 : 0
    }

    private struct UnknownTenant: Error {
        var name: String
    }

    /// What the console tries for each business: it has their keys.
    private static func tenants(_ arguments: Arguments) async throws -> [ChannelChecks] {
        let console = try ConsoleClient(arguments)
        let status = try await console.call(.get, "/api/v1/status", as: ConsoleStatus.self)
        var all = status.tenants.map(\.id)
        if let wanted = arguments.value("tenant") {
            all = all.filter { $0.rawValue == wanted }
            if all.isEmpty { throw UnknownTenant(name: wanted) }
        }
        var checks: [ChannelChecks] = []
        for tenant in all {
            let path = ConsoleClient.path("tenants", tenant.rawValue) + "/checks"
            checks.append(try await console.call(.get, path, as: ChannelChecks.self))
        }
        return checks
    }

    /// The log, by asking it.
    private static func broker(_ arguments: Arguments) async -> ChannelCheck {
        let found = Mutex(0)
        do {
            _ = try await LogOptions(specification.command, arguments).withLog { log in
                let topics = try await log.describeTopics().count
                found.withLock { $0 = topics }
                return 0
            }
            let count = found.withLock { $0 }
            return ChannelCheck("broker", .fine, "the log answers, with \(count) topics")
        } catch {
            return ChannelCheck(
                "broker", .broken, "\(error)",
                remedy: "See whether the broker runs and --log is right; an SQLite log is made by "
                    + "the first `parley up`.")
        }
    }

    private static func lines(_ report: Report) -> [TerminalLine] {
        var lines = report.installation.flatMap(lines)
        for tenant in report.tenants {
            lines.append("\(tenant.tenant):")
            lines += tenant.checks.flatMap(self.lines)
        }
        return lines
    }

    private static func lines(_ check: ChannelCheck) -> [TerminalLine] {
        let mark =
            switch check.outcome {
            case .fine: "ok     "
            case .warning: "warning"
            case .broken: "BROKEN "
            case .skipped: "skipped"
            }
        var lines: [TerminalLine] = ["\(mark) \(check.name): \(check.says)"]
        if let remedy = check.remedy { lines.append("        → \(remedy)") }
        return lines
    }

    /// The room where the data lies.
    private static func disk(_ data: DataFolder) -> ChannelCheck {
        var facts = statvfs()
        guard unsafe statvfs(data.path, &facts) == 0 else {
            return ChannelCheck(
                "disk", .skipped, "the data folder \(data.path) cannot be looked at")
        }
        let free = UInt64(facts.f_bavail) * UInt64(facts.f_frsize)
        let whole = UInt64(facts.f_blocks) * UInt64(facts.f_frsize)
        let says = "\(free / 1024 / 1024) MiB are free under \(data.path)"
        guard free < leastBytes, Double(free) < Double(whole) * leastShare else {
            return ChannelCheck("disk", .fine, says)
        }
        return ChannelCheck(
            "disk", .broken, says,
            remedy: "Make room, or move the data folder: once it is full, webhooks get 503 until "
                + "there is room again.")
    }
}
