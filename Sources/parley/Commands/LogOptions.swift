import Configuration
import EventLog
import FoundationEssentials
import LogURL
import Operations
import Records
import TenantKeys

/// The options of commands that look into the log, and the log that they mean.
struct LogOptions {
    static let options: [ArgumentSpecification.Option] = [
        .option("data", "DIR", "the data folder (default: $PARLEY_DATA, else .parley)"),
        .option(
            "keys", "DIR",
            "the folder of the keys that open what is sealed (default: $PARLEY_KEYS, else "
                + "DATA.keys)"),
        .option(
            "log", "URL",
            "sqlite:PATH or kafka:HOST:PORT (default: that of the running installation, else the "
                + "data folder's)"),
    ]

    private let command: String
    private let arguments: Arguments

    init(_ command: String, _ arguments: Arguments) {
        self.command = command
        self.arguments = arguments
    }

    /// Runs with the log open, and closes it.
    ///
    /// - Throws: `ConfigurationError` where there is no log, and what the body throws.
    func withLog(_ body: (any EventLog) async throws -> Int32) async throws -> Int32 {
        let environment = ProcessInfo.processInfo.environment
        let data = data(environment)
        // Where nothing runs the data folder's own log is meant.
        let running = try? RunFile.read(from: data)
        let text = arguments.value("log") ?? running?.log ?? "sqlite:\(data.logFile)"
        let url = try LogURL(text)
        if case .sqlite(let path) = url, !FileManager.default.fileExists(atPath: path) {
            throw ConfigurationError(
                path, "there is no log here; name its folder with --data, or the log with --log")
        }
        try await url.requireBroker()
        let log = try await url.open(
            maintains: false, caches: data.caches, clock: SystemClock.milliseconds)
        do {
            try await url.awaitFirstAnswer(of: log)
            let code = try await body(log)
            await log.close()
            return code
        } catch let error as EventLogError {
            await log.close()
            throw LogTrouble(log: url.address, error: error)
        } catch {
            await log.close()
            throw error
        }
    }

    /// Runs with the log open, and what opens its records as far as this person has the keys.
    ///
    /// - Throws: As ``withLog(_:)`` does.
    func withRecords(
        _ body: (any EventLog, RecordEnvelope, KeyTable) async throws -> Int32
    ) async throws -> Int32 {
        let data = data(ProcessInfo.processInfo.environment)
        let folder = CommandKeys.folder(named: arguments.value("keys"), data)
        return try await withLog { log in
            let keys = try await CommandKeys.opened(of: log, in: folder, data: data)
            return try await body(log, keys.envelope, keys.table)
        }
    }

    private func data(_ environment: [String: String]) -> DataFolder {
        arguments.value("data").map { DataFolder(path: $0) } ?? .standard(environment)
    }

    /// An option that is a moment, in milliseconds since 1970.
    ///
    /// - Throws: `ConfigurationError` with the forms.
    func moment(_ name: String) throws(ConfigurationError) -> Int64? {
        guard let text = arguments.value(name) else { return nil }
        guard let time = MomentText.parse(text, now: SystemClock.milliseconds()) else {
            throw ConfigurationError(
                command,
                "--\(name) is '\(text)', but should be a time such as 2026-11-21T09:30:00Z, "
                    + "2026-11-21, or 2h (ago)")
        }
        return time
    }

    /// The moments of `--from` and `--to`, in milliseconds since 1970.
    ///
    /// - Throws: `ConfigurationError` with the forms, or where no time lies between them.
    func range() throws(ConfigurationError) -> (from: Int64?, to: Int64?) {
        let (from, to) = (try moment("from"), try moment("to"))
        if let from, from > SystemClock.milliseconds() {
            throw ConfigurationError(command, "--from lies in the future: nothing is there yet")
        }
        if let from, let to, from >= to {
            throw ConfigurationError(
                command, "--from is not before --to: no time lies between them")
        }
        return (from, to)
    }

    /// The tenant that `--tenant` names, if it is given.
    ///
    /// - Throws: `ConfigurationError` where no such tenant is connected and no record of these
    ///   topics is its.
    func tenant(in log: any EventLog, _ topics: [String]) async throws -> String? {
        guard let tenant = arguments.value("tenant") else { return nil }
        guard try await LogNames(log).knows(tenant: tenant, in: topics) else {
            throw ConfigurationError(
                command,
                "--tenant is '\(tenant)', but there is no such tenant; `parley tenant list` lists "
                    + "them")
        }
        return tenant
    }

    /// The options `--from` and `--to`.
    static let range: [ArgumentSpecification.Option] = [
        .option("from", "TIME", "from then on: 2026-11-21T09:30:00Z, 2026-11-21, or 2h (ago)"),
        .option("to", "TIME", "until then, not included"),
    ]
}
