import Conversation
import EventLog
import FoundationEssentials
import PipelineTesting
import Records
import SQLite
import Telemetry
import Testing
import Views

@testable import parley

@Suite("All views of the program", .timeLimit(.minutes(5)))
struct RebuiltViewsTests {
    @Test(
        "give equal rows back once they are deleted, in whatever order the topics are read",
        arguments: [1, 2, 3])
    func rebuilt(seed: UInt64) async throws {
        let log = InMemoryEventLog { 1_800_000_000_000 }
        try await log.createTopics(
            RecordTypes.program.topics.values.map {
                TopicConfiguration(
                    name: $0.rawValue, partitions: 2, cleanup: .delete(retention: nil))
            })
        let folder = try TemporaryFolder()
        var random = RandomRecords(seed: seed)
        // One after the other as they come, so that the topics are read nearly in step.
        for _ in 0..<8 {
            try await append(random.next(250), to: log)
            _ = try await rows(folder.path + "/views", log)
        }
        let grown = try await rows(folder.path + "/views", log)
        try FileManager.default.removeItem(atPath: folder.path + "/views")
        // All at once: topic by topic, as the log gives them.
        let rebuilt = try await rows(folder.path + "/views", log)
        for view in ProgramViews.all {
            let tables = try #require(grown[view.name])
            #expect(tables.values.contains { !$0.isEmpty }, "\(view.name) is empty")
            for (table, rows) in tables {
                #expect(rebuilt[view.name]?[table] == rows, "\(view.name), \(table)")
            }
        }
    }

    private func append(_ records: [Record], to log: InMemoryEventLog) async throws {
        let appender = try await log.openAppender()
        try await appender.append(records)
        await appender.close()
    }

    /// All rows of all views' tables, after each has caught up.
    private func rows(
        _ folder: String, _ log: InMemoryEventLog
    ) async throws -> [String: [String: [[Value]]]] {
        let metrics = Metrics()
        let keeping = ViewKeeping(
            folder: folder, log: log, reading: .program, metrics: metrics,
            logger: Logger(service: "test", to: LogSinks.discard))
        var all: [String: [String: [[Value]]]] = [:]
        for view in ProgramViews.all {
            let stored = keeping.stored(view)
            let task = Task { try await stored.run() }
            try await stored.waitUntilCaughtUp()
            all[view.name] = try await stored.read { rows throws(SQLiteError) in
                var tables: [String: [[Value]]] = [:]
                let names = try rows.all(
                    """
                    SELECT name FROM pragma_table_list
                    WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%'
                        ESCAPE '\\' AND name NOT LIKE 'view\\_%' ESCAPE '\\'
                    """
                ) { $0.text(0) }
                for name in names {
                    tables[name] = try rows.all("SELECT * FROM \(name)") { $0.row }
                        .sorted { "\($0)" < "\($1)" }
                }
                return tables
            }
            task.cancel()
            _ = try await task.value
            let passedOver = metrics.counter(
                "parley_view_passed_over_total", help: "", labels: ["view": view.name])
            #expect(passedOver.value == 0)
        }
        return all
    }
}
