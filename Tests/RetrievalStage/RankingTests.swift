import Conversation
import Testing

@testable import RetrievalStage

@Suite("Ranking passages")
struct RankingTests {
    @Test("fusion prefers what several rankings agree on")
    func fusion() throws {
        let fused = RankFusion.fuse([
            (ids: ["a", "b", "c"], weight: 1), (ids: ["b", "d"], weight: 1),
        ])
        #expect(fused.map(\.id) == ["b", "a", "d", "c"])
        let best = try #require(fused.first)
        #expect(abs(best.score - (1 / 62.0 + 1 / 61.0)) < 1e-12)
    }

    @Test("equal scores have a fixed order")
    func ties() {
        let fused = RankFusion.fuse([(ids: ["z"], weight: 1), (ids: ["a"], weight: 1)])
        #expect(fused.map(\.id) == ["a", "z"])
    }

    @Test(
        "only what leans on the turn before gets its words",
        arguments: [
            ("and on Sunday?", true), ("¿y el domingo?", true), ("how much is it?", true),
            ("那星期天呢？", true), ("und am Sonntag?", true), ("And for cargo bikes?", true),
            ("Do you sell surfboards?", false),
            ("What time do you open on Saturday?", false),
            ("Can I return a helmet that I bought online?", false),
        ])
    func context(words: String, leans: Bool) {
        var turns = RecentTurns()
        let first = "Which days is the workshop open?"
        turns.remember(SearchQuery(first, after: []), at: Timestamp(seconds: 0))
        let query = SearchQuery(words, after: turns.turns)
        #expect(query.bare == words)
        #expect(query.contextual == (leans ? "\(first) \(words)" : nil))
    }

    @Test(
        "greetings and thanks are not looked for, unless nothing else was said",
        arguments: [
            ("Thanks, and when on Saturday?", "and when on Saturday?"),
            ("Hola! ¿Cuánto cuesta el casco, por favor?", "¿Cuánto cuesta el casco, por favor?"),
            ("Спасибо! А в воскресенье?", "А в воскресенье?"),
            ("Danke. Kann ich  mit Karte zahlen?", "Kann ich mit Karte zahlen?"),
            ("What  time do you open?", "What  time do you open?"), ("Thanks!", "Thanks!"),
        ])
    func courtesies(words: String, query: String) {
        #expect(SearchQuery(words, after: []).bare == query)
    }

    @Test("a follow-up of a follow-up still knows the first question")
    func chain() throws {
        var turns = RecentTurns()
        for words in ["When does the workshop open on Saturday?", "and on Sunday?"] {
            turns.remember(
                SearchQuery(words, after: turns.turns), at: Timestamp(seconds: 0))
        }
        let query = SearchQuery("and Monday?", after: turns.turns)
        #expect(try #require(query.contextual).contains("workshop"))
    }

    @Test("old turns are forgotten and their number is bounded")
    func forgetting() {
        var turns = RecentTurns()
        for number in 0..<10 {
            turns.remember(
                SearchQuery("bicycle number \(number) repair", after: []),
                at: Timestamp(seconds: Int64(number)))
        }
        #expect(turns.turns.count == RecentTurns.mostTurns)
        turns.forget(at: Timestamp(seconds: 9) + RecentTurns.longestPause)
        #expect(turns.turns.count == 1)
        turns.forget(at: Timestamp(seconds: 10) + RecentTurns.longestPause)
        #expect(turns.turns.isEmpty)
    }

    @Test("the budget holds, and no passage says what another already says")
    func budget() {
        func passage(_ id: String, _ text: String) -> RankedPassage {
            RankedPassage(
                id: PassageID(id), document: "d", documentName: "d.md", headings: [], page: nil,
                sheet: nil, text: text, contentHash: NameHash.hex(text), score: 1,
                similarity: nil, overlap: nil)
        }
        let long = String(repeating: "word ", count: 100)
        let ranked = [
            passage("1", "Open on Saturday. Closed on Sunday."), passage("2", "Closed on Sunday."),
            passage("3", "Open on Saturday. Closed on Sunday."), passage("4", long),
            passage("5", "Short."), passage("6", "Shorter."),
        ]
        let kept = PassageBudget(passages: 3, characters: 200).cut(ranked)
        #expect(kept.map(\.id) == ["1", "5", "6"])
    }

    @Test("similarity and overlap tell how well a passage fits")
    func measures() throws {
        func found(_ id: PassageID, _ text: String) -> SearchAnswer.Found {
            SearchAnswer.Found(
                id: id, document: "d", documentName: "d.md", headings: [], page: nil, sheet: nil,
                text: text, contentHash: NameHash.hex(text))
        }
        let answer = SearchAnswer(
            rankings: [
                SearchAnswer.Ranking(
                    text: ["hours"],
                    vectors: [
                        .init(id: "hours", similarity: 0.9), .init(id: "prices", similarity: 0.8),
                    ])
            ],
            passages: [
                found("hours", "Saturday: we open at 10:00."), found("prices", "A tube costs 8 €."),
            ])
        let ranked = PassageRanking.rank(answer, for: ["What time do you open on Saturday?"])
        #expect(ranked.map(\.id) == ["hours", "prices"])
        let best = try #require(ranked.first)
        #expect(best.similarity == 0.9)
        #expect(try #require(best.overlap) > 0.5)
        #expect(try #require(ranked.last).overlap == 0)
    }
}

@Suite("Ranking by scores")
struct ScoreRankingTests {
    private func found(_ id: PassageID) -> SearchAnswer.Found {
        SearchAnswer.Found(
            id: id, document: "d", documentName: "d.md", headings: [], page: nil, sheet: nil,
            text: "Text of \(id).", contentHash: NameHash.hex("\(id)"))
    }

    private func ranking(_ scores: [(PassageID, Double)]) -> SearchAnswer.Ranking {
        .init(
            scored: scores.map {
                .init(id: $0.0, words: 0.123456, similarity: $0.1 / 12, score: $0.1)
            }, isByMeaning: true, background: 0.7)
    }

    @Test("the order is that of the scores, and what is far down counts for the background only")
    func single() {
        let answer = SearchAnswer(
            rankings: [ranking([("b", 11), ("a", 10)])], passages: [found("a"), found("b")])
        let ranked = PassageRanking.rank(answer, for: ["q"])
        #expect(ranked.map(\.id) == ["b", "a"])
        #expect(ranked.map(\.score) == [11, 10])
        #expect(ranked.first?.similarity == 0.9167)
        #expect(answer.kind == .vectorsAndText)
        #expect(PassageRanking.background(of: answer) == 0.7)
    }

    @Test("the question in the light of the turns before counts twice as much as the bare one")
    func contextual() {
        let answer = SearchAnswer(
            rankings: [
                ranking([("bare", 11), ("rest", 8)]), ranking([("whole", 11), ("rest", 8)]),
            ],
            passages: [found("bare"), found("whole"), found("rest")])
        let ranked = PassageRanking.rank(answer, for: ["and?", "opening hours and?"])
        #expect(ranked.map(\.id) == ["whole", "bare", "rest"])
        #expect(ranked.map { $0.score.rounded() } == [10, 9, 8])
    }

    @Test("where nothing is found, nothing is ranked")
    func nothing() {
        let answer = SearchAnswer(rankings: [ranking([])], passages: [])
        #expect(PassageRanking.rank(answer, for: ["q"]).isEmpty)
    }
}

@Suite("Searching across languages")
struct ForeignSearchTests {
    private func found(_ id: PassageID, _ text: String) -> SearchAnswer.Found {
        SearchAnswer.Found(
            id: id, document: "d", documentName: "d.md", headings: [], page: nil, sheet: nil,
            text: text, contentHash: NameHash.hex(text))
    }

    @Test("words that match by chance in another language do not outweigh the meaning")
    func chance() {
        let answer = SearchAnswer(
            rankings: [
                .init(
                    text: ["address"],
                    vectors: [
                        .init(id: "hours", similarity: 0.85), .init(id: "address", similarity: 0.8),
                    ])
            ],
            passages: [
                found("hours", "On Saturday we open at nine and close at two."),
                found("address", "You find us at the corner of Calle de los Sábados."),
            ])
        let ranked = PassageRanking.rank(answer, for: ["¿A qué hora abren los sábados?"])
        #expect(ranked.map(\.score).max().map { $0 < 2 / RankFusion.k } == true)
        let english = PassageRanking.rank(answer, for: ["Where is the corner of the street?"])
        let address = ranked.first { $0.id == "address" }?.score ?? 1
        #expect(address < english.first { $0.id == "address" }?.score ?? 0)
    }

    @Test("the background is the mean of the far neighbours, where there are enough")
    func background() throws {
        func answer(_ count: Int) -> SearchAnswer {
            let near = (0..<count).map { index in
                SearchAnswer.Neighbour(
                    id: PassageID("\(index)"), similarity: index < 5 ? 0.9 : 0.8)
            }
            return SearchAnswer(rankings: [.init(text: [], vectors: near)], passages: [])
        }
        #expect(PassageRanking.background(of: answer(9)) == nil)
        #expect(abs(try #require(PassageRanking.background(of: answer(20))) - 0.8) < 1e-9)
    }
}

@Suite("Ranking by another server's order")
struct RerankedTests {
    private static func answer(_ order: [PassageID]?) -> SearchAnswer {
        let ids: [PassageID] = ["a", "b", "c", "d"]
        var answer = SearchAnswer(
            rankings: [
                .init(
                    scored: ids.enumerated().map {
                        .init(id: $1, words: 0.5, similarity: nil, score: 1 - Double($0) / 10)
                    }, isByMeaning: false, background: nil)
            ],
            passages: ids.map {
                .init(
                    id: $0, document: "d", documentName: "d.md", headings: [], page: nil,
                    sheet: nil, text: "text of \($0)", contentHash: "\($0)")
            })
        answer.order = order
        return answer
    }

    @Test("what it orders comes first in its order, and the rest as it was")
    func order() {
        for (order, ranked) in [
            (nil, ["a", "b", "c", "d"]), (["c", "a"], ["c", "a", "b", "d"]),
            (["x", "d"], ["d", "a", "b", "c"]),
        ] as [([PassageID]?, [PassageID])] {
            let answer = Self.answer(order)
            #expect(PassageRanking.rank(answer, for: ["text"]).map(\.id) == ranked)
            #expect(PassageRanking.first(of: answer) == ranked[0])
        }
        #expect(PassageRanking.candidates(of: Self.answer(nil)).map(\.id) == ["a", "b", "c", "d"])
    }
}
