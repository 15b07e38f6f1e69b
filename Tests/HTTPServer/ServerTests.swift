import HTTPServer
import Testing
import WireCases

@Suite("The server over sockets")
struct ServerTests {
    @Test("answers requests on a kept connection one after the other")
    func keepAlive() async throws {
        try await withServer { _, port in
            let client = try RawClient(port: port)
            for _ in 0..<3 {
                client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
                let response = try #require(client.readResponses().first)
                #expect(response.status == 200)
                #expect(response.body == "POST 3")
            }
        }
    }

    @Test("answers pipelined requests in order, handlers on any thread", arguments: [1, 2])
    func pipelining(loops: Int) async throws {
        try await withServer(loops: loops) { _, port in
            let client = try RawClient(port: port)
            let names = (0..<50).map { "n\($0)" }
            client.send(
                names.map { "GET /hello/\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            let bodies = client.readResponses(names.count).map(\.body)
            #expect(bodies == names.map { "hello \($0)" })
        }
    }

    @Test("answers an attack once and closes", arguments: Attack.all)
    func smuggling(_ attack: Attack) async throws {
        var limits = Limits()
        limits.linger = .milliseconds(100)
        try await withServer(limits) { _, port in
            let client = try RawClient(port: port)
            client.send(attack.wire + Array("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            client.finishSending()
            let answer = client.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 \(attack.status) "), "\(answer.prefix(200))")
            #expect(answer.contains("Connection: close\r\n"))
            #expect(answer.components("\r\nContent-Length: ") == 1)
        }
    }

    @Test("times out slow headers and slow bodies with 408, and silent connections")
    func slowloris() async throws {
        var limits = Limits()
        limits.headerDeadline = .milliseconds(60)
        limits.bodyGrace = .milliseconds(60)
        limits.idle = .milliseconds(60)
        try await withServer(limits) { _, port in
            let silent = try RawClient(port: port)
            let slow = try RawClient(port: port)
            slow.send("GET / HTTP/1.1\r\nHost:")
            let slowBody = try RawClient(port: port)
            slowBody.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab")
            let kept = try RawClient(port: port)
            kept.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(slow.readToEnd().hasPrefix("HTTP/1.1 408 "))
            #expect(slowBody.readToEnd().hasPrefix("HTTP/1.1 408 "))
            #expect(kept.readToEnd().components("HTTP/1.1 ") == 1)
            #expect(silent.readToEnd().isEmpty)
        }
    }

    @Test("bodies that come slowly may take so much together; who sends at once is served")
    func comingBodies() async throws {
        var limits = Limits()
        limits.comingBodyBytes = 100_000
        try await withServer(limits) { _, port in
            let head = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n"
            let part = [UInt8](repeating: 0x61, count: 70_000)
            for _ in 0..<3 {
                let first = try RawClient(port: port)
                first.send(Array(head.utf8) + part)
                // Its octets are counted before the next connection's come.
                let other = try RawClient(port: port)
                other.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(other.readResponses().first?.status == 200)
                let second = try RawClient(port: port)
                second.send(Array(head.utf8) + part)
                let small = try RawClient(port: port)
                small.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok")
                #expect(small.readResponses().first?.body == "POST 2")
                let refused = second.readToEnd()
                #expect(refused.hasPrefix("HTTP/1.1 503 "), "\(refused.prefix(100))")
                #expect(refused.contains("\r\nRetry-After: 1\r\n"))
                first.send([UInt8](repeating: 0x61, count: 20_000))
                #expect(first.readResponses().first?.body == "POST 90000")
            }
        }
    }

    @Test("takes large bodies where a route allows them, else 413 before reading them")
    func largeBodies() async throws {
        try await withServer { _, port in
            let client = try RawClient(port: port)
            client.send("POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n")
            client.send([UInt8](repeating: 1, count: 3_000_000))
            #expect(client.readResponses().first?.body == "large 3000000")
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n")
            #expect(client.readResponses().first?.status == 413)
        }
    }

    @Test("takes chunked bodies and tells waiting clients to continue")
    func chunkedAndContinue() async throws {
        try await withServer { _, port in
            let client = try RawClient(port: port)
            client.send(
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                    + "Expect: 100-continue\r\n\r\n")
            #expect(client.readResponses().first?.status == 100)
            client.send("4\r\nwiki\r\n0\r\n\r\n")
            #expect(client.readResponses().first?.body == "POST 4")
        }
    }

    @Test("routes: parameters, 404, 405 with Allow, HEAD, thrown and forgotten answers")
    func routing() async throws {
        try await withServer { _, port in
            let client = try RawClient(port: port)
            func ask(_ line: String) throws -> ReadResponse {
                client.send("\(line) HTTP/1.1\r\nHost: a\r\n\r\n")
                return try #require(client.readResponses().first)
            }
            #expect(try ask("GET /hello/a%20b").body == "hello a b")
            #expect(try ask("GET /nothing").status == 404)
            let refused = try ask("DELETE /hello/a")
            #expect(refused.status == 405)
            #expect(refused.head.contains("Allow: GET, HEAD"))
            let failed = try ask("GET /fail")
            #expect(failed.status == 409)
            #expect(failed.head.contains("Content-Type: application/problem+json"))
            #expect(
                failed.body
                    == #"{"type":"urn:parley:problem:taken","title":"Conflict","status":409,"#
                    + #""detail":"already \"claimed\"","code":"taken"}"# + "\n")
            #expect(try ask("GET /forget").status == 500)
            client.send("HEAD /hello/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let head = client.readToEnd()
            #expect(head.contains("Content-Length: 7\r\n"))
            #expect(head.hasSuffix("\r\n\r\n"))
        }
    }

    @Test("tells connections above the limit to come back")
    func overload() async throws {
        var limits = Limits()
        limits.connections = 1
        try await withServer(limits) { _, port in
            let first = try RawClient(port: port)
            first.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(first.readResponses().first?.status == 200)
            let second = try RawClient(port: port)
            let answer = second.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 503 "))
            #expect(answer.contains("Retry-After: 1\r\n"))
        }
    }

    @Test("says which port is in use")
    func portInUse() async throws {
        try await withServer { _, port in
            let other = HTTPServer(configuration: .init(port: port)) { _, _ in }
            #expect(throws: HTTPServerError.addressInUse(host: "127.0.0.1", port: port)) {
                try other.start()
            }
        }
    }

    @Test("finishes what is in progress when it shuts down")
    func gracefulShutdown() async throws {
        let (writers, give) = AsyncStream.makeStream(of: ResponseWriter.self)
        let server = HTTPServer(configuration: .init()) { _, writer in give.yield(writer) }
        let port = try server.start()
        let answer = Task {
            try await blocking {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                return client.readToEnd()
            }
        }
        var iterator = writers.makeAsyncIterator()
        let writer = try #require(await iterator.next())
        async let isDown: Void = server.shutdown(within: .seconds(5))
        writer.respond(.text("done"))
        let text = try await answer.value
        #expect(text.hasSuffix("done"))
        await isDown
        #expect(server.connectionCount == 0)
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(_ part: String) -> Int {
        var count = 0
        var rest = self[...]
        while let found = rest.firstRange(of: part) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}
