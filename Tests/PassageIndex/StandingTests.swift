import Conversation
import PassageIndex
import Testing

@Suite("Documents' terms and versions in a search")
struct StandingTests {
    private static let noon = Timestamp(seconds: 1_800_000_000)
    private static let minute = Duration.seconds(60)

    private static func passage(
        _ id: PassageID, of document: DocumentID, _ text: String, asked: [String]? = nil,
        version: Int? = nil, vector: [Float]? = nil
    ) -> Passage {
        Passage(
            id: id, tenant: "shop", document: document, documentName: "\(document)", ordinal: 0,
            headings: asked.map { [$0[0]] } ?? [], page: nil, sheet: nil, text: text,
            contentHash: "", vector: vector.map { Embedding($0) }, model: vector.map { _ in "m" },
            asked: asked, version: version)
    }

    private static func standing(
        _ document: DocumentID, version: Int = 1, _ terms: DocumentTerms = DocumentTerms()
    ) -> DocumentStanding {
        DocumentStanding(
            tenant: "shop", document: document, version: version, terms: terms, at: noon)
    }

    private static func found(
        _ words: String, in index: PassageIndex, at time: Timestamp, vector: [Float]? = nil
    ) async -> [PassageID] {
        let query = PassageQuery(text: words, vector: vector)
        return await index.search([query], model: "m", limit: 5, at: time).found
            .flatMap { $0.scored.map(\.id) }
    }

    @Test("a document is found from and until its times, by the clock alone")
    func validity() async throws {
        let index = PassageIndex(tenant: "shop")
        try await index.upsert([
            Self.passage("winter", of: "w", "In winter we open at ten.", vector: [1, 0]),
            Self.passage("summer", of: "s", "In summer we open at eight.", vector: [1, 0.1]),
        ])
        try await index.stand(
            Self.standing("w", DocumentTerms(validUntil: Self.noon + Self.minute)))
        try await index.stand(
            Self.standing("s", DocumentTerms(validFrom: Self.noon + Self.minute)))
        for vector in [nil, [1, 0]] as [[Float]?] {
            let before = await Self.found("open", in: index, at: Self.noon, vector: vector)
            #expect(before == ["winter"])
            let after = await Self.found(
                "open", in: index, at: Self.noon + Self.minute, vector: vector)
            #expect(after == ["summer"])
        }
        await index.forgetStanding(of: "w")
        let later = Self.noon + Self.minute + Self.minute
        #expect(await Set(Self.found("open", in: index, at: later)) == ["winter", "summer"])
    }

    @Test("all rows of a sheet are read in their order, but for versions that are still built")
    func rows() async throws {
        let index = PassageIndex(tenant: "shop")
        var all = (0..<1_500).map { number in
            var passage = Self.passage(
                PassageID("p\(number)"), of: "d", "Bike: \(number); Price: \(number) €")
            (passage.ordinal, passage.sheet) = (number, number < 1_200 ? "Bikes" : "Locks")
            return passage
        }
        all.append(Self.passage("other", of: "e", "Bike: 1; Price: 1 €"))
        var built = Self.passage("built", of: "d", "Bike: 9; Price: 9 €", version: 2)
        built.sheet = "Bikes"
        try await index.upsert(all.shuffled() + [built])
        let rows = await index.rows(of: "d", sheet: "Bikes", at: Self.noon)
        #expect(rows.map(\.ordinal) == Array(0..<1_200))
        #expect(await index.rows(of: "d", sheet: nil, at: Self.noon).isEmpty)
    }

    @Test("what is hidden takes no place among the candidates")
    func crowd() async throws {
        let index = PassageIndex(tenant: "shop")
        try await index.upsert(
            (0..<300).map { Self.passage(PassageID("old\($0)"), of: "old", "We open at nine.") }
                + [Self.passage("new", of: "new", "We open at ten, and close late on Fridays.")])
        try await index.stand(Self.standing("old", DocumentTerms(validUntil: Self.noon)))
        #expect(await Self.found("When do you open?", in: index, at: Self.noon) == ["new"])
    }

    @Test("a version that is being built is not found before it stands, then at once and by number")
    func versions() async throws {
        let index = PassageIndex(tenant: "shop")
        try await index.upsert([
            Self.passage("nine", of: "d", "We open at nine."),
            Self.passage("ten", of: "d", "We open at ten.", version: 2),
        ])
        #expect(await Self.found("open", in: index, at: Self.noon) == ["nine"])
        try await index.stand(Self.standing("d", version: 2))
        await index.remove("nine")
        #expect(await Self.found("open", in: index, at: Self.noon) == ["ten"])
        let query = PassageQuery(text: "open", vector: nil)
        let (_, passages) = await index.search([query], model: nil, limit: 5, at: Self.noon)
        #expect(passages.map(\.version) == [2])
    }

    @Test("of two that fit alike the one of higher priority comes first, in both ways of searching")
    func priority() async throws {
        let index = PassageIndex(tenant: "shop")
        try await index.upsert([
            Self.passage("a", of: "a", "A tube costs eight euros.", vector: [1, 0]),
            Self.passage("b", of: "b", "A tube costs seven euros.", vector: [1, 0.01]),
        ])
        for (terms, first) in [(1, "b"), (-1, "a")] as [(Int, PassageID)] {
            try await index.stand(Self.standing("b", DocumentTerms(priority: terms)))
            for vector in [nil, [1, 0]] as [[Float]?] {
                let found = await Self.found("tube", in: index, at: Self.noon, vector: vector)
                #expect(found.first == first)
            }
        }
    }

    @Test("a typed answer wins over documents that say as much, and over all where it was asked so")
    func typed() async throws {
        let index = PassageIndex(tenant: "shop")
        try await index.upsert([
            Self.passage(
                "text", of: "d", "Do you repair scooters? We repair scooters and bicycles.",
                vector: [1, 0]),
            Self.passage(
                "typed", of: "q", "No, only bicycles.",
                asked: ["Do you repair scooters?", "Scooter?"], vector: [0.995, 0.0999]),
            Self.passage("other", of: "o", "Tubes are sold here.", vector: [0, 1]),
        ])
        let near = await Self.found(
            "are scooters mended", in: index, at: Self.noon, vector: [1, 0])
        #expect(near.first == "typed")
        let far = await Self.found("tubes", in: index, at: Self.noon, vector: [0, 1])
        #expect(far.first == "other", "one that does not fit does not win")
        let same = await Self.found("SCOOTER", in: index, at: Self.noon, vector: [0, 1])
        #expect(same.first == "typed")
        #expect(
            await Self.found("do you repair  scooters", in: index, at: Self.noon).first == "typed")
    }

    @Test("another tenant's standing is refused")
    func tenants() async {
        let index = PassageIndex(tenant: "other")
        await #expect(throws: PassageIndexError.self) { try await index.stand(Self.standing("d")) }
    }
}
