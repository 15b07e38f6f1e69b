import Conversation
import Foundation
import JSON
import Testing

@testable import OrchestratorStage

/// What is stored stays readable, and is written as it was: a replay compares calls by their bytes.
@Suite struct StateBytesTests {
    private static let at = Timestamp(milliseconds: 1_700_000_000_123)
    private static let words = "Ünïcode \"quoted\"\n\\ 👋\u{1}"

    private static func pending(_ words: String?) -> Dialogue.Pending {
        let message = InboundMessage(
            tenant: "velo", conversation: "c", number: "1", message: "wamid.1",
            contact: Contact(userID: "u", name: Self.words), sentAt: at, receivedAt: at,
            content: .text(Self.words))
        let question = GroundedQuestion(
            message: message, query: Self.words, search: .vectorsAndText,
            passages: [Scene.passage("p", "Open from 9.")], background: 0.5,
            vector: QuestionVector([0.6, -0.8], model: "m"))
        return Dialogue.Pending(
            question: question, position: "questions.grounded-1@2", words: words, arrived: at)
    }

    private static let whole: Dialogue = {
        var dialogue = Dialogue()
        dialogue.pending = [pending(nil), pending(words)]
        dialogue.recent = [
            Dialogue.Line(isCustomer: true, text: words, at: at),
            Dialogue.Line(isCustomer: false, text: "", at: at),
        ]
        dialogue.language = "es"
        dialogue.tenantMissingSince = at
        dialogue.turn = Turn(
            deadline: at, settings: Scene.settings("m"), language: "es",
            passages: [Scene.passage("p", "Open from 9.")])
        return dialogue
    }()

    /// A turn that waits for a result, with all that may wait beside it.
    private static let waiting: Dialogue = {
        var dialogue = whole
        dialogue.turn?.request = OpenRequest(id: "r", tool: words, changes: true)
        dialogue.turn?.requests = 2
        dialogue.turn?.hasNews = true
        dialogue.turn?.isCallCorrected = true
        dialogue.later = [pending(words)]
        dialogue.confirmation = Confirmation(
            request: "r", tool: "book", arguments: ["day": .string(words), "people": 2],
            message: "wamid.1", at: at, isAsked: true)
        return dialogue
    }()

    /// A question whether to do something, of which is not known yet whether it went.
    private static let asking: Dialogue = {
        var dialogue = Dialogue()
        dialogue.confirmation = Confirmation(
            request: "r", tool: "book", arguments: [:], message: "wamid.1", at: at)
        return dialogue
    }()

    private static let completion = OrchestratorCall.complete(
        CompletionRequest(
            tenant: "velo", model: "m",
            messages: [
                TurnMessage(role: .user, content: words),
                TurnMessage(
                    role: .assistant, content: "",
                    toolCalls: [ToolCall(id: "t", name: "stock", arguments: "{}")]),
                TurnMessage(role: .tool, content: "", toolCallID: "t"),
            ], tools: [Tool.search, .handOff, .stock, .book].map { OfferedTool($0) },
            longestAnswer: 400, deadline: at))

    private static let calls: [OrchestratorCall] = [
        .search(tenant: "velo", query: words),
        .compare(question: words, texts: [], vector: nil),
        .compare(
            question: "", texts: [words, ""], vector: QuestionVector([0.6, -0.8], model: words)),
    ]

    private static let answers: [OrchestratorAnswer] = [
        .tooLong, .found([Scene.passage("p", words, similarity: 0.5)]), .similarities([]),
        .similarities([1, -0.25, 1e-9]),
    ]

    /// What they were when they were still written by hand, a line each.
    private static func recorded() throws -> [[UInt8]] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Recorded/states.jsonl")
        return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    private static func expectRecorded(_ written: [[UInt8]]) throws {
        let recorded = try recorded()
        #expect(written.count == recorded.count)
        for (bytes, line) in zip(written, recorded) {
            #expect(bytes == line, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    private static let states = [Dialogue(), whole, waiting, asking]

    private static func written() throws -> [[UInt8]] {
        try calls.map { try RecordCodec.encode($0) } + answers.map { try RecordCodec.encode($0) }
            + states.map { try RecordCodec.encode($0) } + [RecordCodec.encode(completion)]
    }

    @Test("state, calls and answers are written as they were, and the state is read")
    func bytes() throws {
        let written = try Self.written()
        try Self.expectRecorded(written)
        for (state, bytes) in zip(Self.states, written.suffix(Self.states.count + 1)) {
            #expect(try RecordCodec.decode(Dialogue.self, from: bytes) == state)
        }
        let completion = try #require(written.last)
        #expect(try RecordCodec.decode(OrchestratorCall.self, from: completion) == Self.completion)
    }

    @Test("a number that JSON has no word for is refused")
    func refuses() {
        #expect(throws: RecordError.self) {
            try RecordCodec.encode(OrchestratorAnswer.similarities([.nan]))
        }
    }
}
