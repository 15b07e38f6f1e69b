/// A request on the wire and the status it is to be refused with: the classes of errors that are
/// known of real servers, and the rules of RFC 9112.
package struct Attack: Sendable, CustomStringConvertible {
    /// What is wrong with it.
    package let description: String
    /// The octets.
    package let wire: [UInt8]
    /// The status of the only answer.
    package let status: Int

    private init(_ name: String, _ status: Int, _ wire: String) {
        description = name
        self.status = status
        // Latin-1, so that octets above ASCII can be written.
        self.wire = wire.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    private static func header(_ line: String, _ status: Int = 400) -> Attack {
        Attack(line.debugDescription, status, "POST / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n")
    }

    private static func chunks(_ body: String, _ status: Int = 400) -> Attack {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        return Attack("chunks " + body.debugDescription, status, head + body)
    }

    private static func line(_ line: String, _ status: Int = 400) -> Attack {
        Attack("line " + line.debugDescription, status, "\(line)\r\nHost: a\r\n\r\n")
    }

    private static let lengths = [
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

    private static let codings = [
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

    private static let chunked = [
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

    private static let headers = [
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

    private static let lines = [
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

    /// All of them.
    package static let all = lengths + codings + chunked + headers + lines
}
