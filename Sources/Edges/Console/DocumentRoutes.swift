import AccountCommands
import AuditRecords
import Blobs
package import Conversation
import ConversationView
import Cryptography
package import DocumentView
import Endpoints
import HTTPServer
import SQLite
import SiteRecords
import TenantDirectory
import Views

/// A tenant's documents over HTTP: put in, list, take out, search.
///
/// A document is known by its name: to put in other bytes under a name is to replace the document,
/// and the answer says so (`replaces`).
struct DocumentRoutes: Sendable {
    /// Bytes of a document: what text a business writes fits many times; larger files are films.
    static let documentBytes = 32 * 1024 * 1024
    /// A little more is read, so that the answer can name the limit.
    static let bodyBytes = documentBytes + 64 * 1024

    let context: ConsoleContext
    let blobs: any BlobStore
    let search: ConsoleService.Search

    static let path = "/api/v1/tenants/{tenant}/documents"

    /// The endpoints.
    var endpoints: [Endpoint] {
        [
            add, list, overview, export, remove, find, changeTerms, answer, findParts, putPart,
            assemble,
        ]
    }

    private var add: Endpoint {
        .tenant(
            .at(
                .post, Self.path, "documents.add",
                "Puts in a document, its file's bytes, under its file's name."),
            may: .writeDocuments,
            .init(
                takes: UploadParameters.self, body: RawBody.self, limit: Self.bodyBytes,
                gives: Reply<DocumentListing>.self, [201, 202],
                problems: [.emptyDocument, .replacedDocument, .removedDocument, .neverFound]
                    + Problem.Kind.writing, repeating: .once)
        ) { try await upload($0) }
    }

    private var list: Endpoint {
        .tenant(
            .at(.get, Self.path, "documents.list", "Lists a tenant's documents, page by page."),
            may: .readDocuments,
            .init(takes: DocumentListParameters.self, gives: Reply<DocumentList>.self)
        ) { call in
            let wanted = call.parameters.page
            let filter = call.parameters.filter
            var cursor: DocumentCursor?
            if let after = wanted.after {
                cursor = DocumentCursor(after, in: call.scope)
                guard cursor != nil else { throw PageParameters.badCursor }
            }
            // One more tells whether there is a next page.
            let rows = try await listings(
                call.scope, filter, after: cursor, atMost: wanted.rows + 1)
            let page = rows.prefix(ofJSONBytes: FrameLimits.page, atMost: wanted.rows)
            let next = page.count < rows.count ? page.last : nil
            return Reply(
                DocumentList(
                    documents: page,
                    next: next.map { DocumentCursor($0, in: call.scope).text }))
        }
    }

    private var overview: Endpoint {
        .tenant(
            .at(
                .get, "/api/v1/tenants/{tenant}/counts/documents", "documents.count",
                "Counts a tenant's documents, typed answers and passages, and names its labels."),
            may: .readDocuments, .init(gives: Reply<DocumentOverview>.self)
        ) { call in
            Reply(
                try await context.documents.answer { rows throws(SQLiteError) in
                    try DocumentRows(rows, of: call.scope).overview()
                })
        }
    }

    private var export: Endpoint {
        .tenant(
            .at(
                .get, "/api/v1/tenants/{tenant}/exports/documents", "documents.export",
                "Gives all of a tenant's documents at once, one a line."),
            may: .readDocuments, .init(gives: Lines<DocumentListing>.self)
        ) { call in
            // What cannot be read now is told before the first line.
            let first = try await listings(call.scope, after: nil, atMost: Self.exportRows)
            return Lines { write in
                var rows = first
                while let last = rows.last {
                    try await write(rows)
                    rows = try await listings(
                        call.scope, after: DocumentCursor(last, in: call.scope),
                        atMost: Self.exportRows)
                }
            }
        }
    }

    /// Rows of an export that are read at once.
    private static let exportRows = 100

    private func listings(
        _ scope: TenantScope, _ filter: DocumentFilter = DocumentFilter(),
        after cursor: DocumentCursor?, atMost limit: Int
    ) async throws(Problem) -> [DocumentListing] {
        try await context.documents.answer { rows throws(SQLiteError) in
            try DocumentRows(rows, of: scope).listings(
                filter, after: cursor, in: scope, atMost: limit)
        }
    }

    func listing(
        of document: DocumentID, _ scope: TenantScope
    ) async throws(Problem) -> DocumentListing? {
        try await context.documents.answer { rows throws(SQLiteError) in
            try DocumentRows(rows, of: scope).listing(of: document)
        }
    }

    private var remove: Endpoint {
        .tenant(
            .at(
                .delete, Self.path + "/{document}", "documents.remove",
                "Takes a document out, with its passages."),
            may: .writeDocuments,
            .init(
                takes: RemovalParameters.self, gives: Reply<RemovedDocument>.self, [200, 202],
                problems: [.noDocument] + Problem.Kind.writing)
        ) { try await remove($0) }
    }

    private var find: Endpoint {
        .tenant(
            .at(
                .get, "/api/v1/tenants/{tenant}/search", "passages.search",
                "Finds the passages that may answer a question, best first."),
            may: .readDocuments,
            .init(takes: SearchParameters.self, gives: Reply<FoundPassages>.self)
        ) { call in
            let wanted = call.parameters
            var within: Set<DocumentID>?
            if let label = wanted.label {
                within = try await context.documents.answer { rows throws(SQLiteError) in
                    try DocumentRows(rows, of: call.scope).documents(labelled: label)
                }
            }
            return Reply(
                try await search(
                    .init(
                        tenant: call.scope.tenant, question: wanted.q,
                        limit: wanted.limit ?? SearchParameters.standard, within: within)))
        }
    }

    private func upload(
        _ call: Call<TenantScope, UploadParameters, RawBody>
    ) async throws -> Reply<DocumentListing> {
        try await put(
            call.body.bytes, call.parameters, by: call.principal.actor,
            Asker(call, in: call.scope.tenant), call.scope)
    }

    /// Stores a document's bytes, and has them read.
    func put(
        _ bytes: [UInt8], _ wanted: UploadParameters, by actor: String, _ asker: Asker,
        _ scope: TenantScope
    ) async throws -> Reply<DocumentListing> {
        guard bytes.count <= Self.documentBytes else {
            throw Problem(
                .tooLarge,
                "a document is at most \(Self.documentBytes / 1024 / 1024) MB; "
                    + "split it into parts")
        }
        guard !bytes.isEmpty else {
            throw Problem(.emptyDocument, "the document has no bytes")
        }
        let name = wanted.name
        let tenant = scope.tenant
        let hash = try await store(bytes, of: tenant)
        let upload = DocumentUpload(
            tenant: tenant, document: DocumentID(named: name, of: tenant), name: name,
            contentHash: hash, size: bytes.count, uploadedAt: context.records.now(),
            uploadedBy: actor, terms: wanted.terms)
        try Self.check(upload.terms)
        let before = try await listing(of: upload.document, scope)
        return try await put(
            upload, by: upload, as: "document.add", after: before, asker, scope,
            waiting: wanted.wait)
    }

    /// Writes what makes a document, and waits until it is read.
    func put(
        _ upload: DocumentUpload, by payload: any Payload, as act: String,
        after before: DocumentListing?, _ asker: Asker, _ scope: TenantScope, waiting wait: Int?
    ) async throws -> Reply<DocumentListing> {
        let settled = context.settled.expect { $0.answers(upload) }
        defer { context.settled.forget(settled) }
        let record = try context.records.freshID()
        try await context.write(
            [
                context.records.record(payload, id: record),
                context.records.audit(
                    act,
                    on: AuditTarget("document", upload.document.rawValue, name: upload.name),
                    in: scope.tenant, for: asker,
                    changes: [AuditChange("content", before?.contentHash, upload.contentHash)]),
            ], visible: record, in: context.documents.applied)
        if let wait, wait > 0 {
            _ = await context.settled.event(settled, within: .seconds(wait))
        }
        let shown = try await context.documents.answer { rows throws(SQLiteError) in
            let rows = DocumentRows(rows, of: scope)
            return (
                try rows.listing(of: upload, after: before), try rows.listing(of: upload.document)
            )
        }
        guard let listing = shown.0 else {
            throw shown.1 != nil
                ? Problem(
                    .replacedDocument,
                    "another document of that name was put in meanwhile and took this "
                        + "one's place; to keep both, give them different names")
                : Problem(.removedDocument, "the document was taken out again meanwhile")
        }
        return Reply(listing, status: listing.isSettled ? 201 : 202)
    }

    /// Stores a document's bytes; its record only names them.
    func store(
        _ bytes: [UInt8], of tenant: TenantID
    ) async throws(Problem) -> String {
        do {
            return try await blobs.put(bytes, of: tenant)
        } catch {
            throw Self.problem(error)
        }
    }

    private func remove(
        _ call: Call<TenantScope, RemovalParameters, NoBody>
    ) async throws -> Reply<RemovedDocument> {
        let document = call.parameters.document
        let tenant = call.scope.tenant
        let actor = call.principal.actor
        guard let listing = try await listing(of: document, call.scope) else {
            throw Problem(.noDocument, "this tenant has no document \(document)")
        }
        let removal = DocumentRemoval(
            tenant: tenant, document: document, removedAt: context.records.now(), removedBy: actor)
        let gone = context.settled.expect { settled in
            let state = settled.state
            return state.tenant == tenant && state.document == document
                && state.outcome == .removed && state.at >= removal.removedAt
        }
        defer { context.settled.forget(gone) }
        let record = try context.records.freshID()
        try await context.write(
            [
                context.records.record(removal, id: record),
                context.records.audit(
                    "document.remove",
                    on: AuditTarget("document", document.rawValue, name: listing.name),
                    in: tenant, for: Asker(call, in: tenant)),
            ], visible: record, in: context.documents.applied)
        var isGone = false
        if let wait = call.parameters.wait, wait > 0 {
            isGone = await context.settled.event(gone, within: .seconds(wait)) != nil
        }
        return Reply(
            RemovedDocument(
                id: document, name: listing.name,
                outcome: isGone
                    ? DocumentState.Outcome.removed.rawValue : DocumentListing.pending),
            status: isGone ? 200 : 202)
    }
}

extension TenantPermission {
    static let readDocuments = Self("documents:read", isForAgents: true)
    static let writeDocuments = Self("documents:write")
}

extension Problem.Kind {
    static let emptyDocument = Self(400, "empty")
    static let replacedDocument = Self(409, "replaced")
    static let removedDocument = Self(409, "removed")
    static let noDocument = Self(404, "no_document")
}

/// The answer to a list of documents.
package struct DocumentList: Hashable, Sendable, Codable {
    /// The documents, by name.
    package var documents: [DocumentListing]
    /// Where the next page begins, to be given back as it is; `nil` on the last page.
    package var next: String?

    /// Describes a page.
    package init(documents: [DocumentListing], next: String? = nil) {
        self.documents = documents
        self.next = next
    }
}

/// The answer to a removal.
package struct RemovedDocument: Hashable, Sendable, Codable {
    /// The document.
    package var id: DocumentID
    /// The name that it had.
    package var name: String
    /// `removed` once the indexer has taken its passages away, else `pending`.
    package var outcome: String
}

/// The answer to a search.
package struct FoundPassages: Hashable, Sendable, Codable {
    /// The passages, best first.
    package var passages: [RankedPassage]
    /// How likely it is that the first answers; missing where nobody can tell.
    package var answerability: Answerability?
    /// The kind of search.
    package var search: String?
    /// The signals that the likelihood is computed from, by name.
    package var signals: [String: Double]?

    /// Describes what was found.
    package init(
        passages: [RankedPassage], answerability: Answerability? = nil, search: String? = nil,
        signals: [String: Double]? = nil
    ) {
        self.passages = passages
        self.answerability = answerability
        self.search = search
        self.signals = signals
    }
}
