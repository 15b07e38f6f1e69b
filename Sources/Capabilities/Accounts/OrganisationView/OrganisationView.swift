package import AccountRecords
import Conversation
import Records
import SQLite
package import Views

/// All organisations: how each stands, who belongs to it, who is invited, and its API keys.
///
/// What people are called and reached by is their accounts', so those events are read, too.
package enum OrganisationView {
    /// The view.
    package static let view = View(
        "organisations", of: [.organisationsEvents, .accountsEvents],
        reading: [OrganisationEvent.self, AccountEvent.self], schema: schema, apply: apply)

    private static let schema = """
        CREATE TABLE organisations (
            tenant TEXT PRIMARY KEY, folded TEXT NOT NULL, standing TEXT NOT NULL,
            plan TEXT NOT NULL, created INTEGER NOT NULL, facts TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX organisations_by_name ON organisations (
            folded, tenant, standing, plan);
        CREATE INDEX organisations_by_age ON organisations (
            created, tenant, standing, plan, folded);
        CREATE TABLE members (
            tenant TEXT NOT NULL, account TEXT NOT NULL, role TEXT NOT NULL,
            is_away INTEGER NOT NULL, facts TEXT NOT NULL, PRIMARY KEY (tenant, account)
        ) WITHOUT ROWID;
        CREATE INDEX members_by_account ON members (account, tenant);
        CREATE TABLE people (
            account TEXT PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL,
            address TEXT NOT NULL, address_key TEXT NOT NULL, is_verified INTEGER NOT NULL,
            can_sign_in INTEGER NOT NULL, has_factor INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX people_by_address ON people (address_key);
        CREATE TABLE invitations (
            tenant TEXT NOT NULL, id TEXT NOT NULL, address TEXT NOT NULL, token TEXT NOT NULL,
            sent INTEGER NOT NULL, facts TEXT NOT NULL, PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID;
        CREATE INDEX invitations_by_token ON invitations (token);
        CREATE INDEX invitations_by_address ON invitations (tenant, address, id);
        CREATE TABLE api_keys (
            tenant TEXT NOT NULL, id TEXT NOT NULL, hash TEXT NOT NULL, facts TEXT NOT NULL,
            PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID;
        CREATE INDEX api_keys_by_hash ON api_keys (hash);
        CREATE TABLE impersonations (
            tenant TEXT NOT NULL, id TEXT NOT NULL, hash TEXT NOT NULL, facts TEXT NOT NULL,
            PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID;
        CREATE INDEX impersonations_by_hash ON impersonations (hash);
        CREATE INDEX impersonations_by_id ON impersonations (id);
        """

    @Sendable private static func apply(
        _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        switch record.payload {
        case let event as OrganisationEvent: try follow(event, rows)
        case let event as AccountEvent: try follow(event, rows)
        default: break
        }
    }

    // MARK: Accounts

    private static func follow(_ event: AccountEvent, _ rows: Rows) throws(SQLiteError) {
        let facts = event.facts
        guard facts.standing != .none, facts.standing != .deleted else {
            try rows.change(
                "DELETE FROM people WHERE account = ?", .text(event.account.rawValue))
            return
        }
        // Most events are about sessions: they change nothing here, and write nothing.
        try rows.change(
            """
            INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                name = excluded.name, folded = excluded.folded, address = excluded.address,
                address_key = excluded.address_key, is_verified = excluded.is_verified,
                can_sign_in = excluded.can_sign_in, has_factor = excluded.has_factor
            WHERE (name, address, address_key, is_verified, can_sign_in, has_factor) IS NOT
                (excluded.name, excluded.address, excluded.address_key, excluded.is_verified,
                excluded.can_sign_in, excluded.has_factor)
            """,
            .text(event.account.rawValue), .text(facts.name),
            .text(TextFolding.fold(facts.name)), .text(facts.address?.text ?? ""),
            .text(facts.address?.key.rawValue ?? ""), .integer(facts.isVerified ? 1 : 0),
            .integer(facts.canSignIn ? 1 : 0), .integer(facts.hasFactor ? 1 : 0))
    }

    // MARK: Organisations

    private static func follow(_ event: OrganisationEvent, _ rows: Rows) throws(SQLiteError) {
        if event.facts.standing != .none {
            try put(event.facts, of: event.tenant, rows)
            try follow(event.change, of: event.tenant, at: event.at, rows)
        }
        rows.announce(OrganisationChanged(event: event))
        if let answered = Answered(event, to: event.reference) { rows.announce(answered) }
    }

    private static func put(
        _ facts: OrganisationFacts, of tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) {
        try rows.change(
            "INSERT OR REPLACE INTO organisations VALUES (?, ?, ?, ?, ?, ?)",
            .text(tenant.rawValue), .text(TextFolding.fold(facts.profile.name)),
            .text(facts.standing.word), .text(facts.plan),
            .integer(facts.createdAt?.milliseconds ?? 0), .text(StoredJSON.text(facts) ?? "{}"))
    }

    private static func follow(
        _ change: OrganisationEvent.Change, of tenant: TenantID, at now: Timestamp, _ rows: Rows
    ) throws(SQLiteError) {
        switch change {
        case .joined(let member), .memberChanged(let member): try put(member, of: tenant, rows)
        case .ownershipMoved(let former, let owner):
            try put(former, of: tenant, rows)
            try put(owner, of: tenant, rows)
        case .left(let account):
            try rows.change(
                "DELETE FROM members WHERE tenant = ? AND account = ?", .text(tenant.rawValue),
                .text(account.rawValue))
        case .invited(let invitation): try put(invitation, of: tenant, at: now, rows)
        case .invitationEnded(let id, _):
            try rows.change(
                "DELETE FROM invitations WHERE tenant = ? AND id = ?", .text(tenant.rawValue),
                .text(id.rawValue))
        case .key(let key): try put(key, of: tenant, rows)
        case .keyRotated(let key, let former):
            try put(former, of: tenant, rows)
            try put(key, of: tenant, rows)
        case .purgeRequested:
            for table in ["members", "invitations", "api_keys", "impersonations"] {
                try rows.change(
                    "DELETE FROM \(table) WHERE tenant = ?", .text(tenant.rawValue))
            }
        case .impersonated(let impersonation):
            try rows.change(
                "INSERT OR REPLACE INTO impersonations VALUES (?, ?, ?, ?)",
                .text(tenant.rawValue), .text(impersonation.id.rawValue),
                .text(impersonation.tokenHash), .text(StoredJSON.text(impersonation) ?? "{}"))
        case .impersonationEnded(let id):
            try rows.change(
                "DELETE FROM impersonations WHERE tenant = ? AND id = ?", .text(tenant.rawValue),
                .text(id.rawValue))
        case .refused, .created, .changed, .planChanged, .offerChanged, .setDefined, .setRemoved,
            .consentChanged, .suspended, .resumed, .deleted, .restored:
            // All of it stands in the facts.
            break
        }
    }

    private static func put(
        _ member: TeamMember, of tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) {
        try rows.change(
            "INSERT OR REPLACE INTO members VALUES (?, ?, ?, ?, ?)", .text(tenant.rawValue),
            .text(member.account.rawValue), .text(member.role.rawValue),
            .integer(member.isAway ? 1 : 0), .text(StoredJSON.text(member) ?? "{}"))
    }

    private static func put(
        _ invitation: Invitation, of tenant: TenantID, at now: Timestamp, _ rows: Rows
    ) throws(SQLiteError) {
        try rows.change(
            "INSERT OR REPLACE INTO invitations VALUES (?, ?, ?, ?, ?, ?)",
            .text(tenant.rawValue), .text(invitation.id.rawValue),
            .text(invitation.address.text.lowercased()), .text(invitation.token.hash),
            .integer(now.milliseconds), .text(StoredJSON.text(invitation) ?? "{}"))
    }

    private static func put(
        _ key: APIKeyFacts, of tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) {
        try rows.change(
            "INSERT OR REPLACE INTO api_keys VALUES (?, ?, ?, ?)", .text(tenant.rawValue),
            .text(key.id.rawValue), .text(key.hash), .text(StoredJSON.text(key) ?? "{}"))
    }
}

/// Something happened to an organisation: the rows show it.
package struct OrganisationChanged: ViewChange, Hashable {
    /// What happened.
    package let event: OrganisationEvent
}

extension OrganisationFacts.Standing {
    /// The standing in a word: what lists are filtered by.
    package var word: String {
        switch self {
        case .none: "none"
        case .active: "active"
        case .suspended: "suspended"
        case .deleted: "deleted"
        case .purged: "purged"
        }
    }
}
