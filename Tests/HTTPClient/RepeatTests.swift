import HTTPClient
import Testing

/// curl sends a request again when a reused connection dies before the answer: see `Transfer`.
@Suite("Requests on connections that die", .timeLimit(.minutes(5)))
struct RepeatTests {
    /// Answers the first request of each connection and hangs up on the second unless it is the
    /// repeat.
    func server() throws -> ScriptedServer {
        try ScriptedServer { _, number in
            number == 1 ? .bytes(answer()) : .bytesAndClose("")
        }
    }

    @Test(
        "a request that is not safe is never written twice",
        arguments: [
            (HTTPClientRequest.Method.post, "hello"), (.post, ""), (.put, "hello"), (.delete, nil),
            (.patch, "x"),
        ] as [(HTTPClientRequest.Method, String?)])
    func neverTwice(_ method: HTTPClientRequest.Method, _ body: String?) async throws {
        let server = try server()
        defer { server.stop() }
        let client = try HTTPClient()
        let bytes = body.map { Array($0.utf8) }
        _ = try await client.send(HTTPClientRequest(.get, server.url))
        do throws(HTTPClientError) {
            _ = try await client.send(HTTPClientRequest(method, server.url, body: bytes))
            Issue.record("an answer came")
        } catch {
            guard case .unknown(.connection, _, nil, _) = error else {
                Issue.record("\(error)")
                return
            }
        }
        #expect(server.requests.count == 2)
    }

    @Test("GET is repeated on a new connection")
    func safe() async throws {
        let server = try server()
        defer { server.stop() }
        let client = try HTTPClient()
        for _ in 0..<2 {
            let response = try await client.send(HTTPClientRequest(.get, server.url))
            #expect(response.status == 200)
        }
        #expect(server.requests.count == 3)
        #expect(server.connections == 2)
    }

    @Test("a connection that the server closed while idle is noticed before anything is written")
    func closedWhileIdle() async throws {
        let server = try ScriptedServer { _, _ in .bytesAndClose(answer()) }
        defer { server.stop() }
        let client = try HTTPClient()
        let request = HTTPClientRequest(.post, server.url, body: [1])
        for number in 1...10 {
            #expect(try await client.send(request).status == 200)
            // The close may be a moment behind the answer, and the client's system hear of it
            // another moment later.
            #expect(try await server.wait { $0.closes == number && !$0.isConnected })
        }
        #expect(server.requests.count == 10)
    }
}
