package import Conversation

/// What is not found for now, or counts more than others.
extension PassageIndex {
    /// Rows that are not found, and for how long that is so.
    struct Hidden {
        var rows: Set<Int64>
        var from: Timestamp
        var until: Timestamp
    }

    /// Takes in which version of a document stands, and on what terms.
    ///
    /// Throws `PassageIndexError.otherTenant` if the document is another tenant's.
    package func stand(
        _ standing: DocumentStanding, at offset: Int64? = nil
    ) throws(PassageIndexError) {
        guard standing.tenant == tenant else {
            throw .otherTenantsDocument(standing.document, of: standing.tenant, index: tenant)
        }
        guard !isKnown(offset) else { return }
        standings[standing.document] = standing
        later.note(standing.document, offset)
        hidden = nil
    }

    /// Forgets what is known of a document beyond its passages.
    package func forgetStanding(of document: DocumentID, at offset: Int64? = nil) {
        guard !isKnown(offset) else { return }
        standings[document] = nil
        later.note(document, offset)
        hidden = nil
    }

    /// The version of a document that is found, where it is not the first.
    func version(of document: DocumentID) -> Int? {
        standings[document].flatMap { $0.version > 1 ? $0.version : nil }
    }

    /// The rows that are not found: of documents out of their time, and of versions still being
    /// built.
    func hiddenRows(at now: Timestamp) -> Set<Int64> {
        if standings.isEmpty, !hasLaterVersions { return [] }
        if let hidden, now >= hidden.from, now < hidden.until { return hidden.rows }
        var rows: Set<Int64> = []
        func hide(_ row: Int64, of document: DocumentID, _ version: Int?) {
            let standing = standings[document]
            let isBuilt = version ?? 1 <= standing?.version ?? 1
            if !isBuilt || standing?.terms.hold(at: now) == false { rows.insert(row) }
        }
        if let base {
            for row in base.rows {
                let generation = base.generation
                hide(Int64(row), of: generation.document(row), generation.version(row))
            }
        }
        for entry in entries.values {
            hide(entry.rowID, of: entry.passage.document, entry.passage.version)
        }
        let times = standings.values.flatMap { [$0.terms.validFrom, $0.terms.validUntil] }
            .compactMap(\.self)
        let next = times.filter { $0 > now }.min() ?? Timestamp(milliseconds: .max)
        hidden = Hidden(rows: rows, from: now, until: next)
        return rows
    }

    /// What one step of a document's priority is worth, and a typed answer beside a document's
    /// words: in vectors about as much as between the first and the next few passages, measured in
    /// the scores of words and meaning together; where there are only words, so much of their
    /// share.
    private static let step = (meaning: 0.15, words: 0.08)
    private static let typed = (meaning: 0.3, words: 0.15)
    /// A question that was asked just so before: nothing fits better.
    static let same = 100.0

    /// What a passage counts beyond its words and meaning; `asked` is the question without what
    /// people write differently.
    func bonus(of row: Int64, asked: String, isByMeaning: Bool) -> Double {
        var bonus = 0.0
        if !standings.isEmpty, let priority = standings[document(of: row)]?.terms.priority {
            bonus += Double(priority) * (isByMeaning ? Self.step.meaning : Self.step.words)
        }
        if let questions = questions(of: row) {
            bonus += isByMeaning ? Self.typed.meaning : Self.typed.words
            if !asked.isEmpty, questions.contains(where: { AnsweredQuestion.folded($0) == asked }) {
                bonus += Self.same
            }
        }
        return bonus
    }
}
