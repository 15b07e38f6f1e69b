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
    var answers: [MessageID]
    var author: String
    var citations: [Citation]
    var provenance: Provenance?
    var outbound: RecordID?

    /// How far back the outbound message is looked for: it was written a moment ago.
    private static let lookBack = Duration.seconds(900)

    /// The report as JSON.
    static func make(
        _ reply: SimulateMessageCommand.Seen.Message, to message: MessageID, log url: String,
        data: DataFolder, keys: KeysFolder
    ) async throws -> [UInt8] {
        var report = ReplyReport(
            text: reply.text, wamid: reply.wamid, answers: [message], author: "unknown",
            citations: [])
        if let attempt = reply.callback_data.flatMap({ AttemptID($0) }) {
            let log = try await LogURL(url).open(
                maintains: false, caches: data.caches, clock: SystemClock.milliseconds)
            let envelope = try await CommandKeys.envelope(of: log, in: keys, data: data)
            if let outbound = try await find(attempt, in: log, by: envelope) { report.add(outbound, attempt) }
            await log.close()
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(report))
    }

    private mutating func add(_ message: OutboundMessage, _ attempt: AttemptID) {
        outbound = attempt.outbound
        answers = message.answers
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
        let topic = Topic.messagesOutbound.rawValue
        let topics = try await log.describeTopics()
        guard let described = topics.first(where: { $0.name == topic }) else { return nil }
        let number = Partitioner.partition(
            of: Array(attempt.conversation.rawValue.utf8), count: Int32(described.partitions.count))
        let since = SystemClock.milliseconds() - lookBack.wholeMilliseconds
        let starts = try await log.offsets(of: topic, at: since)
        let reader = try await log.openReader([
            TopicPartition(topic, number): starts[number].map { .offset($0) } ?? .beginning
        ])
        var found: OutboundMessage?
        while found == nil {
            let records = try await reader.poll(atMost: 500, waiting: .milliseconds(500))
            if records.isEmpty { break }
            for record in records {
                guard record.record.header(HeaderName.id) == attempt.outbound.rawValue,
                    case .payload(let message as OutboundMessage) = try envelope.decode(
                        record.record
                    ).value
                else { continue }
                found = message
            }
        }
        await reader.close()
        return found
    }
}
