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

    /// Headers that most records have; room for them is made at once.
    private static let usualCount = 11

    /// The headers of a blob; what is cut off is left out.
    ///
    /// Headers that are the same in another record, `like`, share its memory: half of a topic's
    /// headers are the same in all its records, and a long read is mostly memory taken and given.
    /// For the same reason headers that are not `wanted` are not even made.
    static func unpack(
        _ bytes: [UInt8]?, like: [RecordHeader] = [], only wanted: [WantedHeader]? = nil
    ) -> [RecordHeader] {
        guard let bytes else { return [] }
        var headers: [RecordHeader] = []
        headers.reserveCapacity(wanted?.count ?? max(usualCount, like.count))
        var index = 0
        // By index, as slices that shrink byte by byte cost more than all else in a long read.
        while let name = piece(of: bytes, at: &index), let value = piece(of: bytes, at: &index) {
            var known: String?
            if let wanted {
                guard let match = wanted.first(where: { isSame(bytes, name, $0.bytes) }) else {
                    continue
                }
                known = match.name
            }
            let number = headers.count
            if number < like.count, isSame(bytes, value, like[number].value),
                known.map({ $0 == like[number].name })
                    ?? isSame(bytes, name, like[number].name.utf8)
            {
                headers.append(like[number])
            } else {
                let text = known ?? String(decoding: bytes[name], as: UTF8.self)
                headers.append(RecordHeader(text, bytes: Array(bytes[value])))
            }
        }
        return headers
    }

    private static func isSame(
        _ bytes: [UInt8], _ range: Range<Int>, _ other: some Collection<UInt8>
    ) -> Bool {
        guard range.count == other.count else { return false }
        var index = range.lowerBound
        for byte in other {
            guard bytes[index] == byte else { return false }
            index += 1
        }
        return true
    }

    private static func append(_ length: Int, to bytes: inout [UInt8]) {
        var length = length
        while length >= 0x80 {
            bytes.append(UInt8(length & 0x7f) | 0x80)
            length >>= 7
        }
        bytes.append(UInt8(length))
    }

    /// The place of the next piece; the index goes behind it.
    private static func piece(of bytes: [UInt8], at index: inout Int) -> Range<Int>? {
        var length = 0
        var shift = 0
        while index < bytes.count, shift < 63 {
            let byte = bytes[index]
            index += 1
            length |= Int(byte & 0x7f) << shift
            shift += 7
            guard byte & 0x80 == 0 else { continue }
            guard length >= 0, length <= bytes.count - index else { return nil }
            defer { index += length }
            return index..<index + length
        }
        return nil
    }
}

/// A header that a reader wants, with its name as it stands in the file.
struct WantedHeader: Sendable {
    let name: String
    let bytes: [UInt8]

    init(_ name: String) {
        self.name = name
        bytes = Array(name.utf8)
    }
}
