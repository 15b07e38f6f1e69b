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
/// It lives in memory and is rebuilt from `knowledge.passages`. It is made for a tenant and takes
/// no other's passages, so a search across tenants cannot be written. It runs on a queue of its
/// own, as SQLite and the comparing of vectors block.
package actor PassageIndex {
    /// The tenant whose passages these are.
    package nonisolated let tenant: TenantID

    private struct Entry {
        var rowID: Int64
        var passage: Passage
        /// Its sentences' vectors.
        var sentences: [SentenceVector] = []
    }

    private(set) var fullText = FullTextTable()
    /// Vectors of different models or sizes cannot be compared: a table for each.
    private var vectors: [VectorSpace: VectorTable] = [:]
    private var entries: [PassageID: Entry] = [:]
    private var ids: [Int64: PassageID] = [:]
    private var lastRowID: Int64 = 0
    /// What is known of documents beyond their passages.
    var standings: [DocumentID: DocumentStanding] = [:]
    /// Whether there ever was a passage of a version beyond the first.
    private(set) var hasLaterVersions = false
    /// What is not found now, as far as that is known.
    var hidden: Hidden?

    /// An empty index of a tenant.
    package init(tenant: TenantID) {
        self.tenant = tenant
    }

    /// Adds passages, or replaces those with the same ids; all of them or none.
    ///
    /// Throws `PassageIndexError.otherTenant` if a passage is another tenant's.
    package func upsert(_ passages: [Passage]) throws(PassageIndexError) {
        for passage in passages where passage.tenant != tenant {
            throw .otherTenant(passage: passage.id, of: passage.tenant, index: tenant)
        }
        // The last of several with one id stands, as in the topic.
        var latest: [PassageID: Passage] = [:]
        for passage in passages { latest[passage.id] = passage }
        let ordered = latest.values.sorted { $0.id < $1.id }
        for passage in ordered {
            remove(passage.id)
            lastRowID += 1
            fullText.insert(Self.row(passage), id: lastRowID)
            remember(passage, rowID: lastRowID)
            hasLaterVersions = hasLaterVersions || passage.version != nil
            hidden = nil
        }
    }

    /// Adds a passage, or replaces the one with its id.
    package func upsert(_ passage: Passage) throws(PassageIndexError) {
        try upsert([passage])
    }

    /// Removes a passage; one that is not there is no error, as tombstones repeat.
    package func remove(_ id: PassageID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        fullText.delete(Self.row(entry.passage), id: entry.rowID)
        ids[entry.rowID] = nil
        hidden = nil
        for space in vectors.keys {
            vectors[space]?.remove(entry.rowID)
            if vectors[space]?.count == 0 { vectors[space] = nil }
        }
    }

    /// The passages that share words with the question, best first.
    package func searchText(_ question: String, limit: Int) -> [PassageMatch] {
        ranked(fullText.search(question, limit: limit))
    }

    /// The passages whose vectors, made by the same model, point most nearly the same way.
    package func searchVector(
        _ vector: [Float], model: String?, limit: Int
    ) -> [PassageMatch] {
        guard let table = table(for: vector, model: model) else { return [] }
        let found = table.nearest(to: vector, limit: limit)
        return ranked(found.map { ($0.rowID, Double($0.cosine)) })
    }

    /// The vectors that can be compared with a question's.
    func table(for vector: [Float], model: String?) -> VectorTable? {
        vectors[VectorSpace(model: model ?? "", dimensions: vector.count)]
    }

    /// The passage of a row.
    func passageID(_ row: Int64) -> PassageID? { ids[row] }

    /// The vectors of a passage's sentences.
    func sentences(of id: PassageID) -> [SentenceVector] { entries[id]?.sentences ?? [] }

    /// Several searches at once, each by its words and, where it has a vector, by its meaning,
    /// and the passages that they found; what is not valid at that time is not among them, nor
    /// what is of other documents than those that are wanted.
    package func search(
        _ queries: [PassageQuery], model: String?, limit: Int,
        within documents: Set<DocumentID>? = nil, at now: Timestamp
    ) -> (found: [PassageFindings], passages: [Passage]) {
        let found = queries.map {
            scored($0, model: model, limit: limit, within: documents, at: now)
        }
        let ids = Set(found.flatMap { $0.scored.map(\.id) })
        let passages = ids.sorted().compactMap { id -> Passage? in
            guard var passage = passage(id) else { return nil }
            passage.version = version(of: passage.document)
            return passage
        }
        return (found, passages)
    }

    /// The passages by their rows.
    var passages: some Sequence<(Int64, Passage)> {
        entries.values.lazy.map { ($0.rowID, $0.passage) }
    }

    /// The passages of a document in its order, as the version in use has them; whether each was
    /// embedded is told by its model's name, as vectors are left out.
    package func passages(of document: DocumentID) -> [Passage] {
        let version = standings[document]?.version ?? 1
        return entries.values.lazy.map(\.passage)
            .filter { $0.document == document && $0.version ?? 1 <= version }
            .sorted { ($0.ordinal, $0.id) < ($1.ordinal, $1.id) }
    }

    /// The passage with that id; its vector is left out.
    package func passage(_ id: PassageID) -> Passage? {
        entries[id]?.passage
    }

    /// The number of passages.
    package var count: Int { entries.count }

    /// The number of passages that have a vector.
    package var vectorCount: Int { vectors.values.reduce(0) { $0 + $1.count } }

    /// The number of passages whose vectors cannot be compared with those of a model: they are
    /// found by their words alone until they are embedded again.
    package func setAside(but space: VectorSpace) -> Int {
        vectorCount - (vectors[space]?.count ?? 0)
    }

    /// The documents of which passages are set aside for a model, in the order of their ids.
    package func documents(setAsideBut space: VectorSpace) -> [DocumentID] {
        var documents: Set<DocumentID> = []
        for (other, table) in vectors where other != space {
            for rowID in table.rows {
                if let passage = ids[rowID].flatMap({ entries[$0]?.passage }) {
                    documents.insert(passage.document)
                }
            }
        }
        return documents.sorted()
    }

    /// The number of passages of each document.
    package var documentCounts: [DocumentID: Int] {
        entries.values.reduce(into: [:]) { $0[$1.passage.document, default: 0] += 1 }
    }
}

extension PassageIndex {
    private func remember(_ passage: Passage, rowID: Int64) {
        var kept = passage
        // The table has it; a second copy would double the memory.
        kept.vector = nil
        kept.sentences = nil
        entries[passage.id] = Entry(
            rowID: rowID, passage: kept,
            sentences: (passage.sentences ?? []).map { SentenceVector($0.steps) })
        ids[rowID] = passage.id
        guard let vector = passage.vector?.values, !vector.isEmpty else { return }
        let space = VectorSpace(model: passage.model ?? "", dimensions: vector.count)
        vectors[space, default: VectorTable(dimensions: vector.count)].set(vector, for: rowID)
    }

    private func ranked(_ found: [(id: Int64, score: Double)]) -> [PassageMatch] {
        found.enumerated().compactMap { index, hit in
            ids[hit.id].map { PassageMatch(id: $0, score: hit.score, rank: index + 1) }
        }
    }

    private static func row(_ passage: Passage) -> FullTextTable.Row {
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
