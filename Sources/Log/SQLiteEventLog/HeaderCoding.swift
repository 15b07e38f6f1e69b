import EventLog

/// Packs a record's headers in one blob: for each a length and name, a length and value; lengths
/// are in base 128, lowest digits first.
enum HeaderCoding {
    /// The packed headers, or `nil` if there are none.
    static func pack(_ headers: [RecordHeader]) -> [UInt8]? {
        guard !headers.isEmpty else { return nil }
        var bytes: [UInt8] = []
        // Most headers are ids and short words.
        bytes.reserveCapacity(headers.count * 48)
        for header in headers {
            append(header.name.utf8.count, to: &bytes)
            bytes.append(contentsOf: header.name.utf8)
            append(header.value.count, to: &bytes)
            bytes.append(contentsOf: header.value)
        }
        return bytes
    }

    /// The headers of a blob; what is cut off is left out.
    static func unpack(_ bytes: [UInt8]?) -> [RecordHeader] {
        guard let bytes else { return [] }
        var headers: [RecordHeader] = []
        var rest = bytes[...]
        while let name = piece(&rest), let value = piece(&rest) {
            headers.append(RecordHeader(String(decoding: name, as: UTF8.self), bytes: Array(value)))
        }
        return headers
    }

    private static func append(_ length: Int, to bytes: inout [UInt8]) {
        var length = length
        while length >= 0x80 {
            bytes.append(UInt8(length & 0x7f) | 0x80)
            length >>= 7
        }
        bytes.append(UInt8(length))
    }

    private static func piece(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var length = 0
        var shift = 0
        while let byte = rest.popFirst(), shift < 63 {
            length |= Int(byte & 0x7f) << shift
            shift += 7
            guard byte & 0x80 == 0 else { continue }
            guard length >= 0, length <= rest.count else { return nil }
            defer { rest = rest.dropFirst(length) }
            return rest.prefix(length)
        }
        return nil
    }
}
