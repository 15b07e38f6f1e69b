import Conversation

/// Which documents are wanted.
package struct DocumentFilter: Hashable, Sendable {
    /// What documents are.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A file that was put in.
        case file
        /// A page of the web.
        case page
        /// A question with its answer, typed by a person.
        case answer
        /// A file or a page: whatever is no typed answer.
        case document
    }

    /// How documents stand.
    package enum Standing: String, Hashable, Sendable, CaseIterable {
        /// They are being read.
        case pending
        /// They can be found, and nothing is said of them.
        case ready
        /// There is something to look at, though they may be found.
        case problem
    }

    /// Kept under this label; capitals do not count.
    package var label: String?
    /// Of this kind.
    package var kind: Kind?
    /// That stand so.
    package var standing: Standing?
    /// Whose name, or typed answer, holds these words.
    package var words: String?

    /// Describes what is wanted.
    package init(
        label: String? = nil, kind: Kind? = nil, standing: Standing? = nil, words: String? = nil
    ) {
        self.label = label
        self.kind = kind
        self.standing = standing
        self.words = words
    }

    /// Whether all documents are wanted.
    package var isEmpty: Bool { self == DocumentFilter() }

    /// Whether a document is wanted.
    package func holds(_ listing: DocumentListing) -> Bool {
        if let label {
            let wanted = TextFolding.fold(label)
            let labels = listing.terms?.labels ?? []
            guard labels.contains(where: { TextFolding.fold($0) == wanted }) else { return false }
        }
        switch kind {
        case nil: break
        case .document: if listing.isTyped { return false }
        case .file, .page, .answer: if kind != listing.kind { return false }
        }
        if let standing, standing != listing.standing { return false }
        guard let words else { return true }
        let texts = [listing.name, listing.answer ?? ""] + (listing.others ?? [])
        let folded = TextFolding.fold(texts.joined(separator: " "))
        return Words.of(words).allSatisfy { folded.contains($0) }
    }
}

extension DocumentListing {
    /// What it is.
    package var kind: DocumentFilter.Kind {
        isTyped ? .answer : isWebPage ? .page : .file
    }

    /// How it stands.
    ///
    /// That an installation has no vectors is nothing that a document's owner could mend.
    package var standing: DocumentFilter.Standing {
        guard isSettled else { return .pending }
        let isFine = outcome == DocumentState.Outcome.indexedWithoutVectors.rawValue
        return problem == nil || isFine ? .ready : .problem
    }
}

/// What a tenant knows, counted.
package struct DocumentOverview: Hashable, Sendable, Codable {
    /// A label, and how many documents are kept under it.
    package struct Label: Hashable, Sendable, Codable {
        /// The label, as it is written first.
        package var label: String
        /// How many documents.
        package var documents: Int
    }

    /// Files and pages.
    package var documents = 0
    /// Questions with answers that people typed.
    package var answers = 0
    /// Passages that can be found, of all together.
    package var passages = 0
    /// How many of all are being read.
    package var pending = 0
    /// Of how many of all something is to be looked at.
    package var problems = 0
    /// The labels, by name.
    package var labels: [Label] = []

    mutating func count(_ listing: DocumentListing) {
        if listing.isTyped { answers += 1 } else { documents += 1 }
        passages += listing.passages
        switch listing.standing {
        case .pending: pending += 1
        case .problem: problems += 1
        case .ready: break
        }
        var seen: Set<String> = []
        for label in listing.terms?.labels ?? [] {
            let folded = TextFolding.fold(label)
            guard seen.insert(folded).inserted else { continue }
            if let index = labels.firstIndex(where: { TextFolding.fold($0.label) == folded }) {
                labels[index].documents += 1
            } else {
                labels.append(Label(label: label, documents: 1))
            }
        }
    }
}
