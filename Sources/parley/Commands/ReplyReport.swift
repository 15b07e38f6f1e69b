import Configuration
import Conversation
import EventLog
import FoundationEssentials
import LogURL
import Records
import StageRuntime
import TenantKeys

/// A reply with why it says what it says, found in the log by the attempt that WhatsApp was given.
struct ReplyReport: Encodable {
    var text: String?
    var wamid: String
    /// The customer's messages, by WhatsApp's names of them.
    var answers: [WhatsAppMessageID]
    var author: String
    var citations: [Citation]
    var provenance: Provenance?
    var outbound: RecordID?

    /// How far back the outbound message is looked for: it was written a moment ago.
    private static let lookBack = Duration.seconds(900)

    /// The report as JSON.
    static func make(
        _ reply: SimulateMessageCommand.Seen.Message, to message: WhatsAppMessageID,
        log url: String, data: DataFolder, keys: KeysFolder
    ) async throws -> [UInt8] {
        var report = ReplyReport(
            text: reply.text, wamid: reply.wamid, answers: [message], author: "unknown",
            citations: [])
        if let attempt = reply.callback_data.flatMap({ AttemptID($0) }) {
            let log = try await LogURL(url).open(
                maintains: false, caches: data.caches, clock: SystemClock.milliseconds)
            let envelope = try await CommandKeys.opened(of: log, in: keys, data: data).envelope
            if let outbound = try await find(attempt, in: log, by: envelope) {
                report.add(outbound, attempt)
                report.answers = try await names(of: outbound, in: log, by: envelope)
            }
            await log.close()
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(report))
    }

    private mutating func add(_ message: OutboundMessage, _ attempt: AttemptID) {
        outbound = attempt.outbound
        switch message.author {
        case .bot(let provenance):
            author = "bot"
            self.provenance = provenance
            citations = provenance.citations ?? []
        case .agent(_, let name): author = "agent \(name)"
        case .system: author = "system"
        }
    }

    private static func find(
        _ attempt: AttemptID, in log: any EventLog, by envelope: RecordEnvelope
    ) async throws -> OutboundMessage? {
        var found: OutboundMessage?
        try await read(.messagesOutbound, of: attempt.conversation, in: log, by: envelope) {
            record in
            guard record.header(HeaderName.id) == attempt.outbound.rawValue,
                case .payload(let message as OutboundMessage) = try envelope.decode(record).value
            else { return true }
            found = message
            return false
        }
        return found
    }

    /// WhatsApp's names of the messages that a reply answers.
    private static func names(
        of reply: OutboundMessage, in log: any EventLog, by envelope: RecordEnvelope
    ) async throws -> [WhatsAppMessageID] {
        var names: [MessageID: WhatsAppMessageID] = [:]
        try await read(.messagesInbound, of: reply.conversation, in: log, by: envelope) { record in
            guard let id = record.header(HeaderName.id), reply.answers.contains(MessageID(id)),
                case .payload(let message as InboundMessage) = try envelope.decode(record).value
            else { return true }
            names[message.message] = message.graphID
            return names.count < reply.answers.count
        }
        return reply.answers.compactMap { names[$0] }
    }

    /// Reads a conversation's partition of a topic, until told to stop.
    private static func read(
        _ topic: Topic, of conversation: ConversationID, in log: any EventLog,
        by envelope: RecordEnvelope, _ body: (Record) throws -> Bool
    ) async throws {
        let topic = topic.rawValue
        let topics = try await log.describeTopics()
        guard let described = topics.first(where: { $0.name == topic }) else { return }
        let number = Partitioner.partition(
            of: Array(conversation.rawValue.utf8), count: Int32(described.partitions.count))
        let since = SystemClock.milliseconds() - lookBack.wholeMilliseconds
        let starts = try await log.offsets(of: topic, at: since)
        let reader = try await log.openReader([
            TopicPartition(topic, number): starts[number].map { .offset($0) } ?? .beginning
        ])
        reading: while true {
            let records = try await reader.poll(atMost: 500, waiting: .milliseconds(500))
            if records.isEmpty { break }
            await envelope.prepare(for: records)
            for record in records where try !body(record.record) { break reading }
        }
        await reader.close()
    }
}
