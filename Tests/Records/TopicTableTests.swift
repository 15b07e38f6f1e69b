import Conversation
import EventLog
import Synchronization
import Telemetry
import Testing

@testable import Records

/// What a table hears of a topic, on the log in memory.
@Suite("Topic table", .timeLimit(.minutes(5)))
struct TopicTableTests {
    private static let topic = Topic.notes
    private let log = InMemoryEventLog { 0 }
    private let types: RecordTypes
    private let envelope: RecordEnvelope

    init() async throws {
        types = RecordTypes([Note.self])
        envelope = RecordEnvelope(types)
        try await log.createTopics([
            TopicConfiguration(
                name: Self.topic.rawValue, partitions: 3, cleanup: .delete(retention: nil))
        ])
    }

    private func note(_ number: Int, _ source: String = "test") throws -> Record {
        let note = Note(number: number)
        return try envelope.record(
            note,
            headers: RecordHeaders(
                id: RecordID("r\(number)"), type: Note.type, source: source,
                time: Timestamp(seconds: 1), subject: note.key, correlation: "first",
                causation: RecordID("r\(number)"), tenant: TenantID("t\(number % 2)")))
    }

    private func append(_ records: [Record]) async throws {
        let appender = try await log.openAppender()
        try await appender.append(records)
        await appender.close()
    }

    private final class Heard: Sendable {
        private let numbers = Mutex<[Int32: [Int]]>([:])
        private let headers = Mutex<[RecordHeaders]>([])

        func add(_ value: RecordValue, _ heard: RecordHeaders, _ position: RecordPosition) {
            guard case .payload(let note as Note) = value else { return }
            numbers.withLock { $0[position.partition, default: []].append(note.number) }
            headers.withLock { $0.append(heard) }
        }

        var all: [Int32: [Int]] { numbers.withLock { $0 } }
        var count: Int { numbers.withLock { $0.values.reduce(0) { $0 + $1.count } } }
        var allHeaders: [RecordHeaders] { headers.withLock { $0 } }
    }

    private func table(_ heard: Heard) -> TopicTable {
        let feed = TopicTable.Feed([Self.topic]) { value, headers, position in
            heard.add(value, headers, position)
        }
        return TopicTable(
            [feed], in: log, reading: envelope, metrics: Metrics(),
            logger: Logger(service: "table", to: LogSinks.discard))
    }

    @Test("more records than are read at once come in order, and all before it has caught up")
    func order() async throws {
        // More than are decoded side by side, and a rest.
        let count = 9_500
        try await append(try (0..<count).map { try note($0) })
        let heard = Heard()
        let table = table(heard)
        let running = Task { try await table.run() }
        try await table.waitUntilCaughtUp()
        #expect(heard.count == count)
        for numbers in heard.all.values { #expect(numbers == numbers.sorted()) }
        // What comes afterwards is heard, too.
        try await append([try note(count)])
        while heard.count <= count { try await Task.sleep(for: .milliseconds(5)) }
        running.cancel()
        _ = await running.result
    }

    @Test("a record that cannot be read is passed over, those around it are not")
    func broken() async throws {
        var records = try (0..<2_500).map { try note($0) }
        records[1_300].value = Array("{".utf8)
        records[1_301].headers = []
        try await append(records)
        let heard = Heard()
        let table = table(heard)
        let running = Task { try await table.run() }
        try await table.waitUntilCaughtUp()
        #expect(
            heard.all.values.joined().sorted()
                == (0..<2_500).filter { $0 != 1_300 && $0 != 1_301 })
        running.cancel()
        _ = await running.result
    }

    @Test("headers are each record's own, though records share what they have in common")
    func headers() throws {
        let records = try (0..<6).map { number in
            var record = try note(number, number < 3 ? "stage/a" : "stage/b")
            if number == 4 { record.headers = HeaderList(record.headers.filter { _ in true }) }
            return ConsumedRecord(
                record: record, partition: TopicPartition(record.topic, 0), offset: Int64(number))
        }
        let decoded = envelope.decode(records, as: types)
        for (record, decoded) in zip(records, decoded) {
            let found = try decoded.get()
            #expect(try found.headers == RecordEnvelope.headers(of: record.record))
            #expect(found.position.offset == record.offset)
        }
        #expect(try decoded.map { try $0.get().headers.source }.last == "stage/b")
    }
}

extension Topic {
    fileprivate static let notes = Topic("notes", kept: .never)
}

private struct Note: Payload {
    static let type = "parley.test.note"
    static let topic = Topic.notes
    static let personal: [FieldPath] = []
    var number: Int
    var key: String { "k\(number % 50)" }
    var tenant: TenantID { "sol" }
}
