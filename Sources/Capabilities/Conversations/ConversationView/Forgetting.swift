package import Conversation
package import SQLite
package import Views

/// What is older than messages are kept is forgotten here, too, as the log forgets it.
extension ConversationView {
    /// The tenants that have conversations.
    package static func tenants(_ rows: Rows) throws(SQLiteError) -> [TenantID] {
        var tenants: [TenantID] = []
        while let next = try rows.first(
            "SELECT tenant FROM conversations WHERE tenant > ? ORDER BY tenant LIMIT 1",
            .text(tenants.last?.rawValue ?? ""), make: { TenantID($0.text(0)) })
        {
            tenants.append(next)
        }
        return tenants
    }

    /// Deletes what was said in a tenant's conversations before a moment, of some conversations at
    /// a time, and those in which nothing was said since; says whether there may be more.
    package static func forget(
        before moment: Timestamp, of tenant: TenantID, conversationsAtOnce limit: Int = 200,
        _ rows: Rows
    ) throws(SQLiteError) -> Bool {
        let old = try rows.all(
            """
            SELECT conversation, last_at FROM conversations
            WHERE tenant = ? AND first_at < ? ORDER BY first_at LIMIT ?
            """, .text(tenant.rawValue), .integer(moment.milliseconds), .integer(Int64(limit))
        ) { (conversation: $0.text(0), lastAt: $0.int64(1)) }
        for (conversation, lastAt) in old {
            let name: [Value] = [.text(tenant.rawValue), .text(conversation)]
            if lastAt < moment.milliseconds {
                let people = CustomerGroups(rows, of: tenant)
                let who =
                    try rows.first(
                        "SELECT who FROM conversations WHERE tenant = ? AND conversation = ?",
                        name[0],
                        name[1]
                    ) { $0.isNull(0) ? nil : $0.text(0) } ?? nil
                for table in [
                    "conversations", "lines", "deliveries", "media", "changes", "wishes", "moves",
                    "cases", "cited", "suggestions", "missed", "marked",
                ] {
                    try rows.change(
                        "DELETE FROM \(table) WHERE tenant = ? AND conversation = ?", name[0],
                        name[1])
                }
                if let who { try people.settle(who) }
            } else {
                try forgetLines(before: moment, of: name, rows)
            }
        }
        return old.count == limit
    }

    private static func forgetLines(
        before moment: Timestamp, of name: [Value], _ rows: Rows
    ) throws(SQLiteError) {
        try rows.change(
            "DELETE FROM lines WHERE tenant = ? AND conversation = ? AND time < ?", name[0],
            name[1], .integer(moment.milliseconds))
        for table in ["deliveries", "media"] {
            try rows.change(
                """
                DELETE FROM \(table) WHERE tenant = ?1 AND conversation = ?2 AND message NOT IN
                    (SELECT id FROM lines WHERE tenant = ?1 AND conversation = ?2)
                """, name[0], name[1])
        }
        for table in ["suggestions", "missed", "marked"] {
            try rows.change(
                "DELETE FROM \(table) WHERE tenant = ? AND conversation = ? AND at < ?", name[0],
                name[1], .integer(moment.milliseconds))
        }
        try rows.change(
            "DELETE FROM changes WHERE tenant = ? AND conversation = ? AND at < ?", name[0],
            name[1], .integer(moment.milliseconds))
        try rows.change(
            """
            UPDATE conversations SET first_at = coalesce(
                (SELECT min(time) FROM lines WHERE tenant = ?1 AND conversation = ?2), last_at)
            WHERE tenant = ?1 AND conversation = ?2
            """, name[0], name[1])
    }
}
