import AccountRecords
package import Conversation
import Records
import SQLite
package import Views

/// Accounts with their sessions, as the events of the stage `accounts` tell of them.
///
/// It announces ``Views/Answered`` for each event that answers a command, and ``AccountChanged``
/// for each that others who look at the account have to hear of.
package enum AccountView {
    /// The view.
    package static let view = View(
        "accounts", of: [.accountsEvents], reading: [AccountEvent.self], schema: schema,
        apply: apply)

    private static let schema = """
        CREATE TABLE accounts (
            account TEXT PRIMARY KEY, epoch INTEGER NOT NULL, standing TEXT NOT NULL,
            address_key TEXT, address TEXT NOT NULL, name TEXT NOT NULL,
            sort_address TEXT NOT NULL, sort_name TEXT NOT NULL, is_verified INTEGER NOT NULL,
            has_password INTEGER NOT NULL, has_factor INTEGER NOT NULL, tenants TEXT NOT NULL,
            created INTEGER NOT NULL, seen INTEGER NOT NULL, facts TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX accounts_by_key ON accounts (address_key);
        CREATE INDEX accounts_by_name ON accounts (sort_name, account)
            WHERE standing <> 'deleted';
        CREATE INDEX accounts_by_address ON accounts (sort_address, account)
            WHERE standing <> 'deleted';
        CREATE INDEX accounts_by_age ON accounts (created, account) WHERE standing <> 'deleted';
        CREATE INDEX accounts_by_use ON accounts (seen, account) WHERE standing <> 'deleted';
        CREATE INDEX accounts_by_standing ON accounts (standing, sort_name, account);
        CREATE INDEX accounts_by_factor ON accounts (has_factor, sort_name, account);
        CREATE INDEX accounts_by_password ON accounts (has_password, sort_name, account);
        CREATE INDEX accounts_by_proof ON accounts (is_verified, sort_name, account);
        CREATE TABLE account_words (
            word TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (word, account)
        ) WITHOUT ROWID;
        CREATE INDEX account_words_of ON account_words (account, word);
        CREATE TABLE account_tenants (
            tenant TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (tenant, account)
        ) WITHOUT ROWID;
        CREATE INDEX account_tenants_of ON account_tenants (account);
        CREATE TABLE sessions (
            session TEXT PRIMARY KEY, account TEXT NOT NULL, epoch INTEGER NOT NULL,
            token_hash TEXT NOT NULL, kind TEXT NOT NULL, user_agent TEXT, address TEXT,
            began INTEGER NOT NULL, expires INTEGER NOT NULL, proven INTEGER NOT NULL,
            used INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX sessions_by_token ON sessions (token_hash);
        CREATE INDEX sessions_of ON sessions (account);
        """

    @Sendable private static func apply(
        _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        guard let event = record.payload as? AccountEvent else { return }
        if let answer = Answered(event, to: event.reference) { rows.announce(answer) }
        if case .refused = event.change { return }
        try keep(event, rows)
        try keepSessions(event, rows)
        if !event.change.isQuiet { rows.announce(AccountChanged(account: event.account)) }
    }

    private static func keep(_ event: AccountEvent, _ rows: Rows) throws(SQLiteError) {
        let facts = event.facts
        let account = Value.text(event.account.rawValue)
        let address = facts.address?.text ?? ""
        try rows.change(
            """
            INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)
            ON CONFLICT (account) DO UPDATE SET epoch = excluded.epoch,
                standing = excluded.standing, address_key = excluded.address_key,
                address = excluded.address, name = excluded.name,
                sort_address = excluded.sort_address, sort_name = excluded.sort_name,
                is_verified = excluded.is_verified, has_password = excluded.has_password,
                has_factor = excluded.has_factor, tenants = excluded.tenants,
                created = excluded.created, facts = excluded.facts
            """,
            account, .integer(Int64(event.epoch)), .text(facts.standing.rawValue),
            .text(orNull: facts.address?.key.rawValue), .text(address), .text(facts.name),
            .text(address.lowercased()), .text(AccountWords.folded(facts.name)),
            .integer(facts.isVerified ? 1 : 0), .integer(facts.password == nil ? 0 : 1),
            .integer(facts.hasFactor ? 1 : 0),
            .text(facts.tenants.map(\.rawValue).joined(separator: " ")),
            .integer(facts.createdAt?.milliseconds ?? event.at.milliseconds),
            .text(orNull: StoredJSON.text(facts)))
        switch event.change {
        case .created, .renamed, .addressChanged, .deleted:
            try rows.change("DELETE FROM account_words WHERE account = ?", account)
            for word in AccountWords.all(of: facts) {
                try rows.change("INSERT INTO account_words VALUES (?, ?)", .text(word), account)
            }
        default: break
        }
        switch event.change {
        case .joined, .left, .deleted, .created:
            try rows.change("DELETE FROM account_tenants WHERE account = ?", account)
            for tenant in facts.tenants {
                try rows.change(
                    "INSERT INTO account_tenants VALUES (?, ?)", .text(tenant.rawValue), account)
            }
        default: break
        }
    }

    private static func keepSessions(_ event: AccountEvent, _ rows: Rows) throws(SQLiteError) {
        let account = Value.text(event.account.rawValue)
        let now = Value.integer(event.at.milliseconds)
        if let kept = event.kept {
            try rows.change(
                "UPDATE sessions SET epoch = ? WHERE session = ? AND account = ?",
                .integer(Int64(event.epoch)), .text(kept.rawValue), account)
        }
        try rows.change(
            "DELETE FROM sessions WHERE account = ? AND epoch < ?", account,
            .integer(Int64(event.epoch)))
        switch event.change {
        case .signedIn(let session):
            // One that has ended by itself is told of by nobody.
            try rows.change(
                "DELETE FROM sessions WHERE account = ? AND expires <= ?", account, now)
            try rows.change(
                "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                .text(session.id.rawValue), account, .integer(Int64(event.epoch)),
                .text(session.tokenHash), .text(session.kind), .text(orNull: session.userAgent),
                .text(orNull: session.address), now, .integer(session.expires.milliseconds), now,
                now)
            try noteSeen(account, now, rows)
        case .proven(let session, let hash):
            try rows.change(
                """
                UPDATE sessions SET token_hash = ?, proven = ?, used = ?
                WHERE session = ? AND account = ?
                """, .text(hash), now, now, .text(session.rawValue), account)
            try noteSeen(account, now, rows)
        case .used(let session):
            try rows.change(
                "UPDATE sessions SET used = ? WHERE session = ? AND account = ?", now,
                .text(session.rawValue), account)
            try noteSeen(account, now, rows)
        case .sessionEnded(let session):
            try rows.change(
                "DELETE FROM sessions WHERE session = ? AND account = ?",
                .text(session.rawValue), account)
        default: break
        }
    }

    private static func noteSeen(
        _ account: Value, _ now: Value, _ rows: Rows
    ) throws(SQLiteError) {
        try rows.change("UPDATE accounts SET seen = max(seen, ?) WHERE account = ?", now, account)
    }
}

/// Something about an account is other than before: its sessions, its factor, what it may.
package struct AccountChanged: ViewChange, Hashable {
    /// The account.
    package let account: AccountID
}

extension AccountEvent.Change {
    /// Whether nobody who has something open as this account need look again.
    fileprivate var isQuiet: Bool {
        switch self {
        case .used, .passwordRehashed, .factorResealed, .verificationSent, .resetSent: true
        default: false
        }
    }
}

/// The words by which an account is found.
enum AccountWords {
    /// The most of one account: names and addresses have few.
    private static let most = 24

    /// A text without accents, in small letters.
    static func folded(_ text: String) -> String { TextFolding.fold(text) }

    /// The words of a name and of an address: each can be found by its beginning.
    static func all(of facts: AccountFacts) -> [String] {
        var words = Set(parts(of: facts.name).prefix(most))
        if let address = facts.address?.text.lowercased() {
            words.insert(address)
            words.formUnion(
                address.split(whereSeparator: { ".@_-+".contains($0) }).map(String.init)
                    .prefix(most))
            if let domain = address.split(separator: "@").last { words.insert(String(domain)) }
        }
        return words.sorted()
    }

    /// What is looked for, word by word; an address is one.
    static func parts(of text: String) -> [String] {
        folded(text).split(whereSeparator: { $0.isWhitespace || ",;".contains($0) }).map {
            String($0.drop { !$0.isLetter && !$0.isNumber })
        }.filter { !$0.isEmpty }
    }
}
