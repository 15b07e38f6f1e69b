package import AccountRecords
package import Conversation
package import Endpoints
package import Permissions
package import SQLite
package import Views

/// Somebody of a team, as it is listed.
package struct ListedMember: Hashable, Sendable {
    /// The membership.
    package var member: TeamMember
    /// What the person is called; empty where nothing is known of the account yet.
    package var name: String
    /// The e-mail address.
    package var address: String
    /// Whether the address was proven.
    package var isVerified: Bool
    /// Whether a second factor is asked for.
    package var hasFactor: Bool

    fileprivate init?(_ row: Statement) {
        guard let member = StoredJSON.value(TeamMember.self, row, 0) else { return nil }
        self.member = member
        name = row.text(1)
        address = row.text(2)
        isVerified = row.int64(3) == 1
        hasFactor = row.int64(4) == 1
    }
}

/// An open invitation, as it is listed.
package struct ListedInvitation: Hashable, Sendable {
    /// The invitation.
    package var invitation: Invitation
    /// When it was sent last.
    package var sentAt: Timestamp

    fileprivate init?(_ row: Statement) {
        guard let invitation = StoredJSON.value(Invitation.self, row, 0) else { return nil }
        self.invitation = invitation
        sentAt = Timestamp(milliseconds: row.int64(1))
    }
}

/// Which members are asked for; what is `nil` does not matter.
package struct MemberQuestion: Hashable, Sendable {
    /// A part of the name or address.
    package var text: String?
    /// The role.
    package var role: RoleName?
    /// Whether they have a second factor.
    package var hasFactor: Bool?

    /// Asks for all, or for what is named.
    package init(text: String? = nil, role: RoleName? = nil, hasFactor: Bool? = nil) {
        self.text = text
        self.role = role
        self.hasFactor = hasFactor
    }

    fileprivate func condition(_ tenant: TenantID) -> (sql: String, values: [Value]) {
        var sql = "m.tenant = ?"
        var values: [Value] = [.text(tenant.rawValue)]
        if let role {
            sql += " AND m.role = ?"
            values.append(.text(role.rawValue))
        }
        if let hasFactor {
            sql += " AND coalesce(p.has_factor, 0) = ?"
            values.append(.integer(hasFactor ? 1 : 0))
        }
        if let text {
            sql += " AND instr(coalesce(p.folded, '') || char(10) || lower(p.address), ?) > 0"
            values.append(.text(TextFolding.fold(text)))
        }
        return (sql, values)
    }
}

/// One tenant's organisation, as the view has it.
package struct OrganisationRows {
    private let rows: Rows
    private let tenant: TenantID

    /// Looks at the organisation of a tenant.
    package init(_ rows: Rows, of scope: TenantScope) {
        self.rows = rows
        tenant = scope.tenant
    }

    /// The organisation; `nil` if there is none.
    package func organisation() throws(SQLiteError) -> OrganisationFacts? {
        try OrganisationLookup(rows).organisation(tenant)
    }

    // MARK: Members

    private static let memberColumns = """
        m.facts, coalesce(p.name, ''), coalesce(p.address, ''), coalesce(p.is_verified, 0),
        coalesce(p.has_factor, 0)
        """

    /// Members by name, after a position.
    package func members(
        _ question: MemberQuestion = MemberQuestion(), after cursor: ListCursor? = nil,
        atMost limit: Int
    ) throws(SQLiteError) -> [ListedMember] {
        var (sql, values) = question.condition(tenant)
        if let cursor {
            sql += " AND (coalesce(p.folded, ''), m.account) > (?, ?)"
            values += [.text(cursor.sort), .text(cursor.id)]
        }
        return try rows.all(
            """
            SELECT \(Self.memberColumns) FROM members m LEFT JOIN people p USING (account)
            WHERE \(sql) ORDER BY coalesce(p.folded, ''), m.account LIMIT \(limit)
            """, with: values, make: ListedMember.init
        ).compactMap(\.self)
    }

    /// How many members there are.
    package func count(_ question: MemberQuestion) throws(SQLiteError) -> Int {
        let (sql, values) = question.condition(tenant)
        return try rows.number(
            "SELECT count(*) FROM members m LEFT JOIN people p USING (account) WHERE \(sql)",
            with: values)
    }

    /// A member; `nil` for somebody who does not belong to it.
    package func member(_ account: AccountID) throws(SQLiteError) -> ListedMember? {
        try rows.first(
            """
            SELECT \(Self.memberColumns) FROM members m LEFT JOIN people p USING (account)
            WHERE m.tenant = ? AND m.account = ?
            """, .text(tenant.rawValue), .text(account.rawValue), make: ListedMember.init) ?? nil
    }

    /// Whether somebody of the team has an address.
    package func hasMember(_ address: AddressKey) throws(SQLiteError) -> Bool {
        try rows.number(
            """
            SELECT count(*) FROM people p JOIN members m USING (account)
            WHERE p.address_key = ? AND m.tenant = ?
            """, with: [.text(address.rawValue), .text(tenant.rawValue)]) > 0
    }

    /// How many have each role.
    package func countByRole() throws(SQLiteError) -> [RoleName: Int] {
        let counts = try rows.all(
            "SELECT role, count(*) FROM members WHERE tenant = ? GROUP BY role",
            .text(tenant.rawValue)
        ) { (RoleName($0.text(0)), Int($0.int64(1))) }
        return Dictionary(counts) { $0 + $1 }
    }

    // MARK: Invitations

    /// Open invitations by address, after a position; those that ended by themselves are among
    /// them until somebody else is invited.
    package func invitations(
        text: String? = nil, after cursor: ListCursor? = nil, atMost limit: Int
    ) throws(SQLiteError) -> [ListedInvitation] {
        var (sql, values) = condition(text)
        if let cursor {
            sql += " AND (address, id) > (?, ?)"
            values += [.text(cursor.sort), .text(cursor.id)]
        }
        return try rows.all(
            "SELECT facts, sent FROM invitations WHERE \(sql) ORDER BY address, id LIMIT \(limit)",
            with: values, make: ListedInvitation.init
        ).compactMap(\.self)
    }

    /// How many invitations are open.
    package func countInvitations(text: String? = nil) throws(SQLiteError) -> Int {
        let (sql, values) = condition(text)
        return try rows.number("SELECT count(*) FROM invitations WHERE \(sql)", with: values)
    }

    private func condition(_ text: String?) -> (sql: String, values: [Value]) {
        guard let text else { return ("tenant = ?", [.text(tenant.rawValue)]) }
        return (
            "tenant = ? AND instr(address, ?) > 0",
            [.text(tenant.rawValue), .text(text.lowercased())]
        )
    }

    /// An open invitation.
    package func invitation(_ id: InvitationID) throws(SQLiteError) -> ListedInvitation? {
        try rows.first(
            "SELECT facts, sent FROM invitations WHERE tenant = ? AND id = ?",
            .text(tenant.rawValue), .text(id.rawValue), make: ListedInvitation.init) ?? nil
    }

    /// How many invitations were sent since a time, those that ended not counted.
    package func invitationsSent(since moment: Timestamp) throws(SQLiteError) -> Int {
        try rows.number(
            "SELECT count(*) FROM invitations WHERE tenant = ? AND sent >= ?",
            with: [.text(tenant.rawValue), .integer(moment.milliseconds)])
    }

    // MARK: Keys

    /// All keys, those that ended included, the newest first.
    package func keys() throws(SQLiteError) -> [APIKeyFacts] {
        try rows.all(
            "SELECT facts FROM api_keys WHERE tenant = ?", .text(tenant.rawValue)
        ) { StoredJSON.value(APIKeyFacts.self, $0, 0) }.compactMap(\.self)
            .sorted { ($1.createdAt, $1.id) < ($0.createdAt, $0.id) }
    }

    /// A key.
    package func key(_ id: APIKeyID) throws(SQLiteError) -> APIKeyFacts? {
        try rows.first(
            "SELECT facts FROM api_keys WHERE tenant = ? AND id = ?", .text(tenant.rawValue),
            .text(id.rawValue)
        ) { StoredJSON.value(APIKeyFacts.self, $0, 0) } ?? nil
    }
}
