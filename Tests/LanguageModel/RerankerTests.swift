import HTTPClient
import LanguageModel
import Testing

@Suite("Reranking", .timeLimit(.minutes(5)))
struct RerankerTests {
    private func reranker(_ server: ModelServer) throws -> Reranker {
        Reranker(
            .init(baseURL: server.url + "/v1"), model: "r", timeout: .seconds(5),
            over: try HTTPClient())
    }

    @Test("passages come in the order of their scores, and what is left out comes last")
    func order() async throws {
        let server = try ModelServer(
            #"{"results":[{"index":2,"relevance_score":0.1},{"index":1,"relevance_score":0.9}]}"#)
        let order = try await reranker(server).order(of: ["a", "b", "c", "d"], for: "which?")
        #expect(order == [1, 2, 0, 3])
        let asked = try #require(server.asked.first)
        #expect(asked.path == "/v1/rerank")
        for part in [
            #""model":"r""#, #""query":"which?""#, #""documents":["a","b","c","d"]"#, #""top_n":4"#,
        ] { #expect(asked.body.contains(part), "\(asked.body)") }
        await server.stop()
    }

    @Test(
        "an answer that ranks nothing is none",
        arguments: [
            "{}", #"{"results":[]}"#, #"{"results":[{"index":7,"relevance_score":1}]}"#,
            #"{"results":[{"index":-1,"relevance_score":1}]}"#,
        ])
    func malformed(_ answer: String) async throws {
        let server = try ModelServer(answer)
        await #expect(throws: LanguageModelError.self) {
            try await reranker(server).order(of: ["a", "b"], for: "which?")
        }
        await server.stop()
    }

    @Test("one passage has one order, and no server is asked")
    func one() async throws {
        let server = try ModelServer("{}")
        #expect(try await reranker(server).order(of: ["a"], for: "which?") == [0])
        #expect(server.asked.isEmpty)
        await server.stop()
    }
}
