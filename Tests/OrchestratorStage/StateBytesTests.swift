import Conversation
import Testing

@testable import OrchestratorStage

/// State, calls and answers are written by hand, for speed; it is what the encoder writes.
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

    @Test("calls and answers are written as the encoder writes them")
    func exchanges() throws {
        let vector = QuestionVector([0.6, -0.8], model: Self.words)
        let calls: [OrchestratorCall] = [
            .search(tenant: "velo", query: Self.words),
            .compare(question: Self.words, texts: [], vector: nil),
            .compare(question: "", texts: [Self.words, ""], vector: vector),
        ]
        for call in calls {
            #expect(try JSONText.bytes(of: call) == (try RecordCodec.encode(call)))
        }
        let answers: [OrchestratorAnswer] = [
            .tooLong, .found([Scene.passage("p", Self.words, similarity: 0.5)]), .similarities([]),
            .similarities([1, -0.25, 1e-9]),
        ]
        for answer in answers {
            #expect(try JSONText.bytes(of: answer) == (try RecordCodec.encode(answer)))
        }
        #expect(throws: RecordError.self) {
            try JSONText.bytes(of: OrchestratorAnswer.similarities([.nan]))
        }
    }

    @Test("the state is written as the encoder writes it")
    func bytes() throws {
        for state in [Dialogue(), Self.whole] {
            let written = try JSONText.bytes(of: state)
            #expect(written == (try RecordCodec.encode(state)))
            #expect(try RecordCodec.decode(Dialogue.self, from: written) == state)
        }
    }
}
