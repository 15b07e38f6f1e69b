import AuditRecords
import Conversation
import EventLog
import FoundationEssentials
import PipelineTesting
import Records
import SQLite
import Telemetry
import Testing
import Views

/// A log of acts, and a view of them that tests may change.
final class Acts: Sendable {
    let log = InMemoryEventLog { 1_800_000_000_000 }
    let folder: TemporaryFolder

    init() async throws {
        folder = try TemporaryFolder()
        try await Self.makeTopic(in: log)
    }

    static func makeTopic(in log: InMemoryEventLog) async throws {
        try await log.createTopics([
            TopicConfiguration(
                name: Topic.audit.rawValue, partitions: 2, cleanup: .delete(retention: nil))
        ])
    }

    /// What the view tells those who watch it.
    struct Seen: ViewChange, Hashable { var subject: String }

    static func view(
        version: Int = 1, schema: String = "", apply: @escaping View.Apply = Acts.note
    ) -> View {
        View(
            "acts", of: [.audit], reading: [AuditEntry.self], version: version,
            schema: schema + "CREATE TABLE acts (id TEXT PRIMARY KEY, subject TEXT NOT NULL);",
            apply: apply)
    }

    @Sendable static func note(_ record: DecodedRecord, _ rows: Rows) throws(SQLiteError) {
        guard let entry = record.payload as? AuditEntry else { return }
        try rows.change(
            "INSERT OR REPLACE INTO acts VALUES (?, ?)", .text(record.headers.id.rawValue),
            .text(entry.subject))
        rows.announce(Seen(subject: entry.subject))
    }

    func stored(
        _ view: View = Acts.view(), of log: InMemoryEventLog? = nil, metrics: Metrics = Metrics(),
        hear: @escaping @Sendable ([any ViewChange]) -> Void = { _ in }
    ) -> StoredView {
        StoredView(
            view, in: folder.path + "/views", of: log ?? self.log, reading: .program,
            metrics: metrics,
            logger: Logger(service: "test", to: LogSinks.discard), hear: hear)
    }

    func append(_ subjects: [String], to log: InMemoryEventLog? = nil) async throws {
        let appender = try await (log ?? self.log).openAppender()
        var records: [Record] = []
        for subject in subjects {
            let entry = AuditEntry(
                tenant: TenantID("t\(subject.utf8.count % 5)"), actor: "test", action: "test",
                subject: subject, at: Timestamp(seconds: 1))
            let id = RecordID("id-\(subject)")
            records.append(
                try RecordEnvelope.program.record(
                    entry,
                    headers: RecordHeaders(
                        id: id, type: AuditEntry.type, source: "test", time: entry.at,
                        subject: entry.key, correlation: id, causation: id,
                        tenant: entry.tenant)))
        }
        try await appender.append(records)
        await appender.close()
    }

    static func subjects(_ view: StoredView) async throws -> [String] {
        try await view.read { rows throws(SQLiteError) in
            try rows.all("SELECT subject FROM acts ORDER BY subject") { $0.text(0) }
        }
    }

    /// Runs a view until it has caught up and the body has returned.
    func run<Value: Sendable>(
        _ view: StoredView, _ body: @Sendable (StoredView) async throws -> Value
    ) async throws -> Value {
        let task = Task { try await view.run() }
        defer { task.cancel() }
        try await view.waitUntilCaughtUp()
        let value = try await body(view)
        task.cancel()
        _ = try await task.value
        return value
    }

    func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path + "/views")
            .filter { $0.hasSuffix(".sqlite") }
    }
}

extension Metrics {
    /// How much a counter of a view has counted.
    func count(_ name: String) -> Int {
        counter(name, help: "", labels: ["view": "acts"]).value
    }
}
