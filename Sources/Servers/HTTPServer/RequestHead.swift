/// A request's head as parsed: what the body's framing and the handler need.
struct ParsedHead: Sendable {
    var method: HTTPMethod
    var path: String
    var headers: HTTPHeaders
    var targetRange: Range<Int32>
    var minorVersion: Int
    var framing: BodyFraming
    var wantsClose: Bool
    var expectsContinue: Bool
}

/// How a body is delimited (RFC 9112, 6.3).
enum BodyFraming: Sendable, Equatable {
    case none
    case length(Int)
    case chunked
}

/// Collects the lines of one head; given a buffer that only grows, it never looks back.
///
/// All positions count from the head's first octet.
struct HeadScanner {
    private var lineStart = 0
    private var scanned = 0
    private var requestLine: RequestLine?
    private var fields: [HTTPHeaders.Field] = []
    private var meaning = FramingFields()

    /// Whether any octet of a request was seen.
    var isEmpty: Bool { scanned == 0 }

    /// Octets that belong to the head once `scan` returned it.
    private(set) var length = 0

    /// Looks at the octets that are new since the last call.
    ///
    /// - Returns: the head, once its empty line was seen; nil while octets are missing.
    /// - Throws: the rejection of the first line that is wrong or too long.
    mutating func scan(_ bytes: Span<UInt8>, limits: Limits) throws(RequestRejection)
        -> ParsedHead?
    {
        while scanned < bytes.count {
            guard bytes[scanned] == Octet.lineFeed else {
                scanned += 1
                continue
            }
            let end = scanned
            scanned += 1
            try checkLength(upTo: scanned, limits)
            guard end > lineStart, bytes[end - 1] == Octet.carriageReturn else {
                throw RequestRejection(400, "line ends without carriage return")
            }
            let line = lineStart..<(end - 1)
            lineStart = scanned
            if let head = try parse(line, of: bytes, limits) {
                length = scanned
                return head
            }
        }
        try checkLength(upTo: bytes.count, limits)
        return nil
    }

    private func checkLength(upTo end: Int, _ limits: Limits) throws(RequestRejection) {
        if let requestLine {
            guard end - requestLine.end <= limits.headerBytes else {
                throw RequestRejection(431, "header section longer than \(limits.headerBytes)")
            }
        } else if end - lineStart > limits.targetBytes + RequestLine.overhead {
            throw RequestRejection(414, "request line too long")
        }
    }

    private mutating func parse(_ line: Range<Int>, of bytes: Span<UInt8>, _ limits: Limits)
        throws(RequestRejection) -> ParsedHead?
    {
        guard let requestLine else {
            // One empty line before a request is a habit of old clients (RFC 9112, 2.2).
            if line.isEmpty, line.lowerBound == 0 { return nil }
            self.requestLine = try RequestLine(bytes, line, limits)
            fields.reserveCapacity(16)
            return nil
        }
        if line.isEmpty { return try finish(requestLine, bytes) }
        guard fields.count < limits.headerCount else {
            throw RequestRejection(431, "more than \(limits.headerCount) header lines")
        }
        let field = try FieldLine.parse(bytes, line)
        try meaning.note(field, bytes)
        fields.append(field)
        return nil
    }

    private func finish(_ line: RequestLine, _ bytes: Span<UInt8>) throws(RequestRejection)
        -> ParsedHead
    {
        if meaning.hasHost {
            try line.checkAuthority(bytes, host: meaning.host)
        } else if line.minorVersion == 1 {
            throw RequestRejection(400, "Host header missing")
        }
        let copy = unsafe bytes.extracting(0..<scanned).withUnsafeBufferPointer {
            unsafe [UInt8]($0)
        }
        return ParsedHead(
            method: line.method, path: line.path,
            headers: HTTPHeaders(bytes: copy, fields: fields),
            targetRange: Int32(line.target.lowerBound)..<Int32(line.target.upperBound),
            minorVersion: line.minorVersion,
            framing: try meaning.framing(minorVersion: line.minorVersion),
            wantsClose: meaning.wantsClose(minorVersion: line.minorVersion),
            expectsContinue: try meaning.expectsContinue(minorVersion: line.minorVersion))
    }
}
