package import Conversation
package import DeskRecords
package import Endpoints
import Records
package import SQLite
package import Views

/// Each tenant's canned replies, labels, and what is labelled.
package enum DeskView {
    /// The view.
    package static let view = View(
        "desk", of: [.deskEvents, .deskDrafts], reading: [DeskEvent.self, AgentDraft.self],
        schema: schema, apply: apply)

    private static let schema = """
        CREATE TABLE replies (
            tenant TEXT NOT NULL, id TEXT NOT NULL, shortcut TEXT NOT NULL,
            language TEXT NOT NULL, reply TEXT NOT NULL, is_away INTEGER NOT NULL,
            PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID;
        CREATE TABLE labels (
            tenant TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, colour TEXT NOT NULL,
            is_away INTEGER NOT NULL, target TEXT, PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID;
        CREATE TABLE labelled (
            tenant TEXT NOT NULL, conversation TEXT NOT NULL, label TEXT NOT NULL,
            at INTEGER NOT NULL, PRIMARY KEY (tenant, conversation, label)
        ) WITHOUT ROWID;
        CREATE INDEX labelled_by_label ON labelled (tenant, label, at);
        CREATE TABLE macros (
            tenant TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, macro TEXT NOT NULL,
            is_away INTEGER NOT NULL, PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID;
        CREATE TABLE outcomes (
            tenant TEXT NOT NULL PRIMARY KEY, outcomes TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE drafts (
            tenant TEXT NOT NULL, author TEXT NOT NULL, conversation TEXT NOT NULL,
            draft TEXT NOT NULL, PRIMARY KEY (tenant, author, conversation)
        ) WITHOUT ROWID;
        """

    @Sendable private static func apply(
        _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        if let draft = record.payload as? AgentDraft { return try follow(draft, rows) }
        guard let event = record.payload as? DeskEvent else { return }
        try follow(event, .text(event.tenant.rawValue), rows)
        if let answer = Answered(event, to: event.reference) { rows.announce(answer) }
    }

    private static func follow(
        _ event: DeskEvent, _ tenant: Value, _ rows: Rows
    ) throws(SQLiteError) {
        switch event.change {
        case .replySaved(let reply):
            try rows.change(
                """
                INSERT INTO replies VALUES (?1, ?2, ?3, ?4, ?5, 0)
                ON CONFLICT DO UPDATE SET shortcut = ?3, language = ?4, reply = ?5
                """, tenant, .text(reply.id.rawValue), .text(reply.shortcut),
                .text(reply.language), .text(StoredJSON.text(reply) ?? "{}"))
        case .replyArchived(let id, let isAway):
            try rows.change(
                "UPDATE replies SET is_away = ? WHERE tenant = ? AND id = ?",
                .integer(isAway ? 1 : 0), tenant, .text(id.rawValue))
        case .labelSaved(let label):
            try rows.change(
                """
                INSERT INTO labels VALUES (?1, ?2, ?3, ?4, 0, NULL)
                ON CONFLICT DO UPDATE SET name = ?3, colour = ?4
                """, tenant, .text(label.id.rawValue), .text(label.name), .text(label.colour))
        case .labelArchived(let id, let isAway):
            try rows.change(
                "UPDATE labels SET is_away = ? WHERE tenant = ? AND id = ?",
                .integer(isAway ? 1 : 0), tenant, .text(id.rawValue))
        case .labelMerged(let id, let target):
            try merge(.text(id.rawValue), into: .text(target.rawValue), tenant, rows)
        case .labelled(let conversation, let label, true):
            try rows.change(
                "INSERT INTO labelled VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", tenant,
                .text(conversation.rawValue), .text(label.rawValue),
                .integer(event.at.milliseconds))
        case .labelled(let conversation, let label, false):
            try rows.change(
                "DELETE FROM labelled WHERE tenant = ? AND conversation = ? AND label = ?",
                tenant, .text(conversation.rawValue), .text(label.rawValue))
        case .macroSaved(let macro):
            try rows.change(
                """
                INSERT INTO macros VALUES (?1, ?2, ?3, ?4, 0)
                ON CONFLICT DO UPDATE SET name = ?3, macro = ?4
                """, tenant, .text(macro.id.rawValue), .text(macro.name),
                .text(StoredJSON.text(macro) ?? "{}"))
        case .macroArchived(let id, let isAway):
            try rows.change(
                "UPDATE macros SET is_away = ? WHERE tenant = ? AND id = ?",
                .integer(isAway ? 1 : 0), tenant, .text(id.rawValue))
        case .outcomesSaved(let outcomes):
            try rows.change(
                "INSERT INTO outcomes VALUES (?1, ?2) ON CONFLICT DO UPDATE SET outcomes = ?2",
                tenant, .text(StoredJSON.text(outcomes) ?? "[]"))
        case .refused: break
        }
    }

    /// Keeps what somebody has begun to write, or that they have not any more.
    private static func follow(_ draft: AgentDraft, _ rows: Rows) throws(SQLiteError) {
        let name: [Value] = [
            .text(draft.tenant.rawValue), .text(draft.author.rawValue),
            .text(draft.conversation.rawValue),
        ]
        guard let words = draft.words else {
            try rows.change(
                "DELETE FROM drafts WHERE tenant = ? AND author = ? AND conversation = ?",
                name[0], name[1], name[2])
            return
        }
        try rows.change(
            "INSERT INTO drafts VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET draft = ?4",
            name[0], name[1], name[2], .text(StoredJSON.text(words) ?? "{}"))
    }

    private static func merge(
        _ label: Value, into target: Value, _ tenant: Value, _ rows: Rows
    ) throws(SQLiteError) {
        try rows.change(
            "UPDATE labels SET target = ?3 WHERE tenant = ?1 AND (id = ?2 OR target = ?2)",
            tenant, label, target)
        try rows.change(
            """
            INSERT INTO labelled SELECT tenant, conversation, ?3, at FROM labelled
            WHERE tenant = ?1 AND label = ?2 ON CONFLICT DO NOTHING
            """, tenant, label, target)
        try rows.change("DELETE FROM labelled WHERE tenant = ? AND label = ?", tenant, label)
    }
}

/// One tenant's desk.
package struct DeskRows {
    private let rows: Rows
    private let tenant: Value

    /// Looks at the desk of a tenant.
    package init(_ rows: Rows, of scope: TenantScope) {
        self.rows = rows
        tenant = .text(scope.tenant.rawValue)
    }

    /// All replies, by shortcut and language, and whether each lies away.
    package func replies() throws(SQLiteError) -> [(reply: CannedReply, isAway: Bool)] {
        try rows.all(
            """
            SELECT reply, is_away FROM replies WHERE tenant = ?
            ORDER BY shortcut, language, id
            """, tenant
        ) { row in
            StoredJSON.value(CannedReply.self, row, 0).map { ($0, row.int64(1) == 1) }
        }.compactMap(\.self)
    }

    /// All labels, by name: whether each lies away, as which it goes on, and how many
    /// conversations bear it.
    package func labels() throws(SQLiteError) -> [(
        label: DeskLabel, isAway: Bool, into: RecordID?, count: Int
    )] {
        try rows.all(
            """
            SELECT id, name, colour, is_away, target,
                (SELECT count(*) FROM labelled
                    WHERE labelled.tenant = labels.tenant AND labelled.label = labels.id)
            FROM labels WHERE tenant = ? ORDER BY name, id
            """, tenant
        ) { row in
            (
                DeskLabel(
                    id: RecordID(row.text(0)), name: row.text(1), colour: row.text(2)),
                row.int64(3) == 1, row.isNull(4) ? nil : RecordID(row.text(4)),
                Int(row.int64(5))
            )
        }
    }

    /// All macros, by name, and whether each lies away.
    package func macros() throws(SQLiteError) -> [(macro: DeskMacro, isAway: Bool)] {
        try rows.all(
            "SELECT macro, is_away FROM macros WHERE tenant = ? ORDER BY name, id", tenant
        ) { row in
            StoredJSON.value(DeskMacro.self, row, 0).map { ($0, row.int64(1) == 1) }
        }.compactMap(\.self)
    }

    /// What conversations may be closed with; empty where nobody said so.
    package func outcomes() throws(SQLiteError) -> [String] {
        let found = try rows.first("SELECT outcomes FROM outcomes WHERE tenant = ?", tenant) {
            StoredJSON.value([String].self, $0, 0)
        }
        return (found ?? nil) ?? []
    }

    /// What somebody has begun to write, by conversation.
    package func drafts(
        of author: AgentID
    ) throws(SQLiteError) -> [(conversation: ConversationID, words: AgentDraft.Words)] {
        try rows.all(
            """
            SELECT conversation, draft FROM drafts WHERE tenant = ? AND author = ?
            ORDER BY conversation
            """, tenant, .text(author.rawValue)
        ) { row in
            StoredJSON.value(AgentDraft.Words.self, row, 1).map {
                (ConversationID(row.text(0)), $0)
            }
        }.compactMap(\.self)
    }

    /// The labels of a conversation.
    package func labels(of conversation: ConversationID) throws(SQLiteError) -> [RecordID] {
        try rows.all(
            """
            SELECT label FROM labelled WHERE tenant = ? AND conversation = ? ORDER BY at, label
            """, tenant, .text(conversation.rawValue)
        ) { RecordID($0.text(0)) }
    }

    /// The conversations that bear a label, those that were marked last first.
    package func conversations(
        labelled label: RecordID, atMost limit: Int
    ) throws(SQLiteError) -> [ConversationID] {
        try rows.all(
            """
            SELECT conversation FROM labelled WHERE tenant = ? AND label = ?
            ORDER BY at DESC, conversation LIMIT \(limit)
            """, tenant, .text(label.rawValue)
        ) { ConversationID($0.text(0)) }
    }
}
