package import Conversation
package import Endpoints
package import SQLite
package import Views

/// One tenant's documents, as the view has them.
package struct DocumentRows {
    let rows: Rows
    let tenant: TenantID

    /// Looks at the documents of a tenant.
    package init(_ rows: Rows, of scope: TenantScope) {
        self.rows = rows
        tenant = scope.tenant
    }

    /// The documents by name, after a position, narrowed.
    package func listings(
        _ filter: DocumentFilter, after cursor: DocumentCursor? = nil, in scope: TenantScope,
        atMost limit: Int
    ) throws(SQLiteError) -> [DocumentListing] {
        guard !filter.isEmpty else { return try listings(after: cursor, atMost: limit) }
        var found: [DocumentListing] = []
        var place = cursor
        while found.count < limit {
            let batch = try listings(after: place, atMost: Self.batch)
            found += batch.filter { filter.holds($0) }.prefix(limit - found.count)
            guard batch.count == Self.batch, let last = batch.last else { break }
            place = DocumentCursor(last, in: scope)
        }
        return found
    }

    /// Documents that are looked at together.
    private static let batch = 500

    /// What there is, counted: over all documents.
    package func overview() throws(SQLiteError) -> DocumentOverview {
        var overview = DocumentOverview()
        let all = try rows.all(
            """
            SELECT \(StoredDocument.columns) FROM documents
            WHERE tenant = ? AND name IS NOT NULL
            """, .text(tenant.rawValue)
        ) { StoredDocument($0).listing }
        for case let listing? in all { overview.count(listing) }
        overview.labels.sort { $0.label < $1.label }
        return overview
    }

    /// The versions of a document that are remembered, the newest first; `nil` where there is no
    /// such document.
    package func versions(of document: DocumentID) throws(SQLiteError) -> [DocumentVersion]? {
        guard let stored = try stored(document), stored.listing != nil else { return nil }
        return (stored.state?.versions ?? []).reversed()
    }

    /// The documents that are kept under a label.
    package func documents(labelled label: String) throws(SQLiteError) -> Set<DocumentID> {
        let all = try rows.all(
            """
            SELECT \(StoredDocument.columns) FROM documents
            WHERE tenant = ? AND name IS NOT NULL
            """, .text(tenant.rawValue)
        ) { StoredDocument($0).listing }
        let filter = DocumentFilter(label: label)
        return Set(all.compactMap { $0.flatMap { filter.holds($0) ? $0.id : nil } })
    }

    /// The documents by name, after a position.
    package func listings(
        after cursor: DocumentCursor? = nil, atMost limit: Int
    ) throws(SQLiteError) -> [DocumentListing] {
        var condition = "tenant = ? AND name IS NOT NULL"
        var values: [Value] = [.text(tenant.rawValue)]
        if let cursor {
            condition += " AND (name, document) > (?, ?)"
            values += [.text(cursor.name), .text(cursor.document)]
        }
        return try rows.all(
            """
            SELECT \(StoredDocument.columns) FROM documents WHERE \(condition)
            ORDER BY name, document LIMIT \(limit)
            """, with: values
        ) { StoredDocument($0).listing }.compactMap(\.self)
    }

    /// How many documents there are.
    package func count() throws(SQLiteError) -> Int {
        try rows.number(
            "SELECT count(*) FROM documents WHERE tenant = ? AND name IS NOT NULL",
            with: [.text(tenant.rawValue)])
    }

    /// How many documents there are, and the bytes of their files.
    package func kept() throws(SQLiteError) -> (count: Int, bytes: Int) {
        let listings = try rows.all(
            """
            SELECT \(StoredDocument.columns) FROM documents
            WHERE tenant = ? AND name IS NOT NULL
            """, .text(tenant.rawValue)
        ) { StoredDocument($0).listing }
        return (listings.count, listings.reduce(0) { $0 + ($1?.size ?? 0) })
    }

    /// A document, unless it was taken out.
    package func listing(of document: DocumentID) throws(SQLiteError) -> DocumentListing? {
        try stored(document)?.listing
    }

    /// What became of an upload; `nil` if the name was taken out again, or stands for others'
    /// bytes: the order in the log decides between uploads of one name.
    ///
    /// `before` is what the name stood for before the upload was written; it tells whose place
    /// was taken where no older upload is kept.
    package func listing(
        of upload: DocumentUpload, after before: DocumentListing?
    ) throws(SQLiteError) -> DocumentListing? {
        guard let stored = try stored(upload.document), var listing = stored.listing,
            listing.contentHash == upload.contentHash
        else { return nil }
        let other = before?.contentHash == upload.contentHash ? nil : before?.contentHash
        listing.replaces = stored.replaced ?? other
        return listing
    }

    private func stored(_ document: DocumentID) throws(SQLiteError) -> StoredDocument? {
        try rows.first(
            "SELECT \(StoredDocument.columns) FROM documents WHERE tenant = ? AND document = ?",
            .text(tenant.rawValue), .text(document.rawValue), make: StoredDocument.init)
    }
}

/// A position in one tenant's list of documents.
package struct DocumentCursor: Hashable, Sendable {
    private let mark: String
    fileprivate let document: String
    fileprivate let name: String

    /// The position of a document.
    package init(_ listing: DocumentListing, in scope: TenantScope) {
        mark = ListMark.text("documents", in: scope.tenant)
        document = listing.id.rawValue
        name = listing.name
    }

    /// Reads a cursor that a page of the same tenant gave; `nil` for anything else.
    package init?(_ text: String, in scope: TenantScope) {
        let parts = text.split(
            separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        mark = ListMark.text("documents", in: scope.tenant)
        guard parts.count == 3, parts[0] == mark else { return nil }
        document = String(parts[1])
        name = String(parts[2])
    }

    /// The cursor as a client gives it back.
    package var text: String { "\(mark)/\(document)/\(name)" }
}
