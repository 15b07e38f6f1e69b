import SQLite

/// A full-text index (SQLite FTS5) over the tokens that `SearchTokens` makes.
///
/// Contentless: it keeps no text, so a row is deleted by giving its text again.
final class FullTextTable {
    private let connection: Connection

    /// What one passage gives to search.
    struct Row: Equatable {
        /// The document's name, headings and sheet.
        var context: String
        /// The passage's text.
        var body: String
    }

    /// A question longer than this is a message with a story: its beginning and end say enough.
    private static let queryTokens = 256
    /// Words of headings and names count as much as those of the text.
    private static let rank = "bm25(passages, 1.0, 1.0)"

    /// An empty index in memory.
    init() throws(SQLiteError) {
        connection = try Connection(path: ":memory:")
        // The tokenizer `ascii` takes every character above U+007F as part of a token, so it cuts
        // at our spaces only.
        try connection.executeScript(
            """
            CREATE VIRTUAL TABLE passages
            USING fts5(context, body, content='', tokenize='ascii');
            """)
    }

    /// Runs changes so that all of them happen or none.
    func together(_ changes: () throws(SQLiteError) -> Void) throws(SQLiteError) {
        try connection.transaction(.immediate, changes)
    }

    /// Adds a row whose id is not in use.
    func insert(_ row: Row, id: Int64) throws(SQLiteError) {
        try connection.execute(
            "INSERT INTO passages(rowid, context, body) VALUES (?, ?, ?)",
            [.integer(id), .text(Self.stream(row.context)), .text(Self.stream(row.body))])
    }

    /// Deletes a row, given as it was inserted.
    func delete(_ row: Row, id: Int64) throws(SQLiteError) {
        try connection.execute(
            "INSERT INTO passages(passages, rowid, context, body) VALUES ('delete', ?, ?, ?)",
            [.integer(id), .text(Self.stream(row.context)), .text(Self.stream(row.body))])
    }

    /// The best rows that share a token with the question, with a score above 0.
    func search(_ question: String, limit: Int) throws(SQLiteError) -> [(id: Int64, score: Double)]
    {
        var tokens = SearchTokens.distinctTokens(of: question)
        if tokens.count > Self.queryTokens {
            tokens =
                Array(tokens.prefix(Self.queryTokens / 2))
                + Array(tokens.suffix(Self.queryTokens / 2))
        }
        guard !tokens.isEmpty, limit > 0 else { return [] }
        // No token holds a quote: SearchTokens keeps letters, marks and digits only.
        let match = tokens.map { "\"\($0)\"" }.joined(separator: " OR ")
        return try connection.query(
            """
            SELECT rowid, -\(Self.rank) FROM passages WHERE passages MATCH ?
            ORDER BY 2 DESC, rowid LIMIT ?
            """, [.text(match), .integer(Int64(limit))]
        ) { ($0.int64(0), $0.double(1)) }
    }

    private static func stream(_ text: String) -> String {
        SearchTokens.tokens(of: text).joined(separator: " ")
    }
}
