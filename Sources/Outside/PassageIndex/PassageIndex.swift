package import Conversation

/// A passage's place in a list of what was found.
package struct PassageMatch: Sendable, Equatable {
    /// The passage.
    package var id: PassageID
    /// How well it fits: bm25 (above 0, open-ended) for text, the cosine (-1 to 1) for vectors.
    package var score: Double
    /// Its place in the list, from 1.
    package var rank: Int
}

/// What to look for.
package struct PassageQuery: Sendable {
    /// The words.
    package var text: String
    /// The words' embedding; `nil` to look for the words alone.
    package var vector: [Float]?

    /// Describes a search.
    package init(text: String, vector: [Float]?) {
        self.text = text
        self.vector = vector
    }
}

/// How well a passage fits a question.
package struct PassageScore: Sendable, Equatable {
    /// The passage.
    package var id: PassageID
    /// The share of what its words could reach, 0 to 1.
    package var words: Double
    /// The cosine, -1 to 1; `nil` where that was not looked for, or the passage has no vector of
    /// the question's model.
    package var similarity: Double?
    /// Both together; higher is better.
    package var score: Double
    /// Other passages that say the same, or part of it, and are not listed for themselves; best
    /// first.
    package var others: [PassageID] = []
}

/// What one search found.
package struct PassageFindings: Sendable, Equatable {
    /// The passages, best first.
    package var scored: [PassageScore]
    /// Whether it was looked for by meaning too.
    package var isByMeaning: Bool
    /// The mean cosine of neighbours further down, which have nothing to do with the question;
    /// `nil` where they are too few to tell.
    package var background: Double?
    /// What speaks for the first of them as an answer; `nil` where there is none, or it was typed
    /// as the answer to this very question.
    package var signals: AnswerSignals?
    /// Whether the first was typed as the answer to this very question.
    package var isTyped = false
}

/// The passages of one tenant, found by their words and by their meaning.
///
/// Most of them lie in a generation, a file that all processes of the machine share; what came
/// after it is in this process's memory, until another generation is adopted. Without any, all of
/// it is. What is found is the same to the last bit. It is made of `knowledge.passages` and can be
/// made again. It is made for a tenant and takes no other's passages, so a search across tenants
/// cannot be written.
package actor PassageIndex {
    /// The tenant whose passages these are.
    package nonisolated let tenant: TenantID
    /// What its generations are made with; `nil` where there are none.
    package nonisolated let key: IndexKey?

    struct Entry {
        var rowID: Int64
        var passage: Passage
        /// Its sentences' vectors.
        var sentences: [SentenceVector] = []
        var saying: Saying
    }

    /// The first row that is not a generation's: theirs are numbered from 0.
    static let firstOwnRow: Int64 = 1 << 40

    var fullText = FullTextTable()
    /// Vectors of different models or sizes cannot be compared: a table for each.
    var vectors: [VectorSpace: VectorTable] = [:]
    var entries: [PassageID: Entry] = [:]
    var ids: [Int64: PassageID] = [:]
    private var lastRowID = PassageIndex.firstOwnRow - 1
    /// The generation, and what of it is no more.
    var base: MappedBase?
    /// What came after the generation, with its offsets in the log.
    var later = Later()
    /// Passages that were opened lately.
    var opened = OpenedPassages()
    /// What is known of documents beyond their passages.
    var standings: [DocumentID: DocumentStanding] = [:]
    /// Whether there ever was a passage of a version beyond the first.
    var hasLaterVersions = false
    /// What is not found now, as far as that is known.
    var hidden: Hidden?

    /// An empty index of a tenant; with a key it can be written into files.
    package init(tenant: TenantID, key: IndexKey? = nil) {
        self.tenant = tenant
        self.key = key
    }

    /// Adds passages, or replaces those with the same ids; all of them or none.
    ///
    /// With the offset of their record, what the generation has already is passed over.
    ///
    /// Throws `PassageIndexError.otherTenant` if a passage is another tenant's.
    package func upsert(
        _ passages: [Passage], at offset: Int64? = nil
    ) throws(PassageIndexError) {
        for passage in passages where passage.tenant != tenant {
            throw .otherTenant(passage: passage.id, of: passage.tenant, index: tenant)
        }
        guard !isKnown(offset) else { return }
        // The last of several with one id stands, as in the topic.
        var latest: [PassageID: Passage] = [:]
        for passage in passages { latest[passage.id] = passage }
        let ordered = latest.values.sorted { $0.id < $1.id }
        for passage in ordered {
            take(passage.id)
            later.note(passage.id, offset)
            lastRowID += 1
            fullText.insert(Self.row(passage), id: lastRowID)
            remember(passage, rowID: lastRowID)
            hasLaterVersions = hasLaterVersions || passage.version != nil
        }
    }

    /// Adds a passage, or replaces the one with its id.
    package func upsert(_ passage: Passage, at offset: Int64? = nil) throws(PassageIndexError) {
        try upsert([passage], at: offset)
    }

    /// Removes a passage; one that is not there is no error, as tombstones repeat.
    package func remove(_ id: PassageID, at offset: Int64? = nil) {
        guard !isKnown(offset) else { return }
        let wasThere = take(id)
        later.note(id, offset, isRemoval: wasThere)
    }

    /// Whether a record of the log is in the generation.
    func isKnown(_ offset: Int64?) -> Bool {
        if let offset, offset < later.from { true } else { false }
    }

    /// Takes a passage out, wherever it is; false if there is none.
    @discardableResult
    func take(_ id: PassageID) -> Bool {
        if let row = base?.row(of: id) {
            base?.kill(row)
            hidden = nil
            return true
        }
        guard let entry = entries.removeValue(forKey: id) else { return false }
        fullText.delete(Self.row(entry.passage), id: entry.rowID)
        ids[entry.rowID] = nil
        hidden = nil
        for space in vectors.keys {
            vectors[space]?.remove(entry.rowID)
            if vectors[space]?.count == 0 { vectors[space] = nil }
        }
        return true
    }

    /// The passages that share words with the question, best first.
    package func searchText(_ question: String, limit: Int) -> [PassageMatch] {
        ranked(fullText.search(question, limit: limit, over: base))
    }

    /// The passages whose vectors, made by the same model, point most nearly the same way.
    package func searchVector(
        _ vector: [Float], model: String?, limit: Int
    ) -> [PassageMatch] {
        guard let tables = tables(for: vector, model: model) else { return [] }
        let found = tables.nearest(to: vector, limit: limit)
        return ranked(found.map { ($0.rowID, Double($0.cosine)) })
    }

    /// Several searches at once, each by its words and, where it has a vector, by its meaning,
    /// and the passages that they found; what is not valid at that time is not among them, nor
    /// what is of other documents than those that are wanted.
    ///
    /// Unless it is folded, what says the same is found each time that it is said.
    package func search(
        _ queries: [PassageQuery], model: String?, limit: Int,
        within documents: Set<DocumentID>? = nil, at now: Timestamp, isFolded: Bool = true
    ) -> (found: [PassageFindings], passages: [Passage]) {
        let found = queries.map {
            scored(
                $0, model: model, limit: limit, within: documents, at: now, isFolded: isFolded)
        }
        let ids = Set(found.flatMap { $0.scored.flatMap { [$0.id] + $0.others } })
        let passages = ids.sorted().compactMap { id -> Passage? in
            guard var passage = passage(id) else { return nil }
            passage.version = version(of: passage.document)
            return passage
        }
        return (found, passages)
    }

    private func remember(_ passage: Passage, rowID: Int64) {
        var kept = passage
        // The table has it; a second copy would double the memory.
        kept.vector = nil
        kept.sentences = nil
        entries[passage.id] = Entry(
            rowID: rowID, passage: kept,
            sentences: (passage.sentences ?? []).map { SentenceVector($0.steps) },
            saying: Saying(passage, seed: key?.seed ?? 0))
        ids[rowID] = passage.id
        hidden = nil
        guard let vector = passage.vector?.values, !vector.isEmpty else { return }
        let space = VectorSpace(model: passage.model ?? "", dimensions: vector.count)
        vectors[space, default: VectorTable(dimensions: vector.count)].set(vector, for: rowID)
    }

    private func ranked(_ found: [(id: Int64, score: Double)]) -> [PassageMatch] {
        found.enumerated().compactMap { index, hit in
            passageID(hit.id).map { PassageMatch(id: $0, score: hit.score, rank: index + 1) }
        }
    }

    static func row(_ passage: Passage) -> FullTextTable.Row {
        let context = [passage.documentName] + passage.headings + [passage.sheet ?? ""]
        return FullTextTable.Row(
            context: context.joined(separator: " "), body: passage.text)
    }
}

/// Why the index refused a change.
package enum PassageIndexError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A passage of another tenant was offered.
    case otherTenant(passage: PassageID, of: TenantID, index: TenantID)
    /// What stands of another tenant's document was offered.
    case otherTenantsDocument(DocumentID, of: TenantID, index: TenantID)

    /// One sentence for the log.
    package var description: String {
        switch self {
        case .otherTenant(let passage, let owner, let index):
            "Passage \(passage) of tenant \(owner) was offered to the index of tenant \(index)."
        case .otherTenantsDocument(let document, let owner, let index):
            "Document \(document) of tenant \(owner) was offered to the index of tenant \(index)."
        }
    }
}
