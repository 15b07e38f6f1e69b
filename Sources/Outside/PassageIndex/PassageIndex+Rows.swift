package import Conversation

/// What is known of rows, wherever they lie.
extension PassageIndex {
    /// The vectors that can be compared with a question's: the process's own, and a generation's.
    struct Tables: Sendable {
        var own: VectorTable
        var mapped: MappedVectors?
        var dead: DeadRows?

        /// The nearest rows by cosine, best first; equals in order of their rows.
        func nearest(to vector: [Float], limit: Int) -> [(rowID: Int64, cosine: Float)] {
            let base = mapped.flatMap { mapped in dead.map { (mapped, $0) } }
            return own.nearest(to: vector, limit: limit, over: base)
        }

        /// The cosine of some rows; of a row without a vector, none.
        func cosines(of rows: some Sequence<Int64>, to vector: [Float]) -> [Int64: Float] {
            own.cosines(of: rows, to: vector, over: mapped)
        }
    }

    /// The vectors that can be compared with a question's.
    func tables(for vector: [Float], model: String?) -> Tables? {
        let space = VectorSpace(model: model ?? "", dimensions: vector.count)
        let mapped = base?.vectors[space] ?? 0 > 0 ? base?.generation.spaces[space] : nil
        guard mapped != nil || vectors[space] != nil else { return nil }
        return Tables(
            own: vectors[space] ?? VectorTable(dimensions: vector.count), mapped: mapped,
            dead: base?.dead)
    }

    /// The passage of a row.
    func passageID(_ row: Int64) -> PassageID? {
        row < Self.firstOwnRow ? base?.generation.passageID(Int(row)) : ids[row]
    }

    /// The document of a row.
    func document(of row: Int64) -> DocumentID {
        if row < Self.firstOwnRow, let base { return base.generation.document(Int(row)) }
        return ids[row].flatMap { entries[$0]?.passage.document } ?? ""
    }

    /// The questions that a row is the typed answer to; `nil` where it is none.
    func questions(of row: Int64) -> [String]? {
        guard row < Self.firstOwnRow else {
            return ids[row].flatMap { entries[$0]?.passage.asked }
        }
        guard let generation = base?.generation, generation.isTyped(Int(row)) else { return nil }
        return mappedPassage(Int(row))?.asked
    }

    /// The cosine of a row's nearest sentence with a vector of length 1.
    func nearestSentence(of row: Int64, to unit: [Float]) -> Double? {
        guard row < Self.firstOwnRow else {
            let sentences = ids[row].flatMap { entries[$0]?.sentences } ?? []
            return sentences.compactMap { $0.cosine(with: unit) }.max().map(Double.init)
        }
        return base?.generation.nearestSentence(Int(row), to: unit).map(Double.init)
    }

    /// The passage with that id; its vector is left out.
    ///
    /// None where it does not open any more: its
    /// tenant's key is destroyed.
    package func passage(_ id: PassageID) -> Passage? {
        if let entry = entries[id] { return entry.passage }
        return base?.row(of: id).flatMap { mappedPassage($0) }
    }

    private func mappedPassage(_ row: Int) -> Passage? {
        if let passage = opened[row] { return passage }
        guard let passage = base?.generation.passage(row) else { return nil }
        opened.keep(passage, of: row)
        return passage
    }

    /// The rows of the documents of which something holds.
    func rows(where isWanted: (DocumentID) -> Bool) -> [Int64] {
        let own = entries.values.filter { isWanted($0.passage.document) }.map(\.rowID)
        guard let base else { return own }
        return own + base.rows.filter { isWanted(base.generation.document($0)) }.map { Int64($0) }
    }

    /// The passages of a document in its order, as the version in use has them; whether each was
    /// embedded is told by its model's name, as vectors are left out.
    package func passages(of document: DocumentID) -> [Passage] {
        let version = standings[document]?.version ?? 1
        return rows { $0 == document }.compactMap { row in
            row < Self.firstOwnRow
                ? base?.generation.passage(Int(row)) : ids[row].flatMap { entries[$0]?.passage }
        }.filter { $0.version ?? 1 <= version }
            .sorted { ($0.ordinal, $0.id) < ($1.ordinal, $1.id) }
    }

    /// The passages of a document's sheet in their order; none where the document is not valid at
    /// that time.
    package func rows(
        of document: DocumentID, sheet: String?, at now: Timestamp
    ) -> [Passage] {
        guard standings[document]?.terms.hold(at: now) != false else { return [] }
        return passages(of: document).filter { $0.sheet == sheet }.map { passage in
            var passage = passage
            passage.version = version(of: document)
            return passage
        }
    }

    /// The number of passages.
    package var count: Int { entries.count + (base?.count ?? 0) }

    /// The number of passages that have a vector.
    package var vectorCount: Int {
        vectors.values.reduce(0) { $0 + $1.count }
            + (base?.vectors.values.reduce(0, +) ?? 0)
    }

    /// The number of passages whose vectors cannot be compared with those of a model: they are
    /// found by their words alone until they are embedded again.
    package func setAside(but space: VectorSpace) -> Int {
        vectorCount - (vectors[space]?.count ?? 0) - (base?.vectors[space] ?? 0)
    }

    /// The documents of which passages are set aside for a model, in the order of their ids.
    package func documents(setAsideBut space: VectorSpace) -> [DocumentID] {
        var documents: Set<DocumentID> = []
        for (other, table) in vectors where other != space {
            for rowID in table.rows { documents.insert(document(of: rowID)) }
        }
        if let base, setAside(but: space) > 0 {
            for (other, mapped) in base.generation.spaces where other != space {
                for place in 0..<mapped.count where !base.dead[Int(mapped.rows[place])] {
                    documents.insert(base.generation.document(Int(mapped.rows[place])))
                }
            }
        }
        return documents.sorted()
    }

    /// The number of passages of each document.
    package var documentCounts: [DocumentID: Int] {
        var counts: [DocumentID: Int] = [:]
        for entry in entries.values { counts[entry.passage.document, default: 0] += 1 }
        if let base {
            for row in base.rows { counts[base.generation.document(row), default: 0] += 1 }
        }
        return counts
    }
}

/// Passages of a generation that were opened lately: customers ask about the same ones again and
/// again.
struct OpenedPassages: Sendable {
    /// Two of so many are kept: at a kilobyte each, half a megabyte.
    private static let most = 256

    private var young: [Int: Passage] = [:]
    private var old: [Int: Passage] = [:]

    subscript(_ row: Int) -> Passage? { young[row] ?? old[row] }

    mutating func keep(_ passage: Passage, of row: Int) {
        if young.count >= Self.most {
            old = young
            young = [:]
        }
        young[row] = passage
    }
}
