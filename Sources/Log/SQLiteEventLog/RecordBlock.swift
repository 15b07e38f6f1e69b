import EventLog
import Zstandard

/// A record of a block: what a row of `records` holds.
struct BlockRecord: Hashable, Sendable {
    var offset: Int64
    var timestamp: Int64
    var key: [UInt8]
    /// The headers as a row keeps them (``HeaderRow``).
    var headers: [UInt8]
    var value: [UInt8]?
}

/// How a run of a partition's records lies in one row of `blocks`: compressed together, so that
/// what they have in common (names, ids, texts) is stored once.
///
/// Within the frame, for each record: the offset's and the timestamp's distance to the record
/// before, key, headers, value. Numbers are in base 128, lowest digits first; the distance of times
/// is doubled, and odd where it is negative; the value's length is one more, as 0 is a tombstone.
enum RecordBlock {
    /// A frame that says to be larger is damaged: a block holds some 512 KiB and one record more.
    private static let mostBytes = 1 << 30

    /// The bytes of a block.
    static func encode(_ records: [BlockRecord]) throws(ZstandardError) -> [UInt8] {
        var bytes: [UInt8] = []
        var (offset, time): (Int64, Int64) = (0, 0)
        for record in records {
            append(UInt64(bitPattern: record.offset &- offset), to: &bytes)
            let distance = record.timestamp &- time
            append(UInt64(bitPattern: (distance << 1) ^ (distance >> 63)), to: &bytes)
            (offset, time) = (record.offset, record.timestamp)
            append(record.key, to: &bytes)
            append(record.headers, to: &bytes)
            append(UInt64(record.value.map { $0.count + 1 } ?? 0), to: &bytes)
            bytes += record.value ?? []
        }
        return try Zstandard.compress(bytes)
    }

    /// The records of a block, in order.
    ///
    /// - Throws: ``ZstandardError`` if the bytes are damaged.
    static func decode(_ frame: [UInt8]) throws(ZstandardError) -> [BlockRecord] {
        var input = Input(bytes: try Zstandard.decompress(frame, atMost: mostBytes))
        var records: [BlockRecord] = []
        var (offset, time): (Int64, Int64) = (0, 0)
        while !input.isAtEnd {
            offset &+= Int64(bitPattern: try input.number())
            let distance = try input.number()
            time &+= Int64(bitPattern: distance >> 1) ^ -Int64(bitPattern: distance & 1)
            let key = try input.bytes(try input.number())
            let headers = try input.bytes(try input.number())
            let length = try input.number()
            let value: [UInt8]? = length == 0 ? nil : try input.bytes(length - 1)
            records.append(
                BlockRecord(
                    offset: offset, timestamp: time, key: key, headers: headers, value: value))
        }
        return records
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a piece: its length and the bytes.
    static func append(_ piece: some Collection<UInt8>, to bytes: inout [UInt8]) {
        append(UInt64(piece.count), to: &bytes)
        bytes.append(contentsOf: piece)
    }

    private struct Input {
        let bytes: [UInt8]
        private var index = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { index == bytes.count }

        mutating func number() throws(ZstandardError) -> UInt64 {
            var number: UInt64 = 0
            var shift: UInt64 = 0
            while index < bytes.count, shift < 64 {
                let byte = bytes[index]
                index += 1
                number |= UInt64(byte & 0x7f) << shift
                if byte & 0x80 == 0 { return number }
                shift += 7
            }
            throw ZstandardError(problem: "a number of the block is cut off")
        }

        mutating func bytes(_ count: UInt64) throws(ZstandardError) -> [UInt8] {
            guard count <= UInt64(bytes.count - index) else {
                throw ZstandardError(problem: "a record of the block is cut off")
            }
            defer { index += Int(count) }
            return Array(bytes[index..<index + Int(count)])
        }
    }
}
