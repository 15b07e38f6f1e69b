import Conversation
import PassageIndex
import Testing

/// Any time.
private let now = Timestamp(seconds: 1_800_000_000)

@Suite("Words and meaning together")
struct ScoringTests {
    private static func index() async throws -> PassageIndex {
        let index = PassageIndex(tenant: "shop")
        try await index.upsert([
            passage("hours", "On Saturday we open at nine.", vector: [0.9, 0.44]),
            passage("prices", "A tube costs eight euros.", vector: [0.6, 0.8]),
            passage("new", "Saturday is market day in town.", vector: nil),
        ])
        return index
    }

    private static func found(
        _ words: String, _ vector: [Float]?, limit: Int = 5
    ) async throws -> PassageFindings {
        let query = PassageQuery(text: words, vector: vector)
        return try #require(
            await index().search([query], model: "m", limit: limit, at: now).found.first)
    }

    @Test("a passage that fits in both ways comes first, and each is told how well it fits")
    func both() async throws {
        let found = try await Self.found("When do you open on Saturday?", [1, 0])
        #expect(found.isByMeaning)
        #expect(found.scored.first?.id == "hours")
        let hours = try #require(found.scored.first)
        #expect(hours.words > 0 && hours.words <= 1)
        #expect(abs((hours.similarity ?? 0) - 0.9 / (0.81 + 0.1936).squareRoot()) < 0.001)
        #expect(found.scored.map(\.score) == found.scored.map(\.score).sorted(by: >))
    }

    @Test("words that stand nowhere leave the order to the meaning")
    func foreign() async throws {
        let found = try await Self.found("¿Cuánto vale una cámara?", [0.6, 0.8])
        #expect(found.scored.map(\.id) == ["prices", "hours"])
        #expect(found.scored.allSatisfy { $0.words == 0 })
    }

    @Test("a passage without a vector is found by its words, and nearer than none that has one")
    func unembedded() async throws {
        let found = try await Self.found("market in town", [0.6, 0.8])
        let new = try #require(found.scored.first { $0.id == "new" })
        #expect(new.similarity == nil && new.words > 0)
        // What its words do not give it is what the farthest has.
        let meanings = found.scored.map { ($0.id, $0.score - $0.words) }
        let own = try #require(meanings.first { $0.0 == "new" }?.1)
        #expect(meanings.allSatisfy { $0.1 >= own - 1e-9 })
    }

    @Test("without a vector the words decide, and a question that only repeats a text reaches all")
    func wordsAlone() async throws {
        let found = try await Self.found("Saturday", nil)
        #expect(!found.isByMeaning && found.background == nil)
        #expect(Set(found.scored.map(\.id)) == ["hours", "new"])
        #expect(found.scored.allSatisfy { $0.similarity == nil && $0.score == $0.words })
        #expect(try await Self.found("", nil).scored.isEmpty)
        #expect(try await Self.found("Saturday", nil, limit: 1).scored.count == 1)
    }

    @Test("the background is the mean cosine of the sixth to the twentieth, where there are ten")
    func background() async throws {
        let index = PassageIndex(tenant: "shop")
        try await index.upsert(
            (0..<30).map { number in
                passage("\(number)", "Text.", vector: number < 5 ? [1, 0] : [0.6, 0.8])
            })
        let query = PassageQuery(text: "words", vector: [1, 0])
        let found = await index.search([query], model: "m", limit: 20, at: now).found
        #expect(abs((found.first?.background ?? 0) - 0.6) < 1e-5)
        #expect(try await Self.found("words", [1, 0]).background == nil)
    }
}
