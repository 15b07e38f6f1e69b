/// Elements of a comma-separated value, without surrounding spaces and tabs.
enum ListElements {
    /// Calls `body` for every element, empty ones too.
    static func forEach(_ value: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
        var start = 0
        for index in 0...value.count where index == value.count || value[index] == Octet.comma {
            var first = start
            var end = index
            while first < end, isBlank(value[first]) { first += 1 }
            while end > first, isBlank(value[end - 1]) { end -= 1 }
            body(value.extracting(first..<end))
            start = index + 1
        }
    }

    private static func isBlank(_ octet: UInt8) -> Bool {
        octet == Octet.space || octet == Octet.tab
    }
}

/// Checks `Transfer-Encoding`: exactly `chunked` is taken (RFC 9112, 6.1).
enum TransferCoding {
    private static let known: [StaticString] = [
        "chunked", "gzip", "x-gzip", "deflate", "compress", "x-compress", "identity",
    ]

    /// - Throws: 501 for another coding before a last `chunked` and for unknown codings, 400
    ///   for whatever is malformed, repeats `chunked` or does not end with it.
    static func check(_ value: Span<UInt8>) throws(RequestRejection) {
        if equalsIgnoringCase(value, "chunked") { return }
        var rejection: RequestRejection?
        var chunkedCount = 0
        var lastIsChunked = false
        var hasUnknown = false
        ListElements.forEach(value) { element in
            lastIsChunked = equalsIgnoringCase(element, "chunked")
            chunkedCount += lastIsChunked ? 1 : 0
            if element.count == 0 { rejection = malformed }
            for index in 0..<element.count where !Octet.isToken(element[index]) {
                rejection = malformed
            }
            hasUnknown = hasUnknown || !known.contains { equalsIgnoringCase(element, $0) }
        }
        if let rejection { throw rejection }
        if hasUnknown { throw RequestRejection(501, "unknown transfer coding") }
        guard lastIsChunked, chunkedCount == 1 else {
            throw RequestRejection(400, "chunked is not the one last transfer coding")
        }
        throw RequestRejection(501, "transfer coding not implemented")
    }

    private static var malformed: RequestRejection {
        RequestRejection(400, "malformed Transfer-Encoding")
    }
}

/// Checks a `Host` value: a name, an address or a bracketed address, and a port.
enum HostName {
    /// - Throws: 400 for an empty value and for octets that no host has.
    static func check(_ value: Span<UInt8>) throws(RequestRejection) {
        var index = 0
        if value.count > 0, value[0] == UInt8(ascii: "[") {
            index = 1
            while index < value.count, isAddress(value[index]) { index += 1 }
            guard index > 1, index < value.count, value[index] == UInt8(ascii: "]") else {
                throw RequestRejection(400, "invalid Host header")
            }
            index += 1
        } else {
            while index < value.count, isName(value[index]) { index += 1 }
        }
        guard index > 0 else { throw RequestRejection(400, "invalid Host header") }
        if index < value.count, value[index] == Octet.colon {
            index += 1
            while index < value.count, Octet.digit(value[index]) != nil { index += 1 }
        }
        guard index == value.count else { throw RequestRejection(400, "invalid Host header") }
    }

    private static func isAddress(_ octet: UInt8) -> Bool {
        Octet.hexDigit(octet) != nil || octet == Octet.colon || octet == UInt8(ascii: ".")
    }

    private static func isName(_ octet: UInt8) -> Bool {
        if Octet.digit(octet) != nil { return true }
        let lower = octet | 0x20
        return (lower >= 0x61 && lower <= 0x7A && octet < 0x7B) || octet == UInt8(ascii: "-")
            || octet == UInt8(ascii: ".") || octet == UInt8(ascii: "_")
            || octet == UInt8(ascii: "~") || octet == UInt8(ascii: "%")
    }
}
