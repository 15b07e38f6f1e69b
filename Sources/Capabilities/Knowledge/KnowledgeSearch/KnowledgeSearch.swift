package import Conversation
package import LanguageModel
import PassageIndex
package import Records
package import RetrievalStage
package import StageRuntime
import Synchronization
package import Telemetry

/// The passages of all tenants in this process, each tenant's in an index of its own, and the
/// search over them: by words, and by meaning where there is an embedding server.
package final class KnowledgeSearch: Sendable {
    private let indexes = Mutex<[TenantID: PassageIndex]>([:])
    private let embeddings: Embeddings?
    private let sentences: SentenceVectors?
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    /// No passages yet; `embeddings` makes a client of the embedding server that waits so long for
    /// an answer, or `nil` where there is no such server; `now` tells what is valid.
    package init(
        embeddings: (Duration) -> Embeddings?, logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.now = now
        self.embeddings = embeddings(RetrievalStage.embeddingTimeout)
        sentences = embeddings(SentenceVectors.timeout).map { SentenceVectors($0) }
        self.logger = logger
    }

    /// What keeps the indexes.
    package var feed: TopicTable.Feed {
        TopicTable.Feed([.knowledgePassages]) { value, headers, _ in
            do throws(PassageIndexError) {
                try await self.apply(value, headers)
            } catch {
                self.logger.error("a passage cannot be indexed", [.error: .error(error)])
            }
        }
    }

    private func apply(
        _ value: RecordValue, _ headers: RecordHeaders
    ) async throws(PassageIndexError) {
        switch value {
        case .payload(let passage as Passage): try await index(passage.tenant).upsert(passage)
        case .payload(let standing as DocumentStanding):
            try await index(standing.tenant).stand(standing)
        case .payload(let withdrawal as PassageWithdrawal):
            await index(withdrawal.tenant).remove(withdrawal.passage)
        case .tombstone(let key): await remove(key)
        case .erased: await remove(headers.subject)
        case .payload, .unknown: break
        }
    }

    /// Forgets the passage of a key, `tenant/passage`: nothing else says whose it was.
    private func remove(_ key: String) async {
        let parts = key.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return }
        if parts[1].hasSuffix(DocumentStanding.keyEnd) {
            let document = DocumentID(String(parts[1].dropLast(DocumentStanding.keyEnd.count)))
            return await index(TenantID(parts[0])).forgetStanding(of: document)
        }
        await index(TenantID(parts[0])).remove(PassageID(parts[1]))
    }

    private func index(_ tenant: TenantID) -> PassageIndex {
        indexes.withLock { indexes in
            if let index = indexes[tenant] { return index }
            let index = PassageIndex(tenant: tenant)
            indexes[tenant] = index
            return index
        }
    }

    /// Performs a search; one by meaning fails if the embedding server does.
    package func search(_ request: SearchRequest) async throws(CallFailure) -> SearchAnswer {
        let made = try await vectors(of: request)
        let queries = request.queries.enumerated().map { number, query in
            PassageQuery(text: query, vector: made?.vectors[number])
        }
        let index = index(request.tenant)
        let (found, passages) = await index.search(
            queries, model: made?.model, limit: request.limit, at: now())
        let setAside = if let made { await index.setAside(but: made.space) } else { 0 }
        let rankings = found.map { found in
            SearchAnswer.Ranking(
                scored: found.scored.map {
                    .init(id: $0.id, words: $0.words, similarity: $0.similarity, score: $0.score)
                }, isByMeaning: found.isByMeaning, background: found.background)
        }
        return SearchAnswer(
            rankings: rankings, passages: passages.map { .init($0) },
            problem: Self.problem(setAside, made?.model),
            vector: made.flatMap { made in
                made.vectors.last.map { QuestionVector($0, model: made.model) }
            })
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

    /// The best passages for a question, for people.
    package func passages(
        _ tenant: TenantID, _ question: String, limit: Int
    ) async throws(CallFailure) -> [RankedPassage] {
        var request = SearchRequest(
            tenant: tenant, queries: [question], limit: max(limit, 20), byMeaning: true)
        let answer: SearchAnswer
        do throws(CallFailure) {
            answer = try await search(request)
        } catch {
            // As the retrieval stage does: words alone are better than nothing.
            request.byMeaning = false
            answer = try await search(request)
        }
        return Array(PassageRanking.rank(answer, for: request.queries).prefix(limit))
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
