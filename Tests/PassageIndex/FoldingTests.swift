import Conversation
import PassageIndex
import Testing

/// Any time.
private let now = Timestamp(seconds: 1_800_000_000)

/// What says the same is told once.
@Suite("Folding of what says the same")
struct FoldingTests {
    private static func passage(
        _ id: String, _ document: String, _ text: String, headings: [String] = [],
        asked: [String]? = nil
    ) -> Passage {
        Passage(
            id: PassageID(id), tenant: "shop", document: DocumentID(document),
            documentName: "\(document).pdf", ordinal: 0, headings: headings, page: 3, sheet: nil,
            text: text, contentHash: id, vector: nil, model: nil, asked: asked)
    }

    private static func found(
        _ passages: [Passage], _ question: String, limit: Int = 10, isFolded: Bool = true
    ) async throws -> [PassageScore] {
        let index = PassageIndex(tenant: "shop")
        try await index.upsert(passages)
        let found = await index.search(
            [PassageQuery(text: question, vector: nil)], model: nil, limit: limit, at: now,
            isFolded: isFolded)
        return try #require(found.found.first).scored
    }

    /// What each finding stands for.
    private static func groups(_ texts: [String], _ question: String) async throws -> [[String]] {
        let passages = texts.enumerated().map { passage("\($0)", "d\($0)", $1) }
        return try await found(passages, question).map {
            ([$0.id] + $0.others).map(\.rawValue).sorted()
        }.sorted { $0[0] < $1[0] }
    }

    @Test("passages whose numbers differ stay apart")
    func numbers() async throws {
        for (one, other) in [
            ("Plan A costs 10", "Plan A costs 12"), ("Plan A costs 10 €", "Plan A costs 10 $"),
            ("We open at 9:30", "We open at 9,30"), ("A deposit of 1.250", "A deposit of 1250"),
            ("It is -5 degrees", "It is 5 degrees"), ("A discount of 5 %", "A discount of 5"),
            ("Price: ١٠", "Price: ١٢"), ("Room Ⅳ is free", "Room Ⅴ is free"),
        ] {
            let groups = try await Self.groups([one, other], "plan price deposit \(one)")
            #expect(groups == [["0"], ["1"]], "\(one) / \(other)")
        }
    }

    @Test("passages that differ in a word stay apart, however long they are")
    func words() async throws {
        let long = "The shop at the river rents bicycles and helmets to everybody who asks for it"
        let texts = ["\(long) on Saturday.", "\(long) on Sunday.", "\(long) with a deposit."]
        #expect(try await Self.groups(texts, "shop rents bicycles") == [["0"], ["1"], ["2"]])
    }

    @Test("the same words fold, however they are set")
    func same() async throws {
        let texts = [
            "Plan A costs 10 euros, helmets included.", "PLAN A\ncosts 10 euros – helmets included",
            "Plan A costs 10 euros; helmets included!", "Plan B costs 10 euros, helmets included.",
        ]
        #expect(try await Self.groups(texts, "plan costs") == [["0", "1", "2"], ["3"]])
        let thai = ["เปิดวันเสาร์เก้าโมงเช้า", "เปิดวันเสาร์เก้าโมงเช้า.", "เปิดวันอาทิตย์เก้าโมงเช้า"]
        #expect(try await Self.groups(thai, "เปิดวันเสาร์") == [["0", "1"], ["2"]])
    }

    @Test("what was cut a little shorter folds into what says more, and not the other way round")
    func cut() async throws {
        let whole = """
            We rent bicycles by the day and by the week. Helmets are included in every price and \
            children ride for free with their parents. Bring them back before the shop closes, \
            please, or call us from where you are and we come and fetch both of you at once.
            """
        let shorter = String(whole.dropLast(" at once.".count))
        let passages = [
            Self.passage("whole", "one", whole), Self.passage("short", "two", shorter),
        ]
        let found = try await Self.found(passages, "fetch both of you at once")
        #expect(found.map(\.id) == ["whole"] && found.first?.others == ["short"])
        // Where the shorter one is better, what the other one has besides is not lost.
        let both = try await Self.found(passages, "bicycles week helmets children ride")
        #expect(both.first?.id == "short" && both.count == 2)
    }

    @Test("the same words under other headings, or typed as an answer, stand for themselves")
    func headings() async throws {
        let passages = [
            Self.passage("a", "d1", "Six months.", headings: ["Warranty"]),
            Self.passage("b", "d2", "Six months.", headings: ["Notice"]),
            Self.passage("c", "d3", "Six months.", headings: ["Warranty"], asked: ["Warranty?"]),
        ]
        #expect(Set(try await Self.found(passages, "six months").map(\.id)) == ["a", "b", "c"])
    }

    @Test("a document that was uploaded again and again does not fill what is found")
    func uploaded() async throws {
        var passages: [Passage] = []
        for copy in 0..<100 {
            for number in 0..<2 {
                passages.append(
                    Self.passage(
                        "c\(copy)-\(number)", "copy \(copy)",
                        "Bicycles are rented in room \(number) of the shop."))
            }
        }
        for number in 0..<5 {
            passages.append(
                Self.passage("o\(number)", "other", "Bicycles are repaired in hall \(number) too."))
        }
        let found = try await Self.found(passages, "bicycles are rented in the shop", limit: 6)
        #expect(found.count == 6)
        #expect(found.filter { $0.id.rawValue.hasPrefix("c") }.count == 2)
        #expect(found.first?.others.count == 8)
        let all = try await Self.found(
            passages, "bicycles are rented in the shop", limit: 500, isFolded: false)
        #expect(all.count == 205 && all.allSatisfy(\.others.isEmpty))
    }
}
