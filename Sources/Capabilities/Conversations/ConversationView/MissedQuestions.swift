package import Conversation
package import Endpoints
package import KnowledgeRecords
package import SQLite
import Views

/// Questions that the documents did not answer, or not surely: what a business should write down.
///
/// Events of handoffs and messages of the bot tell of them, which are read here anyway. The words
/// stand in their lines alone: they are looked up, and forgotten with them.
extension ConversationView {
    // `messages` are all that were answered together, of which `message` is the newest. A mark may
    // be read before its question.
    static let missedSchema = """
        CREATE TABLE missed (
            tenant TEXT NOT NULL, conversation TEXT NOT NULL, message TEXT NOT NULL,
            at INTEGER NOT NULL, reason TEXT NOT NULL, messages TEXT NOT NULL, language TEXT,
            PRIMARY KEY (tenant, conversation, message)
        ) WITHOUT ROWID;
        CREATE INDEX missed_by_time ON missed (tenant, at, conversation, message);
        CREATE TABLE marked (
            tenant TEXT NOT NULL, conversation TEXT NOT NULL, message TEXT NOT NULL,
            at INTEGER NOT NULL, mark TEXT NOT NULL,
            PRIMARY KEY (tenant, conversation, message)
        ) WITHOUT ROWID;
        """

    /// Notes what a handoff could not answer.
    static func note(missedIn event: HandoffEvent, _ rows: Rows) throws(SQLiteError) {
        guard case .queued(let reason, _, _) = event.change, reason.isForWantOfKnowledge,
            let origin = event.origin
        else { return }
        let why: MissedQuestion.Reason = reason == .unsupported ? .unsupported : .unanswered
        try add(
            missed: origin.answers, why, origin.language, in: event.conversation, of: event.tenant,
            at: event.at, rows)
    }

    /// Notes what was answered without being sure.
    static func note(unsureIn message: OutboundMessage, _ rows: Rows) throws(SQLiteError) {
        guard case .bot(let provenance) = message.author, provenance.isUnsure == true else {
            return
        }
        try add(
            missed: message.answers, .unsure, nil, in: message.conversation, of: message.tenant,
            at: message.at, rows)
    }

    private static func add(
        missed messages: [MessageID], _ reason: MissedQuestion.Reason, _ language: String?,
        in conversation: ConversationID, of tenant: TenantID, at moment: Timestamp, _ rows: Rows
    ) throws(SQLiteError) {
        guard let newest = messages.last else { return }
        try rows.change(
            """
            INSERT INTO missed VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """, .text(tenant.rawValue), .text(conversation.rawValue), .text(newest.rawValue),
            .integer(moment.milliseconds), .text(reason.rawValue),
            .text(orNull: StoredJSON.text(messages)), .text(orNull: language))
        let circle = try ConversationRows(rows, of: tenant).circle(of: conversation)
        rows.announce(
            QuestionsChanged(
                tenant: tenant, audience: circle.isEverybody ? nil : .these(circle)))
    }

    /// Follows what people made of questions; the newest word counts.
    static func follow(_ mark: QuestionMark, _ rows: Rows) throws(SQLiteError) {
        let text = Value.text(
            orNull: StoredJSON.text(
                MissedQuestion.Mark(
                    standing: mark.standing, by: mark.by, byName: mark.byName, at: mark.at)))
        for asked in mark.messages {
            try rows.change(
                """
                INSERT INTO marked VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT DO UPDATE SET at = ?4, mark = ?5 WHERE at <= ?4
                """, .text(mark.tenant.rawValue), .text(asked.conversation.rawValue),
                .text(asked.message.rawValue), .integer(mark.at.milliseconds), text)
        }
        rows.announce(QuestionsChanged(tenant: mark.tenant, audience: nil))
    }
}

/// Questions that were not answered are others than before, or stand otherwise.
package struct QuestionsChanged: ViewChange, Hashable {
    /// The business.
    package let tenant: TenantID
    /// Who may hear of it; everybody where it is `nil`.
    package let audience: Audience?
}

/// A question that the documents did not answer, or not surely.
package struct MissedQuestion: Hashable, Sendable {
    /// Why it counts as not answered.
    package enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
        /// Nothing in the documents answers it, and a person was asked.
        case unanswered
        /// What the model said is in no document, and a person was asked.
        case unsupported
        /// It was answered, and the customer asked whether that helped.
        case unsure
    }

    /// What somebody made of it.
    package struct Mark: Hashable, Sendable, Codable {
        /// How it stands.
        package var standing: QuestionMark.Standing
        /// Who says so.
        package var by: String
        /// What they are called.
        package var byName: String?
        /// When.
        package var at: Timestamp
    }

    /// The message.
    package var asked: MissedMessage
    /// When it was not answered.
    package var at: Timestamp
    /// Why it counts.
    package var reason: Reason
    /// The customer's language, as far as it is known.
    package var language: String?
    /// What was asked.
    package var text: String
    /// What was made of it; `nil` for nothing.
    package var mark: Mark?

    /// Whether it still wants an answer.
    package var isOpen: Bool {
        switch mark?.standing {
        case nil, .open, .suggested: true
        case .answered, .putAside: false
        }
    }

    /// Describes a question.
    package init(
        asked: MissedMessage, at: Timestamp, reason: Reason, language: String?, text: String,
        mark: Mark? = nil
    ) {
        self.asked = asked
        self.at = at
        self.reason = reason
        self.language = language
        self.text = text
        self.mark = mark
    }
}

extension ConversationRows {
    /// Questions that were not answered since a moment, the newest first, whose words are kept and
    /// whose numbers whoever looks may see.
    package func missed(
        since moment: Timestamp, atMost limit: Int
    ) throws(SQLiteError) -> [MissedQuestion] {
        let seen = try visible()
        let found = try rows.all(
            """
            SELECT missed.conversation, missed.message, missed.at, missed.reason, missed.messages,
                missed.language, marked.mark
            FROM missed LEFT JOIN marked ON marked.tenant = missed.tenant
                AND marked.conversation = missed.conversation AND marked.message = missed.message
            WHERE missed.tenant = ? AND missed.at >= ? AND EXISTS (
                SELECT 1 FROM conversations WHERE conversations.tenant = missed.tenant
                AND conversations.conversation = missed.conversation AND \(seen.sql))
            ORDER BY missed.at DESC, missed.conversation, missed.message LIMIT \(limit)
            """,
            with: [.text(tenant.rawValue), .integer(moment.milliseconds)] + seen.values
        ) { row in
            (
                question: MissedQuestion(
                    asked: MissedMessage(
                        conversation: ConversationID(row.text(0)), message: MessageID(row.text(1))),
                    at: Timestamp(milliseconds: row.int64(2)),
                    reason: MissedQuestion.Reason(rawValue: row.text(3)) ?? .unanswered,
                    language: row.isNull(5) ? nil : row.text(5), text: "",
                    mark: StoredJSON.value(MissedQuestion.Mark.self, row, 6)),
                messages: StoredJSON.value([MessageID].self, row, 4) ?? []
            )
        }
        var questions: [MissedQuestion] = []
        for (question, messages) in found {
            let lines = messages.map { RecordID($0.rawValue) }
            guard let text = try words(of: lines, in: question.asked.conversation) else { continue }
            var question = question
            question.text = text
            questions.append(question)
        }
        return questions
    }
}
