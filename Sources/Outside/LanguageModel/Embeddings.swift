package import Conversation
package import HTTPClient

/// Turns texts into vectors over OpenAI's embeddings interface.
package struct Embeddings: Sendable {
    /// What a text is to a search; models of the E5 family put them in different places.
    package enum Purpose: String, Sendable, Codable {
        case query
        case passage
    }

    /// Which model, and what its server wants.
    package struct Configuration: Sendable {
        /// The name the server knows the model by.
        package var model: String
        /// Whether to send `input_type`; OpenAI itself refuses fields that it does not know.
        package var sendsInputType = true
        /// The length that every vector must have, or nil for any as long as all have the same.
        package var dimensions: Int?
        /// Texts in one request: a few hundred milliseconds of a small local model on two cores.
        package var batchSize = 16
        /// How long one request may take.
        package var timeout: Duration = .seconds(60)

        /// Takes the model's name; the rest are properties.
        package init(model: String) {
            self.model = model
        }
    }

    private let endpoint: LanguageModelEndpoint
    private let configuration: Configuration
    private let client: HTTPClient
    private let health: ModelHealth?

    /// Takes where to ask, for what, and over which client; `health` watches the server.
    package init(
        _ endpoint: LanguageModelEndpoint, _ configuration: Configuration, over client: HTTPClient,
        watchedBy health: ModelHealth? = nil
    ) {
        self.health = health
        precondition(configuration.batchSize > 0, "a batch has at least one text")
        self.endpoint = endpoint
        self.configuration = configuration
        self.client = client
    }

    /// Vectors of texts, and which model made them.
    package struct Made: Sendable, Equatable {
        /// One vector of length 1 for each text, in their order.
        package var vectors: [[Float]]
        /// The model's name: as configured, unless the server says that it is another.
        package var model: String
        /// The length of the vectors.
        package var dimensions: Int { vectors.first?.count ?? 0 }
        /// What the vectors can be compared with.
        package var space: VectorSpace {
            VectorSpace(model: model, dimensions: dimensions)
        }

        /// Takes vectors with their model.
        package init(vectors: [[Float]], model: String) {
            self.vectors = vectors
            self.model = model
        }
    }

    /// One vector of length 1 for each text, in their order; in batches, one after the other.
    package func embed(
        _ texts: [String], as purpose: Purpose
    ) async throws(LanguageModelError) -> [[Float]] {
        try await made(of: texts, as: purpose).vectors
    }

    /// The same, with the name of the model that made them.
    package func made(
        of texts: [String], as purpose: Purpose
    ) async throws(LanguageModelError) -> Made {
        var made = Made(vectors: [], model: configuration.model)
        made.vectors.reserveCapacity(texts.count)
        while made.vectors.count < texts.count {
            let start = made.vectors.count
            let end = min(start + configuration.batchSize, texts.count)
            let next = try await watchedBatch(Array(texts[start..<end]), purpose)
            guard start == 0 || next.space == made.space else {
                throw .malformedAnswer(detail: "vectors of different models or lengths")
            }
            made.vectors += next.vectors
            made.model = next.model
        }
        return made
    }

    /// The name that a server gives its model, or the configured one where both plainly are the
    /// same: `e5-small` and `models/e5-small-q4.gguf`.
    static func name(said: String?, configured: String) -> String {
        guard let said, !said.isEmpty, plain(said) != plain(configured) else { return configured }
        return said
    }

    /// A model's name without its folder and without what says how it is stored.
    private static func plain(_ name: String) -> String {
        let stored: Set<String> = [
            "gguf", "onnx", "latest", "f16", "f32", "fp16", "fp32", "bf16", "int8", "int4",
        ]
        var name = name.lowercased()[...]
        if let slash = name.lastIndex(of: "/") { name = name[name.index(after: slash)...] }
        while let mark = name.lastIndex(where: { "-.:".contains($0) }), mark > name.startIndex {
            let ending = name[name.index(after: mark)...]
            // `q4`, `q4_k_m`.
            let isQuantised = ending.first == "q" && ending.dropFirst().first?.isNumber == true
            guard isQuantised || stored.contains(String(ending)) else { break }
            name = name[..<mark]
        }
        return String(name)
    }

    private func watchedBatch(
        _ texts: [String], _ purpose: Purpose
    ) async throws(LanguageModelError) -> Made {
        guard let health else { return try await batch(texts, purpose) }
        return try await health.call("embedding", at: endpoint.description) {
            () async throws(LanguageModelError) in
            try await batch(texts, purpose)
        }
    }

    private func batch(
        _ texts: [String], _ purpose: Purpose
    ) async throws(LanguageModelError) -> Made {
        let type = configuration.sendsInputType && !endpoint.isOpenAI ? purpose : nil
        let body: [UInt8]
        do throws(RecordError) {
            body = try RecordCodec.encode(
                EmbeddingRequestBody(model: configuration.model, input: texts, input_type: type))
        } catch {
            throw .permanent(.invalidRequest, detail: "the texts cannot be written as JSON")
        }
        let bytes = try await endpoint.post(
            "/embeddings", body, timeout: configuration.timeout, model: configuration.model,
            over: client)
        return try made(from: bytes, count: texts.count)
    }

    /// Reads, checks and normalises the vectors of an answer.
    private func made(from bytes: [UInt8], count: Int) throws(LanguageModelError) -> Made {
        let body: EmbeddingResponseBody
        do throws(RecordError) {
            body = try EmbeddingResponseBody(reading: bytes)
        } catch {
            throw .malformedAnswer(detail: "it is not a list of embeddings in JSON")
        }
        if let error = body.error {
            throw LanguageModelError(inside: error, key: endpoint.key)
        }
        return Made(
            vectors: try Self.vectors(
                in: body.data, count: count, dimensions: configuration.dimensions),
            model: Self.name(said: body.model, configured: configuration.model))
    }

    private static func vectors(
        in items: [EmbeddingResponseBody.Item], count: Int, dimensions: Int?
    ) throws(LanguageModelError) -> [[Float]] {
        guard items.count == count else {
            throw .malformedAnswer(detail: "\(items.count) vectors for \(count) texts")
        }
        var vectors = [[Float]](repeating: [], count: count)
        let expected = dimensions ?? items.first?.embedding.count ?? 0
        for (position, item) in items.enumerated() {
            let index = item.index ?? position
            guard vectors.indices.contains(index), vectors[index].isEmpty else {
                throw .malformedAnswer(detail: "index \(index) is wrong or repeated")
            }
            guard item.embedding.count == expected, expected > 0 else {
                throw .malformedAnswer(
                    detail: "a vector of \(item.embedding.count) dimensions instead of \(expected)")
            }
            guard let unit = normalised(item.embedding) else {
                throw .malformedAnswer(detail: "a vector without a direction")
            }
            vectors[index] = unit
        }
        return vectors
    }

    /// The same direction with length 1, or nil when there is none.
    private static func normalised(_ vector: [Float]) -> [Float]? {
        var sum = 0.0
        for value in vector { sum += Double(value) * Double(value) }
        guard sum.isFinite, sum > 0 else { return nil }
        let length = Float(sum.squareRoot())
        return vector.map { $0 / length }
    }
}

private struct EmbeddingRequestBody: Encodable {
    var model: String
    var input: [String]
    var input_type: Embeddings.Purpose?
}
