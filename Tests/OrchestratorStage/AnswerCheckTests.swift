import Conversation
import Testing

@testable import OrchestratorStage

@Suite("Checking answers against their passages")
struct AnswerCheckTests {
    let passages = [
        Scene.hours,
        Scene.passage(
            "contact",
            "Write to hola@sol.example or call +34 960 555 014. A tour costs 1,200 or 2.40 euros.",
            heading: "Contact"),
    ]

    @Test(
        "what the passages say may be said, however it is written",
        arguments: [
            ("On Saturday we open at 9:00 and close at 14:00 [1].", [0]),
            ("Saturday: 9 am to 2 pm [1]", [0]),
            ("On Saturday we open at 09:00 [1][2].", [0, 1]),
            ("You can call +34960555014 [2].", [1]),
            ("It costs 2,40 euros [passage 2].", [1]),
            ("It costs 1200 euros【2】.", [1]),
            ("El sábado abrimos a las 9:00 y cerramos a las 14:00 [1].", [0]),
            ("Write to hola@sol.example [2]!", [1]),
            ("Yes, on Saturday [1].", [0]),
            ("On Saturday we open at 9:00.", [0]),
            ("A tour costs 1,200 euros.", [1]),
        ])
    func supported(answer: String, cited: [Int]) throws {
        let verdict = AnswerCheck.check(
            answer, question: "When are you open?", passages: passages)
        guard case .supported(let text, let found) = verdict else {
            Issue.record("\(answer): \(verdict)")
            return
        }
        #expect(found == cited)
        #expect(!text.contains("["))
        #expect(!text.contains("【"))
    }

    @Test(
        "what they do not say is held back",
        arguments: [
            "We sell surfboards and skateboards.", "On Saturday we open at 9:00 [7].",
            "On Saturday we open at 8:00.", "El sábado vendemos coches.",
            "On Saturday we open at 8:00 [1].", "On Saturday we close at 2 am [1].",
            "A tour costs 1,300 euros [2].", "Write to info@sol.example [2].",
            "Call +34 960 555 019 [2].", "[1]", "",
            "We gladly lend surfboards, kayaks and tents for camping holidays [1].",
            "El sábado abrimos a las 8:30 [1].",
        ])
    func unsupported(answer: String) {
        let verdict = AnswerCheck.check(
            answer, question: "When are you open?", passages: passages)
        guard case .unsupported(let problem) = verdict else {
            Issue.record("\(answer): \(verdict)")
            return
        }
        #expect(problem.hasSuffix("."))
    }

    @Test("a number of the customer's own may be repeated")
    func echo() {
        let verdict = AnswerCheck.check(
            "For 6 people a tour costs 2.40 euros [1].", question: "A tour for 6 people?",
            passages: [passages[1]])
        guard case .supported = verdict else {
            Issue.record("\(verdict)")
            return
        }
    }

    @Test("the model may decline", arguments: ["HANDOFF", "HANDOFF.", "Answer: HANDOFF"])
    func declined(text: String) {
        #expect(AnswerCheck.check(text, question: "?", passages: passages) == .declined)
    }

    @Test("brackets that cite nothing stay")
    func brackets() {
        let (text, numbers) = AnswerCheck.stripMarkers("Gate [A] and [note this] are open [2, 1].")
        #expect(text == "Gate [A] and [note this] are open.")
        #expect(numbers == [2, 1])
    }
}
