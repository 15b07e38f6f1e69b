import Conversation
import Cryptography
import Foundation
import HTTPClient
import HTTPServer
import LanguageModel

/// An embedding server in front of another one, which keeps every vector in a folder by the hash
/// of its text: an evaluation that is repeated costs the small model's minutes once.
///
/// The installation that is measured asks it as it asks any other.
struct EmbeddingCache: Sendable {
    private struct Request: Decodable {
        var model: String
        var input: [String]
        var input_type: Embeddings.Purpose?
    }

    private struct Answer: Encodable {
        struct Item: Encodable {
            var index: Int
            var embedding: [Float]
        }
        var object = "list"
        var model: String
        var data: [Item]
    }

    /// What is kept of a text.
    private struct Kept: Codable {
        var model: String
        var vector: Embedding
    }

    /// How long the server behind may take for a text.
    private static let patience = Duration.seconds(120)

    private let folder: String
    private let url: String
    private let client: HTTPClient

    /// Keeps the vectors of the server at `url` in a folder, which is made.
    init(folder: String, url: String) throws {
        self.folder = folder
        self.url = url
        client = try HTTPClient()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    /// Serves it while `body` runs, which gets the address.
    func serve<Value: Sendable>(
        _ body: @Sendable (String) async throws -> Value
    ) async throws -> Value {
        var router = Router()
        router.on(.post, "/v1/embeddings") { [self] request, _ in try await answer(request.body) }
        let server = HTTPServer(configuration: .init(), router: router)
        let port = try server.start()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            defer { group.cancelAll() }
            return try await body("http://127.0.0.1:\(port)/v1")
        }
    }

    private func answer(_ body: [UInt8]) async throws -> HTTPResponse {
        let request: Request
        do throws(RecordError) {
            request = try RecordCodec.decode(Request.self, from: body)
        } catch {
            return Problem(400, "bad_json", "the body is no request for embeddings").response
        }
        let purpose = request.input_type ?? .query
        let names = request.input.map {
            "\(folder)/" + SHA256.hex("\(request.model)\u{0}\(purpose.rawValue)\u{0}\($0)")
        }
        var kept = names.map(Self.read)
        let missing = kept.indices.filter { kept[$0] == nil }
        if !missing.isEmpty {
            var configuration = Embeddings.Configuration(model: request.model)
            configuration.timeout = Self.patience
            let server = Embeddings(
                LanguageModelEndpoint(baseURL: url), configuration, over: client)
            let made = try await server.made(of: missing.map { request.input[$0] }, as: purpose)
            for (index, vector) in zip(missing, made.vectors) {
                let one = Kept(model: made.model, vector: Embedding(vector))
                try Data(try RecordCodec.encode(one)).write(
                    to: URL(filePath: names[index]), options: .atomic)
                kept[index] = one
            }
        }
        let answer = Answer(
            model: kept.first??.model ?? request.model,
            data: kept.enumerated().map { index, kept in
                Answer.Item(index: index, embedding: kept?.vector.values ?? [])
            })
        return .json(try RecordCodec.encode(answer))
    }

    /// What is kept of a text; a file that was cut short counts as none, and is written anew.
    private static func read(_ path: String) -> Kept? {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        return try? RecordCodec.decode(Kept.self, from: [UInt8](bytes))
    }
}
