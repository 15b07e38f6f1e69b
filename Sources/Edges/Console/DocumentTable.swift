package import Conversation
import Endpoints
import Synchronization
import Views

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

    /// What `outcome` says of a document that the indexer has not read yet.
    package static let pending = "pending"

    /// Whether the indexer has read it, well or not.
    package var isSettled: Bool { outcome != Self.pending }
    /// Whether it cannot be read.
    package var isFailed: Bool { outcome == DocumentState.Outcome.failed.rawValue }
}

/// The documents of all tenants: what was put in and taken out, and what the indexer made of it.
///
/// Both topics are read side by side, so a state may come before its upload; every question
/// names its tenant.
final class DocumentTable: Sendable {
    private enum Wish {
        case upload(DocumentUpload)
        case removal
    }

    private struct Document {
        var wish: Wish?
        var state: DocumentState?
        /// The bytes before the newest upload, if it brought others.
        var replaced: String?

        /// The bytes that a name stands for.
        var contentHash: String? {
            switch (wish, state) {
            case (.upload(let upload), _): upload.contentHash
            case (nil, let state?) where state.outcome != .removed: state.contentHash
            case (.removal, _), (nil, _): nil
            }
        }
    }

    private let documents = Mutex<[TenantID: [DocumentID: Document]]>([:])
    let states = Expectations<DocumentState>()

    /// Takes in an upload.
    func apply(_ upload: DocumentUpload) {
        documents.withLock {
            var document = $0[upload.tenant]?[upload.document] ?? Document()
            let before = document.contentHash
            document.replaced = before == upload.contentHash ? nil : before
            document.wish = .upload(upload)
            $0[upload.tenant, default: [:]][upload.document] = document
        }
    }

    /// Takes in a removal.
    func apply(_ removal: DocumentRemoval) {
        documents.withLock {
            $0[removal.tenant, default: [:]][removal.document, default: Document()].wish = .removal
        }
    }

    /// Takes in what the indexer says.
    func apply(_ state: DocumentState) {
        documents.withLock {
            $0[state.tenant, default: [:]][state.document, default: Document()].state = state
        }
        states.happened(state)
    }

    /// Takes in that an upload was set aside: the indexer says nothing more of it, unless it did
    /// or does after a redrive.
    func apply(setAside upload: DocumentUpload) {
        let state = DocumentState(
            tenant: upload.tenant, document: upload.document, name: upload.name, outcome: .failed,
            passages: 0, embedded: 0, contentHash: upload.contentHash, size: upload.size,
            problem: "it could not be handled and was set aside; an operator finds it among the "
                + "dead letters", at: upload.uploadedAt)
        let isNews = documents.withLock { documents in
            let known = documents[upload.tenant]?[upload.document]?.state
            guard known.map({ !Self.answers($0, upload) && $0.at <= state.at }) ?? true else {
                return false
            }
            documents[upload.tenant, default: [:]][upload.document, default: Document()].state =
                state
            return true
        }
        if isNews { states.happened(state) }
    }

    /// The documents of a tenant, by name.
    func listings(of scope: TenantScope) -> [DocumentListing] {
        documents.withLock { ($0[scope.tenant] ?? [:]).values.compactMap(Self.listing) }
            .sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    /// A document of a tenant, unless it was taken out.
    func listing(_ document: DocumentID, of scope: TenantScope) -> DocumentListing? {
        documents.withLock { $0[scope.tenant]?[document].flatMap(Self.listing) }
    }

    /// What became of an upload, and whose place it took.
    ///
    /// The order in the log decides between uploads of one name. `nil` if the name was taken out
    /// again, or stands for others' bytes.
    func listing(of upload: DocumentUpload) -> DocumentListing? {
        documents.withLock {
            guard let document = $0[upload.tenant]?[upload.document],
                document.contentHash == upload.contentHash
            else { return nil }
            var listing = Self.listing(document)
            listing?.replaces = document.replaced
            return listing
        }
    }

    /// Whether a state answers an upload: made of the same bytes, and not before it.
    static func answers(_ state: DocumentState, _ upload: DocumentUpload) -> Bool {
        state.document == upload.document && state.tenant == upload.tenant
            && state.contentHash == upload.contentHash && state.at >= upload.uploadedAt
            && state.outcome != .removed
    }

    private static func listing(_ document: Document) -> DocumentListing? {
        switch (document.wish, document.state) {
        case (.upload(let upload), let state):
            let passages = state.map { $0.outcome == .removed ? 0 : $0.passages } ?? 0
            guard let state, answers(state, upload) else {
                return DocumentListing(
                    id: upload.document, name: upload.name, size: upload.size,
                    contentHash: upload.contentHash, outcome: DocumentListing.pending,
                    passages: passages, embedded: 0, uploadedAt: upload.uploadedAt)
            }
            return listing(state, uploadedAt: upload.uploadedAt)
        case (nil, let state?) where state.outcome != .removed:
            return listing(state, uploadedAt: nil)
        case (.removal, _), (nil, _): return nil
        }
    }

    private static func listing(_ state: DocumentState, uploadedAt: Timestamp?)
        -> DocumentListing
    {
        DocumentListing(
            id: state.document, name: state.name, size: state.size,
            contentHash: state.contentHash, outcome: state.outcome.rawValue,
            passages: state.passages, embedded: state.embedded, problem: state.problem,
            uploadedAt: uploadedAt)
    }
}
