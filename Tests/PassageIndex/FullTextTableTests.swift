import SQLite
import Testing

@testable import PassageIndex

/// SQLite's full-text index over the same tokens: what ours has to find.
private struct FullTextReference {
    private let connection: Connection

    init() throws {
        connection = try Connection(path: ":memory:")
        // The tokenizer `ascii` takes every character above U+007F as part of a token, so it cuts
        // at our spaces only.
        try connection.executeScript(
            """
            CREATE VIRTUAL TABLE passages
            USING fts5(context, body, content='', tokenize='ascii');
            """)
    }

    func insert(_ row: FullTextTable.Row, id: Int64) throws {
        try connection.execute(
            "INSERT INTO passages(rowid, context, body) VALUES (?, ?, ?)",
            [.integer(id), .text(Self.stream(row.context)), .text(Self.stream(row.body))])
    }

    func delete(_ row: FullTextTable.Row, id: Int64) throws {
        try connection.execute(
            "INSERT INTO passages(passages, rowid, context, body) VALUES ('delete', ?, ?, ?)",
            [.integer(id), .text(Self.stream(row.context)), .text(Self.stream(row.body))])
    }

    func search(_ question: String, limit: Int) throws -> [(id: Int64, score: Double)] {
        let tokens = SearchTokens.distinctTokens(of: question)
        guard !tokens.isEmpty else { return [] }
        return try connection.query(
            """
            SELECT rowid, -bm25(passages) FROM passages WHERE passages MATCH ?
            ORDER BY 2 DESC, rowid LIMIT ?
            """,
            [
                .text(tokens.map { "\"\(Self.whole($0))\"" }.joined(separator: " OR ")),
                .integer(Int64(limit)),
            ]
        ) { ($0.int64(0), $0.double(1)) }
    }

    private static func stream(_ text: String) -> String {
        SearchTokens.tokens(of: text).map(whole).joined(separator: " ")
    }

    /// A token as SQLite leaves it whole: the marks of pieces are letters to it.
    private static func whole(_ token: String) -> String {
        token.replacing("~", with: "\u{E000}").replacing("_", with: "\u{E001}")
    }
}

@Suite struct FullTextTableTests {
    private static let words = [
        "open", "opening", "Saturday", "bicycle", "bicycles", "the", "a", "helmet", "Öffnungszeit",
        "9:00", "कीमत", "営業時間", "الطلب", "price", "prices", "e-mail", "x_y", "é", "한국어입니다",
    ]

    private func text(_ generator: inout SystemRandomNumberGenerator, upTo most: Int) -> String {
        (0..<Int.random(in: 0...most, using: &generator)).map { _ in
            Self.words.randomElement(using: &generator) ?? ""
        }.joined(separator: " ")
    }

    @Test("rows come in the order and with the scores of SQLite's own index")
    func agreesWithSQLite() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20 {
            // SQLite's constants, which cannot be set.
            var table = FullTextTable(ranking: .init(saturation: 1.2, lengthWeight: 0.75))
            let reference = try FullTextReference()
            var rows: [Int64: FullTextTable.Row] = [:]
            for id in 1...Int64.random(in: 1...60, using: &generator) {
                if let old = rows.keys.randomElement(using: &generator),
                    Int.random(in: 0..<3, using: &generator) == 0,
                    let row = rows.removeValue(forKey: old)
                {
                    table.delete(row, id: old)
                    try reference.delete(row, id: old)
                }
                let row = FullTextTable.Row(
                    context: text(&generator, upTo: 3), body: text(&generator, upTo: 25))
                rows[id] = row
                table.insert(row, id: id)
                try reference.insert(row, id: id)
                let question = text(&generator, upTo: 6)
                let found = table.search(question, limit: 100)
                let expected = try reference.search(question, limit: 100)
                // Sums of the same numbers in another order differ in their last digits.
                #expect(found.count == expected.count, "\(question)")
                for (ours, theirs) in zip(found, expected) {
                    #expect(abs(ours.score - theirs.score) <= 1e-9 * max(1, theirs.score))
                    let isTie = expected.contains {
                        $0.id != theirs.id && abs($0.score - theirs.score) < 1e-9
                    }
                    #expect(ours.id == theirs.id || isTie, "\(question)")
                }
            }
        }
    }

    @Test("an index without rows finds nothing, also after its last row went")
    func empty() {
        var table = FullTextTable()
        #expect(table.search("open", limit: 5).isEmpty)
        let row = FullTextTable.Row(context: "hours", body: "we open at nine")
        table.insert(row, id: 7)
        #expect(table.search("open", limit: 5).map(\.id) == [7])
        table.delete(row, id: 7)
        #expect(table.search("open", limit: 5).isEmpty)
    }

    @Test("of much, what stands nearly everywhere is not looked at unless nothing else is asked")
    func common() {
        var table = FullTextTable()
        for id in 1...600 as ClosedRange<Int64> {
            table.insert(
                FullTextTable.Row(context: "", body: id == 9 ? "the helmet" : "the lock"), id: id)
        }
        #expect(table.search("the helmet", limit: 600).map(\.id) == [9])
        #expect(table.search("the", limit: 600).count == 600)
    }

    @Test("a text in ASCII gives the tokens that any text gives")
    func asciiTokens() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                UInt8.random(in: 0..<128, using: &generator)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(SearchTokens.tokens(of: text) == SearchTokens.anyTokens(of: text))
        }
    }
}
