import HTTPClient
import HTTPServer
import Testing

@Suite("HTTP client", .timeLimit(.minutes(5)))
struct HTTPClientTests {
    /// Sends and gives the error that is expected.
    func failure(
        _ client: HTTPClient, _ request: HTTPClientRequest,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> HTTPClientError {
        do throws(HTTPClientError) {
            let response = try await client.send(request)
            Issue.record("an answer came: \(response.status)", sourceLocation: sourceLocation)
        } catch {
            return error
        }
        throw HTTPClientError.invalidURL(url: "no error")
    }

    func post(_ url: String, timeout: Duration = .seconds(10)) -> HTTPClientRequest {
        var request = HTTPClientRequest(.post, url, body: Array("hello".utf8))
        request.timeout = timeout
        return request
    }

    @Test("a request arrives as it was meant and its answer comes back")
    func exchange() async throws {
        let server = try ScriptedServer { _, _ in
            .bytes(answer("grüße", status: "201 Created", headers: "X-One:  a b \r\nx-two:\r\n"))
        }
        defer { server.stop() }
        let client = try HTTPClient()
        var request = post("\(server.url)/a/b?c=d")
        request.headers = ["Content-Type": "text/plain", "X-Empty": ""]
        let response = try await client.send(request)
        #expect(response.status == 201)
        #expect(String(decoding: response.body, as: UTF8.self) == "grüße")
        #expect(response.headers["X-ONE"] == "a b")
        #expect(response.headers["x-two"] == "")
        let received = try #require(server.requests.first)
        #expect(received.hasPrefix("POST /a/b?c=d HTTP/1.1\r\n"))
        #expect(received.contains("\r\nContent-Type: text/plain\r\n"))
        #expect(received.contains("\r\nX-Empty:\r\n"))
        #expect(received.contains("\r\nContent-Length: 5\r\n"))
        #expect(received.hasSuffix("\r\n\r\nhello"))
        #expect(!received.contains("Expect:"))
    }

    @Test(
        "every method sends its own name and length",
        arguments: [
            HTTPClientRequest.Method.get, .head, .post, .put, .patch, .delete,
        ])
    func methods(_ method: HTTPClientRequest.Method) async throws {
        let server = try ScriptedServer { _, _ in .bytes(answer(method == .head ? "" : "ok")) }
        defer { server.stop() }
        let client = try HTTPClient()
        let response = try await client.send(HTTPClientRequest(method, server.url))
        #expect(response.status == 200)
        let received = try #require(server.requests.first)
        #expect(received.hasPrefix("\(method.rawValue) / HTTP/1.1\r\n"))
        let saysLength = received.contains("Content-Length: 0")
        #expect(saysLength == [.post, .put, .patch].contains(method))
    }

    @Test("a connection is used again")
    func reuse() async throws {
        let server = try ScriptedServer { _, _ in .bytes(answer()) }
        defer { server.stop() }
        let client = try HTTPClient()
        for _ in 0..<20 {
            #expect(try await client.send(post(server.url)).status == 200)
        }
        #expect(server.connections == 1)
        #expect(server.requests.count == 20)
    }

    @Test("a thousand requests at once are all answered, over a bounded number of connections")
    func concurrency() async throws {
        let server = HTTPServer(configuration: .init()) { request, writer in
            writer.respond(HTTPResponse(status: 200, body: request.body))
        }
        let port = try server.start()
        var configuration = HTTPClient.Configuration()
        configuration.connectionsPerHost = 50
        let client = try HTTPClient(configuration)
        let seen = try await withThrowingTaskGroup(of: (Bool, Int).self) { group in
            for number in 0..<1000 {
                group.addTask {
                    let body = Array("number \(number)".utf8)
                    let response = try await client.send(
                        HTTPClientRequest(.post, "http://127.0.0.1:\(port)/", body: body))
                    return (response.body == body, server.connectionCount)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(seen.filter(\.0).count == 1000)
        #expect(seen.allSatisfy { $0.1 <= 50 })
        await server.shutdown(within: .seconds(1))
    }

    @Test("a refused connection means: nothing was sent")
    func refused() async throws {
        let server = try ScriptedServer { _, _ in .silence }
        server.stop()
        let error = try await failure(try HTTPClient(), post("\(server.url)/?token=geheim"))
        guard case .notSent(.connection, _, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(!error.requestMayHaveBeenWritten)
        #expect(!"\(error)".contains("geheim"))
    }

    @Test("an unknown name means: nothing was sent")
    func unknownName() async throws {
        let request = post("http://nowhere.invalid/", timeout: .seconds(1))
        let error = try await failure(try HTTPClient(), request)
        guard case .notSent(let obstacle, _, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(obstacle == .nameResolution || obstacle == .timeout)
    }

    @Test("a failed TLS handshake means: nothing was sent")
    func tls() async throws {
        let server = try ScriptedServer { _, _ in .bytes(answer()) }
        defer { server.stop() }
        let plain = HTTPServer(configuration: .init()) { _, writer in writer.respond(.text("x")) }
        let port = try plain.start()
        let error = try await failure(try HTTPClient(), post("https://127.0.0.1:\(port)/"))
        #expect(!error.requestMayHaveBeenWritten)
        guard case .notSent(.tls, _, _) = error else {
            Issue.record("\(error)")
            return
        }
        await plain.shutdown(within: .seconds(1))
    }

    @Test("a timeout during the TLS handshake means: nothing was sent")
    func timeoutBefore() async throws {
        let server = try ScriptedServer(accepting: false) { _, _ in .silence }
        defer { server.stop() }
        let request = post(
            "https://127.0.0.1:\(server.port)/", timeout: .milliseconds(200))
        let error = try await failure(try HTTPClient(), request)
        guard case .notSent(.timeout, _, _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test("a timeout while waiting for a free connection means: nothing was sent")
    func timeoutInQueue() async throws {
        let server = try ScriptedServer { _, _ in .silence }
        defer { server.stop() }
        var configuration = HTTPClient.Configuration()
        configuration.connectionsPerHost = 1
        let client = try HTTPClient(configuration)
        let request = post(server.url)
        let first = Task { try await client.send(request) }
        #expect(try await server.wait { $0.requests.count == 1 })
        let error = try await failure(client, post(server.url, timeout: .milliseconds(200)))
        guard case .notSent(.timeout, _, _) = error else {
            Issue.record("\(error)")
            return
        }
        first.cancel()
        #expect(server.requests.count == 1)
    }

    @Test("a timeout after the request was written means: unknown")
    func timeoutAfter() async throws {
        let server = try ScriptedServer { _, _ in .silence }
        defer { server.stop() }
        let error = try await failure(
            try HTTPClient(),
            post("http://u:pass@127.0.0.1:\(server.port)/x?q=1", timeout: .milliseconds(300)))
        guard case .unknown(.timeout, let url, nil, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(url == "http://127.0.0.1:\(server.port)/x")
        #expect(error.requestMayHaveBeenWritten)
    }

    @Test(
        "an answer that does not end means: unknown, with the status that began",
        arguments: [
            (ScriptedServer.Reply.bytesAndReset(""), nil),
            (.bytesAndClose(""), nil),
            (.bytesAndReset("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhal"), 200),
            (.bytesAndClose("HTTP/1.1 202 Accepted\r\ncontent-length: 10\r\n\r\nhal"), 202),
        ] as [(ScriptedServer.Reply, Int?)])
    func cutOff(_ reply: ScriptedServer.Reply, _ status: Int?) async throws {
        let server = try ScriptedServer { _, _ in reply }
        defer { server.stop() }
        let error = try await failure(try HTTPClient(), post(server.url))
        guard case .unknown(.connection, _, let seen, _) = error else {
            Issue.record("\(error)")
            return
        }
        // A reset may overtake what was sent before it.
        #expect(seen == status || seen == nil)
        #expect(server.requests.count == 1)
    }

    @Test("what is not HTTP means: unknown")
    func notHTTP() async throws {
        let server = try ScriptedServer { _, _ in .bytesAndClose("SSH-2.0-OpenSSH_9.2\r\n") }
        defer { server.stop() }
        let error = try await failure(try HTTPClient(), post(server.url))
        #expect(error.requestMayHaveBeenWritten)
    }

    @Test("cancelling aborts the transfer and tells that it was written")
    func cancellation() async throws {
        let server = try ScriptedServer { _, _ in .silence }
        defer { server.stop() }
        let client = try HTTPClient()
        let request = post(server.url)
        let task = Task { try await client.send(request) }
        #expect(try await server.wait { $0.requests.count == 1 })
        task.cancel()
        let result = await task.result
        #expect(throws: HTTPClientError.cancelled(requestMayHaveBeenWritten: true)) {
            try result.get()
        }
        #expect(try await server.wait { $0.hangUps == 1 })
    }

    @Test("a task that is cancelled already sends nothing")
    func cancelledBefore() async throws {
        let server = try ScriptedServer { _, _ in .bytes(answer()) }
        defer { server.stop() }
        let client = try HTTPClient()
        let request = post(server.url)
        let task = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return try await client.send(request)
        }
        let result = await task.result
        #expect(throws: HTTPClientError.cancelled(requestMayHaveBeenWritten: false)) {
            try result.get()
        }
        #expect(server.requests.isEmpty)
    }
}
