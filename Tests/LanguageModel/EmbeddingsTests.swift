import HTTPClient
import HTTPServer
import LanguageModel
import Testing

@Suite("Embeddings", .timeLimit(.minutes(5)))
struct EmbeddingsTests {
    func embeddings(
        _ server: ModelServer, change: (inout Embeddings.Configuration) -> Void = { _ in }
    ) throws -> Embeddings {
        var configuration = Embeddings.Configuration(model: "e5")
        configuration.batchSize = 2
        change(&configuration)
        return Embeddings(
            .init(baseURL: server.url + "/v1"), configuration, over: try HTTPClient())
    }

    @Test("texts go out in batches and come back in order, with length 1")
    func batches() async throws {
        let server = try ModelServer(
            #"{"data":[{"index":1,"embedding":[0,2]},{"index":0,"embedding":[3,4]}]}"#,
            #"{"data":[{"embedding":[-5,0]}]}"#)
        let vectors = try await embeddings(server).embed(["a", "b", "c"], as: .passage)
        #expect(vectors == [[0.6, 0.8], [0, 1], [-1, 0]])
        #expect(server.asked.map(\.path) == ["/v1/embeddings", "/v1/embeddings"])
        let bodies = server.asked.map(\.body)
        #expect(bodies.allSatisfy { $0.contains(#""input_type":"passage""#) })
        #expect(bodies.first?.contains(#"["a","b"]"#) == true)
        #expect(bodies.last?.contains(#"["c"]"#) == true)
        await server.stop()
    }

    @Test("the purpose is left out where it is not wanted, and no text asks nothing")
    func purpose() async throws {
        let server = try ModelServer(#"{"data":[{"embedding":[1]}]}"#)
        let embeddings = try embeddings(server) { $0.sendsInputType = false }
        #expect(try await embeddings.embed([], as: .query).isEmpty)
        #expect(try await embeddings.embed(["a"], as: .query) == [[1]])
        #expect(server.asked.count == 1)
        #expect(server.asked.allSatisfy { !$0.body.contains("input_type") })
        await server.stop()
    }

    @Test(
        "a server on this machine keeps its connection, unless it is of Python's library",
        arguments: [("BaseHTTP/0.6 Python/3.11.2", 0), ("uvicorn", 1), ("", 1)])
    func connections(_ name: String, _ open: Int) async throws {
        let answer = HTTPResponse(
            status: 200, headers: name.isEmpty ? [] : [("Server", name)],
            body: Array(#"{"data":[{"embedding":[1]}]}"#.utf8))
        let server = try ModelServer(Array(repeating: answer, count: 3))
        let embeddings = try embeddings(server)
        for _ in 0..<3 { _ = try await embeddings.embed(["a"], as: .query) }
        // The server sees a closed connection a moment later.
        for _ in 0..<500 where server.connections != open {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(server.connections == open)
        await server.stop()
    }

    @Test(
        "answers that cannot be vectors of the texts are malformed",
        arguments: [
            "{}", #"{"data":[]}"#, #"{"data":[{"embedding":[1,0]}]}"#,
            #"{"data":[{"embedding":[1,0]},{"embedding":[1]}]}"#,
            #"{"data":[{"embedding":[0,0]},{"embedding":[1,0]}]}"#,
            #"{"data":[{"embedding":[]},{"embedding":[]}]}"#,
            #"{"data":[{"embedding":[1,0,0]},{"embedding":[1,0,0]}]}"#,
            #"{"data":[{"index":0,"embedding":[1,0]},{"index":0,"embedding":[1,0]}]}"#,
            #"{"data":[{"index":0,"embedding":[1,0]},{"index":2,"embedding":[1,0]}]}"#,
            #"{"data":[{"embedding":["a"]},{"embedding":[1,0]}]}"#,
        ])
    func malformed(_ body: String) async throws {
        let server = try ModelServer(body)
        let embeddings = try embeddings(server) { $0.dimensions = 2 }
        await #expect {
            try await embeddings.embed(["a", "b"], as: .query)
        } throws: { error in
            if case LanguageModelError.malformedAnswer = error { true } else { false }
        }
        await server.stop()
    }

    @Test(
        "vectors are read in base64, nested, and as a bare list",
        arguments: [
            #"{"data":[{"index":0,"embedding":"AACAPwAAAAAAAAA/AACAvg=="}]}"#,
            #"[{"index":0,"embedding":[[1.0,0.0,0.5,-0.25]]}]"#,
            #"[{"embedding":[1.0,0.0,0.5,-0.25]}]"#,
            #"{"data":[{"index":0,"embedding":[[1.0,0.0,0.5,-0.25]]}],"error":null}"#,
        ])
    func shapes(_ body: String) async throws {
        let server = try ModelServer(body)
        let vector = try #require(
            try await embeddings(server).embed(["alpha text"], as: .query).first)
        let length = Float(1.3125).squareRoot()
        for (value, expected) in zip(vector, [1, 0, 0.5, -0.25] as [Float]) {
            #expect(abs(value - expected / length) < 1e-6)
        }
        #expect(vector.count == 4)
        await server.stop()
    }

    @Test("a failure inside of a 200 is a failure, as are vectors for tokens")
    func failures() async throws {
        let server = try ModelServer(
            #"{"error":{"code":503,"message":"loading"}}"#,
            #"[{"index":0,"embedding":[[1.0,0.0],[0.0,1.0]]}]"#)
        let embeddings = try embeddings(server)
        await #expect {
            try await embeddings.embed(["a"], as: .query)
        } throws: { error in
            if case LanguageModelError.transient = error { true } else { false }
        }
        await #expect {
            try await embeddings.embed(["a"], as: .query)
        } throws: { error in
            if case LanguageModelError.malformedAnswer = error { true } else { false }
        }
        await server.stop()
    }

    @Test(
        "the model that made the vectors is told, unless it plainly is the one that was asked",
        arguments: [
            (nil, "e5"), ("e5", "e5"), ("e5-q4", "e5"), ("models/E5-q4_k_m.gguf", "e5"),
            ("e5:latest", "e5"), ("another-embed-v9", "another-embed-v9"), ("e5-v2", "e5-v2"),
        ])
    func model(_ said: String?, _ expected: String) async throws {
        let name = said.map { #","model":"\#($0)""# } ?? ""
        let server = try ModelServer(#"{"data":[{"embedding":[0,2]}]\#(name)}"#)
        let made = try await embeddings(server).made(of: ["a"], as: .passage)
        #expect(made.model == expected)
        #expect(made.dimensions == 2)
        await server.stop()
    }

    @Test("batches must agree on the model")
    func otherModel() async throws {
        let server = try ModelServer(
            #"{"data":[{"embedding":[1,0]},{"embedding":[1,0]}]}"#,
            #"{"model":"other","data":[{"embedding":[1,0]}]}"#)
        let embeddings = try embeddings(server)
        await #expect(throws: LanguageModelError.self) {
            try await embeddings.embed(["a", "b", "c"], as: .query)
        }
        await server.stop()
    }

    @Test("batches must agree on the dimensions")
    func disagreement() async throws {
        let server = try ModelServer(
            #"{"data":[{"embedding":[1,0]},{"embedding":[1,0]}]}"#, #"{"data":[{"embedding":[1]}]}"#
        )
        let embeddings = try embeddings(server)
        await #expect(throws: LanguageModelError.self) {
            try await embeddings.embed(["a", "b", "c"], as: .query)
        }
        await server.stop()
    }
}
