import Conversation
import Foundation
import RetrievalStage
import Testing

/// What is stored stays readable, and is written as it was: a replay compares calls by their bytes.
@Suite struct StateBytesTests {
    private static let turns: [RecentTurns] = {
        var turns = [RecentTurns()]
        for words in ["What does a \"city bike\" cost?\n", "Öffnungszeiten am Samstag 👋"] {
            var next = turns[turns.count - 1]
            next.remember(
                SearchQuery(words, after: next.turns), at: Timestamp(milliseconds: 1_700_000_000))
            turns.append(next)
        }
        return turns
    }()

    private static let answer = SearchAnswer(
        rankings: [
            .init(text: ["p", "q"], vectors: [.init(id: "p", similarity: 0.25)]),
            .init(text: [], vectors: []), .init(text: [], vectors: nil),
        ],
        passages: [
            .init(
                id: "p", document: "d", documentName: "hours.md", headings: ["Hours"], page: 2,
                sheet: "S", text: "Saturday\n10 to 14.", contentHash: "h"),
            .init(
                id: "q", document: "d", documentName: "", headings: [], page: nil, sheet: nil,
                text: "", contentHash: ""),
        ], problem: "no \"vectors\"", vector: QuestionVector([0.6, 0.8], model: "e5"))

    private static let answers: [RetrievalAnswer] = [
        .found(answer), .found(SearchAnswer(rankings: [], passages: [])),
    ]

    private static let calls = [true, false].map { byMeaning in
        RetrievalCall.search(
            SearchRequest(
                tenant: "velo", queries: ["a", "\"b\""], limit: 20, byMeaning: byMeaning))
    }

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

    private static func written() throws -> [[UInt8]] {
        try calls.map { try RecordCodec.encode($0) } + answers.map { try RecordCodec.encode($0) }
            + turns.map { try RecordCodec.encode($0) }
    }

    @Test("state, calls and answers are written as they were, and the state is read")
    func bytes() throws {
        let written = try Self.written()
        try Self.expectRecorded(written)
        for (state, bytes) in zip(Self.turns, written.suffix(Self.turns.count)) {
            #expect(try RecordCodec.decode(RecentTurns.self, from: bytes) == state)
        }
    }
}
