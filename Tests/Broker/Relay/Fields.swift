/// Reads a Kafka message's fields one after the other; `nil` once it is too short.
struct Fields {
    let bytes: [UInt8]
    var place: Int

    init(_ bytes: [UInt8], at place: Int = 0) {
        self.bytes = bytes
        self.place = place
    }

    private mutating func integer(_ size: Int) -> Int64? {
        guard size <= bytes.count - place else { return nil }
        var value: Int64 = bytes[place] & 0x80 == 0 ? 0 : -1
        for byte in bytes[place..<place + size] { value = value << 8 | Int64(byte) }
        place += size
        return value
    }

    mutating func int16() -> Int16? { integer(2).map { Int16(truncatingIfNeeded: $0) } }
    mutating func int32() -> Int32? { integer(4).map { Int32(truncatingIfNeeded: $0) } }
    mutating func int64() -> Int64? { integer(8) }

    /// A length or count of 32 bits; -1 stands for none.
    mutating func count() -> Int? { int32().map { max(0, Int($0)) } }

    /// An integer of seven bits a byte, lowest first.
    mutating func varint() -> Int? {
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            guard place < bytes.count else { return nil }
            let byte = bytes[place]
            place += 1
            value |= Int(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    /// A string with a length of 16 bits; -1 stands for none.
    mutating func string() -> String? {
        guard let count = int16(), Int(count) <= bytes.count - place else { return nil }
        defer { place += max(0, Int(count)) }
        return String(decoding: bytes[place..<place + max(0, Int(count))], as: UTF8.self)
    }

    /// Goes on after so many bytes.
    mutating func skip(_ count: Int) -> Void? {
        guard count >= 0, count <= bytes.count - place else { return nil }
        place += count
        return ()
    }
}

extension [UInt8] {
    /// An integer's bytes, highest first.
    init(_ integer: some FixedWidthInteger) {
        self = stride(from: integer.bitWidth - 8, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: integer >> $0)
        }
    }

    /// A string with a length of 16 bits.
    init(kafka text: String) {
        self = [UInt8](Int16(text.utf8.count)) + Array(text.utf8)
    }
}
