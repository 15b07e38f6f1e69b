import AuditView
import Conversation
package import Endpoints
import HTTPServer
import SQLite
package import Views

/// Who did what, over HTTP: of one tenant, and of the whole installation.
///
/// Each question is asked twice, so what is below answers for a scope, and the endpoints
/// are made of it twice.
package struct AuditEndpoints: Sendable {
    /// Entries read from the view at once for an export.
    private static let exportRows = 500

    private let view: StoredView

    /// Answers from a view that is kept of ``AuditView``.
    package init(over view: StoredView) { self.view = view }

    /// The endpoints.
    package var endpoints: [Endpoint] { ofTenant + ofAll }

    private var ofTenant: [Endpoint] {
        let base = "/api/v1/tenants/{tenant}"
        return [
            .tenant(
                .at(
                    .get, base + "/audit", "audit.list",
                    "Lists who did what for one business, newest first, page by page."),
                may: .readAudit, Self.list
            ) { try await list(.tenant($0.scope), $0.parameters) },
            .tenant(
                .at(
                    .get, base + "/audit/{entry}", "audit.read",
                    "Shows one entry of a business's audit log."),
                may: .readAudit, Self.entry
            ) { try await entry(.tenant($0.scope), $0.parameters) },
            .tenant(
                .at(
                    .get, base + "/counts/audit", "audit.count",
                    "Counts the entries of a business's audit log."),
                may: .readAudit, Self.count
            ) { try await count(.tenant($0.scope), $0.parameters) },
            .tenant(
                .at(
                    .get, base + "/exports/audit", "audit.export",
                    "Gives a business's audit log at once, one entry a line."),
                may: .readAudit, Self.lines
            ) { try await lines(.tenant($0.scope), $0.parameters) },
            .tenant(
                .at(
                    .get, base + "/exports/audit.csv", "audit.exportTable",
                    "Gives a business's audit log at once, as a table for spreadsheets."),
                may: .readAudit, Self.table
            ) { try await table(.tenant($0.scope), $0.parameters) },
        ]
    }

    private var ofAll: [Endpoint] {
        [
            .installation(
                .at(
                    .get, "/api/v1/audit", "audit.listAll",
                    "Lists who did what in the whole installation, newest first, page by page."),
                may: .readAllAudit, Self.list
            ) { try await list(.all($0.scope), $0.parameters) },
            .installation(
                .at(
                    .get, "/api/v1/audit/{entry}", "audit.readAny",
                    "Shows one entry of the installation's audit log."),
                may: .readAllAudit, Self.entry
            ) { try await entry(.all($0.scope), $0.parameters) },
            .installation(
                .at(
                    .get, "/api/v1/counts/audit", "audit.countAll",
                    "Counts the entries of the installation's audit log."),
                may: .readAllAudit, Self.count
            ) { try await count(.all($0.scope), $0.parameters) },
            .installation(
                .at(
                    .get, "/api/v1/exports/audit", "audit.exportAll",
                    "Gives the installation's audit log at once, one entry a line."),
                may: .readAllAudit, Self.lines
            ) { try await lines(.all($0.scope), $0.parameters) },
            .installation(
                .at(
                    .get, "/api/v1/exports/audit.csv", "audit.exportTableAll",
                    "Gives the installation's audit log at once, as a table for spreadsheets."),
                may: .readAllAudit, Self.table
            ) { try await table(.all($0.scope), $0.parameters) },
        ]
    }
}

// MARK: - What goes in and comes out

extension AuditEndpoints {
    private static let list = Endpoint.Form(
        takes: AuditParameters.self, gives: Reply<AuditPage>.self, problems: [.viewIsBuilt])
    private static let entry = Endpoint.Form(
        takes: AuditEntryParameters.self, gives: Reply<AuditListing>.self,
        problems: [.noAuditEntry, .viewIsBuilt])
    private static let count = Endpoint.Form(
        takes: AuditFilter.self, gives: Reply<AuditCount>.self, problems: [.viewIsBuilt])
    private static let lines = Endpoint.Form(
        takes: AuditFilter.self, gives: Lines<AuditListing>.self, problems: [.viewIsBuilt])
    private static let table = Endpoint.Form(
        takes: AuditFilter.self, gives: CSVTable.self, problems: [.viewIsBuilt])
}

// MARK: - Answers

extension AuditEndpoints {
    private func list(
        _ scope: AuditScope, _ wanted: AuditParameters
    ) async throws -> Reply<AuditPage> {
        let question = wanted.filter.question
        var cursor: AuditCursor?
        if let text = wanted.after {
            cursor = scope.cursor(text, of: question)
            guard cursor != nil else {
                throw Problem.invalid(
                    parameter: "after",
                    "after is what the page before gave as next, for the same business and "
                        + "filters")
            }
        }
        let limit = wanted.limit ?? AuditParameters.rows
        // One more tells whether there is a next page.
        let rows = try await page(scope, question, after: cursor, atMost: limit + 1)
        let shown = rows.prefix(limit)
        return Reply(
            AuditPage(
                entries: shown.map(\.listing),
                next: rows.count > limit ? shown.last?.position.text : nil))
    }

    private func entry(
        _ scope: AuditScope, _ wanted: AuditEntryParameters
    ) async throws -> Reply<AuditListing> {
        try checkReadiness()
        let found = try await view.read { rows throws(SQLiteError) in
            try AuditRows(rows, of: scope).entry(wanted.entry)
        }
        guard let found else {
            throw Problem(.noAuditEntry, "there is no entry \(wanted.entry) in this audit log")
        }
        return Reply(found)
    }

    private func count(
        _ scope: AuditScope, _ wanted: AuditFilter
    ) async throws -> Reply<AuditCount> {
        try checkReadiness()
        let count = try await view.read { rows throws(SQLiteError) in
            try AuditRows(rows, of: scope).count(wanted.question)
        }
        return Reply(AuditCount(entries: count))
    }

    private func lines(
        _ scope: AuditScope, _ wanted: AuditFilter
    ) async throws -> Lines<AuditListing> {
        try checkReadiness()
        return Lines { give in try await export(scope, wanted.question, to: give) }
    }

    private func table(_ scope: AuditScope, _ wanted: AuditFilter) async throws -> CSVTable {
        try checkReadiness()
        return CSVTable("audit", of: ["time", "tenant", "actor", "action", "subject", "id"]) {
            give in
            try await export(scope, wanted.question) { listings in
                try await give(listings.map(Self.cells))
            }
        }
    }

    private static func cells(_ listing: AuditListing) -> [String] {
        [
            listing.at.rfc3339, listing.tenant.rawValue, listing.actor, listing.action,
            listing.subject, listing.id.rawValue,
        ]
    }

    /// Gives all entries part by part: what is written meanwhile comes before the first.
    private func export(
        _ scope: AuditScope, _ question: AuditQuestion,
        to give: ([AuditListing]) async throws -> Void
    ) async throws {
        var cursor: AuditCursor?
        while true {
            let rows = try await page(scope, question, after: cursor, atMost: Self.exportRows)
            guard let last = rows.last else { return }
            try await give(rows.map(\.listing))
            guard rows.count == Self.exportRows else { return }
            cursor = last.position
        }
    }

    private func page(
        _ scope: AuditScope, _ question: AuditQuestion, after cursor: AuditCursor?,
        atMost limit: Int
    ) async throws -> [(listing: AuditListing, position: AuditCursor)] {
        try checkReadiness()
        return try await view.read { rows throws(SQLiteError) in
            try AuditRows(rows, of: scope).list(question, after: cursor, atMost: limit)
        }
    }

    /// Refuses while the view is built: half a list would look like a whole one.
    private func checkReadiness() throws(Problem) {
        guard view.isCaughtUp else {
            throw Problem(
                .viewIsBuilt, "the audit log is still being read; try again in a moment")
        }
    }
}

extension TenantPermission {
    static let readAudit = Self("audit:read")
}

extension InstallationPermission {
    static let readAllAudit = Self("audit:readAll")
}

extension Problem.Kind {
    static let noAuditEntry = Self(404, "no_audit_entry")
    static let viewIsBuilt = Self(503, "starting")
}
