package import Conversation
import EventLog
package import LanguageModel
package import PassageIndex
package import Records
package import RetrievalStage
package import StageRuntime
import Synchronization
package import Telemetry

/// The passages of all tenants, each tenant's in an index of its own, and the search over them: by
/// words, and by meaning where there is an embedding server.
///
/// Where there are files, most of each index lies in one that all processes of the machine share.
package final class KnowledgeSearch: Sendable {
    let indexes = Mutex<[TenantID: PassageIndex]>([:])
    let files: IndexFiles?
    /// How far the topic was applied.
    let applied = Mutex(Applied())
    /// Which version of what is in use was adopted last.
    let seen = Mutex<UInt64?>(nil)
    private let embeddings: Embeddings?
    private let sentences: SentenceVectors?
    private let coefficients: AnswerCoefficients?
    private let reranking: Reranking?
    let logger: Logger
    let now: @Sendable () -> Timestamp

    /// What puts passages in another order, for those who want that.
    package struct Reranking: Sendable {
        /// The server.
        package var reranker: Reranker
        /// Whether a tenant wants it.
        package var isWanted: @Sendable (TenantID) -> Bool

        /// Names both.
        package init(
            _ reranker: Reranker, isWanted: @escaping @Sendable (TenantID) -> Bool
        ) {
            self.reranker = reranker
            self.isWanted = isWanted
        }
    }

    /// No passages yet; `embeddings` makes a client of the embedding server that waits so long for
    /// an answer, or `nil` where there is no such server; `coefficients` tell how likely a passage
    /// answers; `now` tells what is valid.
    ///
    /// Without `files` all is in this process's memory.
    package init(
        embeddings: (Duration) -> Embeddings?, coefficients: AnswerCoefficients? = nil,
        files: IndexFiles? = nil, reranking: Reranking? = nil, logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.files = files
        self.coefficients = coefficients
        self.reranking = reranking
        self.now = now
        self.embeddings = embeddings(RetrievalStage.embeddingTimeout)
        sentences = embeddings(SentenceVectors.timeout).map { SentenceVectors($0) }
        self.logger = logger
    }

    /// What keeps the indexes.
    package var feed: TopicTable.Feed {
        TopicTable.Feed([.knowledgePassages]) { value, headers, position in
            do throws(PassageIndexError) {
                try await self.apply(value, headers, position.offset)
            } catch {
                self.logger.error("a passage cannot be indexed", [.error: .error(error)])
            }
            self.applied.withLock { $0.note(position.offset, headers) }
        } start: { log, ranges throws(EventLogError) in
            try await self.start(log, ranges)
        }
    }

    private func apply(
        _ value: RecordValue, _ headers: RecordHeaders, _ offset: Int64
    ) async throws(PassageIndexError) {
        switch value {
        case .payload(let passage as Passage):
            try await index(passage.tenant).upsert(passage, at: offset)
        case .payload(let standing as DocumentStanding):
            try await index(standing.tenant).stand(standing, at: offset)
        case .payload(let withdrawal as PassageWithdrawal):
            await index(withdrawal.tenant).remove(withdrawal.passage, at: offset)
        case .tombstone(let key): await remove(key, offset)
        case .erased: await remove(headers.subject, offset)
        case .payload, .unknown: break
        }
    }

    /// Forgets the passage of a key, `tenant/passage`: nothing else says whose it was.
    private func remove(_ key: String, _ offset: Int64) async {
        let parts = key.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return }
        if parts[1].hasSuffix(DocumentStanding.keyEnd) {
            let document = DocumentID(String(parts[1].dropLast(DocumentStanding.keyEnd.count)))
            return await index(TenantID(parts[0])).forgetStanding(of: document, at: offset)
        }
        await index(TenantID(parts[0])).remove(PassageID(parts[1]), at: offset)
    }

    func index(_ tenant: TenantID) -> PassageIndex {
        indexes.withLock { indexes in
            if let index = indexes[tenant] { return index }
            let index = PassageIndex(tenant: tenant, key: files?.living(tenant))
            indexes[tenant] = index
            return index
        }
    }

    /// Performs a search; one by meaning fails if the embedding server does.
    package func search(_ request: SearchRequest) async throws(CallFailure) -> SearchAnswer {
        try await searched(request).answer
    }

    /// What was found, and the signals of the first passage.
    private func searched(
        _ request: SearchRequest, isFolded: Bool = true, within documents: Set<DocumentID>? = nil
    ) async throws(CallFailure) -> (answer: SearchAnswer, signals: AnswerSignals?) {
        let made = try await vectors(of: request)
        let queries = request.queries.enumerated().map { number, query in
            PassageQuery(text: query, vector: made?.vectors[number])
        }
        let index = index(request.tenant)
        let (found, passages) = await index.search(
            queries, model: made?.model, limit: request.limit, within: documents, at: now(),
            isFolded: isFolded)
        let byID = Dictionary(passages.map { ($0.id, $0) }) { first, _ in first }
        let setAside = if let made { await index.setAside(but: made.space) } else { 0 }
        let rankings = found.map { found in
            SearchAnswer.Ranking(
                scored: found.scored.map { scored in
                    let others = scored.others.compactMap { byID[$0].map(PassagePlace.init) }
                    return .init(
                        id: scored.id, words: scored.words, similarity: scored.similarity,
                        score: scored.score, others: others.isEmpty ? nil : others)
                }, isByMeaning: found.isByMeaning, background: found.background)
        }
        let told = Set(found.flatMap { $0.scored.map(\.id) })
        var answer = SearchAnswer(
            rankings: rankings,
            passages: passages.filter { told.contains($0.id) }.map { .init($0) },
            problem: Self.problem(setAside, made?.model),
            vector: made.flatMap { made in
                made.vectors.last.map { QuestionVector($0, model: made.model) }
            })
        answer.order = await order(of: answer, for: request)
        // Of several queries, the one whose first passage is the first of all; the last has the
        // turns before in it.
        let first = PassageRanking.first(of: answer)
        guard let telling = found.last(where: { $0.scored.first?.id == first }) ?? found.last else {
            return (answer, nil)
        }
        answer.answerability = coefficients?.answerability(of: telling, model: made?.model)
        return (answer, telling.signals)
    }

    /// The order that the reranking server gives the best passages; `nil` where it is not wanted,
    /// or fails, or is slow: then the order is as it was.
    private func order(
        of answer: SearchAnswer, for request: SearchRequest
    ) async -> [PassageID]? {
        guard let reranking, reranking.isWanted(request.tenant),
            let query = request.queries.last
        else { return nil }
        let candidates = PassageRanking.candidates(of: answer)
        let texts = candidates.map { ($0.headings + [$0.text]).joined(separator: "\n") }
        do throws(LanguageModelError) {
            return try await reranking.reranker.order(of: texts, for: query)
                .map { candidates[$0].id }
        } catch {
            // What fails again and again is told by the health of its server.
            return nil
        }
    }

    private static func problem(_ setAside: Int, _ model: String?) -> String? {
        guard setAside > 0, let model else { return nil }
        return "another model than \(model) embedded \(setAside) passages; until they are "
            + "embedded again they are found by words alone"
    }

    private func vectors(
        of request: SearchRequest
    ) async throws(CallFailure) -> Embeddings.Made? {
        guard request.byMeaning, let embeddings else { return nil }
        do throws(LanguageModelError) {
            return try await embeddings.made(of: request.queries, as: .query)
        } catch {
            throw error.callFailure
        }
    }

    /// How near in meaning each text is to a question, as a cosine; fails where there is no
    /// embedding server, or it does not answer.
    package func similarities(
        of texts: [String], to question: String, known vector: QuestionVector?
    ) async throws(CallFailure) -> [Double] {
        guard let embeddings, let sentences else {
            throw .permanent(reason: "there is no embedding server")
        }
        do throws(LanguageModelError) {
            let made = try await sentences.vectors(of: texts)
            var wanted = vector?.values ?? []
            if vector?.model != made.model || wanted.count != made.dimensions {
                let asked = try await embeddings.made(of: [question], as: .query)
                guard asked.space == made.space || texts.isEmpty else {
                    throw .malformedAnswer(
                        detail: "vectors of \(asked.model) and \(made.model), "
                            + "which cannot be compared")
                }
                wanted = asked.vectors.first ?? []
            }
            return made.vectors.map { vector in
                zip(vector, wanted).reduce(0.0) { $0 + Double($1.0 * $1.1) }
            }
        } catch {
            throw error.callFailure
        }
    }

    /// The documents whose vectors cannot be compared with those of a model, by tenant.
    package func documents(
        setAsideBut space: VectorSpace
    ) async -> [EmbeddingWatch.Document] {
        var documents: [EmbeddingWatch.Document] = []
        for (tenant, index) in indexes.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            documents += await index.documents(setAsideBut: space).map {
                EmbeddingWatch.Document(tenant: tenant, document: $0)
            }
        }
        return documents
    }

    /// The best passages for a question, for people; unless folded, with all that say the same.
    package func passages(
        _ tenant: TenantID, _ question: String, limit: Int, isFolded: Bool = true
    ) async throws(CallFailure) -> [RankedPassage] {
        try await findings(tenant, question, limit: limit, isFolded: isFolded).passages
    }

    /// The passages of a document's sheet in their order, so many at most, and whether that is all
    /// of them.
    package func rows(
        _ tenant: TenantID, of document: DocumentID, sheet: String?, limit: Int
    ) async -> (passages: [RankedPassage], isWhole: Bool) {
        let all = await index(tenant).rows(of: document, sheet: sheet, at: now())
        let passages = all.prefix(limit).map { passage in
            RankedPassage(
                id: passage.id, document: passage.document, documentName: passage.documentName,
                headings: passage.headings, page: passage.page, sheet: passage.sheet,
                text: passage.text, contentHash: passage.contentHash, score: 0, similarity: nil,
                overlap: nil, version: passage.version)
        }
        return (passages, all.count <= limit)
    }

    /// The passages of a document that are found, in its order; those of a version that is being
    /// built are not among them.
    package func passages(of document: DocumentID, _ tenant: TenantID) async -> [Passage] {
        await index(tenant).passages(of: document)
    }

    /// What people get to see of a search.
    package struct Findings: Sendable {
        /// The passages, best first.
        package var passages: [RankedPassage]
        /// How likely it is that the first answers.
        package var answerability: Answerability?
        /// What that was computed from.
        package var signals: AnswerSignals?
    }

    /// The best passages for a question, and how likely it is that the first answers; of some
    /// documents only, where that is wanted.
    package func findings(
        _ tenant: TenantID, _ question: String, limit: Int, isFolded: Bool = true,
        within documents: Set<DocumentID>? = nil
    ) async throws(CallFailure) -> Findings {
        var request = SearchRequest(
            tenant: tenant, queries: [question], limit: max(limit, 20), byMeaning: true)
        let found: (answer: SearchAnswer, signals: AnswerSignals?)
        do throws(CallFailure) {
            found = try await searched(request, isFolded: isFolded, within: documents)
        } catch {
            // As the retrieval stage does: words alone are better than nothing.
            request.byMeaning = false
            found = try await searched(request, isFolded: isFolded, within: documents)
        }
        let ranked = PassageRanking.rank(found.answer, for: request.queries)
        return Findings(
            passages: Array(ranked.prefix(limit)), answerability: found.answer.answerability,
            signals: found.signals)
    }
}

extension LanguageModelError {
    /// What the runtime does about the error.
    package var callFailure: CallFailure {
        switch self {
        case .transient(_, let retryAfter, _):
            .transient(
                reason: description, retryAfterMilliseconds: retryAfter?.wholeMilliseconds)
        case .cancelled: .transient(reason: description, retryAfterMilliseconds: nil)
        case .permanent: .permanent(reason: description)
        case .malformedAnswer: .unexpected(reason: description)
        }
    }
}
