import Foundation
import Testing

@testable import Bench

@Suite("Evaluating retrieval")
struct EvaluationTests {
    private static let file = """
        {"version": "1.1", "data": [
          {"title": "Bike_rental", "paragraphs": [
            {"context": "We open at nine.", "qas": [
              {"id": "1", "question": "When do you open?", "answers": []},
              {"id": "2", "question": "How early?", "answers": []}]},
            {"context": "A tube costs 8 euros.", "qas": [
              {"id": "3", "question": "What is a tube?", "answers": []}]}]}]}
        """

    @Test("each paragraph is a document under its title, and each question knows its own")
    func reading() throws {
        let set = try QuestionSet(Data(Self.file.utf8), named: "f")
        #expect(set.documents.map(\.name) == ["paragraph-0.md", "paragraph-1.md"])
        #expect(set.documents[0].text == "# Bike rental\n\nWe open at nine.\n")
        #expect(set.questions.map(\.document) == [0, 0, 1])
        #expect(set.sample(2).map(\.text) == ["When do you open?", "How early?"])
        #expect(set.sample(9).count == 3)
    }

    @Test(
        "a file of another form, or without questions, says so",
        arguments: ["", "[]", #"{"data": 1}"#, #"{"data": []}"#])
    func refuses(_ text: String) {
        #expect {
            try QuestionSet(Data(text.utf8), named: "odd.json")
        } throws: { "\($0)".contains("odd.json") }
        #expect(throws: QuestionSet.Failure.self) { try QuestionSet(file: "/nowhere") }
    }

    @Test("shares count what came first, among three, and at all")
    func figures() {
        let places: [Int?] = [1, 1, 2, 4, nil]
        let figures = RetrievalFigures(places.enumerated().map { .init(document: $0, place: $1) })
        #expect(figures.questions == 5)
        #expect(figures.recallAt1 == 0.4 && figures.recallAt3 == 0.6)
        #expect(abs(figures.meanReciprocalRank - (2 + 0.5 + 0.25) / 5) < 1e-12)
        #expect(figures.low >= 0 && figures.low < 0.4 && figures.high > 0.4 && figures.high <= 1)
    }

    @Test("questions of one document tell less than questions of many")
    func interval() {
        let one = (0..<40).map { RetrievalFigures.Outcome(document: $0 / 20, place: $0 / 20 + 1) }
        let many = (0..<40).map { RetrievalFigures.Outcome(document: $0, place: $0 / 20 + 1) }
        let (few, all) = (RetrievalFigures(one), RetrievalFigures(many))
        #expect(few.high - few.low > all.high - all.low)
        #expect(RetrievalFigures(many) == all)
        #expect(RetrievalFigures([]).questions == 0)
    }

    private static func report(floor: Double) -> RetrievalReport {
        RetrievalReport(
            embeddings: "none", floor: floor, variant: .whole, seed: 1, isTogether: false)
    }

    @Test("a recall below the floor is no success")
    func floor() {
        var report = Self.report(floor: 0.5)
        #expect(!report.isSound)
        report.add("f", [.init(document: 0, place: 1), .init(document: 1, place: 2)], before: nil)
        #expect(report.isSound)
        report.floor = 0.6
        #expect(!report.isSound)
        #expect(report.lines.last?.contains("R@1 0.500") == true)
    }

    @Test("two versions are compared question by question, where the same was asked")
    func change() throws {
        let worse = (0..<60).map { RetrievalFigures.Outcome(document: $0 / 3, place: 2) }
        let better = (0..<60).map { number in
            RetrievalFigures.Outcome(document: number / 3, place: number % 3 == 0 ? 1 : 2)
        }
        let change = try #require(RetrievalFigures.Change(from: worse, to: better))
        // Each document gains one of its three, so no draw of documents says otherwise.
        #expect(abs(change.mean - 1 / 3) < 1e-12)
        #expect(abs(change.low - 1 / 3) < 1e-12 && abs(change.high - 1 / 3) < 1e-12)
        #expect(RetrievalFigures.Change(from: worse, to: Array(better.dropLast())) == nil)
        var before = Self.report(floor: 0)
        before.add("f", worse, before: nil)
        var after = Self.report(floor: 0)
        after.add("f", better, before: before.files)
        #expect(after.lines.last?.contains("changed by +0.333") == true)
    }

    @Test("the same seed misspells the same, another one does not, and short words stay")
    func misspelt() {
        let questions = (0..<40).map {
            QuestionSet.Question(text: "When does the workshop open number \($0)?", document: $0)
        }
        let variant = QuestionVariant.misspelt
        let one = variant.of(questions, among: [], seed: 1).map(\.text)
        #expect(one == variant.of(questions, among: [], seed: 1).map(\.text))
        #expect(one != variant.of(questions, among: [], seed: 2).map(\.text))
        #expect(one.allSatisfy { $0.hasPrefix("when does the ") })
        let slips = one.count { !$0.contains("workshop") }
        #expect(slips > 5 && slips < 30)
        #expect(QuestionVariant.whole.of(questions, among: [], seed: 1) == questions)
    }

    @Test("keywords are the three rarest words, in their order")
    func keywords() {
        let documents = [
            "the workshop opens on saturday", "the workshop mends tubes", "the helmet",
        ].map { QuestionSet.Document(name: "d", text: $0) }
        let asked = QuestionSet.Question(
            text: "When does the workshop mend a helmet or saturday tubes?", document: 0)
        let short = QuestionVariant.keywords.of([asked], among: documents, seed: 1)
        #expect(short.map(\.text) == ["mend helmet saturday"])
    }
}
