import Conversation

/// How an index goes from one generation to the next.
extension PassageIndex {
    /// What came after the generation, by what it was about: the offset of the last record.
    struct Later {
        /// What is before this offset is in the generation.
        var from: Int64 = 0
        /// The offset behind the last record that was applied.
        var next: Int64 = 0
        var passages: [PassageID: Int64] = [:]
        var documents: [DocumentID: Int64] = [:]
        /// How many records took something away that may still lie in a file.
        var removals = 0

        mutating func note(_ id: PassageID, _ offset: Int64?, isRemoval: Bool = false) {
            guard let offset else { return }
            passages[id] = offset
            next = max(next, offset + 1)
            if isRemoval { removals += 1 }
        }

        mutating func note(_ document: DocumentID, _ offset: Int64?) {
            guard let offset else { return }
            documents[document] = offset
            next = max(next, offset + 1)
        }
    }

    /// How much came after the generation.
    package struct Progress: Sendable {
        /// The generation's name; `nil` without any.
        package var generation: String?
        /// The number of its rows.
        package var rows = 0
        /// Passages and documents that changed since.
        package var changes = 0
        /// How often something was taken away since.
        package var removals = 0
        /// The number of passages.
        package var count = 0
        /// The number of those in this process's own memory.
        package var own = 0
        /// What stands of documents.
        package var standings = 0

        /// Nothing at all.
        package init() {}
    }

    /// How much came after the generation.
    package var progress: Progress {
        var progress = Progress()
        progress.generation = base?.generation.name
        progress.rows = base?.generation.rows ?? 0
        progress.changes = later.passages.count + later.documents.count
        progress.removals = later.removals
        progress.count = count
        progress.own = entries.count
        progress.standings = standings.count
        return progress
    }

    /// All that it holds, all records before an offset among it; `nil` without a key.
    package func snapshot(behind offset: Int64) -> IndexSnapshot? {
        guard let key else { return nil }
        let own = entries.values.sorted { $0.rowID < $1.rowID }.map {
            IndexSnapshot.Own(
                row: $0.rowID, passage: $0.passage, sentences: $0.sentences, saying: $0.saying)
        }
        return IndexSnapshot(
            tenant: tenant, key: key, position: max(offset, later.next),
            hasLaterVersions: hasLaterVersions, base: base, own: own, fullText: fullText,
            vectors: vectors, standings: Array(standings.values))
    }

    /// Goes on from another generation, without those changes that are in it; all records before
    /// `position` are, and have been applied here, or nothing has.
    ///
    /// A passage keeps its place among the others, so that what is found stays the same.
    package func adopt(_ generation: IndexGeneration, behind position: Int64) {
        var fresh = MappedBase(generation)
        for (id, offset) in later.passages {
            if offset < position {
                // What is in the new one is not kept here as well.
                entries[id] = nil
                later.passages[id] = nil
            } else if let row = fresh.row(of: id) {
                fresh.kill(row)
            }
        }
        var stands = generation.standings
        for (document, offset) in later.documents {
            if offset < position {
                later.documents[document] = nil
            } else {
                stands[document] = standings[document]
            }
        }
        standings = stands
        keepEntriesOnly()
        hasLaterVersions = hasLaterVersions || generation.contents.hasLaterVersions
        base = fresh
        opened = OpenedPassages()
        later.from = max(later.from, position)
        later.next = max(later.next, position)
        later.removals = min(later.removals, later.passages.count)
        hidden = nil
    }

    /// Goes on without a generation, where nothing is left of it or of what came after.
    package func leaveGeneration() {
        guard count == 0, standings.isEmpty else { return }
        base = nil
        opened = OpenedPassages()
        later = Later(from: later.next, next: later.next)
        hidden = nil
    }

    /// Makes the tables of the process's own passages anew, of those that are left: mostly few are,
    /// and taking out the others one by one would take long.
    private func keepEntriesOnly() {
        fullText = FullTextTable()
        ids = [:]
        for entry in entries.values.sorted(by: { $0.rowID < $1.rowID }) {
            fullText.insert(Self.row(entry.passage), id: entry.rowID)
            ids[entry.rowID] = entry.passage.id
        }
        vectors = vectors.mapValues { $0.filtered { ids[$0] != nil } }.filter { $1.count > 0 }
    }
}
