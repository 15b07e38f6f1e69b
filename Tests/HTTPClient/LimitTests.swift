import HTTPClient
import Testing

@Suite("Limits, headers, URLs and redirects", .timeLimit(.minutes(5)))
struct LimitTests {
    @Test(
        "a longer answer than allowed is refused, announced or not",
        arguments: [
            answer(String(repeating: "x", count: 101)),
            "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 101),
        ])
    func tooLarge(_ bytes: String) async throws {
        let server = try ScriptedServer { _, _ in .bytesAndClose(bytes) }
        defer { server.stop() }
        var request = HTTPClientRequest(.post, server.url, body: [])
        request.maximumResponseBytes = 100
        let client = try HTTPClient()
        await #expect(
            throws: HTTPClientError.responseTooLarge(
                url: server.url, limitBytes: 100, status: 200)
        ) { try await client.send(request) }
    }

    @Test("an answer of exactly the allowed length is taken")
    func justRight() async throws {
        let server = try ScriptedServer { _, _ in .bytes(answer(String(repeating: "x", count: 100)))
        }
        defer { server.stop() }
        var request = HTTPClientRequest(.get, server.url)
        request.maximumResponseBytes = 100
        #expect(try await HTTPClient().send(request).body.count == 100)
    }

    @Test("endless header fields are refused")
    func headers() async throws {
        let line = "x-filler: \(String(repeating: "y", count: 1000))\r\n"
        let server = try ScriptedServer { _, _ in
            .bytesAndClose("HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 400) + "\r\n")
        }
        defer { server.stop() }
        let client = try HTTPClient()
        await #expect(throws: HTTPClientError.self) {
            try await client.send(HTTPClientRequest(.get, server.url))
        }
    }

    @Test(
        "header fields that would break out of their line are refused",
        arguments: [
            HTTPClientHeaders.Field(name: "x", value: "a\r\nHost: b"),
            .init(name: "x", value: "\0"),
            .init(name: "x y", value: "a"), .init(name: "", value: "a"),
            .init(name: "x:", value: "a"), .init(name: "x\r\ny", value: "a"),
        ])
    func injection(_ field: HTTPClientHeaders.Field) async throws {
        let client = try HTTPClient()
        let request = HTTPClientRequest(
            .get, "http://127.0.0.1:1/", headers: HTTPClientHeaders([field]))
        do throws(HTTPClientError) {
            _ = try await client.send(request)
            Issue.record("it was sent")
        } catch {
            guard case .invalidHeader = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test(
        "what is not an http URL is refused",
        arguments: [
            "", "http://", "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://a/", "http:// a/",
        ]
    )
    func urls(_ url: String) async throws {
        let client = try HTTPClient()
        do throws(HTTPClientError) {
            _ = try await client.send(HTTPClientRequest(.get, url))
            Issue.record("it was sent")
        } catch {
            guard case .invalidURL = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("redirects are followed for GET when allowed, and never for POST")
    func redirects() async throws {
        let server = try ScriptedServer { request, _ in
            request.contains(" /end ")
                ? .bytes(answer("end"))
                : .bytes(answer("", status: "302 Found", headers: "location: /end\r\n"))
        }
        defer { server.stop() }
        let client = try HTTPClient()
        var get = HTTPClientRequest(.get, server.url)
        #expect(try await client.send(get).status == 302)
        get.redirectLimit = 2
        let followed = try await client.send(get)
        #expect(followed.status == 200)
        #expect(followed.headers["location"] == nil)
        var post = HTTPClientRequest(.post, server.url, body: [])
        post.redirectLimit = 2
        #expect(try await client.send(post).status == 302)
    }
}
