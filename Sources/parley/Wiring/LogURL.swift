import Configuration
import EventLog
import KafkaEventLog
import SQLiteEventLog

/// Where the log is: `sqlite:PATH` or `kafka:HOST:PORT[,HOST:PORT…]`.
enum LogURL: Sendable, Hashable {
    case sqlite(path: String)
    case kafka(servers: String)

    /// Reads a URL.
    ///
    /// - Throws: `ConfigurationError` with the two forms.
    init(_ text: String) throws(ConfigurationError) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else { throw Self.unknown(text) }
        switch parts[0] {
        case "sqlite": self = .sqlite(path: parts[1])
        case "kafka": self = .kafka(servers: parts[1])
        default: throw Self.unknown(text)
        }
    }

    private static func unknown(_ text: String) -> ConfigurationError {
        ConfigurationError(
            "--log", "'\(text)' is no log; use sqlite:PATH or kafka:HOST:PORT[,HOST:PORT]")
    }

    /// Opens the log; one process of an installation `maintains` it.
    func open(maintains: Bool, caches: String) async throws(EventLogError) -> any EventLog {
        switch self {
        case .sqlite(let path):
            try await SQLiteEventLog.open(
                path: path, maintains: maintains, clock: SystemClock.milliseconds)
        case .kafka(let servers):
            try KafkaEventLog(
                KafkaSettings(
                    bootstrapServers: servers, cacheFolder: caches,
                    clock: SystemClock.milliseconds))
        }
    }
}
