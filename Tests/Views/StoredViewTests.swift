import AuditRecords
import Conversation
import EventLog
import FoundationEssentials
import PipelineTesting
import Records
import SQLite
import Synchronization
import Telemetry
import Testing
import Views

@Suite("A view in a file", .timeLimit(.minutes(5)))
struct StoredViewTests {
    @Test("holds what its topics hold, and goes on at its position after a restart")
    func restart() async throws {
        let acts = try await Acts()
        try await acts.append(["a", "bb", "ccc"])
        let first = Metrics()
        #expect(
            try await acts.run(acts.stored(metrics: first), Acts.subjects) == ["a", "bb", "ccc"])
        #expect(first.count("parley_view_records_total") == 3)

        try await acts.append(["dddd"])
        let second = Metrics()
        let subjects = try await acts.run(acts.stored(metrics: second), Acts.subjects)
        #expect(subjects == ["a", "bb", "ccc", "dddd"])
        #expect(second.count("parley_view_records_total") == 1)
        #expect(second.count("parley_view_rebuilds_total") == 0)
    }

    @Test("shows a record before it says that it was applied, and before it announces it")
    func readYourWrites() async throws {
        let acts = try await Acts()
        let heard = Mutex<[Acts.Seen]>([])
        let view = acts.stored { changes in
            heard.withLock { $0 += changes.compactMap { $0 as? Acts.Seen } }
        }
        try await acts.run(view) { view in
            for number in 0..<20 {
                let subject = "s\(number)"
                let expectation = view.applied.expect { $0 == RecordID("id-\(subject)") }
                try await acts.append([subject])
                #expect(await view.applied.event(expectation, within: .seconds(20)) != nil)
                #expect(try await Acts.subjects(view).contains(subject))
                let inOrder = try await view.readInOrder { rows throws(SQLiteError) in
                    try rows.all("SELECT subject FROM acts") { $0.text(0) }
                }
                #expect(Set(heard.withLock { $0.map(\.subject) }) == Set(inOrder))
            }
        }
    }

    @Test(
        "is built anew by itself from a file that is of no use",
        arguments: ["garbage", "cut", "empty", "other tables", "other hash", "missing", "folded"])
    func uselessFile(kind: String) async throws {
        let acts = try await Acts()
        let subjects = (0..<300).map { "subject number \($0)" }.sorted()
        try await acts.append(subjects)
        let view = acts.stored()
        #expect(try await acts.run(view, Acts.subjects) == subjects)
        try Self.spoil(view.path, kind)
        let metrics = Metrics()
        let again = acts.stored(metrics: metrics)
        try await acts.run(again) { view in
            try await eventually("all rows are back") {
                // While it is built anew it cannot be read.
                (try? await Acts.subjects(view)) == subjects
            }
        }
        if !["missing", "empty"].contains(kind) {
            #expect(metrics.count("parley_view_rebuilds_total") >= 1)
        }
    }

    private static func spoil(_ path: String, _ kind: String) throws {
        let files = FileManager.default
        try Connection(path: path).checkpoint(.truncate)
        for suffix in ["-wal", "-shm"] where files.fileExists(atPath: path + suffix) {
            try files.removeItem(atPath: path + suffix)
        }
        let url = URL(filePath: path)
        switch kind {
        case "garbage": try Data(repeating: 0x5a, count: 9_000).write(to: url)
        case "cut":
            let whole = try Data(contentsOf: url)
            try whole.prefix(whole.count / 2).write(to: url)
        case "empty": try Data().write(to: url)
        case "missing": try files.removeItem(atPath: path)
        case "other tables":
            try files.removeItem(atPath: path)
            try Connection(path: path).executeScript("CREATE TABLE other (a)")
        case "other hash":
            try Connection(path: path).executeScript("UPDATE view_batches SET hash = 'x'")
        default:
            // Pages in the middle, which only reading rows comes upon.
            var whole = try Data(contentsOf: url)
            for index in 8_192..<whole.count { whole[index] = 0xff }
            try whole.write(to: url)
        }
    }

    @Test("is built anew where its file is deleted while it runs")
    func deletedMeanwhile() async throws {
        let acts = try await Acts()
        try await acts.append(["a"])
        let metrics = Metrics()
        let view = acts.stored(metrics: metrics)
        try await acts.run(view) { view in
            try FileManager.default.removeItem(atPath: view.path)
            try await acts.append(["bb"])
            try await eventually("both rows are there") {
                (try? await Acts.subjects(view)) == ["a", "bb"]
                    && FileManager.default.fileExists(atPath: view.path)
            }
        }
    }

    @Test("lies in a file of its own for each schema and version, and deletes the others")
    func versions() async throws {
        let acts = try await Acts()
        try await acts.append(["a"])
        var paths: Set<String> = []
        let views = [
            Acts.view(), Acts.view(version: 2),
            Acts.view(schema: "CREATE TABLE other (a TEXT) STRICT;"),
        ]
        for view in views {
            let stored = acts.stored(view)
            #expect(try await acts.run(stored, Acts.subjects) == ["a"])
            paths.insert(stored.path)
            #expect(try acts.files().count == 1)
        }
        #expect(paths.count == 3)
    }

    @Test(
        "is built anew for a log that is another one, or an older copy that went on otherwise",
        arguments: [["x"], ["x", "yy", "zzz", "wwww"], []])
    func otherLog(subjects: [String]) async throws {
        let acts = try await Acts()
        try await acts.append(["a", "bb", "ccc"])
        #expect(try await acts.run(acts.stored(), Acts.subjects) == ["a", "bb", "ccc"])
        let other = InMemoryEventLog { 1_800_000_000_000 }
        try await Acts.makeTopic(in: other)
        try await acts.append(subjects, to: other)
        let metrics = Metrics()
        let rebuilt = try await acts.run(acts.stored(of: other, metrics: metrics), Acts.subjects)
        #expect(rebuilt == subjects.sorted())
        #expect(metrics.count("parley_view_rebuilds_total") == 1)
    }

    @Test("passes over and counts what it cannot read or apply, and keeps the rest")
    func passingOver() async throws {
        let acts = try await Acts()
        let view = Acts.view { (record, rows) throws(SQLiteError) in
            guard let entry = record.payload as? AuditEntry else { return }
            try rows.change("INSERT INTO acts VALUES (?, ?)", .text(entry.subject), .text("x"))
            rows.announce(Acts.Seen(subject: entry.subject))
            if entry.subject == "bad" {
                try rows.change("INSERT INTO acts VALUES ('null', NULL)")
            }
        }
        try await acts.append(["a", "bad", "bb"])
        let appender = try await acts.log.openAppender()
        try await appender.append([
            Record(
                topic: Topic.audit.rawValue, key: [1], value: Array("{}".utf8), headers: [],
                timestamp: 5)
        ])
        try await acts.append(["ccc"])
        let heard = Mutex<[String]>([])
        let metrics = Metrics()
        let stored = acts.stored(view, metrics: metrics) { changes in
            heard.withLock { $0 += changes.compactMap { ($0 as? Acts.Seen)?.subject } }
        }
        let ids = try await acts.run(stored) { view in
            #expect(heard.withLock { $0 }.isEmpty, "what is old is no news")
            try await acts.append(["bad", "dddd"])
            try await eventually("the rest is heard of") { heard.withLock { $0 } == ["dddd"] }
            return try await view.read { rows throws(SQLiteError) in
                try rows.all("SELECT id FROM acts ORDER BY id") { $0.text(0) }
            }
        }
        #expect(ids == ["a", "bb", "ccc", "dddd"])
        #expect(metrics.count("parley_view_passed_over_total") == 3)
    }

    @Test("waits for room on a full disk, and goes on")
    func fullDisk() async throws {
        let acts = try await Acts()
        // The limit is the first connection's own: the next has room.
        let view = Acts.view(schema: "PRAGMA max_page_count = 12;")
        let subjects = (0..<2_000).map { "subject number \($0)" }.sorted()
        try await acts.append(subjects)
        let metrics = Metrics()
        #expect(try await acts.run(acts.stored(view, metrics: metrics), Acts.subjects) == subjects)
        #expect(metrics.count("parley_view_file_failures_total") >= 1)
        #expect(metrics.count("parley_view_rebuilds_total") == 0)
    }

    @Test("gives up its rows rather than mix them with another writer's")
    func twoWriters() async throws {
        let acts = try await Acts()
        let first = acts.stored()
        let second = acts.stored()
        try await acts.run(first) { first in
            try await acts.run(second) { second in
                for number in 0..<10 {
                    try await acts.append(["n\(number)"])
                    try await Task.sleep(for: .milliseconds(5))
                }
                let all = (0..<10).map { "n\($0)" }
                try await eventually("both show all") {
                    let shown = [
                        try? await Acts.subjects(first), try? await Acts.subjects(second),
                    ]
                    return shown == [all, all]
                }
            }
        }
    }
}
