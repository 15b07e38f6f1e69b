import HTTPServer
import Testing

/// A request on the wire and the status it is to be refused with.
struct Attack: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let wire: [UInt8]
    let status: Int

    init(_ name: String, _ status: Int, _ wire: String) {
        testDescription = name
        self.status = status
        // Latin-1, so that octets above ASCII can be written.
        self.wire = wire.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    static func header(_ line: String, _ status: Int = 400) -> Attack {
        Attack(line.debugDescription, status, "POST / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n")
    }

    static func chunks(_ body: String, _ status: Int = 400) -> Attack {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        return Attack("chunks " + body.debugDescription, status, head + body)
    }

    static func line(_ line: String, _ status: Int = 400) -> Attack {
        Attack("line " + line.debugDescription, status, "\(line)\r\nHost: a\r\n\r\n")
    }

    static let lengths = [
        header("Content-Length: +5"), header("Content-Length: -5"), header("Content-Length: 0x10"),
        header("Content-Length: 1_0"), header("Content-Length: 5 5"), header("Content-Length:"),
        header("Content-Length: 5, 5"), header("Content-Length: 5\r\nContent-Length: 5"),
        header("Content-Length: 5\r\nContent-Length: 6"), header("Content-Length: 5a"),
        header("Content-Length: \u{B2}"), header("Content-Length: 18446744073709551621", 413),
        header("Content-Length: 9223372036854775808", 413), header("Content-Length: 1048577", 413),
        header("Content_Length: 5"), header("Content-Length: \u{A0}5"),
        header("Content-Length: 5\r\nTransfer-Encoding: chunked"),
        header("Transfer-Encoding: chunked\r\nContent-Length: 5"),
    ]

    static let codings = [
        header("Transfer-Encoding: ,chunked"), header("Transfer-Encoding: xchunked", 501),
        header("Transfer-Encoding: \u{0B}chunked"), header("Transfer-Encoding: chunked\u{A0}"),
        header("Transfer-Encoding: \u{85}chunked"), header("Transfer-Encoding: chunked, chunked"),
        header("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        header("Transfer-Encoding: gzip, chunked", 501), header("Transfer-Encoding: gzip"),
        header("Transfer-Encoding: chunked;a=b"), header("Transfer-Encoding:"),
        header("Transfer-Encoding: identity"), header("Transfer_Encoding: chunked"),
        header("Transfer-Encoding: \"chunked\""), header("Transfer-Encoding : chunked"),
        header("Transfer-Encoding:\r\n chunked"),
        Attack(
            "coding in HTTP/1.0", 400,
            "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ]

    static let chunked = [
        chunks("+5\r\nhello\r\n0\r\n\r\n"), chunks("0x5\r\nhello\r\n0\r\n\r\n"),
        chunks("5 \r\nhello\r\n0\r\n\r\n"), chunks(" 5\r\nhello\r\n0\r\n\r\n"),
        chunks("-5\r\nhello\r\n0\r\n\r\n"), chunks("5_\r\nhello\r\n"), chunks("\r\nhello\r\n"),
        chunks("5\nhello\r\n0\r\n\r\n"), chunks("5\r\nhelloXX0\r\n\r\n"),
        chunks("5\r\nhello\n0\r\n\r\n"), chunks("5\r\nhello\r\n0\r\n\n"), chunks(";a\r\n"),
        chunks("5;a\nb\r\nhello\r\n"), chunks("5;a\rb\r\nhello\r\n"),
        chunks("5\rXhello\r\n"), chunks("00000000000000005\r\nhello\r\n", 413),
        chunks("FFFFFFFFFFFFFFFF\r\n", 413), chunks("10000000000000005\r\n", 413),
        chunks("100001\r\n", 413), chunks("0\r\nno colon\r\n\r\n"),
        chunks("0\r\nA: \u{0}\r\n\r\n"),
        chunks("5;" + String(repeating: "x", count: 9_000) + "\r\n", 431),
    ]

    static let headers = [
        header("no colon"), header(": no name"), header("A : space"), header("A\tB: tab"),
        header("N\u{E4}me: a"), header("A\u{0}: a"), header("A: b\u{0}c"), header("A: b\rc"),
        header("A: b\u{7F}"), header("A: b\nC: d"), header(" folded: a"), header("\tfolded: a"),
        header("A: b\r\n continued"), header("A: b\r"), header("Host: b"), header("(A): b"),
        header("Expect: 200-ok", 417),
        header("A: " + String(repeating: "b", count: 17_000), 431),
        header((0..<101).map { "A\($0): b" }.joined(separator: "\r\n"), 431),
        Attack("no host", 400, "GET / HTTP/1.1\r\n\r\n"),
        Attack("empty host", 400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        Attack("host with space", 400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        Attack("two hosts in one", 400, "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n"),
        Attack("host with user", 400, "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"),
        Attack("space before the first header", 400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        Attack("bare line feeds", 400, "GET / HTTP/1.1\nHost: a\n\n"),
        Attack(
            "bare returns", 414,
            "GET / HTTP/1.1\rHost: a\r\r" + String(repeating: "x", count: 9_000)),
    ]

    static let lines = [
        line("GET /"), line("GET  / HTTP/1.1"), line("GET / HTTP/1.1 "), line(" GET / HTTP/1.1"),
        line("GET\t/ HTTP/1.1"), line("GET / HTTP/1.257"), line("GET / http/1.1"),
        line("GET / HTTP/11"), line("GET / HTTP/1.1x"), line("GET / HTTP/2.0", 505),
        line("PRI * HTTP/2.0", 505), line("GET / HTTP/0.9", 505), line("get / HTTP/1.1", 501),
        line("BREW / HTTP/1.1", 501), line("CONNECT a:80 HTTP/1.1", 501),
        line("G(T / HTTP/1.1"), line("G\u{C8}T / HTTP/1.1"), line("GET /\nx HTTP/1.1"),
        line("GET /\u{0} HTTP/1.1"), line("GET /\u{E4} HTTP/1.1"), line("GET a HTTP/1.1"),
        line("GET * HTTP/1.1"), line("GET /%zz HTTP/1.1"), line("GET /%0 HTTP/1.1"),
        line("GET /%00 HTTP/1.1"), line("GET /%ff HTTP/1.1"), line("GET /a/../b HTTP/1.1"),
        line("GET /a/%2e%2E/b HTTP/1.1"), line("GET /a\\b HTTP/1.1"), line("GET /#a HTTP/1.1"),
        line("GET http://b/ HTTP/1.1"), line("GET ftp://a/ HTTP/1.1"),
        line("GET /" + String(repeating: "a", count: 8_192) + " HTTP/1.1", 414),
        Attack("two empty lines first", 400, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    static let all = lengths + codings + chunked + headers + lines
}

/// What came out of a parser, in a form that can be compared.
struct Outcome: Equatable {
    var requests: [String] = []
    var rejection: RequestRejection?

    /// Feeds pieces of a stream and takes all that comes out.
    init(_ pieces: [ArraySlice<UInt8>], limits: Limits = Limits()) {
        var parser = RequestParser(limits: limits)
        for piece in pieces {
            parser.append(piece.span)
            do throws(RequestRejection) {
                while let event = try parser.next() {
                    guard case .request(let request) = event else { continue }
                    let headers = request.headers.pairs.map { "\($0.name)=\($0.value)" }
                    requests.append(
                        "\(request.method) \(request.target) \(headers) \(request.body)")
                }
            } catch {
                rejection = error
            }
        }
    }
}

@Suite("The request parser")
struct RequestParserTests {
    @Test("refuses an attack and parses nothing after it", arguments: Attack.all)
    func attacks(_ attack: Attack) {
        let smuggled = Array("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        let outcome = Outcome([(attack.wire + smuggled)[...]])
        #expect(outcome.requests == [])
        #expect(outcome.rejection?.status == attack.status, "\(String(describing: outcome))")
    }

    private static let streams: [String] = [
        "\r\nPOST /a%20b?x=1&y=%2B HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\n\r\nhello"
            + "GET / HTTP/1.0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: [::1]:8\r\ntransfer-encoding: Chunked\r\n\r\n"
            + "3;ext=\"a\"\r\nabc\r\n0A\r\n0123456789\r\n000\r\nTrailer: x\r\n\r\n"
            + "OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "GET http://a/x HTTP/1.1\r\nHost: A\r\nA:\r\nB: \t b \t\r\n\r\nGET",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcX Y Z\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n",
    ]

    @Test("gives the same result however the stream is cut", arguments: streams)
    func anySplit(_ stream: String) {
        let bytes = Array(stream.utf8)
        let whole = Outcome([bytes[...]])
        #expect(Outcome(bytes.indices.map { bytes[$0...$0] }) == whole)
        for cut in bytes.indices {
            #expect(Outcome([bytes[..<cut], bytes[cut...]]) == whole)
        }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var pieces: [ArraySlice<UInt8>] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Int.random(in: 1...40, using: &random))
                pieces.append(bytes[start..<end])
                start = end
            }
            #expect(Outcome(pieces) == whole)
        }
    }

    @Test("refuses attacks alike however they are cut", arguments: Attack.all)
    func anySplitOfAttack(_ attack: Attack) {
        let whole = Outcome([attack.wire[...]])
        #expect(Outcome(attack.wire.indices.map { attack.wire[$0...$0] }) == whole)
    }

    @Test("survives random octets in a valid frame of a request")
    func noise() {
        let base = Array(Self.streams[1].utf8)
        for _ in 0..<3_000 {
            var bytes = base
            for _ in 0..<Int.random(in: 1...4) {
                bytes[Int.random(in: bytes.indices)] = UInt8.random(in: 0 ... .max)
            }
            #expect(Outcome(bytes.indices.map { bytes[$0...$0] }) == Outcome([bytes[...]]))
        }
    }

    @Test("decodes path, segments and query")
    func target() throws {
        let request = try HTTPRequest(
            method: .get, target: "/a%2Fb/c%20d?q=x+y%26&empty=&flag", headers: [("X-A", "1")])
        #expect(request.path == "/a/b/c d")
        #expect(request.pathSegments == ["a/b", "c d"])
        #expect(request.query.map(\.name) == ["q", "empty", "flag"])
        #expect(request.queryValue("q") == "x y&")
        #expect(request.headers.first(named: "x-a") == "1")
    }
}
