import AccountCommands
import AuditRecords
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
    private let writer: AuditWriter

    /// Answers from a view that is kept of ``AuditView``; who exports is written down.
    package init(over view: StoredView, writer: AuditWriter) {
        self.view = view
        self.writer = writer
    }

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
                    "Counts the entries of a business's audit log, up to 10,000 one by one."),
                may: .readAudit, Self.count
            ) { try await count(.tenant($0.scope), $0.parameters) },
            .tenant(
                .at(
                    .get, base + "/audit-chain", "audit.chain",
                    "Shows how far the chain of hashes over a business's audit log has come."),
                may: .readAudit, Self.chain
            ) { try await chain(.tenant($0.scope)) },
            .tenant(
                .at(
                    .get, base + "/exports/audit", "audit.export",
                    "Gives a business's audit log at once, one entry a line."),
                may: .readAudit, Self.lines
            ) { call in
                try await write("ndjson", in: call.scope.tenant, call)
                return try await lines(.tenant(call.scope), call.parameters)
            },
            .tenant(
                .at(
                    .get, base + "/exports/audit.csv", "audit.exportTable",
                    "Gives a business's audit log at once, as a table for spreadsheets."),
                may: .readAudit, Self.table
            ) { call in
                try await write("csv", in: call.scope.tenant, call)
                return try await table(.tenant(call.scope), call.parameters)
            },
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
                    "Counts the entries of the installation's audit log, up to 10,000 one by one."),
                may: .readAllAudit, Self.count
            ) { try await count(.all($0.scope), $0.parameters) },
            .installation(
                .at(
                    .get, "/api/v1/audit-chain", "audit.chains",
                    "Shows how far the chains of hashes over all audit logs have come."),
                may: .readAllAudit, Self.chain
            ) { try await chain(.all($0.scope)) },
            .installation(
                .at(
                    .get, "/api/v1/exports/audit", "audit.exportAll",
                    "Gives the installation's audit log at once, one entry a line."),
                may: .readAllAudit, Self.lines
            ) { call in
                try await write("ndjson", in: .installation, call)
                return try await lines(.all(call.scope), call.parameters)
            },
            .installation(
                .at(
                    .get, "/api/v1/exports/audit.csv", "audit.exportTableAll",
                    "Gives the installation's audit log at once, as a table for spreadsheets."),
                may: .readAllAudit, Self.table
            ) { call in
                try await write("csv", in: .installation, call)
                return try await table(.all(call.scope), call.parameters)
            },
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
    private static let chain = Endpoint.Form(
        gives: Reply<AuditChainState>.self, problems: [.viewIsBuilt])
    private static let lines = Endpoint.Form(
        takes: AuditFilter.self, gives: Lines<AuditListing>.self,
        problems: [.viewIsBuilt, .notStored])
    private static let table = Endpoint.Form(
        takes: AuditFilter.self, gives: CSVTable.self, problems: [.viewIsBuilt, .notStored])
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
        let found = try await read { rows throws(SQLiteError) in
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
        let tally = try await read { rows throws(SQLiteError) in
            try AuditRows(rows, of: scope).count(wanted.question)
        }
        return Reply(AuditCount(entries: tally.entries, isExact: tally.isExact))
    }

    private func chain(_ scope: AuditScope) async throws -> Reply<AuditChainState> {
        Reply(
            try await read { rows throws(SQLiteError) in
                try AuditRows(rows, of: scope).chain()
            })
    }

    private func lines(
        _ scope: AuditScope, _ wanted: AuditFilter
    ) async throws -> Lines<AuditListing> {
        try checkReadiness()
        return Lines { give in try await export(scope, wanted.question, to: give) }
    }

    private func table(_ scope: AuditScope, _ wanted: AuditFilter) async throws -> CSVTable {
        try checkReadiness()
        return CSVTable("audit", of: Self.columns) { give in
            try await export(scope, wanted.question) { listings in
                try await give(listings.map(Self.cells))
            }
        }
    }

    private static let columns = [
        "time", "tenant", "actor", "actorName", "actedBy", "action", "subject", "targetName",
        "outcome", "changes", "address", "userAgent", "request", "chain", "id",
    ]

    private static func cells(_ entry: AuditListing) -> [String] {
        let changes = (entry.changes ?? []).map { change in
            "\(change.field): \(change.before ?? "–") → \(change.after ?? "–")"
        }
        return [
            entry.at.rfc3339, entry.tenant.rawValue, entry.actor, entry.who?.name ?? "",
            entry.who?.impersonatorName ?? entry.who?.impersonator ?? "", entry.action,
            entry.subject, entry.target?.name ?? "", entry.refusal ?? "done",
            changes.joined(separator: "; "), entry.origin?.address ?? "",
            entry.origin?.userAgent ?? "", entry.origin?.request ?? "",
            entry.chain.map { String($0.number) } ?? "", entry.id.rawValue,
        ]
    }

    /// Says in the log whose entries are taken out, by whom.
    private func write<Scope, Parameters, Body>(
        _ form: String, in tenant: TenantID, _ call: Call<Scope, Parameters, Body>
    ) async throws(Problem) {
        try await writer.write(
            "audit.export", on: AuditTarget("audit", tenant.rawValue), in: tenant,
            for: Asker(call, in: tenant),
            changes: [AuditChange("form", nil, form)])
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
        try await read { rows throws(SQLiteError) in
            try AuditRows(rows, of: scope).list(question, after: cursor, atMost: limit)
        }
    }

    private func read<Value: Sendable>(
        _ body: @Sendable (Rows) throws(SQLiteError) -> Value
    ) async throws -> Value {
        try checkReadiness()
        return try await view.read(body)
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
