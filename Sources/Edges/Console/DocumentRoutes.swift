import Blobs
package import Conversation
import Cryptography
import HTTPServer
import TenantDirectory

/// A tenant's documents over HTTP: put in, list, take out, search.
///
/// A document is known by its name: to put in other bytes under a name is to replace the document,
/// and the answer says so (`replaces`).
struct DocumentRoutes: Sendable {
    /// Bytes of a document: what text a business writes fits many times; larger files are films.
    static let documentBytes = 32 * 1024 * 1024
    /// A little more is read, so that the answer can name the limit.
    static let bodyBytes = documentBytes + 64 * 1024
    /// Characters of a file's name: what file systems allow.
    static let nameCharacters = 255
    /// Seconds that a request may wait for the indexer.
    static let longestWait = 300
    /// Passages that a search may give.
    static let mostPassages = 50
    /// Characters of a question.
    static let questionCharacters = 2_000

    let desk: ConsoleDesk
    let blobs: any BlobStore
    let search: ConsoleService.Search

    /// Adds the routes to a router.
    func add(to router: inout Router) {
        let path = "/api/tenants/{tenant}/documents"
        desk.add(.post, path, to: &router, maximumBodyBytes: Self.bodyBytes) { request, path in
            try await upload(request, try desk.tenant(path.required("tenant")))
        }
        desk.add(.get, path, to: &router) { request, path in
            let tenant = try desk.tenant(path.required("tenant")).settings.tenant
            let pages = ListPages(
                rows: desk.documents.listings(of: tenant), cursor: { "\($0.id)/\($0.name)" },
                isAfter: { row, cursor in
                    let parts = cursor.split(separator: "/", maxSplits: 1).map(String.init)
                    return parts.count < 2 || (row.name, row.id.rawValue) > (parts[1], parts[0])
                })
            let page = try pages.page(for: request)
            return try .value(DocumentList(documents: page.rows, next: page.next))
        }
        desk.add(.delete, path + "/{document}", to: &router) { request, path in
            try await remove(
                request, DocumentID(path.required("document")),
                try desk.tenant(path.required("tenant")).settings.tenant)
        }
        desk.add(.get, "/api/tenants/{tenant}/search", to: &router) { request, path in
            try await find(request, try desk.tenant(path.required("tenant")).settings.tenant)
        }
    }

    /// The id of a tenant's document of that name: the same name is the same document.
    static func document(_ name: String, of tenant: TenantID) -> DocumentID {
        let hash = SHA256.hex("parley/document\u{0}\(tenant.rawValue)\u{0}\(name)")
        return DocumentID("doc_\(hash.prefix(16))")
    }

    private func upload(_ request: HTTPRequest, _ tenant: Tenant) async throws -> HTTPResponse {
        let name = try Self.fileName(request)
        let wait = try request.queryNumber("wait", default: 0, in: 0...Self.longestWait)
        guard request.body.count <= Self.documentBytes else {
            throw HTTPError(
                413, code: "too_large",
                message: "a document is at most \(Self.documentBytes / 1024 / 1024) MB; "
                    + "split it into parts")
        }
        guard !request.body.isEmpty else {
            throw HTTPError(400, code: "empty", message: "the document has no bytes")
        }
        let id = tenant.settings.tenant
        let hash = try await store(request.body, of: id)
        let upload = DocumentUpload(
            tenant: id, document: Self.document(name, of: id), name: name, contentHash: hash,
            size: request.body.count, uploadedAt: desk.records.now(), uploadedBy: desk.actor)
        let settled = desk.documents.states.expect { DocumentTable.answers($0, upload) }
        defer { desk.documents.states.forget(settled) }
        let record = try desk.records.freshID()
        try await desk.write(
            [
                desk.records.record(upload, id: record),
                desk.records.audit(
                    "document.add", of: "\(upload.document) \(hash)", tenant: id,
                    actor: desk.actor),
            ], visible: record)
        if wait > 0 {
            _ = await desk.documents.states.event(settled, within: .seconds(wait))
        }
        guard let listing = desk.documents.listing(of: upload) else {
            let isReplaced = desk.documents.listing(upload.document, of: id) != nil
            throw isReplaced
                ? HTTPError(
                    409, code: "replaced",
                    message: "another document of that name was put in meanwhile and took this "
                        + "one's place; to keep both, give them different names")
                : HTTPError(
                    409, code: "removed", message: "the document was taken out again meanwhile")
        }
        return try .value(listing, status: listing.isSettled ? 201 : 202)
    }

    /// Stores a document's bytes; its record only names them.
    private func store(
        _ bytes: [UInt8], of tenant: TenantID
    ) async throws(HTTPError) -> String {
        do {
            return try await blobs.put(bytes, of: tenant)
        } catch {
            throw HTTPError(
                error.isTransient ? 503 : 500, code: "not_stored",
                message: "nothing was stored: \(error)")
        }
    }

    private static func fileName(_ request: HTTPRequest) throws(HTTPError) -> String {
        let name = request.queryValue("name") ?? ""
        let isPlain = name.unicodeScalars.allSatisfy { scalar in
            scalar.value >= 0x20 && scalar.value != 0x7f && scalar != "/" && scalar != "\\"
        }
        guard isPlain, (1...nameCharacters).contains(name.count), name != ".", name != ".." else {
            throw HTTPError(
                400, code: "bad_name",
                message: "a document has its file's name, with its ending and without folders")
        }
        return name
    }

    private func remove(
        _ request: HTTPRequest, _ document: DocumentID, _ tenant: TenantID
    ) async throws -> HTTPResponse {
        let wait = try request.queryNumber("wait", default: 0, in: 0...Self.longestWait)
        guard let listing = desk.documents.listing(document, of: tenant) else {
            throw HTTPError(
                404, code: "no_document",
                message: "this tenant has no document \(document)")
        }
        let removal = DocumentRemoval(
            tenant: tenant, document: document, removedAt: desk.records.now(),
            removedBy: desk.actor)
        let gone = desk.documents.states.expect { state in
            state.tenant == tenant && state.document == document && state.outcome == .removed
                && state.at >= removal.removedAt
        }
        defer { desk.documents.states.forget(gone) }
        let record = try desk.records.freshID()
        try await desk.write(
            [
                desk.records.record(removal, id: record),
                desk.records.audit(
                    "document.remove", of: document.rawValue, tenant: tenant, actor: desk.actor),
            ], visible: record)
        var isGone = false
        if wait > 0 {
            isGone = await desk.documents.states.event(gone, within: .seconds(wait)) != nil
        }
        return try .value(
            RemovedDocument(
                id: document, name: listing.name,
                outcome: isGone
                    ? DocumentState.Outcome.removed.rawValue : DocumentListing.pending),
            status: isGone ? 200 : 202)
    }

    private func find(_ request: HTTPRequest, _ tenant: TenantID) async throws -> HTTPResponse {
        let question = request.queryValue("q") ?? ""
        guard question.contains(where: { !$0.isWhitespace }),
            question.count <= Self.questionCharacters
        else {
            throw HTTPError(
                400, code: "bad_question",
                message: "a question has 1 to \(Self.questionCharacters) characters")
        }
        let limit = try request.queryNumber("limit", default: 5, in: 1...Self.mostPassages)
        return try .value(FoundPassages(passages: try await search(tenant, question, limit)))
    }
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
}
