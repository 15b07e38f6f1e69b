import Glibc
import HTTPServer
import Synchronization
import Testing
import WireCases

@Suite("Answers that are made piece by piece", .timeLimit(.minutes(5)))
struct StreamTests {
    /// What became of the maker of an answer.
    private final class Maker: Sendable {
        struct Count {
            var written = 0
            var isEnded = false
        }
        let count = Mutex(Count())

        /// Writes pieces until it is told to end, or all are written.
        func make(_ pieces: Int, of size: Int) -> BodyWriter.Producer {
            { writer in
                defer { self.count.withLock { $0.isEnded = true } }
                for index in 0..<pieces {
                    let letter = UInt8(ascii: "a") + UInt8(index % 26)
                    try await writer.write([UInt8](repeating: letter, count: size))
                    self.count.withLock { $0.written += size }
                }
            }
        }

        func waitUntilEnded() async throws {
            while !count.withLock({ $0.isEnded }) { try await Task.sleep(for: .milliseconds(2)) }
        }
    }

    private struct Broken: Error {}

    private func router(_ maker: Maker, pieces: Int = 3, of size: Int = 4) -> Router {
        var router = Router()
        router.on(.get, "/stream") { _, _ in
            .stream(
                headers: [("Content-Type", "text/plain"), ("Content-Length", "7")],
                maker.make(pieces, of: size))
        }
        router.on(.get, "/empty") { _, _ in .stream(headers: []) { _ in } }
        router.on(.get, "/broken") { _, _ in
            .stream(headers: []) { writer in
                try await writer.write(Array("half".utf8))
                throw Broken()
            }
        }
        router.on(.get, "/silent") { _, _ in
            .stream(headers: []) { _ in try await Task.sleep(for: .seconds(60)) }
        }
        router.on(.get, "/plain") { _, _ in .text("plain") }
        return router
    }

    /// The body of chunks, or `nil` if it does not end as one does.
    private static func body(of text: String) -> String? {
        guard let start = text.firstRange(of: "\r\n\r\n") else { return nil }
        var rest = text[start.upperBound...]
        var body = ""
        while let line = rest.firstRange(of: "\r\n") {
            guard let size = Int(rest[..<line.lowerBound], radix: 16) else { return nil }
            rest = rest[line.upperBound...]
            if size == 0 { return rest.hasPrefix("\r\n") ? body : nil }
            body += rest.prefix(size)
            rest = rest.dropFirst(size)
            guard rest.hasPrefix("\r\n") else { return nil }
            rest = rest.dropFirst()
        }
        return nil
    }

    @Test("come in chunks over HTTP/1.1, and the connection serves on")
    func chunks() async throws {
        try await withServer(router: router(Maker())) { _, port in
            let client = try RawClient(port: port)
            client.send(
                "GET /stream HTTP/1.1\r\nHost: a\r\n\r\nGET /empty HTTP/1.1\r\nHost: a\r\n\r\n"
                    + "GET /plain HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let parts = client.readToEnd().split(
                separator: "HTTP/1.1 200 OK\r\n", omittingEmptySubsequences: true
            ).map(String.init)
            try #require(parts.count == 3)
            #expect(parts[0].contains("Transfer-Encoding: chunked\r\n"))
            #expect(!parts[0].contains("Content-Length"))
            #expect(Self.body(of: parts[0]) == "aaaabbbbcccc")
            #expect(Self.body(of: parts[1])?.isEmpty == true)
            #expect(parts[2].contains("Content-Length: 5\r\n") && !parts[2].contains("chunked"))
            #expect(parts[2].hasSuffix("\r\n\r\nplain"))
        }
    }

    @Test("end with the connection over HTTP/1.0, and are not made for HEAD")
    func oldAndHead() async throws {
        let maker = Maker()
        try await withServer(router: router(maker)) { _, port in
            let head = try RawClient(port: port)
            head.send("HEAD /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let answer = head.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix("\r\n\r\n"))
            #expect(maker.count.withLock { $0.written } == 0)
            let old = try RawClient(port: port)
            old.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let text = old.readToEnd()
            #expect(!text.contains("chunked") && !text.contains("Content-Length"))
            #expect(text.contains("Connection: close\r\n"))
            #expect(text.hasSuffix("\r\n\r\naaaabbbbcccc"))
        }
    }

    @Test("wait for a peer that reads slowly, and end when it is gone")
    func slowPeer() async throws {
        let maker = Maker()
        try await withServer(router: router(maker, pieces: 100_000, of: 16_384)) { _, port in
            let client = try RawClient(port: port)
            client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
            var before = -1
            while before != maker.count.withLock({ $0.written }) {
                before = maker.count.withLock { $0.written }
                Self.pause(milliseconds: 100)
            }
            // What the kernel keeps for both sides, and the server's own.
            #expect(before < 32 << 20)
            for _ in 0..<200 { _ = client.read() }
            #expect(maker.count.withLock { $0.written } > before)
        }
        try await maker.waitUntilEnded()
        #expect(maker.count.withLock { $0.written } < 1_000_000_000)
    }

    @Test("are cut off where their maker fails, so that no part passes for the whole")
    func broken() async throws {
        try await withServer(router: router(Maker())) { _, port in
            let client = try RawClient(port: port)
            client.send("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(Self.body(of: client.readToEnd()) == nil)
        }
    }

    @Test("are bounded in number, silence and time")
    func limits() async throws {
        var limits = Limits()
        limits.streams = 1
        limits.streamSilence = .milliseconds(300)
        try await withServer(limits, router: router(Maker())) { _, port in
            let first = try RawClient(port: port)
            first.send("GET /silent HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = first.read()
            let second = try RawClient(port: port)
            second.send("GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(second.readToEnd().hasPrefix("HTTP/1.1 503 "))
            #expect(Self.body(of: first.readToEnd()) == nil)
            // The peer sees the end before its maker has heard of it and the room is free; and a
            // machine under load may be silent for as long as is allowed.
            var body: String?
            for _ in 0..<50 where body == nil {
                let third = try RawClient(port: port)
                third.send("GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                body = Self.body(of: third.readToEnd())
                if body == nil { Self.pause(milliseconds: 100) }
            }
            #expect(body == "aaaabbbbcccc")
        }
        limits.streamDeadline = .milliseconds(300)
        let maker = Maker()
        try await withServer(limits, router: router(maker, pieces: 100_000, of: 16_384)) {
            _, port in
            let client = try RawClient(port: port)
            client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(Self.body(of: client.readToEnd()) == nil)
        }
        try await maker.waitUntilEnded()
    }

    private static func pause(milliseconds: Int) {
        usleep(UInt32(milliseconds) * 1_000)
    }
}
