import HTTPServer

/// What must hold for any chunked body (RFC 9112, 7.1), against a plain reading of the grammar.
enum ChunkProperties {
    private static let head = Array(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)

    @Sendable static func check(_ bytes: [UInt8]) throws(PropertyViolation) {
        let stream = head + bytes
        let whole = try ParsedStream(stream)
        for pieces in Cuts.all(stream) {
            let cut = try ParsedStream(pieces)
            try hold(cut == whole, "in \(pieces.count) pieces \(cut), whole \(whole)")
        }
        switch PlainChunks.read(bytes) {
        case .body(let body, let rest, let overhead):
            let fits =
                body.count <= ParsedStream.limits.bodyBytes
                && overhead <= ParsedStream.limits.chunkOverheadBytes
            guard fits else {
                // Overhead is counted here with some octets that are not counted there.
                let isKnown = body.count <= ParsedStream.limits.bodyBytes
                try hold(isKnown || whole.requests.isEmpty, "a body too large is taken: \(whole)")
                return
            }
            try hold(whole.requests.first?.body == body, "\(whole) should have \(body)")
            let after = try ParsedStream(rest)
            try hold(
                Array(whole.requests.dropFirst()) == after.requests
                    && whole.rejection == after.rejection && whole.left == after.left,
                "what follows the body is \(whole), alone it is \(after)")
        case .wrong:
            try hold(whole.requests.isEmpty, "a wrong body is taken: \(whole)")
            try hold(whole.rejection != nil, "a wrong body is waited for: \(whole)")
        case .unfinished:
            try hold(whole.requests.isEmpty, "half a body is taken: \(whole)")
        }
        try encoded(bytes)
    }

    /// Any bytes in chunks of any sizes come out as they went in.
    private static func encoded(_ bytes: [UInt8]) throws(PropertyViolation) {
        let body = Array(bytes.prefix(ParsedStream.limits.bodyBytes))
        var source = ByteSource(seed: bytes)
        var wire = head
        var start = 0
        while start < body.count {
            let end = min(body.count, start + Int.random(in: 1...60, using: &source))
            wire += Array("\(String(end - start, radix: 16))\r\n".utf8)
            wire += body[start..<end] + [13, 10]
            start = end
        }
        wire += Array("0\r\n\r\n".utf8)
        let found = try ParsedStream(wire)
        try hold(found.requests.map(\.body) == [body], "\(body) in chunks became \(found)")
    }
}

/// Reads a chunked body the plain way: all at once, grammar only, no limits.
enum PlainChunks {
    case body([UInt8], rest: [UInt8], overhead: Int)
    case wrong
    case unfinished

    static func read(_ bytes: [UInt8]) -> PlainChunks {
        var body: [UInt8] = []
        var overhead = 0
        var rest = bytes[...]
        while true {
            guard let line = line(&rest) else { return partial(rest) }
            let parts = line.split(separator: 0x3B, maxSplits: 1, omittingEmptySubsequences: false)
            let digits = parts[0]
            guard (1...16).contains(digits.count), digits.allSatisfy(isHex),
                let size = UInt64(String(decoding: digits, as: UTF8.self), radix: 16),
                line.allSatisfy(isValue)
            else { return .wrong }
            overhead += line.count - digits.count
            if size == 0 { break }
            guard size <= UInt64(rest.count) else { return .unfinished }
            body += rest.prefix(Int(size))
            rest = rest.dropFirst(Int(size))
            guard rest.count >= 2 else {
                return rest.first == nil || rest.first == 13 ? .unfinished : .wrong
            }
            guard rest.starts(with: [13, 10]) else { return .wrong }
            rest = rest.dropFirst(2)
        }
        while let line = line(&rest) {
            if line.isEmpty { return .body(body, rest: Array(rest), overhead: overhead) }
            overhead += line.count
            guard let colon = line.firstIndex(of: 0x3A), colon > line.startIndex,
                line.allSatisfy(isValue), line[..<colon].allSatisfy(isOfToken)
            else { return .wrong }
        }
        return partial(rest)
    }

    /// Without the end of a line it cannot be told here whether it is wrong already.
    private static func partial(_ rest: ArraySlice<UInt8>) -> PlainChunks { .unfinished }

    /// The octets before the next CRLF.
    private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard
            let end = rest.indices.dropLast().first(where: { rest[$0] == 13 && rest[$0 + 1] == 10 })
        else { return nil }
        defer { rest = rest[(end + 2)...] }
        return rest[..<end]
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func isValue(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 9 }

    private static func isOfToken(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) && byte < 0x80
            || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
