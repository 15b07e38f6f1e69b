import Configuration
import EventLog
import FoundationEssentials
import Kafka
import KafkaEventLog
import SQLiteEventLog
import Telemetry

/// Where the log is: `sqlite:PATH` or `kafka:HOST:PORT[,HOST:PORT…][?NAME=VALUE&…]`.
enum LogURL: Sendable, Hashable {
    case sqlite(path: String)
    case kafka(servers: String, security: [String: String] = [:])

    /// What may be set for the connection to the brokers, by librdkafka's names
    /// (its CONFIGURATION.md).
    ///
    /// No secrets: a command line is seen by all users of the machine.
    static let settings: Set<String> = [
        "security.protocol", "sasl.mechanism", "sasl.mechanisms", "sasl.username",
        "sasl.kerberos.service.name", "sasl.kerberos.principal", "sasl.kerberos.keytab",
        "ssl.ca.location", "ssl.certificate.location", "ssl.key.location", "ssl.crl.location",
        "ssl.endpoint.identification.algorithm", "enable.ssl.certificate.verification",
        "broker.address.family", "client.rack",
    ]

    /// The variables that secrets come from, with the settings they become.
    static let secrets = [
        "PARLEY_KAFKA_PASSWORD": "sasl.password",
        "PARLEY_KAFKA_KEY_PASSWORD": "ssl.key.password",
    ]

    /// Reads a URL.
    ///
    /// - Throws: `ConfigurationError` with the two forms, or what the query may set.
    init(_ text: String) throws(ConfigurationError) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else { throw Self.unknown(text) }
        switch parts[0] {
        case "sqlite": self = .sqlite(path: parts[1])
        case "kafka":
            let halves = parts[1].split(
                separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            guard !halves[0].isEmpty else { throw Self.unknown(text) }
            self = .kafka(
                servers: String(halves[0]),
                security: try Self.query(halves.count > 1 ? halves[1] : ""))
        default: throw Self.unknown(text)
        }
    }

    private static func unknown(_ text: String) -> ConfigurationError {
        ConfigurationError(
            "--log", "'\(text)' is no log; use sqlite:PATH or kafka:HOST:PORT[,HOST:PORT]")
    }

    private static func query(
        _ text: Substring
    ) throws(ConfigurationError) -> [String: String] {
        var found: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(halves[0])
            if let secret = secrets.first(where: { $0.value == name }) {
                throw ConfigurationError(
                    "--log", "\(name) does not belong on a command line; set $\(secret.key)")
            }
            guard settings.contains(name) else {
                throw ConfigurationError(
                    "--log",
                    "'\(name)' cannot be set here; what can: "
                        + settings.sorted().joined(separator: ", "))
            }
            guard halves.count == 2, !halves[1].isEmpty, found[name] == nil else {
                throw ConfigurationError("--log", "\(name) needs one value: \(name)=VALUE")
            }
            found[name] = String(halves[1])
        }
        return found
    }

    /// Opens the log; one process of an installation `maintains` it.
    ///
    /// What librdkafka has to say goes to the logger.
    func open(
        maintains: Bool, caches: String, logger: Logger? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws(EventLogError) -> any EventLog {
        switch self {
        case .sqlite(let path):
            return try await SQLiteEventLog.open(
                path: path, maintains: maintains, clock: SystemClock.milliseconds)
        case .kafka(let servers, var settings):
            for (variable, name) in Self.secrets { settings[name] = environment[variable] }
            return try KafkaEventLog(
                KafkaSettings(
                    bootstrapServers: servers, cacheFolder: caches, clientSettings: settings,
                    clock: SystemClock.milliseconds,
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
