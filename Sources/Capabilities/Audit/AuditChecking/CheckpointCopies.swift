package import AuditRecords
import Conversation
package import EventLog
import FoundationEssentials
import Glibc
import Records
package import Telemetry

/// Copies of the audit chains' checkpoints, outside of the log and of its backups: by them is seen
/// that a chain was cut off, or written anew, together with its checkpoints.
///
/// A text of lines that is only ever added to, one JSON object a line.
package struct CheckpointCopies: Sendable {
    private struct Line: Codable {
        var checkpoint: AuditCheckpoint
        /// Where it stands in the log: from there on the next are looked for.
        var offset: Int64
    }

    /// The wait before what the log or the disk refused is tried again.
    private static let retryWait = Duration.seconds(5)
    /// Copies besides the newest that may stand in the file.
    private static let mostOlder = 1_000
    private static let partition = TopicPartition(Topic.auditChain.rawValue, 0)

    private let path: String

    /// Keeps copies in a file, which is made with the first.
    package init(path: String) { self.path = path }

    /// The copies; none where there is no file.
    ///
    /// A line that cannot be read, such as one that was not written to its end, is none.
    package func all() -> [AuditCheckpoint] { lines().map(\.checkpoint) }

    private func lines() -> [Line] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return data.split(separator: UInt8(ascii: "\n")).compactMap {
            // What was not written to its end is no copy.
            try? RecordCodec.decode(Line.self, from: Array($0))
        }
    }

    /// Follows the chains from the last copy on, until cancelled.
    package func follow(_ log: any EventLog, logger: Logger) async {
        while !Task.isCancelled {
            do {
                try await copy(from: log)
            } catch {
                logger.warning(
                    "checkpoints of the audit log cannot be copied", [.error: .error(error)])
                try? await Task.sleep(for: Self.retryWait)  // cancelled: the loop ends
            }
        }
    }

    private func copy(from log: any EventLog) async throws {
        try forgetOlder()
        let start = lines().last.map { ReadStart.offset($0.offset + 1) } ?? .beginning
        let reader = try await log.openReader([Self.partition: start])
        // A waiting poll does not see that the task is cancelled; closing the reader ends it.
        let result: Result<Void, any Error> = await withTaskCancellationHandler {
            do {
                return .success(try await copy(by: reader))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            Task { await reader.close() }
        }
        await reader.close()
        if !Task.isCancelled { try result.get() }
    }

    private func copy(by reader: any EventLogReader) async throws {
        let envelope = RecordEnvelope(RecordTypes(AuditRecords.types))
        while !Task.isCancelled {
            for consumed in try await reader.poll(atMost: 500, waiting: .seconds(5)) {
                // What cannot be read is found where the chain is checked.
                guard
                    case .payload(let checkpoint as AuditCheckpoint)? =
                        (try? envelope.decode(consumed.record))?.value
                else { continue }
                try add(Line(checkpoint: checkpoint, offset: consumed.offset))
            }
        }
    }

    /// Adds a line, durably; one before it that was not written to its end stays a line of its own.
    private func add(_ line: Line) throws {
        let bytes = [UInt8(ascii: "\n")] + (try RecordCodec.encode(line)) + [UInt8(ascii: "\n")]
        let file = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure }
        defer { close(file) }
        guard unsafe write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
            throw failure
        }
    }

    private var failure: CheckpointTrouble {
        CheckpointTrouble(
            description: "\(path) cannot be written: \(unsafe String(cString: strerror(errno)))")
    }

    /// Keeps only the newest copy of each tenant, once there are many more.
    private func forgetOlder() throws {
        let all = lines()
        var newest: [TenantID: Line] = [:]
        for line in all { newest[line.checkpoint.tenant] = line }
        guard all.count > 2 * newest.count + Self.mostOlder else { return }
        let kept = newest.values.sorted { $0.offset < $1.offset }
        var text: [UInt8] = []
        for line in kept { text += try RecordCodec.encode(line) + [UInt8(ascii: "\n")] }
        try Data(text).write(to: URL(filePath: path), options: .atomic)
        guard unsafe chmod(path, 0o600) == 0 else { throw failure }
    }
}

/// Why no copy can be kept.
struct CheckpointTrouble: Error, CustomStringConvertible {
    let description: String
}
