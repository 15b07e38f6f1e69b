import Conversation

/// What a document's new version changes: what to embed, what stays, what goes.
struct PassageDiff: Hashable, Sendable {
    /// Passages that are new, or that stand without a vector.
    var new: [PassageDraft]
    /// Passages that are gone.
    var gone: [PassageID]

    /// Compares the known passages with the new version's.
    init(known: [KnownPassage], drafts: [PassageDraft]) {
        let embedded = Set(known.filter(\.hasVector).map(\.id))
        let wanted = Set(drafts.map(\.id))
        new = drafts.filter { !embedded.contains($0.id) }
        gone = known.map(\.id).filter { !wanted.contains($0) }
    }
}

/// A passage that is in the log.
struct KnownPassage: Hashable, Sendable, Codable {
    /// The passage.
    var id: PassageID
    /// Whether it was embedded.
    var hasVector: Bool

    /// Describes a passage.
    init(id: PassageID, hasVector: Bool) {
        self.id = id
        self.hasVector = hasVector
    }
}
