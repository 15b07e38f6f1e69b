package import Configuration
package import EventLog
import FoundationEssentials
import Kafka
import KafkaEventLog
import SQLiteEventLog
package import Telemetry

/// Where the log is: `sqlite:PATH` or `kafka:HOST:PORT[,HOST:PORT…][?NAME=VALUE&…]`.
///
/// The one reader of such URLs; all that runs or measures Parley opens its log by it.
package enum LogURL: Sendable, Hashable {
    case sqlite(path: String)
    case kafka(servers: String, settings: [String: String] = [:], replication: Int? = nil)

    /// The two forms, for people.
    package static let forms = "sqlite:PATH or kafka:HOST:PORT[,HOST:PORT][?NAME=VALUE&…]"

    /// The variables that secrets come from, with the settings they become.
    static let secrets = [
        "PARLEY_KAFKA_PASSWORD": "sasl.password",
        "PARLEY_KAFKA_KEY_PASSWORD": "ssl.key.password",
    ]

    /// Reads a URL.
    ///
    /// - Throws: `ConfigurationError` with the two forms, or what the query may not set.
    package init(_ text: String) throws(ConfigurationError) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else { throw Self.unknown(text) }
        switch parts[0] {
        case "sqlite": self = .sqlite(path: parts[1])
        case "kafka":
            let halves = parts[1].split(
                separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            guard !halves[0].isEmpty else { throw Self.unknown(text) }
            try ServerList.check(halves[0], quotes: !text.contains("@"))
            var settings = try Self.query(halves.count > 1 ? halves[1] : "")
            let replication = try Self.replication(settings.removeValue(forKey: "replication"))
            self = .kafka(
                servers: String(halves[0]), settings: settings, replication: replication)
        default: throw Self.unknown(text)
        }
    }

    private static func unknown(_ text: String) -> ConfigurationError {
        // What stands before an @ may be a password.
        let shown = text.lastIndex(of: "@").map { "…\(text[$0...])" } ?? text
        return ConfigurationError("--log", "'\(shown)' is no log; use \(forms)")
    }

    private static func replication(_ text: String?) throws(ConfigurationError) -> Int? {
        guard let text else { return nil }
        guard let copies = Int(text), (1...Int(Int16.max)).contains(copies) else {
            throw ConfigurationError(
                "--log",
                "replication is the number of copies of each topic, 1 or more, "
                    + "not '\(text)'")
        }
        return copies
    }

    private static func query(
        _ text: Substring
    ) throws(ConfigurationError) -> [String: String] {
        var found: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(halves[0])
            try ClientSettingRule.check(name)
            guard halves.count == 2, !halves[1].isEmpty, found[name] == nil else {
                throw ConfigurationError("--log", "\(name) needs one value: \(name)=VALUE")
            }
            let value = String(halves[1])
            if name != "replication", let problem = ClientSetting.problem(with: value, for: name) {
                throw ConfigurationError("--log", "\(name)=\(value) is refused: \(problem)")
            }
            found[name] = value
        }
        return found
    }

    /// The log's file; `nil` on Kafka.
    package var file: String? {
        if case .sqlite(let path) = self { path } else { nil }
    }

    /// Opens the log; one process of an installation `maintains` it, and `clock` gives milliseconds
    /// since 1970.
    ///
    /// What librdkafka has to say goes to the logger; `trouble` gets clean-up that fails.
    package func open(
        maintains: Bool, caches: String, clock: @escaping @Sendable () -> Int64,
        logger: Logger? = nil, trouble: @escaping @Sendable (EventLogError) -> Void = { _ in },
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws(EventLogError) -> any EventLog {
        switch self {
        case .sqlite(let path):
            return try await SQLiteEventLog.open(
                path: path, maintains: maintains, clock: clock, trouble: trouble)
        case .kafka(let servers, var settings, let replication):
            for (variable, name) in Self.secrets { settings[name] = environment[variable] }
            return try KafkaEventLog(
                KafkaSettings(
                    bootstrapServers: servers, cacheFolder: caches, clientSettings: settings,
                    replication: replication, clock: clock,
                    log: { line in logger?.log(line) }))
        }
    }
}

extension Logger {
    /// Writes a line of librdkafka's, whose levels are syslog's: 3 is an error, 4 a warning,
    /// 5 a notice.
    ///
    /// None is an error here: the library deals with them itself, and what it cannot deal with
    /// comes back from a call.
    fileprivate func log(_ line: ClientLogLine) {
        let level: LogLevel =
            switch line.level {
            case ...4: .warning
            case 5: .notice
            case 6: .info
            default: .debug
            }
        log(
            level, "Kafka client",
            [.component: .identifier(line.facility), .reason: .reason(line.text)])
    }
}
