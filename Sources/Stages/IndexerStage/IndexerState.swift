import Conversation
import StageRuntime

/// What the indexer remembers of a document.
package struct IndexerState: StageState {
    /// The newest upload, until it is removed.
    var upload: DocumentUpload?
    /// The passages in the log.
    var known: [KnownPassage] = []
    /// What the passages' vectors can be compared with; `nil` where none was made, or not since
    /// this is remembered.
    var space: VectorSpace?
    /// How often embedding was put off.
    var postponed = 0
    /// The version in use; `nil` before the first is.
    var version: Int?
    /// When the document counts, and how much.
    var terms: DocumentTerms?
    /// The question and answer that it is, if it is one.
    var answered: AnsweredQuestion?
    /// What was said of it last; `nil` where that was before this is remembered.
    var report: DocumentState?
    /// What is in hand; never stored, for after a crash the upload begins again.
    var work: IndexerWork?

    /// A document never seen.
    package init() {}

    /// Makes every passage one that waits for a vector.
    mutating func setVectorsAside() {
        for index in known.indices { known[index].hasVector = false }
        space = nil
    }

    private enum CodingKeys: String, CodingKey {
        case upload, known, space, postponed, version, terms, answered, report
    }
}

/// An indexing in hand.
struct IndexerWork: Sendable, Equatable {
    var upload: DocumentUpload
    var drafts: [PassageDraft] = []
    var waiting: [PassageDraft] = []
    /// Passages that are embedded and not durable yet.
    var made: [Passage] = []
    var gone: [PassageID] = []
    var embedded = 0
    /// The version that is being built, and the terms that it will have.
    var version = 1
    /// Passages that are found already: they stay so while they are embedded anew.
    var inUse: Set<PassageID> = []
    var terms: DocumentTerms?
    var pages: Int?
    var remark: String?
}
