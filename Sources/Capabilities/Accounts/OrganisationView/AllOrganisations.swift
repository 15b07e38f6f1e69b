package import AccountRecords
package import Conversation
package import Endpoints
package import SQLite
package import Views

/// Which organisations are asked for; what is `nil` does not matter.
package struct OrganisationQuestion: Hashable, Sendable {
    /// What a list is ordered by.
    package enum Order: String, Hashable, Sendable, CaseIterable {
        /// By name.
        case name
        /// The newest first.
        case newest
    }

    /// A part of the name or of the tenant's id.
    package var text: String?
    /// How it stands; without it, all but those whose data was destroyed.
    package var standing: String?
    /// The plan.
    package var plan: String?
    /// The order.
    package var order: Order

    /// Asks for all, or for what is named.
    package init(
        text: String? = nil, standing: String? = nil, plan: String? = nil, order: Order = .name
    ) {
        self.text = text
        self.standing = standing
        self.plan = plan
        self.order = order
    }

    /// What tells cursors of this list from others.
    package var mark: String {
        [text, standing, plan, order.rawValue].map { $0 ?? "" }.joined(separator: "\u{0}")
    }

    fileprivate var condition: (sql: String, values: [Value]) {
        var sql: String
        var values: [Value] = []
        if let standing {
            sql = "standing = ?"
            values.append(.text(standing))
        } else {
            sql = "standing <> 'purged'"
        }
        if let plan {
            sql += " AND plan = ?"
            values.append(.text(plan))
        }
        if let text {
            sql += " AND (instr(folded, ?) > 0 OR instr(tenant, ?) > 0)"
            values += [.text(TextFolding.fold(text)), .text(text.lowercased())]
        }
        return (sql, values)
    }
}

/// An organisation, as operators see it in the list.
package struct ListedOrganisation: Hashable, Sendable {
    /// The tenant.
    package var tenant: TenantID
    /// What is known of it.
    package var facts: OrganisationFacts
    /// How many people belong to it.
    package var members: Int
    /// What its first owner is called.
    package var owner: String?

    fileprivate init?(_ row: Statement) {
        guard let facts = StoredJSON.value(OrganisationFacts.self, row, 1) else { return nil }
        tenant = TenantID(row.text(0))
        self.facts = facts
        members = Int(row.int64(2))
        owner = row.isNull(3) ? nil : row.text(3)
    }

    /// Where it stands in a list of that order.
    package func cursor(by order: OrganisationQuestion.Order) -> ListCursor {
        switch order {
        case .name:
            ListCursor(sort: TextFolding.fold(facts.profile.name), id: tenant.rawValue)
        case .newest:
            ListCursor(
                sort: String(facts.createdAt?.milliseconds ?? 0), id: tenant.rawValue)
        }
    }
}

/// All organisations as the view has them, for who runs the installation.
package struct AllOrganisations {
    private let rows: Rows

    /// Looks at all organisations.
    package init(_ rows: Rows, of scope: InstallationScope) { self.rows = rows }

    private static let columns = """
        tenant, facts, (SELECT count(*) FROM members m WHERE m.tenant = o.tenant),
        (SELECT p.name FROM members m JOIN people p USING (account)
            WHERE m.tenant = o.tenant AND m.role = 'owner' ORDER BY m.account LIMIT 1)
        """

    /// The organisations after a position.
    package func list(
        _ question: OrganisationQuestion, after cursor: ListCursor? = nil, atMost limit: Int
    ) throws(SQLiteError) -> [ListedOrganisation] {
        var (sql, values) = question.condition
        let order: String
        switch question.order {
        case .name:
            order = "folded, tenant"
            if let cursor {
                sql += " AND (folded, tenant) > (?, ?)"
                values += [.text(cursor.sort), .text(cursor.id)]
            }
        case .newest:
            order = "created DESC, tenant DESC"
            if let cursor {
                sql += " AND (created, tenant) < (?, ?)"
                values += [.integer(Int64(cursor.sort) ?? 0), .text(cursor.id)]
            }
        }
        return try rows.all(
            """
            SELECT \(Self.columns) FROM organisations o WHERE \(sql)
            ORDER BY \(order) LIMIT \(limit)
            """, with: values, make: ListedOrganisation.init
        ).compactMap(\.self)
    }

    /// How many organisations there are.
    package func count(_ question: OrganisationQuestion) throws(SQLiteError) -> Int {
        let (sql, values) = question.condition
        return try rows.number("SELECT count(*) FROM organisations WHERE \(sql)", with: values)
    }

    /// How many organisations stand in each way.
    package func countByStanding() throws(SQLiteError) -> [String: Int] {
        let counts = try rows.all(
            "SELECT standing, count(*) FROM organisations GROUP BY standing"
        ) { ($0.text(0), Int($0.int64(1))) }
        return Dictionary(counts) { $0 + $1 }
    }

    /// An organisation, destroyed ones included; `nil` if there is none.
    package func organisation(_ tenant: TenantID) throws(SQLiteError) -> ListedOrganisation? {
        try rows.first(
            "SELECT \(Self.columns) FROM organisations o WHERE tenant = ?",
            .text(tenant.rawValue), make: ListedOrganisation.init) ?? nil
    }
}
