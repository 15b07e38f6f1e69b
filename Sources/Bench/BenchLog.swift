import Configuration
import Conversation
import EventLog
import Foundation
import Glibc
import LogURL

/// The log that a measurement runs against, and the folder that belongs to it.
struct BenchLog: Sendable {
    /// As it was given.
    let url: String
    private let parsed: LogURL

    /// Reads a URL; without one, a file in the folder.
    ///
    /// - Throws: `ConfigurationError` with the two forms.
    init(_ url: String?, folder: String) throws(ConfigurationError) {
        self.url = url ?? "sqlite:\(folder)/log.sqlite"
        parsed = try LogURL(self.url)
    }

    func open(caches: String) async throws -> any EventLog {
        try await parsed.open(maintains: parsed.file != nil, caches: caches, clock: Self.now)
    }

    /// A name for a topic that only this measurement uses: one that is measured twice on the same
    /// brokers finds it empty, and a pipeline there does not find its own topics made otherwise.
    static func topic(_ name: String, of run: Int) -> TopicConfiguration {
        TopicConfiguration(
            name: "bench.\(run).\(name)", partitions: partitions,
            cleanup: .delete(retention: .seconds(3_600)))
    }

    /// A number for a measurement's topics.
    static func newRun() -> Int { .random(in: 100_000...999_999) }

    /// The file in question on SQLite, else `nil`.
    var file: String? { parsed.file }

    /// Of each topic that is measured.
    static let partitions: Int32 = 8

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
