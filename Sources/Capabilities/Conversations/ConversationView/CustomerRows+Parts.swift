package import Conversation
package import CustomerRecords
package import SQLite
import Views

/// Parts of what is known of customers: labels, cases, documents, imports.
extension ConversationRows {
    /// The labels in use, by their names as words are compared.
    package func labelsInUse() throws(SQLiteError) -> [String: RecordID] {
        let all = try rows.all(
            "SELECT word, id FROM labels WHERE tenant = ? AND target IS NULL AND is_away = 0",
            .text(tenant.rawValue)
        ) { ($0.text(0), RecordID($0.text(1))) }
        return Dictionary(all) { first, _ in first }
    }

    /// Whether the tenant has labels of these ids.
    package func hasLabels(_ labels: [RecordID]) throws(SQLiteError) -> Bool {
        for label in labels {
            let found = try rows.first(
                "SELECT 1 FROM labels WHERE tenant = ? AND id = ?", .text(tenant.rawValue),
                .text(label.rawValue)
            ) { _ in true }
            guard found == true else { return false }
        }
        return true
    }

    /// The labels of a conversation.
    package func labels(of conversation: ConversationID) throws(SQLiteError) -> [RecordID] {
        try rows.all(
            "SELECT label FROM labelled WHERE tenant = ? AND conversation = ? ORDER BY label",
            .text(tenant.rawValue), .text(conversation.rawValue)
        ) { RecordID($0.text(0)) }
    }

    /// The cases of a conversation and of those that are read as one with it, the newest first.
    package func cases(of conversation: ConversationID) throws(SQLiteError) -> [ConversationCase] {
        guard try shows(conversation) else { return [] }
        var all: [ConversationCase] = []
        for name in try joined(to: conversation) {
            all += try rows.all(
                "SELECT story FROM cases WHERE tenant = ? AND conversation = ?",
                .text(tenant.rawValue), .text(name.rawValue)
            ) { StoredJSON.value(ConversationCase.self, $0, 0) }.compactMap(\.self)
        }
        return all.sorted { ($0.from, $0.id) > ($1.from, $1.id) }
    }

    /// In which of the conversations that are read as one a case was opened.
    package func place(
        ofCase id: RecordID, in conversation: ConversationID
    ) throws(SQLiteError) -> ConversationID? {
        let standing = try standing(of: conversation)
        guard try shows(standing) else { return nil }
        for name in try joined(to: standing) {
            let found = try rows.first(
                "SELECT 1 FROM cases WHERE tenant = ? AND conversation = ? AND id = ?",
                .text(tenant.rawValue), .text(name.rawValue), .text(id.rawValue)
            ) { _ in true }
            if found == true { return name }
        }
        return nil
    }

    func cited(by members: [String]) throws(SQLiteError) -> [CitedDocument] {
        let list = members.map { _ in "?" }.joined(separator: ", ")
        let visible = try visible()
        return try rows.all(
            """
            SELECT document, max(cited.name), sum(times), max(cited.at) FROM cited
            JOIN conversations USING (tenant, conversation)
            WHERE tenant = ? AND who IN (\(list)) AND \(visible.sql)
            GROUP BY document ORDER BY max(cited.at) DESC, document LIMIT 50
            """, with: [.text(tenant.rawValue)] + members.map { .text($0) } + visible.values
        ) { row in
            CitedDocument(
                document: DocumentID(row.text(0)), name: row.text(1), times: Int(row.int64(2)),
                at: Timestamp(milliseconds: row.int64(3)))
        }
    }

    /// How far an import is: lines of the file, those that changed something, and those that were
    /// kept before.
    package func progress(
        ofImport id: RecordID
    ) throws(SQLiteError) -> (lines: Int, saved: Int, same: Int)? {
        try rows.first(
            "SELECT lines, saved, same FROM imports WHERE tenant = ? AND id = ?",
            .text(tenant.rawValue), .text(id.rawValue)
        ) { (Int($0.int64(0)), Int($0.int64(1)), Int($0.int64(2))) }
    }

    /// The labels' names by their ids.
    package func labelNames() throws(SQLiteError) -> [RecordID: String] {
        let all = try rows.all(
            "SELECT id, name FROM labels WHERE tenant = ?", .text(tenant.rawValue)
        ) { (RecordID($0.text(0)), $0.text(1)) }
        return Dictionary(all) { first, _ in first }
    }

    /// What the business wrote down about customers of whom a list has these ids.
    package func notes(of customers: [String]) throws(SQLiteError) -> [String: String] {
        var notes: [String: String] = [:]
        for id in customers {
            guard let identity = try identity(ofCustomer: id) else { continue }
            notes[id] = try customer(of: identity)?.profile.note
        }
        return notes
    }

    /// The conversations of a customer.
    package func conversations(
        of identity: CustomerIdentity
    ) throws(SQLiteError) -> [ConversationListing] {
        let people = CustomerGroups(rows, of: tenant)
        let condition = try condition()
        return try listings(
            "\(condition.sql) AND who = ? ORDER BY conversation LIMIT 100",
            condition.values + [.text(try people.place(of: identity.text))])
    }
}
