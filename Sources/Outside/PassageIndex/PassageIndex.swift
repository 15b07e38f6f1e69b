package import Conversation
import SQLite

/// A passage's place in a list of what was found.
package struct PassageMatch: Sendable, Equatable {
    /// The passage.
    package var id: PassageID
    /// How well it fits: bm25 (above 0, open-ended) for text, the cosine (-1 to 1) for vectors.
    package var score: Double
    /// Its place in the list, from 1.
    package var rank: Int
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
    }

    /// Vectors of different models or sizes cannot be compared.
    private struct VectorSpace: Hashable {
        var model: String?
        var dimensions: Int
    }

    private let executor: QueueExecutor
    private let fullText: FullTextTable
    private var vectors: [VectorSpace: VectorTable] = [:]
    private var entries: [PassageID: Entry] = [:]
    private var ids: [Int64: PassageID] = [:]
    private var lastRowID: Int64 = 0

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// An empty index of a tenant.
    ///
    /// Throws `PassageIndexError.database` if SQLite has no FTS5 or no memory.
    package init(tenant: TenantID) throws(PassageIndexError) {
        self.tenant = tenant
        executor = QueueExecutor(label: "parley.passage-index")
        do {
            fullText = try FullTextTable()
        } catch {
            throw .database("\(error)")
        }
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
        let firstRowID = lastRowID + 1
        try changing { () throws(SQLiteError) in
            for (offset, passage) in ordered.enumerated() {
                if let old = entries[passage.id] {
                    try fullText.delete(Self.row(old.passage), id: old.rowID)
                }
                try fullText.insert(Self.row(passage), id: firstRowID + Int64(offset))
            }
        }
        for passage in ordered {
            forget(passage.id)
            lastRowID += 1
            remember(passage, rowID: lastRowID)
        }
    }

    /// Adds a passage, or replaces the one with its id.
    package func upsert(_ passage: Passage) throws(PassageIndexError) {
        try upsert([passage])
    }

    /// Removes a passage; one that is not there is no error, as tombstones repeat.
    package func remove(_ id: PassageID) throws(PassageIndexError) {
        guard let entry = entries[id] else { return }
        try changing { () throws(SQLiteError) in
            try fullText.delete(Self.row(entry.passage), id: entry.rowID)
        }
        forget(id)
    }

    /// The passages that share words with the question, best first.
    package func searchText(
        _ question: String, limit: Int
    ) throws(PassageIndexError) -> [PassageMatch] {
        do {
            return ranked(try fullText.search(question, limit: limit))
        } catch {
            throw .database("\(error)")
        }
    }

    /// The passages whose vectors, made by the same model, point most nearly the same way.
    package func searchVector(
        _ vector: [Float], model: String?, limit: Int
    ) -> [PassageMatch] {
        let space = VectorSpace(model: model, dimensions: vector.count)
        guard let table = vectors[space] else { return [] }
        let found = table.nearest(to: vector, limit: limit)
        return ranked(found.map { ($0.rowID, Double($0.cosine)) })
    }

    /// The passage with that id; its vector is left out.
    package func passage(_ id: PassageID) -> Passage? {
        entries[id]?.passage
    }

    /// The number of passages.
    package var count: Int { entries.count }

    /// The number of passages that have a vector.
    package var vectorCount: Int { vectors.values.reduce(0) { $0 + $1.count } }

    /// The number of passages of each document.
    package var documentCounts: [DocumentID: Int] {
        entries.values.reduce(into: [:]) { $0[$1.passage.document, default: 0] += 1 }
    }
}

extension PassageIndex {
    private func changing(
        _ body: () throws(SQLiteError) -> Void
    ) throws(PassageIndexError) {
        do {
            try fullText.together(body)
        } catch {
            throw .database("\(error)")
        }
    }

    private func remember(_ passage: Passage, rowID: Int64) {
        var kept = passage
        // The table has it; a second copy would double the memory.
        kept.vector = nil
        entries[passage.id] = Entry(rowID: rowID, passage: kept)
        ids[rowID] = passage.id
        guard let vector = passage.vector?.values, !vector.isEmpty else { return }
        let space = VectorSpace(model: passage.model, dimensions: vector.count)
        vectors[space, default: VectorTable(dimensions: vector.count)].set(vector, for: rowID)
    }

    private func forget(_ id: PassageID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        ids[entry.rowID] = nil
        for space in vectors.keys {
            vectors[space]?.remove(entry.rowID)
            if vectors[space]?.count == 0 { vectors[space] = nil }
        }
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

/// Why the index refused a change or a search.
package enum PassageIndexError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A passage of another tenant was offered.
    case otherTenant(passage: PassageID, of: TenantID, index: TenantID)
    /// SQLite failed; in memory that means a lack of memory or a build without FTS5.
    case database(String)

    /// One sentence for the log.
    package var description: String {
        switch self {
        case .otherTenant(let passage, let owner, let index):
            "Passage \(passage) of tenant \(owner) was offered to the index of tenant \(index)."
        case .database(let detail):
            "The passage index failed: \(detail)"
        }
    }
}
