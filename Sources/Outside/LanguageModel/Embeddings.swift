import Conversation
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

    /// Takes where to ask, for what, and over which client.
    package init(
        _ endpoint: LanguageModelEndpoint, _ configuration: Configuration, over client: HTTPClient
    ) {
        precondition(configuration.batchSize > 0, "a batch has at least one text")
        self.endpoint = endpoint
        self.configuration = configuration
        self.client = client
    }

    /// One vector of length 1 for each text, in their order; in batches, one after the other.
    package func embed(
        _ texts: [String], as purpose: Purpose
    ) async throws(LanguageModelError) -> [[Float]] {
        var vectors: [[Float]] = []
        vectors.reserveCapacity(texts.count)
        while vectors.count < texts.count {
            let end = min(vectors.count + configuration.batchSize, texts.count)
            vectors += try await batch(Array(texts[vectors.count..<end]), purpose)
            guard vectors.last?.count == vectors.first?.count else {
                throw .malformedAnswer(detail: "vectors of different lengths")
            }
        }
        return vectors
    }

    private func batch(
        _ texts: [String], _ purpose: Purpose
    ) async throws(LanguageModelError) -> [[Float]] {
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
        return try Self.vectors(in: bytes, count: texts.count, dimensions: configuration.dimensions)
    }

    /// Reads, checks and normalises the vectors of an answer.
    static func vectors(
        in bytes: [UInt8], count: Int, dimensions: Int?
    ) throws(LanguageModelError) -> [[Float]] {
        let items: [EmbeddingResponseBody.Item]
        do throws(RecordError) {
            items = try EmbeddingResponseBody(reading: bytes).data
        } catch {
            throw .malformedAnswer(detail: "it is not a list of embeddings in JSON")
        }
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

private struct EmbeddingResponseBody: Decodable {
    struct Item: Decodable {
        var index: Int?
        var embedding: [Float]
    }

    var data: [Item]

    init(reading bytes: [UInt8]) throws(RecordError) {
        let numbers = NumberLists(in: bytes)
        // What does not fit is read again as it came, for the error that tells what is wrong.
        let outline = try? RecordCodec.decode(Outline.self, from: numbers.rest)
        let items = outline?.data.compactMap { item in
            numbers[item.embedding].map { Item(index: item.index, embedding: $0) }
        }
        if let items, items.count == numbers.lists.count {
            data = items
        } else {
            self = try RecordCodec.decode(Self.self, from: bytes)
        }
    }

    /// The body without its numbers.
    private struct Outline: Decodable {
        struct Item: Decodable {
            var index: Int?
            /// Which of the lists.
            var embedding: String
        }
        var data: [Item]
    }
}
