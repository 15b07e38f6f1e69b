import Conversation
import Foundation
import Operations
import Testing

@testable import Bench

@Suite("Evaluating answers")
struct AnswersEvaluationTests {
    private static func question(
        _ answers: [String] = ["15 euros"], isAnswerable: Bool = true
    ) -> QuestionSet.Question {
        QuestionSet.Question(
            text: "How much?", document: 0, answers: answers, isAnswerable: isAnswerable)
    }

    private static func reasons(
        _ outcome: String, _ text: String, cites: String? = nil, fallback: HandoffReason? = nil,
        heldBack: Int = 0
    ) throws -> AnswerReasons {
        var json = """
            {"message":"m","tenant":"t","conversation":"c","calls":[],"outcome":"\(outcome)",
             "questions":[{"message":"m","query":"q","search":"textOnly","passages":[
            """
        json += (cites.map { [$0] } ?? []).map {
            """
            {"passage":"p","document":"\($0)","headings":[],"text":"x","contentHash":"h",
             "score":1,"isCited":true}
            """
        }.joined()
        json += "]}]}"
        var reasons = try JSONDecoder().decode(AnswerReasons.self, from: Data(json.utf8))
        reasons.text = text
        reasons.provenance = Provenance(
            passages: [], model: "m",
            checks: (0..<heldBack).map { _ in Provenance.Check(.heldBack, problem: "x") },
            fallback: fallback)
        return reasons
    }

    private static func outcome(
        _ question: QuestionSet.Question, _ reasons: AnswerReasons
    ) -> AnswerOutcome {
        AnswerOutcome(
            question, language: "en", isAnswerable: question.isAnswerable,
            document: "paragraph-0.md", reasons)
    }

    @Test("an answer is right where it says what it should, in whole words, however written")
    func right() throws {
        for (text, kind) in [
            ("It costs 15 EUROS a day.", AnswerOutcome.Kind.right), ("It is 15\u{a0}euros", .right),
            ("It costs 115 euros.", .wrong), ("It costs 150 euros.", .wrong),
        ] {
            let found = Self.outcome(Self.question(), try Self.reasons("answer", text))
            #expect(found.kind == kind, "\(text)")
            #expect(found.isRight == (kind == .right))
        }
        let other = Self.outcome(
            Self.question(["十五欧元"]), try Self.reasons("answer", "每天十五欧元。"))
        #expect(other.kind == .right)
    }

    @Test("a file that tells no answers is content with the right document")
    func cited() throws {
        for (document, kind) in [
            ("paragraph-0.md", AnswerOutcome.Kind.right), ("paragraph-1.md", .wrong),
        ] {
            let found = Self.outcome(
                Self.question([]), try Self.reasons("answer", "Yes.", cites: document))
            #expect(found.kind == kind && found.isFoundFirst == (kind == .right))
        }
    }

    @Test("what nothing answers is for a person, and any answer to it is wrong")
    func absent() throws {
        let question = Self.question(isAnswerable: false)
        let answered = Self.outcome(question, try Self.reasons("answer", "15 euros"))
        #expect(answered.kind == .wrong && !answered.isRight && !answered.isFoundFirst)
        let handed = Self.outcome(question, try Self.reasons("handoff", "Soon."))
        #expect(handed.kind == .handedOver && handed.isRight)
        #expect(!Self.outcome(Self.question(), try Self.reasons("handoff", "Soon.")).isRight)
        #expect(Self.outcome(question, try Self.reasons("silence", "")).kind == .silent)
    }

    @Test("figures count what stood in for a model and what was held back, and F1 of refusals")
    func figures() throws {
        let outcomes = [
            Self.outcome(Self.question(), try Self.reasons("answer", "15 euros")),
            Self.outcome(
                Self.question(),
                try Self.reasons("answer", "15 euros", fallback: .unsupported, heldBack: 2)),
            Self.outcome(Self.question(), try Self.reasons("handoff", "Soon.", heldBack: 1)),
            Self.outcome(
                Self.question(isAnswerable: false), try Self.reasons("handoff", "Soon.")),
            Self.outcome(
                Self.question(isAnswerable: false), try Self.reasons("answer", "15 euros")),
        ]
        let figures = AnswerFigures(outcomes)
        #expect(figures.questions == 5 && figures.right == 2 && figures.wrong == 1)
        #expect(figures.handedOver == 2 && figures.quotedInstead == 1 && figures.heldBack == 3)
        #expect(figures.refusalPrecision == 0.5 && figures.refusalRecall == 0.5)
        #expect(figures.refusalF1 == 0.5 && figures.share == 0.6)
        #expect(AnswerFigures([outcomes[0]]).refusalF1 == nil)
    }

    private static func report() -> AnswersReport {
        AnswersReport(
            embeddings: "none", variant: .whole, seed: 1, leftOut: nil, floor: 0, refusalFloor: 0)
    }

    /// So many outcomes, of which the first are right.
    private static func outcomes(
        _ count: Int, right: Int, isOwn: Bool = true, else kind: AnswerOutcome.Kind = .handedOver
    ) throws -> [AnswerOutcome] {
        try (0..<count).map { number in
            var outcome = outcome(question(), try reasons("answer", "15 euros"))
            outcome.document = number
            outcome.kind = number < right ? .right : kind
            outcome.isOwn = isOwn
            return outcome
        }
    }

    @Test("a model that answers 1 of 10 right where the built-in answerer has 8 is weak")
    func weak() throws {
        var report = Self.report()
        report.add("f", "built-in", try Self.outcomes(10, right: 8))
        report.add("f", "tiny", try Self.outcomes(10, right: 1))
        report.judge("tiny")
        let verdict = try #require(report.verdict)
        #expect(verdict.isWeak && verdict.right == 1 && verdict.rightBuiltIn == 8)
        #expect(!report.isSound)
        #expect(report.lines.last?.hasPrefix("tiny is weak: of 10 questions") == true)
    }

    @Test("what the built-in answerer says in its place does not make a model strong")
    func standIn() throws {
        var report = Self.report()
        report.add("f", "built-in", try Self.outcomes(10, right: 8))
        report.add("f", "tiny", try Self.outcomes(10, right: 8, isOwn: false))
        report.judge("tiny")
        #expect(report.verdict?.isWeak == true && report.verdict?.rightTogether == 8)
    }

    @Test("a model that lets customers read more that is wrong is weak, however much is right")
    func wrong() throws {
        var report = Self.report()
        report.add("f", "built-in", try Self.outcomes(20, right: 12))
        report.add("f", "bold", try Self.outcomes(20, right: 12, else: .wrong))
        report.judge("bold")
        #expect(report.verdict?.isWeak == true)
    }

    @Test("a model as good is not called weak, and one that is better is called so")
    func strong() throws {
        for (right, words) in [(16, "not shown to be weaker"), (20, "better than the built-in")] {
            var report = Self.report()
            report.add("f", "built-in", try Self.outcomes(20, right: 16))
            report.add("f", "large", try Self.outcomes(20, right: right))
            report.judge("large")
            #expect(report.isSound)
            #expect(report.lines.last?.contains(words) == true)
        }
    }

    @Test("floors count for the built-in answerer, and earlier reports are compared with")
    func floors() throws {
        var report = Self.report()
        report.floor = 0.9
        report.add("f", "built-in", try Self.outcomes(10, right: 8))
        #expect(!report.isSound)
        #expect(report.lines.contains { $0.contains("below the floor") })
        report.floor = 0.8
        #expect(report.isSound)
        let earlier = try JSONDecoder().decode(
            AnswersReport.self, from: try JSONEncoder().encode(report))
        var later = Self.report()
        later.before = earlier.files
        later.add("f", "built-in", try Self.outcomes(10, right: 10))
        let change = try #require(later.files.first?.change)
        #expect(abs(change.mean - 0.2) < 1e-12 && change.low <= change.mean)
        #expect(later.lines.contains { $0.contains("changed by +0.200") })
        #expect(later.languages["en"]?["built-in"]?.right == 10)
    }

    @Test("a file of SQuAD 2.0 tells what right answers say, and what nothing answers")
    func reading() throws {
        let set = try QuestionSet(
            Data(
                """
                {"data":[{"paragraphs":[{"context":"A tube is 8 euros.","qas":[
                {"question":"What is a tube?","answers":[{"text":"8 euros","answer_start":10}]},
                {"question":"What is a bike?","answers":[],"is_impossible":true}]}]}]}
                """.utf8), named: "f")
        #expect(set.questions.map(\.answers) == [["8 euros"], []])
        #expect(set.questions.map(\.isAnswerable) == [true, false])
    }
}
