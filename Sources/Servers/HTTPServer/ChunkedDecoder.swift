/// Takes the framing off a chunked body (RFC 9112, 7.1), octet by octet, without buffering.
struct ChunkedDecoder {
    private enum State {
        case size(digits: Int)
        case extensions
        case sizeLineFeed
        case data
        case dataReturn
        case dataLineFeed
        case trailer
        case trailerLineFeed(isLast: Bool)
        case done
    }

    private var state = State.size(digits: 0)
    private var size = 0
    private var overhead = 0
    private var trailer: [UInt8] = []

    /// Whether the last chunk and its trailers were taken.
    var isDone: Bool {
        if case .done = state { true } else { false }
    }

    /// Takes octets and appends the data among them to `body`.
    ///
    /// - Returns: how many octets were taken; fewer than given only once the body is done.
    /// - Throws: 400 for any deviation from the grammar, 413 beyond `bodyLimit`, 431 for too
    ///   many octets of extensions and trailers.
    mutating func decode(
        _ bytes: Span<UInt8>, into body: inout [UInt8], bodyLimit: Int, overheadLimit: Int
    ) throws(RequestRejection) -> Int {
        var index = 0
        while index < bytes.count, !isDone {
            if case .data = state {
                let count = min(size, bytes.count - index)
                appendSpan(bytes.extracting(index..<(index + count)), to: &body)
                size -= count
                index += count
                if size == 0 { state = .dataReturn }
                continue
            }
            try takeFraming(bytes[index], bodyLimit: bodyLimit - body.count)
            guard overhead <= overheadLimit else {
                throw RequestRejection(431, "chunk extensions or trailers too long")
            }
            index += 1
        }
        return index
    }

    private mutating func takeFraming(_ octet: UInt8, bodyLimit: Int) throws(RequestRejection) {
        switch state {
        case .size(let digits): try takeSize(octet, digits: digits, bodyLimit: bodyLimit)
        case .extensions:
            overhead += 1
            if octet == Octet.carriageReturn {
                state = .sizeLineFeed
            } else if !Octet.isFieldValue(octet) {
                throw Self.malformed
            }
        case .sizeLineFeed:
            try expect(octet, Octet.lineFeed)
            state = size == 0 ? .trailer : .data
        case .dataReturn:
            try expect(octet, Octet.carriageReturn)
            state = .dataLineFeed
        case .dataLineFeed:
            try expect(octet, Octet.lineFeed)
            state = .size(digits: 0)
        case .trailer: try takeTrailer(octet)
        case .trailerLineFeed(let isLast):
            try expect(octet, Octet.lineFeed)
            state = isLast ? .done : .trailer
        case .data, .done: break
        }
    }

    private mutating func takeSize(_ octet: UInt8, digits: Int, bodyLimit: Int)
        throws(RequestRejection)
    {
        if let digit = Octet.hexDigit(octet) {
            // Sixteen digits are 64 bits; more only hide an overflow.
            guard digits < 16, size <= bodyLimit else {
                throw RequestRejection(413, "chunk larger than the body may be")
            }
            size = size << 4 | digit
            state = .size(digits: digits + 1)
            if size > bodyLimit { throw RequestRejection(413, "body too large") }
            return
        }
        guard digits > 0 else { throw Self.malformed }
        switch octet {
        case Octet.carriageReturn: state = .sizeLineFeed
        case Octet.semicolon: state = .extensions
        default: throw Self.malformed
        }
    }

    /// Trailers are checked like header lines and then dropped.
    private mutating func takeTrailer(_ octet: UInt8) throws(RequestRejection) {
        guard octet == Octet.carriageReturn else {
            overhead += 1
            guard octet != Octet.lineFeed else { throw Self.malformed }
            trailer.append(octet)
            return
        }
        if !trailer.isEmpty {
            _ = try FieldLine.parse(trailer.span, 0..<trailer.count)
        }
        state = .trailerLineFeed(isLast: trailer.isEmpty)
        trailer.removeAll(keepingCapacity: true)
    }

    private func expect(_ octet: UInt8, _ expected: UInt8) throws(RequestRejection) {
        guard octet == expected else { throw Self.malformed }
    }

    private static var malformed: RequestRejection {
        RequestRejection(400, "malformed chunk")
    }
}

/// Appends a span to an array in one copy.
@inline(__always)
func appendSpan(_ bytes: Span<UInt8>, to array: inout [UInt8]) {
    unsafe bytes.withUnsafeBufferPointer { unsafe array.append(contentsOf: $0) }
}
