/// Reads the request target (RFC 9112, 3.2): checks it and decodes its parts.
enum RequestTarget {
    private static let question = UInt8(ascii: "?")

    /// The percent-decoded path of an origin-form target, or `*`.
    ///
    /// - Throws: 400 for octets that no target may have, broken percent-encoding, encoded
    ///   control characters, text that is no UTF-8, and `.` or `..` segments.
    static func path(_ target: Span<UInt8>) throws(RequestRejection) -> String {
        guard target.count > 0 else { throw RequestRejection(400, "empty request target") }
        var end = target.count
        var plain = true
        for index in 0..<target.count {
            let octet = target[index]
            guard Octet.isTarget(octet) else {
                throw RequestRejection(400, "invalid octet in the request target")
            }
            if octet == question, end == target.count { end = index }
            if octet == Octet.percent || octet == UInt8(ascii: ".") { plain = false }
        }
        guard target[0] == Octet.slash else {
            if target.count == 1, target[0] == UInt8(ascii: "*") { return "*" }
            throw RequestRejection(400, "request target is no path")
        }
        let path = target.extracting(0..<end)
        guard plain else { return try decodedPath(path) }
        return unsafe path.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    private static func decodedPath(_ path: Span<UInt8>) throws(RequestRejection) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(path.count)
        var index = 0
        var segment = 0
        while index < path.count {
            var octet = path[index]
            if octet == Octet.slash {
                try refuseDots(bytes[segment...])
                segment = bytes.count + 1
            } else if octet == Octet.percent {
                guard let value = encodedOctet(path, at: index) else {
                    throw RequestRejection(400, "broken percent-encoding in the path")
                }
                octet = value
                index += 2
                guard octet >= 0x20, octet != 0x7F else {
                    throw RequestRejection(400, "encoded control character in the path")
                }
            }
            bytes.append(octet)
            index += 1
        }
        try refuseDots(bytes[segment...])
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RequestRejection(400, "path is not UTF-8")
        }
        return text
    }

    /// Clients resolve dot segments before they send; one that remains looks for a way out.
    private static func refuseDots(_ segment: ArraySlice<UInt8>) throws(RequestRejection) {
        let dot = UInt8(ascii: ".")
        guard segment.count == 1 || segment.count == 2 else { return }
        if segment.allSatisfy({ $0 == dot }) {
            throw RequestRejection(400, "dot segment in the path")
        }
    }

    private static func encodedOctet(_ bytes: Span<UInt8>, at index: Int) -> UInt8? {
        guard index + 2 < bytes.count, let high = Octet.hexDigit(bytes[index + 1]),
            let low = Octet.hexDigit(bytes[index + 2])
        else { return nil }
        return UInt8(high << 4 | low)
    }

    /// The decoded segments between the slashes of a target's path.
    static func segments(_ target: ArraySlice<UInt8>) -> [String] {
        let path = target.prefix { $0 != question }
        return path.split(separator: Octet.slash, omittingEmptySubsequences: false)
            .dropFirst().map { decoded($0, plusIsSpace: false) }
    }

    /// The decoded items of a target's query.
    static func query(_ target: ArraySlice<UInt8>) -> [QueryItem] {
        guard let start = target.firstIndex(of: question) else { return [] }
        return target[(start + 1)...].split(separator: UInt8(ascii: "&")).map { item in
            let name = item.prefix { $0 != UInt8(ascii: "=") }
            return QueryItem(
                name: decoded(name, plusIsSpace: true),
                value: decoded(item.dropFirst(name.count + 1), plusIsSpace: true))
        }
    }

    /// Percent-decodes; a broken escape stays as it is, invalid UTF-8 becomes U+FFFD.
    private static func decoded(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> String {
        var result: [UInt8] = []
        let span = bytes.span
        var index = 0
        while index < span.count {
            var octet = span[index]
            if octet == Octet.percent, let value = encodedOctet(span, at: index) {
                octet = value
                index += 2
            } else if plusIsSpace, octet == UInt8(ascii: "+") {
                octet = Octet.space
            }
            result.append(octet)
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }
}
