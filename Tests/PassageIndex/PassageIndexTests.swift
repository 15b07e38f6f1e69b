import Conversation
import PassageIndex
import Testing

/// A passage of the tenant `shop`, unless told otherwise.
func passage(
    _ id: String, _ text: String, tenant: TenantID = "shop", headings: [String] = [],
    vector: [Float]? = nil, model: String? = "m"
) -> Passage {
    Passage(
        id: PassageID(id), tenant: tenant, document: "d", documentName: "notes.md", ordinal: 0,
        headings: headings, page: nil, sheet: nil, text: text, contentHash: "h",
        vector: vector.map(Embedding.init), model: model)
}

@Suite struct PassageIndexTests {
    @Test("a replaced passage is found by its new words and vector only")
    func replaced() async throws {
        let index = PassageIndex(tenant: "shop")
        try await index.upsert(passage("a", "Bicycles for rent", vector: [1, 0]))
        try await index.upsert(passage("a", "Skates for sale", vector: [0, 1]))
        #expect(await index.searchText("bicycles", limit: 5).isEmpty)
        let found = await index.searchText("skates", limit: 5)
        #expect(found.map(\.id) == ["a"] && found.map(\.rank) == [1])
        #expect(found.allSatisfy { $0.score > 0 })
        let near = await index.searchVector([0, 2], model: "m", limit: 5)
        #expect(near.map(\.id) == ["a"])
        #expect(abs((near.first?.score ?? 0) - 1) < 1e-5)
        #expect(await index.passage("a")?.text == "Skates for sale")
        #expect(await index.count == 1)
        #expect(await index.vectorCount == 1)
    }

    @Test("vectors of another model or length are set aside, and told")
    func setAside() async throws {
        let index = PassageIndex(tenant: "shop")
        try await index.upsert([
            passage("a", "Bicycles", vector: [1, 0]),
            passage("b", "Skates", vector: [1, 0], model: "n"),
            passage("c", "Kayaks", vector: [1, 0, 0]), passage("d", "Tents"),
        ])
        let space = VectorSpace(model: "m", dimensions: 2)
        #expect(await index.setAside(but: space) == 2)
        #expect(await index.documents(setAsideBut: space) == ["d"])
        #expect(await index.searchVector([1, 0], model: "m", limit: 5).map(\.id) == ["a"])
        #expect(await index.searchText("skates", limit: 1).map(\.id) == ["b"])
        try await index.upsert([
            passage("b", "Skates", vector: [1, 0]), passage("c", "Kayaks", vector: [0, 1]),
        ])
        #expect(await index.setAside(but: space) == 0)
        #expect(await index.documents(setAsideBut: space).isEmpty)
    }

    @Test("a removed passage is found no more, and removing again is harmless")
    func removed() async throws {
        let index = PassageIndex(tenant: "shop")
        try await index.upsert([
            passage("a", "Bicycles", vector: [1, 0]), passage("b", "Bicycles", vector: [0, 1]),
        ])
        await index.remove("a")
        await index.remove("a")
        #expect(await index.searchText("bicycles", limit: 5).map(\.id) == ["b"])
        #expect(await index.searchVector([1, 1], model: "m", limit: 5).map(\.id) == ["b"])
        #expect(await index.passage("a") == nil)
        #expect(await index.documentCounts == ["d": 1])
    }

    @Test("another tenant's passage is refused and nothing of the batch is taken")
    func otherTenant() async throws {
        let index = PassageIndex(tenant: "shop")
        let error = PassageIndexError.otherTenant(passage: "b", of: "rival", index: "shop")
        await #expect(throws: error) {
            try await index.upsert([passage("a", "x"), passage("b", "y", tenant: "rival")])
        }
        #expect(await index.count == 0)
    }

    @Test("of several passages with one id in a batch the last stands")
    func batchRepeats() async throws {
        let index = PassageIndex(tenant: "shop")
        try await index.upsert([passage("a", "first"), passage("a", "second")])
        #expect(await index.searchText("first second", limit: 5).count == 1)
        #expect(await index.passage("a")?.text == "second")
    }

    @Test("vectors of another model or size are not compared")
    func models() async throws {
        let index = PassageIndex(tenant: "shop")
        try await index.upsert([
            passage("a", "x", vector: [1, 0], model: "old"),
            passage("b", "x", vector: [1, 0, 0], model: "new"),
        ])
        #expect(await index.searchVector([1, 0, 0], model: "new", limit: 5).map(\.id) == ["b"])
        #expect(await index.searchVector([1, 0], model: "new", limit: 5).isEmpty)
    }

    @Test("words of headings are found, too")
    func headings() async throws {
        let index = PassageIndex(tenant: "shop")
        try await index.upsert(passage("a", "Six months.", headings: ["Warranty"]))
        #expect(await index.searchText("warranty?", limit: 5).map(\.id) == ["a"])
    }

    @Test(
        "no question breaks the search",
        arguments: ["", "   ", "???", "\"", "a\" OR \"", "NEAR(", "\u{0}", "🚲", "x*", "-a"])
    func strange(_ question: String) async throws {
        let index = PassageIndex(tenant: "shop")
        try await index.upsert(passage("a", "Bicycles"))
        _ = await index.searchText(question, limit: 5)
        let long = String(repeating: "\(question) word bicycles ", count: 2000)
        #expect(await index.searchText(long, limit: 5).count == 1)
    }
}
