package import AccountRecords
package import Conversation
package import Permissions
package import SQLite
package import Views

/// What has to be known before anybody has a scope: who belongs where, whose an API key is, and how
/// a tenant stands.
///
/// It is for those who decide who may what, and for people who hold a link; nothing of it is shown
/// to anybody else.
package struct OrganisationLookup {
    private let rows: Rows

    /// Looks at the rows of ``OrganisationView``.
    package init(_ rows: Rows) { self.rows = rows }

    /// A team that an account belongs to.
    package struct Membership: Hashable, Sendable {
        /// The tenant.
        package let tenant: TenantID
        /// As what the account belongs to it.
        package let member: TeamMember
        /// The organisation.
        package let organisation: OrganisationFacts

        /// What the role may there.
        package var permissions: Set<Permission> {
            member.isAway ? [] : organisation.permissions(of: member.role)
        }
    }

    /// The teams of an account, by tenant.
    package func memberships(of account: AccountID) throws(SQLiteError) -> [Membership] {
        try rows.all(
            """
            SELECT o.tenant, m.facts, o.facts FROM members m JOIN organisations o USING (tenant)
            WHERE m.account = ? ORDER BY o.tenant
            """, .text(account.rawValue)
        ) { row -> Membership? in
            guard let member = StoredJSON.value(TeamMember.self, row, 1),
                let facts = StoredJSON.value(OrganisationFacts.self, row, 2)
            else { return nil }
            return Membership(tenant: TenantID(row.text(0)), member: member, organisation: facts)
        }.compactMap(\.self)
    }

    /// An API key of a tenant, and what it may.
    package struct Key: Hashable, Sendable {
        /// The tenant.
        package let tenant: TenantID
        /// The key.
        package let key: APIKeyFacts
        /// The organisation.
        package let organisation: OrganisationFacts
        /// Who made it, as long as they belong to the team.
        package let maker: TeamMember?

        /// What it may: no more than its maker, as long as they belong to the team.
        package var permissions: Set<Permission> {
            let own = Set(key.permissions)
            guard let maker else { return own }
            return own.intersection(organisation.permissions(of: maker.role))
        }
    }

    /// The tenant's key of a hash, whether it still opens anything or not.
    package func key(hash: String) throws(SQLiteError) -> Key? {
        let found = try rows.first(
            """
            SELECT k.tenant, k.facts, o.facts FROM api_keys k JOIN organisations o USING (tenant)
            WHERE k.hash = ?
            """, .text(hash)
        ) { row in
            (
                TenantID(row.text(0)), StoredJSON.value(APIKeyFacts.self, row, 1),
                StoredJSON.value(OrganisationFacts.self, row, 2)
            )
        }
        guard case (let tenant, let key?, let facts?)? = found else { return nil }
        let maker = try key.maker.flatMap { maker throws(SQLiteError) in
            try member(maker, of: tenant)
        }
        return Key(tenant: tenant, key: key, organisation: facts, maker: maker)
    }

    /// An operator who acts as somebody of a tenant.
    package typealias Impersonating = (tenant: TenantID, impersonation: Impersonation)

    /// An operator who acts as somebody, by the hash of the token; also one that is too old.
    package func impersonation(hash: String) throws(SQLiteError) -> Impersonating? {
        try impersonation("hash = ?", .text(hash))
    }

    /// The same, by its id.
    package func impersonation(_ id: SessionID) throws(SQLiteError) -> Impersonating? {
        try impersonation("id = ?", .text(id.rawValue))
    }

    private func impersonation(
        _ condition: String, _ value: Value
    ) throws(SQLiteError) -> Impersonating? {
        let found = try rows.first(
            "SELECT tenant, facts FROM impersonations WHERE \(condition)", value
        ) { (TenantID($0.text(0)), StoredJSON.value(Impersonation.self, $0, 1)) }
        guard case (let tenant, let impersonation?)? = found else { return nil }
        return (tenant, impersonation)
    }

    /// Operators who act as people of a tenant, the newest first; also those that are too old.
    package func impersonations(in tenant: TenantID) throws(SQLiteError) -> [Impersonation] {
        try rows.all(
            "SELECT facts FROM impersonations WHERE tenant = ?", .text(tenant.rawValue)
        ) { StoredJSON.value(Impersonation.self, $0, 0) }
        .compactMap(\.self).sorted { ($0.began, $0.id) > ($1.began, $1.id) }
    }

    /// Operators who act as people of any tenant; also those that are too old.
    package func impersonations() throws(SQLiteError) -> [Impersonating] {
        try rows.all("SELECT tenant, facts FROM impersonations ORDER BY tenant, id") {
            (TenantID($0.text(0)), StoredJSON.value(Impersonation.self, $0, 1))
        }.compactMap { tenant, impersonation in impersonation.map { (tenant, $0) } }
    }

    /// A tenant's organisation; `nil` if there is none.
    package func organisation(_ tenant: TenantID) throws(SQLiteError) -> OrganisationFacts? {
        try rows.first(
            "SELECT facts FROM organisations WHERE tenant = ?", .text(tenant.rawValue)
        ) { StoredJSON.value(OrganisationFacts.self, $0, 0) } ?? nil
    }

    /// All organisations, by tenant: for those who keep in memory how each stands.
    package func organisations() throws(SQLiteError) -> [(TenantID, OrganisationFacts)] {
        try rows.all("SELECT tenant, facts FROM organisations ORDER BY tenant") { row in
            StoredJSON.value(OrganisationFacts.self, row, 1).map { (TenantID(row.text(0)), $0) }
        }.compactMap(\.self)
    }

    /// Somebody of a team.
    package func member(
        _ account: AccountID, of tenant: TenantID
    ) throws(SQLiteError) -> TeamMember? {
        try rows.first(
            "SELECT facts FROM members WHERE tenant = ? AND account = ?", .text(tenant.rawValue),
            .text(account.rawValue)
        ) { StoredJSON.value(TeamMember.self, $0, 0) } ?? nil
    }

    /// An invitation, by its link.
    package struct Invited: Hashable, Sendable {
        /// The tenant.
        package let tenant: TenantID
        /// The invitation.
        package let invitation: Invitation
        /// The organisation.
        package let organisation: OrganisationFacts
        /// The account of the invited address, if there is one.
        package let account: AccountID?
    }

    /// The open invitation whose link holds the token of this hash.
    package func invitation(tokenHash: String) throws(SQLiteError) -> Invited? {
        let found = try rows.first(
            """
            SELECT i.tenant, i.facts, o.facts FROM invitations i
            JOIN organisations o USING (tenant) WHERE i.token = ?
            """, .text(tokenHash)
        ) { row in
            (
                TenantID(row.text(0)), StoredJSON.value(Invitation.self, row, 1),
                StoredJSON.value(OrganisationFacts.self, row, 2)
            )
        }
        guard case (let tenant, let invitation?, let facts?)? = found else { return nil }
        return Invited(
            tenant: tenant, invitation: invitation, organisation: facts,
            account: try account(of: invitation.address.key))
    }

    /// The account that has an address; `nil` if none has.
    package func account(of address: AddressKey) throws(SQLiteError) -> AccountID? {
        try rows.first(
            "SELECT account FROM people WHERE address_key = ?", .text(address.rawValue)
        ) { AccountID($0.text(0)) }
    }
}

extension OrganisationFacts {
    /// What a role of the organisation may there.
    package func permissions(of role: RoleName) -> Set<Permission> {
        AccessMatrix.permissions(
            ofTenantRole: role, Dictionary(sets.map { ($0.id, $0) }) { $1 })
    }

    /// What the organisation's standing lets its own people do.
    package var openness: Access.Openness {
        switch standing {
        case .active: .open
        case .suspended: .readOnly
        case .none, .deleted, .purged: .closed
        }
    }

    /// The organisation as a place where something is to be done at a time.
    package func place(of tenant: TenantID, at now: Timestamp) -> Access.Place {
        .tenant(tenant, openness, consents: consentUntil.map { now < $0 } ?? false)
    }
}
