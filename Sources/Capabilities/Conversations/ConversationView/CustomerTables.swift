import Conversation
import CustomerRecords
import DeskRecords
import Records
import SQLite
import Views

/// Customers beside the conversations that make them known: who writes is a customer, and so is
/// whom the business added.
extension ConversationView {
    // `who` is what a conversation's customer is known by (``CustomerIdentity``), the same in all
    // of theirs. `customers` follows from the other tables alone: it is what lists are read from.
    static let customerSchema = """
        CREATE INDEX conversations_by_who ON conversations (tenant, who, conversation)
            WHERE who IS NOT NULL;
        CREATE TABLE profiles (
            tenant TEXT NOT NULL, identity TEXT NOT NULL, id TEXT NOT NULL,
            version INTEGER NOT NULL, at INTEGER NOT NULL, profile TEXT NOT NULL,
            PRIMARY KEY (tenant, identity)
        ) WITHOUT ROWID;
        CREATE INDEX profiles_by_id ON profiles (tenant, id);
        CREATE TABLE customer_links (
            tenant TEXT NOT NULL, identity TEXT NOT NULL, target TEXT, version INTEGER NOT NULL,
            at INTEGER NOT NULL, PRIMARY KEY (tenant, identity)
        ) WITHOUT ROWID;
        CREATE INDEX customer_links_by_target ON customer_links (tenant, target)
            WHERE target IS NOT NULL;
        CREATE TABLE customers (
            tenant TEXT NOT NULL, who TEXT NOT NULL, sort TEXT NOT NULL, haystack TEXT NOT NULL,
            consent INTEGER, is_known INTEGER NOT NULL, listing TEXT NOT NULL,
            PRIMARY KEY (tenant, who)
        ) WITHOUT ROWID;
        CREATE INDEX customers_by_name
            ON customers (tenant, sort, who, haystack, consent, is_known);
        CREATE TABLE customer_labels (
            tenant TEXT NOT NULL, label TEXT NOT NULL, who TEXT NOT NULL,
            PRIMARY KEY (tenant, label, who)
        ) WITHOUT ROWID;
        CREATE INDEX customer_labels_by_who ON customer_labels (tenant, who);
        CREATE TABLE labels (
            tenant TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, word TEXT NOT NULL,
            target TEXT, is_away INTEGER NOT NULL, PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID;
        CREATE TABLE labelled (
            tenant TEXT NOT NULL, conversation TEXT NOT NULL, label TEXT NOT NULL,
            PRIMARY KEY (tenant, conversation, label)
        ) WITHOUT ROWID;
        CREATE INDEX labelled_by_label ON labelled (tenant, label);
        CREATE TABLE cases (
            tenant TEXT NOT NULL, conversation TEXT NOT NULL, id TEXT NOT NULL,
            from_at INTEGER NOT NULL, story TEXT NOT NULL,
            PRIMARY KEY (tenant, conversation, id)
        ) WITHOUT ROWID;
        CREATE TABLE cited (
            tenant TEXT NOT NULL, conversation TEXT NOT NULL, document TEXT NOT NULL,
            name TEXT NOT NULL, times INTEGER NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (tenant, conversation, document)
        ) WITHOUT ROWID;
        CREATE TABLE imports (
            tenant TEXT NOT NULL, id TEXT NOT NULL, lines INTEGER NOT NULL, saved INTEGER NOT NULL,
            same INTEGER NOT NULL, PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID;
        """

    /// Keeps what a business keeps about a customer.
    static func follow(_ event: CustomerEvent, _ rows: Rows) throws(SQLiteError) {
        let tenant = Value.text(event.tenant.rawValue)
        if case .saved(let profile) = event.change {
            try rows.change(
                """
                INSERT INTO profiles VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT DO UPDATE SET version = ?4, at = ?5, profile = ?6
                """, tenant, .text(event.identity.text), .text(event.customer.rawValue),
                .integer(Int64(event.version)), .integer(event.at.milliseconds),
                .text(StoredJSON.text(profile) ?? "{}"))
            let people = CustomerGroups(rows, of: event.tenant)
            try people.settle(try people.place(of: event.identity.text))
        }
        if let line = event.line {
            let isSame = event.change == .same
            try rows.change(
                """
                INSERT INTO imports VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT DO UPDATE SET saved = saved + ?4, same = same + ?5
                """, tenant, .text(line.id.rawValue), .integer(Int64(line.of)),
                .integer(isSame ? 0 : 1), .integer(isSame ? 1 : 0))
        }
        if let answer = Answered(event, to: event.reference) { rows.announce(answer) }
    }

    /// Follows who goes on as whom.
    static func follow(_ event: CustomerLinkEvent, _ rows: Rows) throws(SQLiteError) {
        if event.refusal == nil {
            let people = CustomerGroups(rows, of: event.tenant)
            let place = try people.place(of: event.from.identity.text)
            let before = try people.root(of: place)
            try rows.change(
                """
                INSERT INTO customer_links VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT DO UPDATE SET target = ?3, version = ?4, at = ?5
                """, .text(event.tenant.rawValue), .text(event.from.identity.text),
                .text(orNull: event.into?.identity.text), .integer(Int64(event.version)),
                .integer(event.at.milliseconds))
            try people.settle(before)
            try people.settle(place)
        }
        if let answer = Answered(event, to: event.reference) { rows.announce(answer) }
    }

    /// Keeps a case as it is now.
    static func follow(_ event: CaseEvent, _ rows: Rows) throws(SQLiteError) {
        if case .now(let story) = event.change {
            try rows.change(
                """
                INSERT INTO cases VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT DO UPDATE SET from_at = ?4, story = ?5
                """, .text(event.tenant.rawValue), .text(event.conversation.rawValue),
                .text(story.id.rawValue), .integer(story.from.milliseconds),
                .text(StoredJSON.text(story) ?? "{}"))
        }
        if let answer = Answered(event, to: event.reference) { rows.announce(answer) }
    }

    /// Follows what conversations are labelled with: lists show it, and keep to it.
    static func follow(_ event: DeskEvent, _ rows: Rows) throws(SQLiteError) {
        let tenant = Value.text(event.tenant.rawValue)
        let people = CustomerGroups(rows, of: event.tenant)
        switch event.change {
        case .labelSaved(let label):
            try rows.change(
                """
                INSERT INTO labels VALUES (?1, ?2, ?3, ?4, NULL, 0)
                ON CONFLICT DO UPDATE SET name = ?3, word = ?4
                """, tenant, .text(label.id.rawValue), .text(label.name),
                .text(TextFolding.fold(label.name)))
        case .labelArchived(let label, let isAway):
            try rows.change(
                "UPDATE labels SET is_away = ?3 WHERE tenant = ?1 AND id = ?2", tenant,
                .text(label.rawValue), .integer(isAway ? 1 : 0))
        case .labelMerged(let label, let target):
            try merge(label, into: target, event.tenant, rows)
        case .labelled(let conversation, let label, let isOn):
            let values: [Value] = [
                tenant, .text(conversation.rawValue), .text(label.rawValue),
            ]
            if isOn {
                try rows.change(
                    "INSERT INTO labelled VALUES (?, ?, ?) ON CONFLICT DO NOTHING", values[0],
                    values[1], values[2])
            } else {
                try rows.change(
                    "DELETE FROM labelled WHERE tenant = ? AND conversation = ? AND label = ?",
                    values[0], values[1], values[2])
            }
            try people.settle(conversation: conversation)
            try tell(labelsOf: conversation, of: event.tenant, rows)
        default: break
        }
    }

    private static func merge(
        _ label: RecordID, into target: RecordID, _ tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) {
        let values: [Value] = [
            .text(tenant.rawValue), .text(label.rawValue), .text(target.rawValue),
        ]
        try rows.change(
            "UPDATE labels SET target = ?3 WHERE tenant = ?1 AND (id = ?2 OR target = ?2)",
            values[0], values[1], values[2])
        try rows.change(
            """
            INSERT INTO labelled SELECT tenant, conversation, ?3 FROM labelled
            WHERE tenant = ?1 AND label = ?2 ON CONFLICT DO NOTHING
            """, values[0], values[1], values[2])
        try rows.change(
            "DELETE FROM labelled WHERE tenant = ?1 AND label = ?2", values[0], values[1])
        let bearers = try rows.all(
            "SELECT who FROM customer_labels WHERE tenant = ? AND label = ? ORDER BY who",
            values[0], values[1]
        ) { $0.text(0) }
        for who in bearers { try CustomerGroups(rows, of: tenant).settle(who) }
    }

    /// Tells agents that a row of theirs bears other labels; nothing of it is unread by that.
    private static func tell(
        labelsOf conversation: ConversationID, of tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) {
        let all = ConversationRows(rows, of: tenant)
        guard let handoff = try all.handoff(of: conversation) else { return }
        rows.announce(
            HandoffChanged(tenant: tenant, change: .updated(try all.withLastSaid(handoff))))
    }

    /// Counts the documents that an answer cites.
    static func note(citedIn message: OutboundMessage, _ rows: Rows) throws(SQLiteError) {
        guard case .bot(let provenance) = message.author,
            let citations = provenance.citations, !citations.isEmpty
        else { return }
        var documents: [DocumentID: String] = [:]
        for citation in citations { documents[citation.document] = citation.documentName }
        for (document, name) in documents {
            try rows.change(
                """
                INSERT INTO cited VALUES (?1, ?2, ?3, ?4, 1, ?5)
                ON CONFLICT DO UPDATE SET times = times + 1,
                    name = CASE WHEN at <= ?5 THEN ?4 ELSE name END, at = max(at, ?5)
                """, .text(message.tenant.rawValue), .text(message.conversation.rawValue),
                .text(document.rawValue), .text(name.cut(toJSONBytes: FrameLimits.name)),
                .integer(message.at.milliseconds))
        }
    }
}
