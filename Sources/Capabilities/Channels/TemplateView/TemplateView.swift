package import Conversation
package import Endpoints
import Records
package import SQLite
package import Views

/// The templates of all businesses: as they were last synchronised, with what WhatsApp said since.
package enum TemplateView {
    /// The view.
    package static let view = View(
        "templates", of: [.templates], reading: [MessageTemplate.self, TemplateChange.self],
        schema: schema, apply: apply)

    private static let schema = """
        CREATE TABLE templates (
            tenant TEXT NOT NULL, name TEXT NOT NULL, language TEXT NOT NULL,
            template TEXT NOT NULL, PRIMARY KEY (tenant, name, language)
        ) WITHOUT ROWID;
        CREATE TABLE states (
            tenant TEXT NOT NULL, name TEXT NOT NULL, language TEXT NOT NULL,
            status TEXT, status_at INTEGER, category TEXT, category_at INTEGER,
            PRIMARY KEY (tenant, name, language)
        ) WITHOUT ROWID;
        """

    @Sendable private static func apply(
        _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        switch record.value {
        case .payload(let template as MessageTemplate):
            try rows.change(
                "INSERT OR REPLACE INTO templates VALUES (?, ?, ?, ?)",
                .text(template.tenant.rawValue), .text(template.name), .text(template.language),
                .text(orNull: StoredJSON.text(template)))
        case .payload(let change as TemplateChange):
            let column = change.status == nil ? "category" : "status"
            try rows.change(
                """
                INSERT INTO states (tenant, name, language, \(column), \(column)_at)
                VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT DO UPDATE SET \(column) = ?4, \(column)_at = ?5
                WHERE coalesce(\(column)_at, 0) <= ?5
                """, .text(change.tenant.rawValue), .text(change.name), .text(change.language),
                .text(orNull: change.status ?? change.category),
                .integer(change.at.milliseconds))
        case .tombstone(let key):
            let parts = key.split(separator: "/").map(String.init)
            guard parts.count == 3 else { return }
            try rows.change(
                "DELETE FROM templates WHERE tenant = ? AND name = ? AND language = ?",
                .text(parts[0]), .text(parts[1]), .text(parts[2]))
        default: break
        }
    }

    /// One business's templates, by name and language, for what is no request of somebody's.
    package static func templates(
        of tenant: TenantID, _ rows: Rows
    ) throws(SQLiteError) -> [MessageTemplate] {
        try rows.all(
            """
            SELECT template, status, status_at, category, category_at
            FROM templates LEFT JOIN states USING (tenant, name, language)
            WHERE tenant = ? ORDER BY name, language
            """, .text(tenant.rawValue)
        ) { row -> MessageTemplate? in
            guard var template = StoredJSON.value(MessageTemplate.self, row, 0) else { return nil }
            // What was said before it was synchronised is in it.
            let synchronised = template.at.milliseconds
            if !row.isNull(1), row.int64(2) > synchronised { template.status = row.text(1) }
            if !row.isNull(3), row.int64(4) > synchronised { template.category = row.text(3) }
            return template
        }.compactMap(\.self)
    }
}

/// One business's templates.
package struct TemplateRows {
    private let rows: Rows
    private let tenant: TenantID

    /// Looks at the templates of a business.
    package init(_ rows: Rows, of scope: TenantScope) {
        self.rows = rows
        tenant = scope.tenant
    }

    /// All of them, by name and language.
    package func all() throws(SQLiteError) -> [MessageTemplate] {
        try TemplateView.templates(of: tenant, rows)
    }
}
