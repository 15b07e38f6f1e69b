import Conversation
import StageRuntime
import Testing

@testable import OrchestratorStage

@Suite("A turn without a model")
struct QuotingTurnTests {
    @Test("the best sentence is quoted below its heading, with its citation")
    func quote() throws {
        var scene = try Scene(Scene.atOnce)
        let proposed = try reply(scene.turn("What time do you open on Saturday?"))
        guard case .answer(let text, let citations) = proposed.proposal else {
            throw Rejection("\(proposed.proposal)")
        }
        #expect(text == "*Opening hours*\nOn Saturday we open at 9:00 and close at 14:00.")
        #expect(citations.first?.quote == "On Saturday we open at 9:00 and close at 14:00.")
        #expect(proposed.provenance.model == "built-in")
        #expect(proposed.provenance.prompt == nil)
    }

    @Test("a question in another language is answered by meaning")
    func foreign() throws {
        var scene = try Scene(Scene.atOnce)
        var passage = Scene.hours
        passage.similarity = 0.88
        let plan = try scene.turn(
            "¿A qué hora abren los sábados?", passages: [passage], search: .vectorsAndText)
        guard case .compare(_, let texts, let vector) = try scene.call(of: plan) else {
            throw Rejection("nothing compared: \(plan)")
        }
        #expect(vector == Scene.vector, "what the search knew need not be made again")
        let values = texts.map { $0.contains("Saturday") ? 0.9 : 0.82 }
        let proposed = try reply(scene.resume(.similarities(values), to: plan))
        let text = try #require(proposed.answerText)
        #expect(text.hasPrefix("De nuestros documentos:"))
        #expect(text.contains("On Saturday we open at 9:00"))
        #expect(!text.contains("Monday"))
    }

    @Test("a burst of several questions gets an answer to each, and the same answer once")
    func severalQuestions() throws {
        var scene = try Scene()
        for words in [
            "What time do you open on Saturday?", "And is the workshop open on Sunday?",
            "What time do you open on Saturday?",
        ] {
            _ = try scene.receive(.text(words))
        }
        let plan = try scene.fire()
        let proposed = try reply(plan)
        guard case .answer(let text, let citations) = proposed.proposal else {
            throw Rejection("\(proposed.proposal)")
        }
        #expect(text.contains("On Saturday we open at 9:00"))
        #expect(text.contains("On Sunday the workshop is closed."))
        #expect(citations.count == 2)
        #expect(proposed.answers.count == 3)
    }

    @Test("a burst with one question that nothing answers goes to a person whole")
    func oneUnanswered() throws {
        var scene = try Scene()
        for words in ["What time do you open on Saturday?", "Do you sell surfboards?"] {
            _ = try scene.receive(.text(words))
        }
        let plan = try scene.fire()
        let proposed = try reply(plan)
        #expect(proposed.handoffReason == .unanswered)
    }

    @Test("a failed comparison is no reason for silence")
    func comparisonFails() throws {
        var scene = try Scene(Scene.atOnce)
        var passage = Scene.hours
        passage.similarity = 0.9
        let plan = try scene.turn(
            "What time do you open on Saturday?", passages: [passage], search: .vectorsAndText)
        #expect(try reply(scene.fail(plan)).answerText?.contains("9:00") == true)
    }

    @Test(
        "what the passages do not answer goes to a person",
        arguments: ["Do you sell surfboards?", "Is my bicycle ready? The order is 4471."])
    func unanswered(question: String) throws {
        var scene = try Scene(Scene.atOnce)
        let proposed = try reply(scene.turn(question))
        guard case .handoff(.unanswered, let summary, let notice) = proposed.proposal else {
            throw Rejection("\(proposed.proposal)")
        }
        #expect(summary.contains(question))
        #expect(notice.contains("colleague"))
        var empty = try Scene(Scene.atOnce)
        #expect(try reply(empty.turn(question, passages: [])).handoffReason == .unanswered)
    }

    @Test(
        "who asks for a person gets one, in their language, with or without a model",
        arguments: [
            ("I want to talk to a person", "colleague", nil),
            ("Quiero hablar con una persona", "compañero", "m"),
            ("我想和真人说话", "同事", nil),
        ] as [(String, String, String?)])
    func person(text: String, word: String, model: String?) throws {
        var scene = try Scene(Scene.atOnce)
        let proposed = try reply(scene.turn(text, model: model))
        guard case .handoff(.asked, _, let notice) = proposed.proposal else {
            throw Rejection("\(proposed.proposal)")
        }
        #expect(notice.contains(word))
    }

    @Test("courtesies are answered in kind")
    func courtesies() throws {
        var scene = try Scene(Scene.atOnce)
        #expect(
            try reply(scene.turn("Hola, buenos días")).proposal
                == .courtesy(text: "¡Hola! ¿En qué puedo ayudarte?"))
        // Somebody else's: two words do not change a conversation's language.
        var other = try Scene(Scene.atOnce)
        #expect(
            try reply(other.turn("Vielen Dank!", model: "m")).proposal
                == .courtesy(
                    text: "Gern geschehen! Schreiben Sie uns, wenn Sie noch etwas brauchen."))
        guard case .silence = try reply(scene.turn("👍")).proposal else {
            throw Rejection("a thumb was answered")
        }
    }
}
