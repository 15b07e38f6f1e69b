import Conversation
import JSON
import Records
import Testing

@testable import Operations

@Suite("What a record says in a few words")
struct RecordSummaryTests {
    private static let at = Timestamp(seconds: 1)

    private static func result(_ outcome: ToolResult.Outcome) -> ToolResult {
        ToolResult(
            request: "r", tenant: "t", conversation: "c", tool: "book", outcome: outcome, at: at)
    }

    @Test("tools are named, and what people wrote only where it is asked for")
    func tools() {
        let request = ToolRequest(
            request: "r", tenant: "t", conversation: "c", tool: "book",
            arguments: ["day": "Friday"], message: "m", deadline: Self.at, at: Self.at)
        let asked = ToolConfirmation(
            request: "r", tenant: "t", conversation: "c", standing: .asked, at: Self.at)
        func texts(_ content: Bool) -> [String] {
            let payloads: [any Payload] = [
                request, Self.result(.done(text: "Booked.")),
                Self.result(.notDone(because: "Full.")), asked,
            ]
            return payloads.map { RecordSummary.text(.payload($0), content: content) }
        }
        #expect(
            texts(false) == [
                "book is asked for", "book: done", "book: not done",
                "the question whether to do it: asked",
            ])
        #expect(
            texts(true) == [
                #"book is asked for: “{"day":"Friday"}”"#, "book: done: “Booked.”",
                "book: not done: “Full.”", "the question whether to do it: asked",
            ])
    }
}
