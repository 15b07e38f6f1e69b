package import Conversation
import Records
import SQLite
import SiteRecords
package import Views

/// The documents of all tenants: what was put in and taken out, and what the indexer made of it.
///
/// The topics are read side by side, so what each says of a document stands in columns of its own;
/// `name` is made of all of them, and `NULL` where the document is not listed.
package enum DocumentView {
    /// The view.
    package static let view = View(
        "documents",
        of: [.documents, .documentsState, .deadLetters, .sitesCommands, .sitesStates],
        reading: [
            DocumentUpload.self, DocumentRemoval.self, DocumentState.self,
            DocumentTermsChange.self, AnsweredQuestion.self, DocumentProgress.self,
            SiteCommand.self, SiteState.self,
        ],
        schema: schema + siteSchema, apply: apply)

    private static let schema = """
        CREATE TABLE documents (
            tenant TEXT NOT NULL, document TEXT NOT NULL, name TEXT,
            wish TEXT, replaced TEXT, state TEXT, aside TEXT, terms TEXT, answered TEXT,
            progress TEXT,
            PRIMARY KEY (tenant, document)
        ) WITHOUT ROWID;
        CREATE INDEX documents_by_name ON documents (tenant, name, document)
            WHERE name IS NOT NULL;
        """

    @Sendable private static func apply(
        _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        let isSetAside = record.position.topic == Topic.deadLetters.rawValue
        switch record.payload {
        case let upload as DocumentUpload where isSetAside:
            try change(upload.document, of: upload.tenant, rows) { $0.aside = upload }
            rows.announce(DocumentSettled(state: .init(setAside: upload)))
        case let answered as AnsweredQuestion where isSetAside:
            try change(answered.document, of: answered.tenant, rows) { $0.aside = answered.upload }
            rows.announce(DocumentSettled(state: .init(setAside: answered.upload)))
        case _ where isSetAside: break
        case let upload as DocumentUpload:
            try touch(upload.document, of: upload.tenant, rows) { $0.note(upload) }
        case let removal as DocumentRemoval:
            try touch(removal.document, of: removal.tenant, rows) { $0.remove() }
        case let answered as AnsweredQuestion:
            try touch(answered.document, of: answered.tenant, rows) { $0.note(answered) }
        case let change as DocumentTermsChange:
            try touch(change.document, of: change.tenant, rows) { $0.terms = change.terms }
        case let progress as DocumentProgress:
            try touch(progress.document, of: progress.tenant, rows) { $0.progress = progress }
        case let command as SiteCommand: try follow(command, rows)
        case let state as SiteState: try follow(state, rows)
        case let state as DocumentState:
            try change(state.document, of: state.tenant, rows) { $0.state = state }
            rows.announce(DocumentSettled(state: state))
        default: break
        }
    }

    /// Changes what is known of a document, and says that it is another now.
    private static func touch(
        _ document: DocumentID, of tenant: TenantID, _ rows: Rows,
        _ change: (inout StoredDocument) -> Void
    ) throws(SQLiteError) {
        try self.change(document, of: tenant, rows, change)
        rows.announce(DocumentTouched(tenant: tenant, document: document))
    }

    private static func change(
        _ document: DocumentID, of tenant: TenantID, _ rows: Rows,
        _ change: (inout StoredDocument) -> Void
    ) throws(SQLiteError) {
        var stored =
            try rows.first(
                "SELECT \(StoredDocument.columns) FROM documents WHERE tenant = ? AND document = ?",
                .text(tenant.rawValue), .text(document.rawValue), make: StoredDocument.init)
            ?? StoredDocument()
        change(&stored)
        try rows.change(
            "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            .text(tenant.rawValue), .text(document.rawValue),
            .text(orNull: stored.listing?.name), .text(orNull: StoredJSON.text(stored.wish)),
            .text(orNull: stored.replaced), .text(orNull: StoredJSON.text(stored.state)),
            .text(orNull: StoredJSON.text(stored.aside)),
            .text(orNull: StoredJSON.text(stored.terms)),
            .text(orNull: StoredJSON.text(stored.answered)),
            .text(orNull: StoredJSON.text(stored.progress)))
    }
}

/// A document is other than before, though the indexer has not said that it is done with it.
package struct DocumentTouched: ViewChange, Hashable {
    /// The business.
    package var tenant: TenantID
    /// The document.
    package var document: DocumentID
}

/// The indexer, or that an upload was set aside, says how far a document has come.
package struct DocumentSettled: ViewChange, Hashable {
    /// How far.
    package var state: DocumentState

    /// Whether it answers an upload: made of the same bytes, and not before it.
    package func answers(_ upload: DocumentUpload) -> Bool { state.answers(upload) }
}

extension DocumentState {
    /// Of an upload that was set aside: the indexer says nothing more of it, unless it did or does
    /// after a redrive.
    init(setAside upload: DocumentUpload) {
        self.init(
            tenant: upload.tenant, document: upload.document, name: upload.name, outcome: .failed,
            passages: 0, embedded: 0, contentHash: upload.contentHash, size: upload.size,
            problem: "it could not be handled and was set aside; an operator finds it among the "
                + "dead letters", at: upload.uploadedAt)
    }

    /// Whether a state answers an upload: made of the same bytes, and not before it.
    func answers(_ upload: DocumentUpload) -> Bool {
        document == upload.document && tenant == upload.tenant
            && contentHash == upload.contentHash && at >= upload.uploadedAt && outcome != .removed
    }
}

/// What is known of a document.
struct StoredDocument {
    /// What was wished last.
    enum Wish: Codable {
        case upload(DocumentUpload)
        case removal
    }

    var wish: Wish?
    /// The bytes before the newest upload, if it brought others.
    var replaced: String?
    /// What the indexer said last.
    var state: DocumentState?
    /// The upload that was set aside last.
    var aside: DocumentUpload?
    /// When it counts, and how much.
    var terms: DocumentTerms?
    /// The question and answer that it is.
    var answered: AnsweredQuestion?
    /// How far its reading has come.
    var progress: DocumentProgress?

    static let columns = "wish, replaced, state, aside, terms, answered, progress"

    init() {}

    /// Reads a row.
    init(_ row: Statement) {
        wish = StoredJSON.value(Wish.self, row, 0)
        replaced = row.isNull(1) ? nil : row.text(1)
        state = StoredJSON.value(DocumentState.self, row, 2)
        aside = StoredJSON.value(DocumentUpload.self, row, 3)
        terms = StoredJSON.value(DocumentTerms.self, row, 4)
        answered = StoredJSON.value(AnsweredQuestion.self, row, 5)
        progress = StoredJSON.value(DocumentProgress.self, row, 6)
    }

    /// Follows an upload.
    mutating func note(_ upload: DocumentUpload) {
        replaced = nil
        if case .upload(let before) = wish, before.contentHash != upload.contentHash {
            replaced = before.contentHash
        }
        wish = .upload(upload)
        answered = nil
        terms = upload.terms ?? terms
    }

    /// Follows a typed answer.
    mutating func note(_ answered: AnsweredQuestion) {
        note(answered.upload)
        self.answered = answered
    }

    /// Follows that it was taken out.
    mutating func remove() {
        (wish, terms, answered, progress) = (.removal, nil, nil, nil)
    }

    /// The newest of what the indexer says, and that an upload was set aside.
    private var newest: DocumentState? {
        guard let aside else { return state }
        guard let state else { return DocumentState(setAside: aside) }
        return state.answers(aside) || state.at > aside.uploadedAt
            ? state : DocumentState(setAside: aside)
    }

    /// The document as it is listed, unless it was taken out.
    var listing: DocumentListing? {
        guard var listing = bareListing else { return nil }
        // Wishes are kept for a while only; what the indexer says, as long as the document.
        let said = state.flatMap { $0.outcome == .removed ? nil : $0 }
        listing.terms = (terms ?? said?.terms).flatMap { $0.isEmpty ? nil : $0 }
        if let typed = answered?.typed ?? said?.typed {
            listing.question = typed.question
            listing.answer = typed.answer
            listing.others = typed.others
        }
        if !listing.isSettled, let progress, progress.contentHash == listing.contentHash {
            listing.progress = .init(
                pages: progress.pages, passages: progress.passages, done: progress.done,
                reading: progress.reading)
        }
        return listing
    }

    private var bareListing: DocumentListing? {
        let state = newest
        switch wish {
        case .upload(let upload):
            guard let state, state.answers(upload) else {
                let passages = state.map { $0.outcome == .removed ? 0 : $0.passages } ?? 0
                return DocumentListing(pending: upload, passages: passages)
            }
            return DocumentListing(state, uploadedAt: upload.uploadedAt)
        case nil:
            guard let state, state.outcome != .removed else { return nil }
            return DocumentListing(state, uploadedAt: state.versions?.last?.uploadedAt)
        case .removal: return nil
        }
    }
}
