import Conversation
import EventLog
import Foundation
import Operations
import Records
import StageRuntime
import TenantKeys

/// Measures how long the ledger takes to account for many messages.
struct LedgerBench: Sendable {
    var log: String?
    var messages = 1_000_000

    private static let partitions: Int32 = 12
    /// Messages in one append: about a megabyte.
    private static let batch = 400
    /// Every so many messages one is left without an answer, to be found.
    private static let lostEvery = 100_000

    func run() async throws -> LedgerBenchReport {
        let folder = try ScratchFolder()
        let target = try BenchLog(log, folder: folder.path)
        let log = try await target.open(caches: folder.path + "/caches")
        try await log.createTopics(
            RecordTypes.conversation.topics.values.map {
                TopicConfiguration(
                    name: $0.rawValue, partitions: $0 == .deadLetters ? 1 : Self.partitions,
                    cleanup: .delete(retention: nil))
            })
        let envelope = try Self.sealed()
        let records = try await fill(log, by: envelope)
        let start = ProcessUsage.nanoseconds()
        let used = ProcessUsage.own
        let ledger = try await MessageLedger(log, by: envelope).report(at: BenchLog.now())
        let seconds = Double(ProcessUsage.nanoseconds() - start) / 1e9
        let processor = ProcessUsage.own - used
        await log.close()
        return LedgerBenchReport(
            log: target.url, messages: ledger.messages, records: records, seconds: seconds,
            processorSeconds: processor,
            answered: ledger.states["answered"] ?? 0, open: ledger.states["awaiting"] ?? 0)
    }

    /// Seals as every process does.
    private static func sealed() throws -> RecordEnvelope {
        let keys = KeyTable()
        keys.put(
            try TenantKey(
                id: "62656e6368000000", tenant: "demo", from: Timestamp(milliseconds: 0),
                secret: [UInt8](repeating: 2, count: 32)))
        return RecordEnvelope(.conversation, sealing: PersonalSealing(keys) { _ in })
    }

    private func fill(_ log: any EventLog, by envelope: RecordEnvelope) async throws -> Int {
        let appender = try await log.openAppender()
        let templates = try LedgerStory.templates(by: envelope)
        var count = 0
        for first in stride(from: 0, to: messages, by: Self.batch) {
            var records: [Record] = []
            for number in first..<min(messages, first + Self.batch) {
                let isLost = number % Self.lostEvery == Self.lostEvery / 2
                for template in isLost ? templates.prefix(1) : templates[...] {
                    records.append(template.record(number, at: BenchLog.now()))
                }
            }
            count += records.count
            try await appender.append(records)
        }
        await appender.close()
        return count
    }
}

/// The records of one answered message, with room for a number.
struct LedgerStory {
    /// Ten digits, which every message replaces by its number.
    private static let mark = "0123456789"

    private let record: Record
    private let valueMarks: [Int]

    private init(
        _ payload: any Payload, id: String, source: String,
        by envelope: RecordEnvelope = .conversation
    ) throws {
        let message = RecordID("m\(Self.mark)")
        let headers = RecordHeaders(
            id: RecordID(id), type: type(of: payload).type, source: source,
            time: Timestamp(milliseconds: 0), subject: payload.key, correlation: message,
            causation: message, tenant: payload.tenant)
        record = try envelope.record(payload, headers: headers)
        valueMarks = Self.marks(in: record.value ?? [])
    }

    private static func marks(in bytes: [UInt8]) -> [Int] {
        let mark = Array(mark.utf8)
        guard bytes.count >= mark.count else { return [] }
        return (0...bytes.count - mark.count).filter {
            bytes[$0] == mark[0] && Array(bytes[$0..<$0 + mark.count]) == mark
        }
    }

    func record(_ number: Int, at now: Int64) -> Record {
        let digits = String(number)
        let text = Array((String(repeating: "0", count: 10 - digits.count) + digits).utf8)
        func fill(_ bytes: [UInt8], _ marks: [Int]) -> [UInt8] {
            var filled = bytes
            for start in marks { filled.replaceSubrange(start..<start + text.count, with: text) }
            return filled
        }
        var copy = record
        copy.value = record.value.map { fill($0, valueMarks) }
        copy.key = fill(record.key, Self.marks(in: record.key))
        copy.timestamp = now
        copy.headers = HeaderList(
            record.headers.lazy.map { header in
                RecordHeader(
                    header.name, bytes: fill(header.value, Self.marks(in: header.value)))
            })
        return copy
    }

    /// Inbound, that it is read, the answer, and its three deliveries, as a conversation's view
    /// reads them.
    static func answered() throws -> [LedgerStory] {
        let name = MessageID("m\(mark)")
        let wamid = WhatsAppMessageID("wamid.\(mark)")
        let time = Timestamp(milliseconds: 1_700_000_000_000)
        func outbound(_ content: OutboundMessage.Content) -> OutboundMessage {
            OutboundMessage(
                tenant: "demo", conversation: ConversationID("c\(mark)"), number: "n1",
                recipient: Contact(phone: "4915112345678"), epoch: 0, content: content,
                author: .bot(Provenance(passages: [], model: "built-in")), answers: [name],
                windowAnchor: time, at: time)
        }
        let all = try templates()
        return [
            all[0],
            try LedgerStory(outbound(.typing(for: wamid)), id: "t\(mark)", source: "stage/handoff"),
            try LedgerStory(
                outbound(.text("On Saturdays from 10 to 14.")), id: "o\(mark)",
                source: "stage/handoff"),
        ] + all.dropFirst(2)
    }

    /// Inbound, reply, and the three deliveries of a message that was read.
    ///
    /// What is sealed of them cannot be opened once the number is in its place; the ledger does not
    /// open it.
    static func templates(
        by envelope: RecordEnvelope = .conversation
    ) throws -> [LedgerStory] {
        let name = MessageID("m\(mark)")
        let conversation = ConversationID("c\(mark)")
        let time = Timestamp(milliseconds: 1_700_000_000_000)
        let inbound = InboundMessage(
            tenant: "demo", conversation: conversation, number: "n1", message: name,
            wamid: WhatsAppMessageID("wamid.\(mark)"),
            contact: Contact(userID: "US.13491208655302741918", phone: "4915112345678"),
            sentAt: time, receivedAt: time, content: .text("When do you open on Saturdays?"))
        let citation = Citation(
            passage: "p1", document: "d1", documentName: "hours.md", page: nil, sheet: nil,
            headings: ["Opening hours"], contentHash: "0f343b0931126a20f133d67c2b018a3b")
        let reply = ProposedReply(
            tenant: "demo", conversation: conversation, answers: [name],
            proposal: .answer(text: "On Saturdays from 10 to 14.", citations: [citation]),
            language: "en",
            provenance: Provenance(passages: [citation], model: "built-in"), at: time)
        func delivery(_ outcome: Delivery.Outcome) -> Delivery {
            Delivery(
                tenant: "demo", conversation: conversation, outbound: RecordID("o\(mark)"),
                epoch: 0, attempt: 1, outcome: outcome, answers: [name], at: time)
        }
        return [
            try LedgerStory(inbound, id: name.rawValue, source: "whatsapp/n1", by: envelope),
            try LedgerStory(reply, id: "r\(mark)", source: "stage/orchestrator", by: envelope),
            try LedgerStory(
                delivery(.accepted("out", wamid: "wamid.out")), id: "a\(mark)",
                source: "stage/sender", by: envelope),
            try LedgerStory(
                delivery(.progressed("out", .delivered)), id: "b\(mark)",
                source: "stage/sender", by: envelope),
            try LedgerStory(
                delivery(.progressed("out", .read)), id: "c\(mark)", source: "stage/sender",
                by: envelope),
        ]
    }
}

/// What the ledger's measurement found.
struct LedgerBenchReport: BenchReport {
    var log: String
    var messages: Int
    var records: Int
    var seconds: Double
    /// Processor seconds that it took, on all processors together.
    var processorSeconds: Double
    var answered: Int
    var open: Int

    /// The report for people.
    var lines: [String] {
        [
            "ledger over \(messages) messages (\(records) records) in "
                + "\(String(format: "%.2f", seconds)) s "
                + "(\(String(format: "%.2f", processorSeconds)) s of processor)",
            "\(answered) answered, \(open) open",
        ]
    }
}
