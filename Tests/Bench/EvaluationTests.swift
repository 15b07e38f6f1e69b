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

    @Test("a recall below the floor is no success")
    func floor() {
        let half = RetrievalFigures([.init(document: 0, place: 1), .init(document: 1, place: 2)])
        var report = RetrievalReport(embeddings: "none", floor: 0.5)
        #expect(!report.isSound)
        report.files = [.init(name: "f", figures: half)]
        #expect(report.isSound)
        report.floor = 0.6
        #expect(!report.isSound)
        #expect(report.lines.last?.contains("R@1 0.500") == true)
    }
}
