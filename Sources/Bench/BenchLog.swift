import Configuration
import Conversation
import EventLog
import Foundation
import Glibc
import KafkaEventLog
import SQLiteEventLog

/// The log that a measurement runs against, and the folder that belongs to it.
struct BenchLog: Sendable {
    /// `sqlite:PATH` or `kafka:HOST:PORT[,…]`.
    let url: String
    /// The SQLite file, or `nil` on Kafka.
    let file: String?

    /// Reads a URL; without one, a file in the folder.
    ///
    /// - Throws: `ConfigurationError` with the two forms.
    init(_ url: String?, folder: String) throws(ConfigurationError) {
        let url = url ?? "sqlite:\(folder)/log.sqlite"
        let parts = url.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, ["sqlite", "kafka"].contains(parts[0]) else {
            throw ConfigurationError(
                "--log", "'\(url)' is no log; use sqlite:PATH or kafka:HOST:PORT")
        }
        self.url = url
        file = parts[0] == "sqlite" ? parts[1] : nil
    }

    func open(caches: String) async throws -> any EventLog {
        guard let file else {
            return try KafkaEventLog(
                KafkaSettings(
                    bootstrapServers: String(url.dropFirst("kafka:".count)), cacheFolder: caches,
                    clock: Self.now))
        }
        return try await SQLiteEventLog.open(path: file, maintains: true, clock: Self.now)
    }

    /// Bytes of the log's files, 0 on Kafka.
    var bytesOnDisk: Int {
        guard let file else { return 0 }
        return [file, file + "-wal"].reduce(0) { sum, path in
            var status = Glibc.stat()
            return unsafe stat(path, &status) == 0 ? sum + Int(status.st_blocks) * 512 : sum
        }
    }

    /// Milliseconds since 1970.
    static let now: @Sendable () -> Int64 = {
        Int64(Date().timeIntervalSince1970 * 1000)
    }
}

/// A folder that is removed with the value.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "parley-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        // A leftover in the system's temporary folder harms nothing.
        try? FileManager.default.removeItem(atPath: path)
    }
}
