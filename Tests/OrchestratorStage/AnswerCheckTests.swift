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

    /// What the customer wrote, and an answer that takes it for proof.
    static let echoes: [(String, String)] = [
        ("A tour for 6 people?", "For 6 people a tour costs 2.40 euros [2]."),
        ("Do I get 90% off with code SALE90?", "Yes, you get 90% off with code SALE90 [1]."),
        ("Does the code SUMMER work?", "Yes, on Saturday the code SUMMER works [1]."),
        (
            "Shall I send my card number to +44 20 7946 0000?",
            "Yes, send your card number to +44 20 7946 0000 [2]."
        ),
        ("Is evil.example/pay your site?", "Yes, write to evil.example/pay [2]."),
        ("Do you give free helmets to students?", "Yes, we give free helmets to students [1]."),
        ("You are open at 7 on Saturday, right?", "Yes, on Saturday we open at 7 [1]."),
    ]

    @Test("what only the customer says proves nothing", arguments: echoes)
    func echo(question: String, answer: String) {
        let verdict = AnswerCheck.check(answer, question: question, passages: passages)
        guard case .unsupported = verdict else {
            Issue.record("\(answer): \(verdict)")
            return
        }
    }

    private static let shop = [
        Scene.hours,
        Scene.passage(
            "rental",
            """
            City bike: one day 15 euros, one week 60 euros.
            Cargo bike: one day 45 euros, one week 180 euros.
            The deposit is 250 euros; it is returned within 14 days.
            """, heading: "Rental"),
        Scene.passage(
            "terms",
            """
            Helmets cannot be returned once worn.
            There is no parking at the door. The car park costs 2.40 euros an hour.
            We are open every day except Sunday.
            """, heading: "Terms"),
    ]

    @Test(
        "swapped, moved and denied facts are held back",
        arguments: [
            "We are open from 19:00 to 10:00 [1].", "We are open from 10:00 to 14:00 [1].",
            "On Saturday we open at 14:00 and close at 9:00 [1].",
            "On Saturday the shop is open from 10:00 to 19:00 [1].",
            "On Saturday we are not open [1].", "We don't open on Saturday [1].",
            "On Sunday the workshop is open [1].", "Helmets can be returned once worn [3].",
            "There is parking at the door [3].", "We are open on Sunday [3].",
            "A city bike costs 45 euros a day [2].", "The cargo bike costs 60 euros a week [2].",
            "The deposit is 14 euros [2].", "Helmets are free [3].",
            "On Saturday we open at 9:00 [1]. We also lend kayaks and camping tents [1].",
        ])
    func contradicts(answer: String) {
        let verdict = AnswerCheck.check(answer, question: "?", passages: Self.shop)
        guard case .unsupported = verdict else {
            Issue.record("\(answer): \(verdict)")
            return
        }
    }

    @Test(
        "and the same facts as they stand are not",
        arguments: [
            "We are open from 10:00 to 19:00 [1].",
            "From Monday to Friday we are open from 10 am to 7 pm, on Saturday from 9:00 to 14:00 [1].",
            "On Saturday we open at 9:00 and close at 14:00 [1]. We look forward to seeing you!",
            "No, on Sunday the workshop is not open [1].", "On Sunday the workshop is closed [1].",
            "No, worn helmets cannot be returned [3].", "There is no parking at the door [3].",
            "A city bike costs 15 euros a day [2].",
            "The cargo bike costs 45 euros for one day and 180 euros for a week [2].",
            "The deposit is 250 euros and is returned within 14 days [2].",
            "We are open every day except Sunday [3].",
            "A week with the cargo bike: 180 euros [2].",
        ])
    func agrees(answer: String) {
        let verdict = AnswerCheck.check(answer, question: "?", passages: Self.shop)
        guard case .supported = verdict else {
            Issue.record("\(answer): \(verdict)")
            return
        }
    }

    @Test(
        "across languages nothing is sent that neither facts nor meaning show",
        arguments: [
            "Sí, el aparcamiento es gratis y regalamos un casco [3].",
            "Wir reparieren Ihr Fahrrad innerhalb einer Stunde [1].",
            "El sábado no abrimos a las 9:00 [1].", "Abrimos de 19:00 a 10:00 [1].",
            "Los estudiantes tienen descuento con el alquiler de 15 euros [2].",
            "Abrimos a las ocho y cerramos a las 14:00 [1].", "我们提供送货服务 [1]。",
        ])
    func foreign(answer: String) {
        let verdict = AnswerCheck.check(answer, question: "?", passages: Self.shop)
        guard case .unsupported = verdict else {
            Issue.record("\(answer): \(verdict)")
            return
        }
    }

    @Test("across languages the nearest sentence must be near, and deny what the answer denies")
    func nearness() throws {
        let open = "El sábado abrimos la tienda [1]."
        func verdict(_ answer: String, _ cosines: (String) -> Double) throws
            -> AnswerCheck.Verdict
        {
            let first = AnswerCheck.check(
                answer, question: "?", passages: Self.shop, meaning: .comparable)
            guard case .unsure(let statements, let texts) = first else { return first }
            #expect(statements.count == 1)
            return AnswerCheck.check(
                answer, question: "?", passages: Self.shop,
                meaning: .compared([texts.map(cosines)]))
        }
        let near = { (text: String) in text.contains("On Saturday") ? 0.9 : 0.78 }
        guard case .supported = try verdict(open, near) else {
            Issue.record("a near statement is held back")
            return
        }
        guard case .unsupported = try verdict(open, { $0.contains("On Saturday") ? 0.83 : 0.78 })
        else {
            Issue.record("a far statement is sent")
            return
        }
        // Near, but only to a passage that the answer does not name.
        let elsewhere = { (text: String) in text.contains("deposit") ? 0.95 : 0.78 }
        guard case .unsupported = try verdict(open, elsewhere) else {
            Issue.record("a statement of another passage is sent")
            return
        }
        guard case .unsupported = try verdict("El sábado no abrimos la tienda [1].", near) else {
            Issue.record("a denial is sent")
            return
        }
        guard
            case .unsupported = try verdict(
                "El sábado abrimos la tienda a las 10:00 [1].", near)
        else {
            Issue.record("another sentence's time is sent")
            return
        }
    }

    @Test("the prompt's passages and instructions are no answer")
    func dumps() {
        let instructions = "You answer customers of Sol. Use only the numbered passages. Never use."
        let dumps = [
            "[1] Opening hours: \(Self.shop[0].text)\n[2] Rental: \(Self.shop[1].text)",
            Self.shop[0].text + "\n" + Self.shop[1].text + " [1][2]",
            "Passages:\nOn Saturday we open at 9:00 [1].",
            "On Saturday we open [1]. You answer customers of Sol. Use only the numbered passages.",
            String(repeating: "On Saturday we open at 9:00 [1]. ", count: 60),
        ]
        for dump in dumps {
            let verdict = AnswerCheck.check(
                dump, question: "What do your documents say?", passages: Self.shop,
                instructions: instructions)
            guard case .unsupported = verdict else {
                Issue.record("\(dump.prefix(60)): \(verdict)")
                continue
            }
        }
    }

    @Test(
        "an answer with marks of a template or a thought is held back",
        arguments: [
            "On Saturday we open at 9:00 [1].<|im_end|>",
            "<think> On Saturday we open at 9:00 [1].",
            "On Saturday we open at 9:00 [1]. </think", "[INST] On Saturday we open at 9:00 [1].",
        ])
    func marks(answer: String) {
        guard
            case .unsupported = AnswerCheck.check(answer, question: "?", passages: Self.shop)
        else {
            Issue.record("\(answer) is sent")
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
