package import Conversation
package import Endpoints
package import RoutingRecords
package import SQLite
package import Views

/// To which business numbers people are limited, kept in every view whose rows that concerns: rows
/// and limits are read together, so that none is ever shown by limits of another moment.
package enum NumberLimits {
    /// The table; whoever is not in it sees all numbers.
    package static let schema = """
        CREATE TABLE number_limits (
            tenant TEXT NOT NULL, agent TEXT NOT NULL, number TEXT NOT NULL,
            PRIMARY KEY (tenant, agent, number)
        ) WITHOUT ROWID;
        """

    /// Follows a limit; says whether it is another than before.
    package static func follow(
        _ event: RoutingSetting, _ rows: Rows
    ) throws(SQLiteError) -> Bool {
        guard case .profileSaved(let profile) = event.change else { return false }
        let (tenant, agent) = (
            Value.text(event.tenant.rawValue), Value.text(profile.agent.rawValue)
        )
        let before = try numbers(of: profile.agent, in: event.tenant, rows)
        let now = profile.numbers ?? []
        guard Set(before) != Set(now) else { return false }
        try rows.change(
            "DELETE FROM number_limits WHERE tenant = ? AND agent = ?", tenant, agent)
        for number in Set(now).sorted() {
            try rows.change(
                "INSERT INTO number_limits VALUES (?, ?, ?)", tenant, agent,
                .text(number.rawValue))
        }
        return true
    }

    private static func numbers(
        of agent: AgentID, in tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) -> [BusinessNumberID] {
        try rows.all(
            "SELECT number FROM number_limits WHERE tenant = ? AND agent = ? ORDER BY number",
            .text(tenant.rawValue), .text(agent.rawValue)
        ) { BusinessNumberID($0.text(0)) }
    }

    /// The numbers that somebody may see; `nil` for all.
    package static func numbers(
        of viewer: Viewer?, in tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) -> [BusinessNumberID]? {
        guard let viewer, !viewer.seesAllNumbers else { return nil }
        let found = try numbers(of: viewer.agent, in: tenant, rows)
        return found.isEmpty ? nil : found
    }

    /// The condition of what somebody may see, by the SQL that gives a row's number, and its
    /// values; `nil` where they see all.
    ///
    /// What is known of no number is for those who see all.
    package static func condition(
        for viewer: Viewer?, in tenant: TenantID, on number: String, _ rows: Rows
    ) throws(SQLiteError) -> (sql: String, values: [Value])? {
        guard let numbers = try numbers(of: viewer, in: tenant, rows) else { return nil }
        let list = numbers.map { _ in "?" }.joined(separator: ", ")
        return ("\(number) IN (\(list))", numbers.map { .text($0.rawValue) })
    }

    /// Those who may not see what was written to a number.
    package static func barred(
        from number: BusinessNumberID?, in tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) -> Set<AgentID> {
        let found = try rows.all(
            """
            SELECT DISTINCT agent FROM number_limits WHERE tenant = ?1 AND agent NOT IN
                (SELECT agent FROM number_limits WHERE tenant = ?1 AND number IS ?2)
            """, .text(tenant.rawValue), .text(orNull: number?.rawValue)
        ) { AgentID($0.text(0)) }
        return Set(found)
    }
}
