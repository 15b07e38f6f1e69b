import AccountCommands
import AccountRecords
import AuditView
import Conversation
import ConversationView
import DocumentView
import Endpoints
import HTTPServer
import JSON
import OrganisationView
import Permissions
import SQLite
import Views

/// A line of an export: what it is of, and all of it.
struct ExportLine: Described, Encodable {
    var kind: String
    private let write: @Sendable (any Encoder) throws -> Void

    init(_ kind: String, _ value: some Encodable & Sendable) {
        self.kind = kind
        write = { encoder in
            var box = encoder.container(keyedBy: Name.self)
            try box.encode(kind, forKey: .kind)
            try box.encode(value, forKey: .value)
        }
    }

    private enum Name: String, CodingKey { case kind, value }

    func encode(to encoder: any Encoder) throws { try write(encoder) }

    static let kinds = [
        "organisation", "security", "role", "member", "invitation", "apiKey", "document",
        "conversation", "lines", "auditEntry", "end",
    ]

    static let schema = JSONSchema.object(
        [
            .required("kind", .words(kinds, "What the line is of.")),
            .required("value", JSONSchema(.any, "All that is known of it.")),
        ], named: "ExportLine")
}

/// What an export ends with: without it, it was cut off.
private struct ExportEnd: Encodable, Sendable {
    var at: Timestamp
    var lines: Int
}

extension OrganisationEndpoints {
    var exports: [Endpoint] { [exportAll] }

    /// Rows that are read at once.
    private static let rowsAtOnce = 200

    private var exportAll: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/exports/organisation", "organisation.export",
                "Gives all of an organisation at once, one thing a line: settings, team, list of "
                    + "documents, conversations, audit log."),
            may: .exportTenant,
            .init(
                gives: Attachment<ExportLine>.self, problems: [Authorizer.noTenant, .viewIsBuilt])
        ) { call in
            // What cannot be read now is told before the first line.
            let first = try await organisationLines(call.scope)
            let views = [sources.documents(), sources.conversations(), sources.audit()]
            guard views.allSatisfy({ $0?.isCaughtUp == true }) else {
                throw Problem(
                    .viewIsBuilt, "the records are still being read; try again in a moment")
            }
            let name = "\(call.scope.tenant).ndjson"
            return Attachment(name) { give in
                var count = 0
                func pass(_ lines: [ExportLine]) async throws {
                    count += lines.count
                    try await give(lines)
                }
                try await pass(first)
                try await documents(call.scope, pass)
                try await conversations(call.scope, pass)
                try await audit(call.scope, pass)
                try await give([ExportLine("end", ExportEnd(at: means.now(), lines: count))])
            }
        }
    }

    private func organisationLines(_ scope: TenantScope) async throws(Problem) -> [ExportLine] {
        let facts = try await facts(scope)
        let (members, invitations, keys) = try await read { rows throws(SQLiteError) in
            let rows = OrganisationRows(rows, of: scope)
            return (
                try rows.members(atMost: Int(Int32.max)),
                try rows.invitations(atMost: Int(Int32.max)), try rows.keys()
            )
        }
        let now = means.now()
        var lines = [
            ExportLine("organisation", OrganisationAnswer(scope.tenant, facts)),
            ExportLine("organisation", ProfileAnswer(scope.tenant, facts)),
            ExportLine("organisation", LocaleAnswer(facts)),
            ExportLine("security", SecurityAnswer(facts)),
            ExportLine("organisation", SuspensionAnswer(facts)),
        ]
        lines += facts.sets.map { ExportLine("role", $0) }
        lines += members.map { ExportLine("member", MemberAnswer($0)) }
        lines += invitations.map { ExportLine("invitation", InvitationAnswer($0, at: now)) }
        lines += keys.map { ExportLine("apiKey", APIKeyListing($0, at: now)) }
        return lines
    }

    private func documents(
        _ scope: TenantScope, _ pass: ([ExportLine]) async throws -> Void
    ) async throws {
        guard let view = sources.documents() else { return }
        var cursor: DocumentCursor?
        while true {
            let from = cursor
            let rows = try await view.read { rows throws(SQLiteError) in
                try DocumentRows(rows, of: scope).listings(after: from, atMost: Self.rowsAtOnce)
            }
            try await pass(rows.map { ExportLine("document", $0) })
            guard rows.count == Self.rowsAtOnce, let last = rows.last else { return }
            cursor = DocumentCursor(last, in: scope)
        }
    }

    private func conversations(
        _ scope: TenantScope, _ pass: ([ExportLine]) async throws -> Void
    ) async throws {
        guard let view = sources.conversations() else { return }
        let filter = ConversationFilter()
        var start = PageStart<ConversationCursor>.newest
        while true {
            let from = start
            let page = try await view.read { rows throws(SQLiteError) in
                try ConversationRows(rows, of: scope).list(
                    filter, from: from, atMost: Self.rowsAtOnce)
            }
            for listing in page.conversations {
                try await pass([ExportLine("conversation", listing)])
                try await lines(of: listing.conversation, scope, view, pass)
            }
            guard let next = page.next,
                let cursor = ConversationCursor(next, of: filter, in: scope)
            else { return }
            start = .after(cursor)
        }
    }

    /// What was said in a conversation, page by page, the newest page first.
    private func lines(
        of conversation: ConversationID, _ scope: TenantScope, _ view: StoredView,
        _ pass: ([ExportLine]) async throws -> Void
    ) async throws {
        var start = PageStart<LineCursor>.newest
        while true {
            let from = start
            let page = try await view.read { rows throws(SQLiteError) in
                try ConversationRows(rows, of: scope).transcript(
                    of: conversation, from: from, atMost: Self.rowsAtOnce)
            }
            guard let page, !page.lines.isEmpty else { return }
            try await pass([ExportLine("lines", page)])
            guard let older = page.older,
                let cursor = LineCursor(older, of: conversation, in: scope)
            else { return }
            start = .before(cursor)
        }
    }

    private func audit(
        _ scope: TenantScope, _ pass: ([ExportLine]) async throws -> Void
    ) async throws {
        guard let view = sources.audit() else { return }
        let question = AuditQuestion()
        var cursor: AuditCursor?
        while true {
            let from = cursor
            let rows = try await view.read { rows throws(SQLiteError) in
                try AuditRows(rows, of: .tenant(scope)).list(
                    question, after: from, atMost: Self.rowsAtOnce)
            }
            try await pass(rows.map { ExportLine("auditEntry", $0.listing) })
            guard rows.count == Self.rowsAtOnce, let last = rows.last else { return }
            cursor = last.position
        }
    }
}

/// Lines that a browser saves as a file.
struct Attachment<Value: Described & Encodable>: EndpointAnswer {
    static var media: AnswerMedia { Lines<Value>.media }
    private let name: String
    private let lines: Lines<Value>

    /// A file of that name, with what `produce` gives.
    init(_ name: String, _ produce: @escaping @Sendable (Lines<Value>.Take) async throws -> Void) {
        self.name = name
        lines = Lines(produce)
    }

    func response() throws -> HTTPResponse {
        var response = lines.response()
        response.headers.append(("Content-Disposition", "attachment; filename=\"\(name)\""))
        return response
    }
}
