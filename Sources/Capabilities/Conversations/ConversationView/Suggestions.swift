package import Conversation
package import SQLite
import Views

/// What the bot would have said while people had the conversation, and what became of it: what
/// changes of prompts and models are judged by.
///
/// Words that customers and agents wrote stand in their lines alone: they are looked up.
extension ConversationView {
    // `ended_at` and what follows it is empty as long as nothing has become of it. `messages` are
    // the lines that were sent instead of it, or are it.
    static let suggestionSchema = """
        CREATE TABLE suggestions (
            tenant TEXT NOT NULL, id TEXT NOT NULL, conversation TEXT NOT NULL,
            at INTEGER NOT NULL, text TEXT NOT NULL, citations TEXT, answers TEXT,
            prompt TEXT, prompt_hash TEXT, model TEXT, language TEXT,
            ended_at INTEGER, outcome TEXT, because TEXT, agent TEXT, edit TEXT, messages TEXT,
            PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID;
        CREATE INDEX suggestions_by_time ON suggestions (tenant, at, id);
        CREATE INDEX suggestions_of_conversations ON suggestions (tenant, conversation, at);
        """

    static func add(
        suggestion id: RecordID, _ text: String, _ citations: [Citation], _ event: HandoffEvent,
        _ rows: Rows
    ) throws(SQLiteError) {
        let origin = event.origin
        try rows.change(
            """
            INSERT INTO suggestions (tenant, id, conversation, at, text, citations, answers,
                prompt, prompt_hash, model, language)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """, .text(event.tenant.rawValue), .text(id.rawValue),
            .text(event.conversation.rawValue), .integer(event.at.milliseconds), .text(text),
            .text(orNull: citations.isEmpty ? nil : StoredJSON.text(citations)),
            .text(orNull: StoredJSON.text(origin?.answers)), .text(orNull: origin?.prompt),
            .text(orNull: origin?.promptHash), .text(orNull: origin?.model),
            .text(orNull: origin?.language))
    }

    /// Notes what became of a suggestion, and takes it away from everybody who sees it.
    static func note(
        _ end: SuggestionEnd, _ event: HandoffEvent, _ rows: Rows
    ) throws(SQLiteError) {
        try rows.change(
            """
            UPDATE suggestions SET ended_at = ?3, outcome = ?4, because = ?5, agent = ?6,
                edit = ?7, messages = ?8
            WHERE tenant = ?1 AND id = ?2
            """, .text(event.tenant.rawValue), .text(end.suggestion.rawValue),
            .integer(event.at.milliseconds), .text(end.outcome.rawValue),
            .text(orNull: end.because?.rawValue), .text(orNull: end.agent?.rawValue),
            .text(orNull: StoredJSON.text(end.edit)), .text(orNull: StoredJSON.text(end.messages)))
        let shown = try rows.first(
            "SELECT suggestion FROM conversations WHERE tenant = ? AND conversation = ?",
            .text(event.tenant.rawValue), .text(event.conversation.rawValue)
        ) { StoredJSON.value(Handoff.Suggestion.self, $0, 0) }
        if let shown, shown?.id == end.suggestion { try keep(nil, event, rows) }
        if case .bot = event.mode { return }
        try announce(.suggestionEnded(event.conversation, end), event, rows)
    }
}

/// A suggestion with what it answers and what became of it.
package struct SuggestionListing: Hashable, Sendable, Codable {
    /// What is said of one of which nothing has become.
    package static let open = "open"

    /// What it is called.
    package var id: RecordID
    /// The conversation.
    package var conversation: ConversationID
    /// When it was made.
    package var at: Timestamp
    /// What the customer asked, as far as it is kept.
    package var question: String?
    /// What the bot would have said.
    package var proposed: String
    /// What that rests on.
    package var citations: [Citation]
    /// The prompt's name, if a model was asked.
    package var prompt: String?
    /// The hash of the prompt file.
    package var promptHash: String?
    /// The model, or `built-in`; `nil` where versions before did not say.
    package var model: String?
    /// The customer's language.
    package var language: String?
    /// What became of it: a ``SuggestionEnd/Outcome``'s name, or ``open``.
    package var outcome: String
    /// Why, where it was ignored.
    package var because: String?
    /// What was sent, as far as it is kept.
    package var sent: String?
    /// How that differs from it.
    package var edit: SuggestionEdit?
    /// Who sent it, put it aside or answered otherwise.
    package var agent: AgentID?
    /// When that was.
    package var endedAt: Timestamp?
}

/// Which suggestions are wanted.
package struct SuggestionQuestion: Hashable, Sendable {
    /// Made no earlier.
    package var from: Timestamp
    /// Made before.
    package var to: Timestamp
    /// What became of them; `nil` for all.
    package var outcome: String?

    /// Asks for some.
    package init(from: Timestamp, to: Timestamp, outcome: String? = nil) {
        self.from = from
        self.to = to
        self.outcome = outcome
    }
}

/// Where a page of suggestions ended.
package struct SuggestionPlace: Hashable, Sendable {
    fileprivate var at: Int64
    fileprivate var id: String

    /// Behind a suggestion.
    package init(after listing: SuggestionListing) {
        at = listing.at.milliseconds
        id = listing.id.rawValue
    }
}

extension ConversationRows {
    /// Goes over suggestions without their words, in no order.
    package func eachSuggestion(
        _ question: SuggestionQuestion, _ body: (SuggestionFacts) -> Void
    ) throws(SQLiteError) {
        let seen = try ofSeenNumbers()
        let found = try rows.all(
            """
            SELECT at, coalesce(outcome, '\(SuggestionListing.open)'), edit, prompt,
                prompt_hash, model
            FROM suggestions WHERE tenant = ? AND at >= ? AND at < ?\(seen.sql)
            """,
            with: [
                .text(tenant.rawValue), .integer(question.from.milliseconds),
                .integer(question.to.milliseconds),
            ] + seen.values
        ) { row in
            SuggestionFacts(
                at: Timestamp(milliseconds: row.int64(0)), outcome: row.text(1),
                edit: StoredJSON.value(SuggestionEdit.self, row, 2),
                prompt: row.isNull(3) ? nil : row.text(3),
                promptHash: row.isNull(4) ? nil : row.text(4),
                model: row.isNull(5) ? nil : row.text(5))
        }
        for facts in found { body(facts) }
    }

    /// Suggestions with all words, the oldest first, after a place.
    package func suggestions(
        _ question: SuggestionQuestion, after place: SuggestionPlace? = nil, atMost limit: Int
    ) throws(SQLiteError) -> [SuggestionListing] {
        var condition = "tenant = ? AND at >= ? AND at < ?"
        var values: [Value] = [
            .text(tenant.rawValue), .integer(question.from.milliseconds),
            .integer(question.to.milliseconds),
        ]
        if let outcome = question.outcome {
            condition += " AND coalesce(outcome, '\(SuggestionListing.open)') = ?"
            values.append(.text(outcome))
        }
        let seen = try ofSeenNumbers()
        condition += seen.sql
        values += seen.values
        if let place {
            condition += " AND (at, id) > (?, ?)"
            values += [.integer(place.at), .text(place.id)]
        }
        let found = try rows.all(
            """
            SELECT id, conversation, at, text, citations, prompt, prompt_hash, model, language,
                coalesce(outcome, '\(SuggestionListing.open)'), because, edit, agent, ended_at,
                answers, messages
            FROM suggestions WHERE \(condition) ORDER BY at, id LIMIT \(limit)
            """, with: values
        ) { row in
            (
                listing: SuggestionListing(row),
                answers: StoredJSON.value([MessageID].self, row, 14) ?? [],
                messages: StoredJSON.value([RecordID].self, row, 15) ?? []
            )
        }
        var listings: [SuggestionListing] = []
        for (listing, answers, messages) in found {
            var listing = listing
            listing.question = try words(
                of: answers.map { RecordID($0.rawValue) }, in: listing.conversation)
            listing.sent = try words(of: messages, in: listing.conversation)
            listings.append(listing)
        }
        return listings
    }

    /// The condition of those in conversations of numbers that whoever looks may see.
    private func ofSeenNumbers() throws(SQLiteError) -> (sql: String, values: [Value]) {
        guard let limit = try limit() else { return ("", []) }
        return (
            """
             AND EXISTS (SELECT 1 FROM conversations
                WHERE conversations.tenant = suggestions.tenant
                AND conversations.conversation = suggestions.conversation AND \(limit.sql))
            """, limit.values
        )
    }

    /// What lines of a conversation say, as it stands now; `nil` where none is kept.
    func words(
        of lines: [RecordID], in conversation: ConversationID
    ) throws(SQLiteError) -> String? {
        guard !lines.isEmpty else { return nil }
        let names = try joined(to: standing(of: conversation))
        let list = names.map { _ in "?" }.joined(separator: ", ")
        let ids = lines.map { _ in "?" }.joined(separator: ", ")
        let found = try rows.all(
            """
            SELECT \(Handoff.Line.columns) FROM \(Handoff.Line.tables)
            WHERE lines.tenant = ? AND lines.conversation IN (\(list)) AND lines.id IN (\(ids))
            ORDER BY time, source DESC, offset, part
            """,
            with: [.text(tenant.rawValue)] + names.map { .text($0.rawValue) }
                + lines.map { .text($0.rawValue) }
        ) { Handoff.Line($0) }
        var seen: Set<RecordID> = []
        let texts = found.compactMap { line in
            line.flatMap { seen.insert($0.id).inserted ? $0.text : nil }
        }
        return texts.isEmpty ? nil : texts.joined(separator: "\n")
    }
}

/// What is counted of a suggestion.
package struct SuggestionFacts: Hashable, Sendable {
    /// When it was made.
    package var at: Timestamp
    /// What became of it.
    package var outcome: String
    /// How what was sent differs from it.
    package var edit: SuggestionEdit?
    /// The prompt's name.
    package var prompt: String?
    /// The hash of the prompt file.
    package var promptHash: String?
    /// The model.
    package var model: String?

    /// Describes one.
    package init(
        at: Timestamp, outcome: String, edit: SuggestionEdit? = nil, prompt: String? = nil,
        promptHash: String? = nil, model: String? = nil
    ) {
        self.at = at
        self.outcome = outcome
        self.edit = edit
        self.prompt = prompt
        self.promptHash = promptHash
        self.model = model
    }
}

extension SuggestionListing {
    fileprivate init(_ row: Statement) {
        func text(_ column: Int32) -> String? { row.isNull(column) ? nil : row.text(column) }
        self.init(
            id: RecordID(row.text(0)), conversation: ConversationID(row.text(1)),
            at: Timestamp(milliseconds: row.int64(2)), proposed: row.text(3),
            citations: StoredJSON.value([Citation].self, row, 4) ?? [], prompt: text(5),
            promptHash: text(6), model: text(7), language: text(8), outcome: row.text(9),
            because: text(10), edit: StoredJSON.value(SuggestionEdit.self, row, 11),
            agent: text(12).map { AgentID($0) },
            endedAt: row.isNull(13) ? nil : Timestamp(milliseconds: row.int64(13)))
    }
}
