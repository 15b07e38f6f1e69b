import Conversation
package import HTTPClient

/// Puts passages in the order in which a model thinks that they answer a question, over the
/// interface that Jina, Cohere, vLLM, llama.cpp's server and others have: `POST /rerank` with
/// `model`, `query`, `documents` and `top_n`, answered by `results` with `index` and
/// `relevance_score`.
package struct Reranker: Sendable {
    private let endpoint: LanguageModelEndpoint
    private let model: String
    private let timeout: Duration
    private let client: HTTPClient
    private let health: ModelHealth?

    /// Takes where to ask, for which model, how long an answer may take, and over which client;
    /// `health` watches the server.
    package init(
        _ endpoint: LanguageModelEndpoint, model: String, timeout: Duration,
        over client: HTTPClient, watchedBy health: ModelHealth? = nil
    ) {
        self.endpoint = endpoint
        self.model = model
        self.timeout = timeout
        self.client = client
        self.health = health
    }

    /// The places of documents in the list, the most relevant first; all of them, each once: those
    /// that the server leaves out come last, in their order.
    package func order(
        of documents: [String], for query: String
    ) async throws(LanguageModelError) -> [Int] {
        guard documents.count > 1 else { return Array(documents.indices) }
        guard let health else { return try await asked(documents, query) }
        return try await health.call("rerank", at: endpoint.description) {
            () async throws(LanguageModelError) in
            try await asked(documents, query)
        }
    }

    private struct Request: Encodable {
        var model: String
        var query: String
        var documents: [String]
        var top_n: Int
    }

    private struct Answer: Decodable {
        struct Result: Decodable {
            var index: Int
            var relevance_score: Double
        }
        var results: [Result]
    }

    private func asked(
        _ documents: [String], _ query: String
    ) async throws(LanguageModelError) -> [Int] {
        let body: [UInt8]
        do throws(RecordError) {
            body = try RecordCodec.encode(
                Request(
                    model: model, query: query, documents: documents, top_n: documents.count))
        } catch {
            throw .permanent(.invalidRequest, detail: "the texts cannot be written as JSON")
        }
        let bytes = try await endpoint.post(
            "/rerank", body, timeout: timeout, model: model, over: client)
        let answer: Answer
        do throws(RecordError) {
            answer = try RecordCodec.decode(Answer.self, from: bytes)
        } catch {
            throw .malformedAnswer(detail: "it has no results with index and relevance_score")
        }
        let results = answer.results.filter {
            documents.indices.contains($0.index) && $0.relevance_score.isFinite
        }
        guard !results.isEmpty else { throw .malformedAnswer(detail: "it ranks nothing") }
        var order: [Int] = []
        let ranked = results.enumerated().sorted {
            ($1.element.relevance_score, $0.offset) < ($0.element.relevance_score, $1.offset)
        }
        for result in ranked.map(\.element) where !order.contains(result.index) {
            order.append(result.index)
        }
        return order + documents.indices.filter { !order.contains($0) }
    }
}
