package import AccountRecords
package import Conversation
import Records
package import SQLite
package import Views

/// The installation: its settings, who runs it, and its API keys.
///
/// It announces ``Views/Answered`` for each event that answers a command, and
/// ``InstallationChanged`` for each that changes something.
package enum InstallationView {
    /// The view.
    package static let view = View(
        "installation", of: [.installationEvents], reading: [InstallationEvent.self],
        schema: schema, apply: apply)

    private static let schema = """
        CREATE TABLE facts (one INTEGER PRIMARY KEY, facts TEXT NOT NULL);
        CREATE TABLE members (account TEXT PRIMARY KEY, member TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE keys (
            id TEXT PRIMARY KEY, created INTEGER NOT NULL, key TEXT NOT NULL
        ) WITHOUT ROWID;
        """

    @Sendable private static func apply(
        _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        guard let event = record.payload as? InstallationEvent else { return }
        if let answer = Answered(event, to: event.reference) { rows.announce(answer) }
        if case .refused = event.change { return }
        try rows.change(
            "INSERT OR REPLACE INTO facts VALUES (1, ?)",
            .text(orNull: StoredJSON.text(event.facts)))
        switch event.change {
        case .setUp(let member), .joined(let member), .memberChanged(let member):
            try rows.change(
                "INSERT OR REPLACE INTO members VALUES (?, ?)", .text(member.account.rawValue),
                .text(orNull: StoredJSON.text(member)))
        case .left(let account):
            try rows.change("DELETE FROM members WHERE account = ?", .text(account.rawValue))
        case .key(let key): try keep(key, rows)
        case .keyRotated(let key, let former):
            try keep(former, rows)
            try keep(key, rows)
        case .refused, .setUpOffered, .changed, .setDefined, .setRemoved: break
        }
        rows.announce(InstallationChanged())
    }

    private static func keep(_ key: APIKeyFacts, _ rows: Rows) throws(SQLiteError) {
        try rows.change(
            "INSERT OR REPLACE INTO keys VALUES (?, ?, ?)", .text(key.id.rawValue),
            .integer(key.createdAt.milliseconds), .text(orNull: StoredJSON.text(key)))
    }
}

/// Something about the installation, who runs it or its keys is other than before.
package struct InstallationChanged: ViewChange, Hashable {}

/// The installation as the view has it.
package struct InstallationRows {
    private let rows: Rows

    /// Looks at the view's rows.
    package init(_ rows: Rows) { self.rows = rows }

    /// What is known of it; nothing while nothing was said.
    package func facts() throws(SQLiteError) -> InstallationFacts {
        try rows.first("SELECT facts FROM facts") {
            StoredJSON.value(InstallationFacts.self, $0, 0)
        }.flatMap { $0 } ?? InstallationFacts()
    }

    /// Who runs it, the longest first.
    package func members() throws(SQLiteError) -> [TeamMember] {
        try rows.all("SELECT member FROM members") {
            StoredJSON.value(TeamMember.self, $0, 0)
        }.compactMap { $0 }.sorted { ($0.since, $0.account) < ($1.since, $1.account) }
    }

    /// Somebody who runs it.
    package func member(_ account: AccountID) throws(SQLiteError) -> TeamMember? {
        try rows.first("SELECT member FROM members WHERE account = ?", .text(account.rawValue)) {
            StoredJSON.value(TeamMember.self, $0, 0)
        }.flatMap { $0 }
    }

    /// Its API keys, the youngest first; those that ended, too.
    package func keys() throws(SQLiteError) -> [APIKeyFacts] {
        try rows.all("SELECT key FROM keys ORDER BY created DESC, id") {
            StoredJSON.value(APIKeyFacts.self, $0, 0)
        }.compactMap { $0 }
    }

    /// An API key.
    package func key(_ id: APIKeyID) throws(SQLiteError) -> APIKeyFacts? {
        try rows.first("SELECT key FROM keys WHERE id = ?", .text(id.rawValue)) {
            StoredJSON.value(APIKeyFacts.self, $0, 0)
        }.flatMap { $0 }
    }
}
