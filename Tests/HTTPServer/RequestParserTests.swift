import HTTPServer
import Testing
import WireCases

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
