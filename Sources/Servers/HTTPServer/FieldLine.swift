/// One header line: name, colon, value (RFC 9112, 5).
enum FieldLine {
    /// Where name and value lie; the value without surrounding spaces and tabs.
    ///
    /// - Throws: 400 for an empty or invalid name (so for folded lines and spaces before the
    ///   colon), a missing colon, and control characters (so for a bare carriage return, NUL).
    static func parse(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(RequestRejection)
        -> HTTPHeaders.Field
    {
        var colon = line.lowerBound
        while colon < line.upperBound, Octet.isToken(bytes[colon]) { colon += 1 }
        guard colon < line.upperBound, colon > line.lowerBound, bytes[colon] == Octet.colon else {
            throw RequestRejection(400, "header line without a valid name and colon")
        }
        var start = colon + 1
        var end = line.upperBound
        for index in start..<end where !Octet.isFieldValue(bytes[index]) {
            throw RequestRejection(400, "control character in a header value")
        }
        while start < end, bytes[start] == Octet.space || bytes[start] == Octet.tab { start += 1 }
        while end > start, bytes[end - 1] == Octet.space || bytes[end - 1] == Octet.tab {
            end -= 1
        }
        return HTTPHeaders.Field(
            name: Int32(line.lowerBound)..<Int32(colon), value: Int32(start)..<Int32(end))
    }
}

/// The header lines that decide where a request ends, gathered as they come.
struct FramingFields {
    private(set) var hasHost = false
    private(set) var host = 0..<0
    private var contentLength: Int?
    private var isChunked: Bool?
    private var close = false
    private var keepAlive = false
    private var expectation: Bool?

    /// Takes notice of one line.
    ///
    /// - Throws: a rejection for framing that could be read in two ways.
    mutating func note(_ field: HTTPHeaders.Field, _ bytes: Span<UInt8>) throws(RequestRejection) {
        let name = bytes.extracting(Int(field.name.lowerBound)..<Int(field.name.upperBound))
        let value = bytes.extracting(Int(field.value.lowerBound)..<Int(field.value.upperBound))
        switch name.count {
        case 4 where equalsIgnoringCase(name, "Host"):
            guard !hasHost else { throw RequestRejection(400, "more than one Host header") }
            try HostName.check(value)
            hasHost = true
            host = Int(field.value.lowerBound)..<Int(field.value.upperBound)
        case 6 where equalsIgnoringCase(name, "Expect"):
            expectation = expectation ?? true && equalsIgnoringCase(value, "100-continue")
        case 10 where equalsIgnoringCase(name, "Connection"):
            noteConnection(value)
        case 14 where equalsIgnoringCase(name, "Content-Length"):
            guard contentLength == nil else {
                throw RequestRejection(400, "more than one Content-Length header")
            }
            contentLength = try Self.length(value)
        case 17 where equalsIgnoringCase(name, "Transfer-Encoding"):
            guard isChunked == nil else {
                throw RequestRejection(400, "more than one Transfer-Encoding header")
            }
            try TransferCoding.check(value)
            isChunked = true
        case 14 where equalsIgnoringCase(name, "Content_Length"),
            17 where equalsIgnoringCase(name, "Transfer_Encoding"):
            // Some servers read an underscore as a hyphen: a second meaning for one message.
            throw RequestRejection(400, "underscore in a framing header's name")
        default: break
        }
    }

    private mutating func noteConnection(_ value: Span<UInt8>) {
        ListElements.forEach(value) { element in
            if equalsIgnoringCase(element, "close") { close = true }
            if equalsIgnoringCase(element, "keep-alive") { keepAlive = true }
        }
    }

    /// Digits only, and no more than an Int holds (RFC 9110, 8.6).
    private static func length(_ value: Span<UInt8>) throws(RequestRejection) -> Int {
        guard value.count > 0 else { throw RequestRejection(400, "empty Content-Length") }
        var result = 0
        for index in 0..<value.count {
            guard let digit = Octet.digit(value[index]) else {
                throw RequestRejection(400, "Content-Length is not a number")
            }
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(digit)
            guard !overflow, !carry else {
                throw RequestRejection(413, "Content-Length beyond any limit")
            }
            result = sum
        }
        return result
    }

    /// The body's framing (RFC 9112, 6.3); both kinds at once are refused.
    func framing(minorVersion: Int) throws(RequestRejection) -> BodyFraming {
        if isChunked != nil {
            guard contentLength == nil else {
                throw RequestRejection(400, "both Transfer-Encoding and Content-Length")
            }
            guard minorVersion == 1 else {
                throw RequestRejection(400, "Transfer-Encoding in HTTP/1.0")
            }
            return .chunked
        }
        guard let contentLength, contentLength > 0 else { return .none }
        return .length(contentLength)
    }

    /// Whether the peer wants the connection closed after the response (RFC 9112, 9.3).
    func wantsClose(minorVersion: Int) -> Bool {
        close || (minorVersion == 0 && !keepAlive)
    }

    /// Whether the peer waits for 100; HTTP/1.0 peers are to be ignored (RFC 9110, 10.1.1).
    func expectsContinue(minorVersion: Int) throws(RequestRejection) -> Bool {
        guard let expectation, minorVersion == 1 else { return false }
        guard expectation else { throw RequestRejection(417, "expectation not supported") }
        return true
    }
}
