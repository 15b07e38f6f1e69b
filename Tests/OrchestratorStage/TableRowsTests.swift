import Conversation
import StageRuntime
import Testing

@testable import OrchestratorStage

@Suite("Questions about all rows of a table")
struct TableRowsTests {
    private static func passage(
        _ number: Int, _ rows: [String], sheet: String? = "Bikes", heading: String = "Prices"
    ) -> RankedPassage {
        RankedPassage(
            id: PassageID("\(heading)-\(number)"), document: "d", documentName: "prices.xlsx",
            headings: [heading], page: nil, sheet: sheet, text: rows.joined(separator: "\n"),
            contentHash: "\(number)", score: 1, similarity: nil, overlap: 0.9)
    }

    private static func row(_ number: Int, _ price: Int) -> String {
        "Bicycle: Bike \(number); Price: \(price) €"
    }

    private func said(
        _ question: String, _ rows: [RankedPassage], isWhole: Bool = true
    ) throws -> ProposedReply {
        var scene = try Scene(Scene.atOnce)
        let plan = try scene.turn(question, passages: Array(rows.prefix(2)))
        guard case .rows(_, "d", _, _) = try scene.call(of: plan) else {
            throw Rejection("no rows asked for: \(plan)")
        }
        return try reply(scene.resume(.rows(rows, isWhole: isWhole), to: plan))
    }

    @Test("the least, the most and how many are told over thousands of rows, wherever they stand")
    func thousands() throws {
        let all = (0..<1_200).map { part in
            Self.passage(
                part,
                (0..<5).map { row in
                    let number = part * 5 + row
                    return Self.row(number, number == 5_432 ? 7 : number == 3_210 ? 999 : 100)
                })
        }
        #expect(
            try said("Which bicycle is the cheapest?", all).answerText?.contains("Bike 5432; ")
                == true)
        #expect(
            try said("Which bicycle is the most expensive?", all).answerText?
                .contains("Bike 3210; ") == true)
        let count = try said("How many bicycles do you have?", all).answerText
        #expect(count?.hasPrefix("6000: ") == true, "\(count ?? "")")
        #expect(count?.contains("first part") == false)
    }

    @Test("rows that are the same count as many as they are")
    func same() throws {
        let all = [Self.passage(0, Array(repeating: Self.row(1, 5), count: 3))]
        #expect(
            try said("How many bicycles do you have?", all).answerText?.hasPrefix("3: ") == true)
    }

    @Test("where only a part of a table was read, the answer says so")
    func partial() throws {
        let all = (0..<3).map { Self.passage($0, [Self.row($0, 10 + $0)]) }
        let text = try said("Which bicycle is the cheapest?", all, isWhole: false).answerText
        #expect(text?.contains("Bike 0") == true)
        #expect(text?.contains("Only the first part of the table was read.") == true)
    }

    @Test("another table of the same text is not mixed in")
    func others() throws {
        let bikes = (0..<2).map { Self.passage($0, [Self.row($0, 10 + $0)], sheet: nil) }
        let locks = [
            Self.passage(9, ["Lock: U-lock; Price: 3 €"], sheet: nil, heading: "Locks")
        ]
        let text = try said("Which bicycle is the cheapest?", bikes + locks).answerText
        #expect(text?.contains("Bike 0") == true && text?.contains("lock") == false)
    }
}
