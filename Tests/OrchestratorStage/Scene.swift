import Conversation
import Foundation
import Records
import StageRuntime
import Testing

@testable import OrchestratorStage

/// The prompts of the repository, found from this file's place.
enum PromptsFolder {
    static let path = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Prompts")

    static func texts() throws -> [String: String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: path.path())
            .filter { $0.hasSuffix(".md") }
        return try Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, try String(contentsOf: path.appending(path: $0), encoding: .utf8))
            })
    }

    static func book() throws -> PromptBook { try PromptBook(texts()) }
}

/// Runs a stage by hand, one step at a time.
struct Scene {
    let stage: OrchestratorStage
    var state = Dialogue()
    var now = Timestamp(seconds: 1000)
    /// What is known of the tenant.
    var tenant = OrchestratorTenant(Scene.settings())
    /// Whether what is found answers, as retrieval says.
    var answerability: Answerability?
    private var input: StageInput?
    private var step = 0
    private var count = 0
    private var messages = 0

    init(
        _ settings: OrchestratorSettings = OrchestratorSettings(), tools: [Tool] = []
    ) throws {
        stage = OrchestratorStage(
            prompts: try PromptsFolder.book(), settings: settings,
            tools: try ToolRegistry(adding: tools))
    }

    private var context: StageContext {
        get throws {
            StageContext(
                stage: stage.name, input: try #require(input), key: "c", now: now, step: step,
                settings: tenant)
        }
    }

    static func passage(
        _ id: String, _ text: String, heading: String = "Opening hours", similarity: Double? = nil,
        overlap: Double? = nil
    ) -> RankedPassage {
        RankedPassage(
            id: PassageID(id), document: "d", documentName: "info.md", headings: [heading],
            page: nil, sheet: nil, text: text, contentHash: NameHash.hex(text), score: 1,
            similarity: similarity, overlap: overlap)
    }

    static let hours = passage(
        "hours",
        """
        From Monday to Friday the shop is open from 10:00 to 19:00.
        On Saturday we open at 9:00 and close at 14:00.
        On Sunday the workshop is closed.
        """)

    mutating func receive(
        _ content: MessageContent, passages: [RankedPassage] = [Scene.hours],
        search: GroundedQuestion.Search = .textOnly
    ) throws -> Plan<OrchestratorCall> {
        count += 1
        messages += 1
        let message = InboundMessage(
            tenant: "sol", conversation: "c", number: "1",
            message: MessageID("wamid.\(messages)"),
            contact: Contact(userID: "u"), sentAt: now, receivedAt: now, content: content)
        let headers = RecordHeaders(
            id: RecordID("q\(count)"), type: GroundedQuestion.type, source: "test", time: now,
            subject: "c", correlation: "m", causation: "m", tenant: "sol")
        let words = content.words ?? ""
        let question = GroundedQuestion(
            message: message, query: words, search: words.isEmpty ? .none : search,
            passages: words.isEmpty ? [] : passages,
            vector: search == .vectorsAndText ? Self.vector : nil, answerability: answerability)
        return try begin(
            .record(
                question, headers,
                position: RecordPosition(
                    topic: "questions.grounded", partition: 0, offset: Int64(count))))
    }

    /// Receives what others said.
    mutating func receive(_ past: ConversationPast) throws -> Plan<OrchestratorCall> {
        count += 1
        let headers = RecordHeaders(
            id: RecordID("p\(count)"), type: ConversationPast.type, source: "test", time: now,
            subject: "c", correlation: "m", causation: "m", tenant: "sol")
        return try begin(
            .record(
                past, headers,
                position: RecordPosition(
                    topic: "questions.grounded", partition: 0, offset: Int64(count))))
    }

    /// Receives what came with the message of a number, once it is known.
    mutating func receiveMedium(
        of number: Int, _ reading: MediumReading, passages: [RankedPassage] = []
    ) throws -> Plan<OrchestratorCall> {
        let name = MessageID("wamid.\(number)")
        let old = state.pending.first { $0.question.message.message == name }
        count += 1
        let message =
            old?.question.message
            ?? InboundMessage(
                tenant: "sol", conversation: "c", number: "1",
                message: name, contact: Contact(userID: "u"), sentAt: now, receivedAt: now,
                content: .image(Media(id: "1")))
        let headers = RecordHeaders(
            id: RecordID("q\(count)"), type: GroundedQuestion.type, source: "test", time: now,
            subject: "c", correlation: "m", causation: "m", tenant: "sol")
        return try begin(
            .record(
                GroundedQuestion(
                    message: message, query: reading.text ?? "",
                    search: passages.isEmpty ? .none : .textOnly, passages: passages,
                    medium: reading), headers,
                position: RecordPosition(
                    topic: "questions.grounded", partition: 0, offset: Int64(count))))
    }

    mutating func fire(
        _ name: String = "turn", note: String = ""
    ) throws -> Plan<OrchestratorCall> {
        try begin(
            .timer(
                FiredTimer(
                    id: RecordID("t\(count)"), name: name, due: now, note: note, correlation: "m",
                    tenant: "sol")))
    }

    mutating func receive(
        _ outcome: ToolResult.Outcome, of request: ToolRequest
    ) throws -> Plan<OrchestratorCall> {
        count += 1
        let headers = RecordHeaders(
            id: RecordID("r\(count)"), type: ToolResult.type, source: "test", time: now,
            subject: "c", correlation: "m", causation: "m", tenant: "sol")
        let result = ToolResult(
            request: request.request, tenant: "sol", conversation: "c", tool: request.tool,
            outcome: outcome, at: now)
        return try begin(
            .record(
                result, headers,
                position: RecordPosition(topic: "tools.results", partition: 0, offset: Int64(count))
            ))
    }

    /// Says whether the question went to the customer.
    mutating func settle(
        _ standing: ToolConfirmation.Standing, of question: ProposedReply
    ) throws -> Plan<OrchestratorCall> {
        count += 1
        let headers = RecordHeaders(
            id: RecordID("s\(count)"), type: ToolConfirmation.type, source: "test", time: now,
            subject: "c", correlation: "m", causation: "m", tenant: "sol")
        let confirmation = ToolConfirmation(
            request: try #require(question.asks), tenant: "sol", conversation: "c",
            standing: standing, at: now)
        return try begin(
            .record(
                confirmation, headers,
                position: RecordPosition(topic: "tools.results", partition: 0, offset: Int64(count))
            ))
    }

    private mutating func begin(_ input: StageInput) throws -> Plan<OrchestratorCall> {
        self.input = input
        step = 0
        return try stage.begin(input, &state, try context)
    }

    mutating func resume(
        _ answer: OrchestratorAnswer, to plan: Plan<OrchestratorCall>
    ) throws -> Plan<OrchestratorCall> {
        step += 1
        return try stage.resume(answer, to: try call(of: plan), &state, try context)
    }

    mutating func fail(_ plan: Plan<OrchestratorCall>) throws -> Plan<OrchestratorCall> {
        step += 1
        return try stage.giveUp(
            on: try call(of: plan), because: .permanent(reason: "refused"), &state, try context)
    }

    func call(of plan: Plan<OrchestratorCall>) throws -> OrchestratorCall {
        guard case .call(let call) = plan else { throw Rejection("no call but \(plan)") }
        return call
    }

    /// Receives a message with no pause, and begins the turn.
    mutating func turn(
        _ text: String, passages: [RankedPassage] = [Scene.hours], model: String? = nil,
        search: GroundedQuestion.Search = .textOnly
    ) throws -> Plan<OrchestratorCall> {
        tenant = OrchestratorTenant(Self.settings(model))
        return try receive(.text(text), passages: passages, search: search)
    }

    /// What a question means, where it was searched for by meaning.
    static let vector = QuestionVector([0.6, 0.8], model: "e5")

    static func settings(_ model: String? = nil) -> TurnSettings {
        TurnSettings(businessName: "Sol", about: "A bicycle shop.", model: model)
    }

    static var atOnce: OrchestratorSettings {
        var settings = OrchestratorSettings()
        settings.burstPause = .zero
        return settings
    }
}

/// The one reply that a plan ends with.
func reply(_ plan: Plan<OrchestratorCall>) throws -> ProposedReply {
    guard case .finish(let effects) = plan else { throw Rejection("not finished: \(plan)") }
    let replies = effects.outputs.compactMap { $0.payload as? ProposedReply }
    #expect(replies.count == 1 && effects.outputs.count == 1)
    return try #require(replies.first)
}

extension ProposedReply {
    var answerText: String? {
        if case .answer(let text, _) = proposal { text } else { nil }
    }
    var handoffReason: HandoffReason? {
        if case .handoff(let reason, _, _) = proposal { reason } else { nil }
    }
}

func said(_ text: String, tools: [ToolCall] = []) -> OrchestratorAnswer {
    .completed(
        Completion(
            text: text, toolCalls: tools, promptTokens: 10, completionTokens: 5, model: "m-1"))
}
