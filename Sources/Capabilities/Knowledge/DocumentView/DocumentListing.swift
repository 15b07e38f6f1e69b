package import Conversation

/// A document as `GET /api/v1/tenants/{tenant}/documents` lists it.
package struct DocumentListing: Hashable, Sendable, Codable {
    /// The document.
    package var id: DocumentID
    /// The file's name.
    package var name: String
    /// The number of bytes.
    package var size: Int
    /// The bytes' SHA-256 in hexadecimal.
    package var contentHash: String
    /// `pending` until the indexer has read these bytes, then a `DocumentState.Outcome`'s name.
    package var outcome: String
    /// The number of passages that can be found.
    package var passages: Int
    /// How many passages were embedded anew; the others were unchanged.
    package var embedded: Int
    /// What is wrong, and what to do.
    package var problem: String?
    /// When it was put in, if that is still known.
    package var uploadedAt: Timestamp?
    /// The content hash of the document of that name whose place it took; only in the answer to
    /// an upload.
    package var replaces: String?
    /// The version that is found, from 1.
    package var version: Int?
    /// The number of pages, where it has any.
    package var pages: Int?
    /// How far the reading has come, while it goes on.
    package var progress: Progress?
    /// When it counts, and how much.
    package var terms: DocumentTerms?
    /// The question that it answers, of a typed answer only.
    package var question: String?
    /// The typed answer.
    package var answer: String?
    /// Other ways in which the question is asked.
    package var others: [String]?

    /// How far the reading of a document has come.
    package struct Progress: Hashable, Sendable, Codable {
        /// The number of pages, where it has any.
        package var pages: Int?
        /// How many passages it makes.
        package var passages: Int
        /// How many of them are done.
        package var done: Int
        /// How far its text is taken out, as long as that goes on.
        package var reading: DocumentProgress.Reading?
    }

    /// What `outcome` says of a document that the indexer has not read yet.
    package static let pending = "pending"

    /// Whether the indexer has read it, well or not.
    package var isSettled: Bool { outcome != Self.pending }
    /// Whether a person typed it as the answer to a question.
    package var isTyped: Bool { id.rawValue.hasPrefix("qa_") }
    /// Whether it is a page of the web, which is called by its address.
    package var isWebPage: Bool { name.hasPrefix("https://") || name.hasPrefix("http://") }

    /// Whether it cannot be read.
    package var isFailed: Bool { outcome == DocumentState.Outcome.failed.rawValue }
}

extension DocumentListing {
    /// A document that the indexer has not read yet; passages of the one before can be found.
    init(pending upload: DocumentUpload, passages: Int) {
        self.init(
            id: upload.document, name: upload.name, size: upload.size,
            contentHash: upload.contentHash, outcome: Self.pending, passages: passages,
            embedded: 0, uploadedAt: upload.uploadedAt)
    }

    /// A document as the indexer says it is.
    init(_ state: DocumentState, uploadedAt: Timestamp?) {
        self.init(
            id: state.document, name: state.name, size: state.size,
            contentHash: state.contentHash, outcome: state.outcome.rawValue,
            passages: state.passages, embedded: state.embedded, problem: state.problem,
            uploadedAt: uploadedAt, version: state.version, pages: state.pages)
    }
}
