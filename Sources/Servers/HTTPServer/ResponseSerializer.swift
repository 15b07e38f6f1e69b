/// Writes responses as octets (RFC 9112, 4).
enum ResponseSerializer {
    /// What of the request and connection shapes the response's octets.
    struct Context {
        /// How the peer knows where the body ends.
        enum Framing {
            case length, chunked, untilClose
        }

        /// How the peer knows where the body ends.
        var framing = Framing.length
        /// HEAD: the header section is sent without the body.
        var omitsBody = false
        /// The connection closes after this response.
        var closes = false
        /// HTTP/1.0 peers are told when the connection stays open.
        var minorVersion = 1
        /// The `Date` header's value; none is sent if empty.
        var date: [UInt8] = []
    }

    /// The interim answer to `Expect: 100-continue`.
    static let continueLine = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// What ends a body of chunks.
    static let lastChunk = Array("0\r\n\r\n".utf8)

    /// Appends a chunk; never an empty one, which would end the body.
    static func appendChunk(_ bytes: [UInt8], to output: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        output.append(contentsOf: String(bytes.count, radix: 16).utf8)
        appendLineEnd(to: &output)
        output.append(contentsOf: bytes)
        appendLineEnd(to: &output)
    }

    /// Appends status line, header lines and body.
    static func append(_ response: HTTPResponse, _ context: Context, to output: inout [UInt8]) {
        output.append(contentsOf: statusLine(response.status))
        for header in response.headers where !isOurs(header.name) {
            appendText(header.name, to: &output)
            output.append(contentsOf: [Octet.colon, Octet.space])
            appendText(header.value, to: &output)
            appendLineEnd(to: &output)
        }
        if !context.date.isEmpty {
            appendLiteral("Date: ", to: &output)
            output.append(contentsOf: context.date)
            appendLineEnd(to: &output)
        }
        let hasBody = response.status >= 200 && response.status != 204 && response.status != 304
        if hasBody { appendFraming(response, context, to: &output) }
        if context.closes {
            appendLiteral("Connection: close\r\n", to: &output)
        } else if context.minorVersion == 0 {
            appendLiteral("Connection: keep-alive\r\n", to: &output)
        }
        appendLineEnd(to: &output)
        if hasBody, !context.omitsBody { output.append(contentsOf: response.body) }
    }

    private static func appendFraming(
        _ response: HTTPResponse, _ context: Context, to output: inout [UInt8]
    ) {
        switch context.framing {
        case .length:
            appendLiteral("Content-Length: ", to: &output)
            appendNumber(response.body.count, to: &output)
            appendLineEnd(to: &output)
        case .chunked: appendLiteral("Transfer-Encoding: chunked\r\n", to: &output)
        case .untilClose: break
        }
    }

    /// The framing headers are decided here alone; 101 carries its own `Connection`.
    private static func isOurs(_ name: String) -> Bool {
        guard name.utf8.count == 14 || name.utf8.count == 17 else { return false }
        let lower = name.lowercased()
        return lower == "content-length" || lower == "transfer-encoding"
    }

    private static func statusLine(_ status: Int) -> [UInt8] {
        if status == 200 { return okLine }
        return Array("HTTP/1.1 \(status) \(reason(status))\r\n".utf8)
    }

    /// The phrase of a status.
    static func reason(_ status: Int) -> String { reasons[status] ?? "Status" }

    private static let okLine = Array("HTTP/1.1 200 OK\r\n".utf8)

    @inline(__always)
    private static func appendLiteral(_ text: StaticString, to output: inout [UInt8]) {
        unsafe output.append(
            contentsOf: UnsafeBufferPointer(
                start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private static func appendLineEnd(to output: inout [UInt8]) {
        output.append(Octet.carriageReturn)
        output.append(Octet.lineFeed)
    }

    /// A header part cannot end its line early, whatever a caller put into it.
    private static func appendText(_ text: String, to output: inout [UInt8]) {
        let start = output.count
        output.append(contentsOf: text.utf8)
        for index in start..<output.count where output[index] < 0x20 || output[index] == 0x7F {
            if output[index] != Octet.tab { output[index] = Octet.space }
        }
    }

    private static func appendNumber(_ number: Int, to output: inout [UInt8]) {
        guard number >= 10 else {
            output.append(0x30 + UInt8(number))
            return
        }
        appendNumber(number / 10, to: &output)
        output.append(0x30 + UInt8(number % 10))
    }

    // RFC 9110, 15, and RFC 6585.
    private static let reasons: [Int: String] = [
        101: "Switching Protocols", 200: "OK", 201: "Created", 202: "Accepted",
        204: "No Content", 301: "Moved Permanently", 302: "Found", 303: "See Other",
        304: "Not Modified", 307: "Temporary Redirect", 400: "Bad Request", 401: "Unauthorized",
        403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout",
        409: "Conflict", 410: "Gone", 413: "Content Too Large", 414: "URI Too Long",
        415: "Unsupported Media Type", 417: "Expectation Failed", 421: "Misdirected Request",
        422: "Unprocessable Content",
        426: "Upgrade Required", 429: "Too Many Requests",
        431: "Request Header Fields Too Large", 500: "Internal Server Error",
        501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
        504: "Gateway Timeout", 505: "HTTP Version Not Supported",
    ]
}
