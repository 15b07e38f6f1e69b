/// A document that a tenant put in, or changed; the bytes stand in the blob store by their hash.
package struct DocumentUpload: Payload {
    package static let type = "parley.document.upload"
    package static let topic = Topic.documents
    package static let personal: [FieldPath] = ["name", "uploadedBy", "terms"]

    /// The tenant that the document belongs to.
    package var tenant: TenantID
    /// The document; the same name of a tenant is the same document.
    package var document: DocumentID
    /// The file's name, as people know it.
    package var name: String
    /// The bytes' SHA-256 in hexadecimal: the claim check for the blob store.
    package var contentHash: String
    /// The number of bytes.
    package var size: Int
    /// When it was put in.
    package var uploadedAt: Timestamp
    /// Who put it in.
    package var uploadedBy: String
    /// When it counts, and how much; `nil` leaves the terms that it has.
    package var terms: DocumentTerms?

    /// The document.
    package var key: String { document.rawValue }

    /// Describes an upload.
    package init(
        tenant: TenantID, document: DocumentID, name: String, contentHash: String, size: Int,
        uploadedAt: Timestamp, uploadedBy: String, terms: DocumentTerms? = nil
    ) {
        self.terms = terms
        self.tenant = tenant
        self.document = document
        self.name = name
        self.contentHash = contentHash
        self.size = size
        self.uploadedAt = uploadedAt
        self.uploadedBy = uploadedBy
    }
}

/// A document that a tenant took out.
package struct DocumentRemoval: Payload {
    package static let type = "parley.document.removal"
    package static let topic = Topic.documents
    package static let personal: [FieldPath] = ["removedBy"]

    /// The tenant that the document belongs to.
    package var tenant: TenantID
    /// The document.
    package var document: DocumentID
    /// When it was taken out.
    package var removedAt: Timestamp
    /// Who took it out.
    package var removedBy: String

    /// The document.
    package var key: String { document.rawValue }

    /// Describes a removal.
    package init(
        tenant: TenantID, document: DocumentID, removedAt: Timestamp, removedBy: String
    ) {
        self.tenant = tenant
        self.document = document
        self.removedAt = removedAt
        self.removedBy = removedBy
    }
}

/// A document whose passages another embedding model has to embed than the one that did, as
/// vectors of two models cannot be compared.
package struct DocumentReembedding: Payload {
    package static let type = "parley.document.reembedding"
    package static let topic = Topic.documents
    package static let personal: [FieldPath] = []

    /// The tenant that the document belongs to.
    package var tenant: TenantID
    /// The document.
    package var document: DocumentID
    /// The vectors that are wanted.
    package var space: VectorSpace
    /// When it was asked for.
    package var askedAt: Timestamp

    /// The document.
    package var key: String { document.rawValue }

    /// Describes a wish.
    package init(
        tenant: TenantID, document: DocumentID, space: VectorSpace, askedAt: Timestamp
    ) {
        self.tenant = tenant
        self.document = document
        self.space = space
        self.askedAt = askedAt
    }
}

/// How far a document has come: what `knowledge list` shows.
///
/// Compacted, by document.
package struct DocumentState: Payload {
    package static let type = "parley.document.state"
    package static let topic = Topic.documentsState
    package static let personal: [FieldPath] = ["name", "problem", "terms", "typed", "versions"]

    /// What became of a document.
    package enum Outcome: String, Codable, Sendable, Hashable {
        /// Its passages can be found by meaning and by words.
        case indexed
        /// Its passages can be found by words only; `problem` says why.
        case indexedWithoutVectors
        /// It cannot be read; `problem` says why and what to do.
        case failed
        /// It was taken out.
        case removed
    }

    /// The tenant that the document belongs to.
    package var tenant: TenantID
    /// The document.
    package var document: DocumentID
    /// The file's name.
    package var name: String
    /// What became of it.
    package var outcome: Outcome
    /// The number of passages.
    package var passages: Int
    /// How many passages were embedded this time; the others were unchanged.
    package var embedded: Int
    /// The bytes' SHA-256 in hexadecimal.
    package var contentHash: String
    /// The number of bytes.
    package var size: Int
    /// What is wrong, for the tenant's owner.
    package var problem: String?
    /// When this was so.
    package var at: Timestamp
    /// The version that this is, from 1; `nil` where a version before did not count them.
    package var version: Int?
    /// The number of pages, where it has any.
    package var pages: Int?
    /// When it counts, and how much: wishes are kept for a while only, and this as long as the
    /// document.
    package var terms: DocumentTerms?
    /// The question and answer that it is, if a person typed it.
    package var typed: TypedAnswer?
    /// Its versions, the newest last; bounded.
    package var versions: [DocumentVersion]?

    /// The document.
    package var key: String { document.rawValue }

    /// Describes a document's state.
    package init(
        tenant: TenantID, document: DocumentID, name: String, outcome: Outcome, passages: Int,
        embedded: Int, contentHash: String, size: Int, problem: String?, at: Timestamp,
        version: Int? = nil, pages: Int? = nil, terms: DocumentTerms? = nil,
        typed: TypedAnswer? = nil, versions: [DocumentVersion]? = nil
    ) {
        self.terms = terms
        self.typed = typed
        self.versions = versions
        self.version = version
        self.pages = pages
        self.tenant = tenant
        self.document = document
        self.name = name
        self.outcome = outcome
        self.passages = passages
        self.embedded = embedded
        self.contentHash = contentHash
        self.size = size
        self.problem = problem
        self.at = at
    }
}

/// A version of a document that was, or is, found.
package struct DocumentVersion: Hashable, Sendable, Codable {
    /// The most that are told of.
    package static let most = 20

    /// Which one, from 1.
    package var version: Int
    /// The bytes' SHA-256 in hexadecimal.
    package var contentHash: String
    /// The number of bytes.
    package var size: Int
    /// The number of passages.
    package var passages: Int
    /// The number of pages, where it has any.
    package var pages: Int?
    /// When it was put in.
    package var uploadedAt: Timestamp
    /// Who put it in.
    package var uploadedBy: String

    /// Describes a version.
    package init(
        version: Int, contentHash: String, size: Int, passages: Int, pages: Int?,
        uploadedAt: Timestamp, uploadedBy: String
    ) {
        self.version = version
        self.contentHash = contentHash
        self.size = size
        self.passages = passages
        self.pages = pages
        self.uploadedAt = uploadedAt
        self.uploadedBy = uploadedBy
    }
}
