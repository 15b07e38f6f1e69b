import Conversation
import EventLog
import PipelineTesting
import Records
import StageRuntime
import Synchronization

@testable import Operations

/// Writes the records that the stages would write for one conversation.
struct Story {
    /// Logs of a test's own: on a shared broker the topics hold other tests' records too.
    static let substrates: [Substrate] = [.memory, .sqlite]

    let tenant: TenantID
    let conversation: ConversationID
    var now: Int64
    var envelope = RecordEnvelope.program

    init(
        _ conversation: ConversationID = "c1", tenant: TenantID = "sol", at now: Int64 = 1_000_000
    ) {
        self.conversation = conversation
        self.tenant = tenant
        self.now = now
    }

    var time: Timestamp { Timestamp(milliseconds: now) }
    let provenance = Provenance(passages: [], model: "built-in")
    let contact = Contact(userID: "US.1", phone: "4915111", name: "Ana")

    func record(
        _ payload: any Payload, id: RecordID, correlation: RecordID, causation: RecordID,
        source: String = "stage/test"
    ) throws -> Record {
        try envelope.record(
            payload,
            headers: RecordHeaders(
                id: id, type: type(of: payload).type, source: source, time: time,
                subject: payload.key, correlation: correlation, causation: causation,
                tenant: tenant))
    }

    func inbound(_ id: String, _ content: MessageContent = .text("hola")) throws -> Record {
        let message = InboundMessage(
            tenant: tenant, conversation: conversation, number: "n1", message: MessageID(id),
            contact: contact, sentAt: time, receivedAt: time, content: content)
        return try record(
            message, id: RecordID(id), correlation: RecordID(id), causation: RecordID(id),
            source: "whatsapp/n1")
    }

    func question(_ id: RecordID, about message: String) throws -> Record {
        let inbound = InboundMessage(
            tenant: tenant, conversation: conversation, number: "n1",
            message: MessageID(message), contact: contact, sentAt: time, receivedAt: time,
            content: .text("hola"))
        return try record(
            GroundedQuestion(message: inbound, query: "hola", search: .textOnly, passages: []),
            id: id, correlation: RecordID(message), causation: RecordID(message),
            source: "stage/retrieval")
    }

    func reply(
        _ id: RecordID, to messages: [String], _ proposal: ProposedReply.Proposal? = nil,
        cause: RecordID
    ) throws -> Record {
        try record(
            ProposedReply(
                tenant: tenant, conversation: conversation,
                answers: messages.map { MessageID($0) },
                proposal: proposal ?? .answer(text: "sí \"claro\"", citations: []),
                language: "es", provenance: provenance, at: time),
            id: id, correlation: RecordID(messages.last ?? ""), causation: cause,
            source: "stage/orchestrator")
    }

    func outbound(
        _ id: RecordID, to message: String, _ content: OutboundMessage.Content = .text("sí"),
        answers: [String] = [], cause: RecordID
    ) throws -> Record {
        try record(
            OutboundMessage(
                tenant: tenant, conversation: conversation, number: "n1", recipient: contact,
                epoch: 0, content: content, author: .bot(provenance),
                answers: answers.map { MessageID($0) }, windowAnchor: time, at: time),
            id: id, correlation: RecordID(message), causation: cause, source: "stage/handoff")
    }

    func delivery(
        _ id: RecordID, of outbound: RecordID, to message: String, _ outcome: Delivery.Outcome,
        cause: RecordID
    ) throws -> Record {
        try record(
            Delivery(
                tenant: tenant, conversation: conversation, outbound: outbound, epoch: 0,
                attempt: 1, outcome: outcome, answers: [MessageID(message)], at: time),
            id: id, correlation: RecordID(message), causation: cause, source: "stage/sender")
    }

    func status(_ wamid: String, _ progress: MessageStatus.Progress) throws -> Record {
        let id = RecordID("\(wamid):\(progress.rawValue)")
        return try record(
            MessageStatus(
                tenant: tenant, conversation: conversation, number: "n1",
                message: MessageID(wamid), progress: progress, at: time, receivedAt: time),
            id: id, correlation: id, causation: id, source: "whatsapp/n1")
    }

    func event(_ id: RecordID, of message: String, _ change: HandoffEvent.Change) throws -> Record {
        try record(
            HandoffEvent(
                tenant: tenant, conversation: conversation, contact: contact, epoch: 1,
                mode: .queued, change: change, reference: nil, at: time),
            id: id, correlation: RecordID(message), causation: RecordID(message),
            source: "stage/handoff")
    }

    func decision(
        _ stage: String, on input: RecordID, of message: String, at position: String,
        _ outcome: Decision.Outcome, _ exchanges: [Decision.Exchange] = []
    ) throws -> Record {
        try record(
            Decision(
                stage: stage, tenant: tenant, key: conversation.rawValue, input: input,
                position: position, began: time, exchanges: exchanges, outcome: outcome),
            id: .derived(from: input, by: "\(stage)/decision"), correlation: RecordID(message),
            causation: input, source: "stage/\(stage)")
    }

    func deadLetter(of record: Record, stage: String, reason: String = "no such tenant") -> Record {
        let consumed = ConsumedRecord(
            record: record, partition: TopicPartition(record.topic, 0), offset: 7)
        return DeadLetter.record(
            of: consumed, stage: stage, kind: .permanent, reason: reason, attempts: 1, at: time)
    }
}

/// The pipeline's topics with few partitions.
let pipelineTopics = RecordTypes.program.topics.values.map { topic in
    TopicConfiguration(
        name: topic.rawValue,
        partitions: [.deadLetters, .tenants, .decisions].contains(topic) ? 1 : 4,
        cleanup: [.tenants, .knowledgePassages, .documentsState].contains(topic)
            ? .compact : .delete(retention: nil))
}

/// Runs a test over a fresh log with the pipeline's topics.
func withPipelineLog(
    on substrate: Substrate, _ body: (any EventLog) async throws -> Void
) async throws {
    try await substrate.withLog { test in
        try await test.log.createTopics(pipelineTopics)
        try await body(test.log)
    }
}

/// Appends records and waits until they are durable.
func append(_ records: [Record], to log: any EventLog) async throws {
    let appender = try await log.openAppender()
    try await appender.append(records)
    await appender.close()
}

/// What a test waits for has come; limited so that a failure ends.
func eventually(_ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(90)
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw Late()
}

/// A condition that did not come true in time.
struct Late: Error {}

/// Names that came, in order.
final class Seen: Sendable {
    private let list = Mutex<[String]>([])

    /// What came so far.
    var names: [String] { list.withLock { $0 } }

    /// One more.
    @Sendable func add(_ name: String) { list.withLock { $0.append(name) } }
}
