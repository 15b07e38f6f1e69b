/// A header of a message: names may repeat.
package struct MessageHeader: Hashable, Sendable {
    /// The name.
    package var name: String
    /// The value; one that is absent counts as empty.
    package var value: [UInt8]

    /// Makes a header.
    package init(_ name: String, _ value: [UInt8]) {
        self.name = name
        self.value = value
    }
}

/// The headers of a message, in order, in one run of bytes: for each a length and name, a length
/// and value; lengths are in base 128, lowest digits first.
///
/// So they cross from librdkafka and to it at once (`CLibrdkafka/shim.h`), and in between as one
/// array, whatever their number.
package struct PackedHeaders: Hashable, Sendable {
    /// The bytes.
    package var bytes: [UInt8]

    /// Takes bytes that are packed; what is cut off at the end is left out when they are read.
    package init(bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    /// Packs headers.
    package init(_ headers: some Sequence<MessageHeader>) {
        bytes = []
        for header in headers {
            append(piece: header.name.utf8)
            append(piece: header.value)
        }
    }

    private mutating func append(piece: some Collection<UInt8>) {
        var length = piece.count
        while length >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: length))
        bytes.append(contentsOf: piece)
    }
}

extension PackedHeaders: Sequence {
    /// Gives the headers one by one, each a copy.
    package struct Iterator: IteratorProtocol {
        fileprivate let bytes: [UInt8]
        fileprivate var index = 0

        /// The next header.
        package mutating func next() -> MessageHeader? {
            guard let name = piece(), let value = piece() else { return nil }
            return MessageHeader(
                String(decoding: bytes[name], as: UTF8.self), Array(bytes[value]))
        }

        private mutating func piece() -> Range<Int>? {
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

    /// Begins with the first header.
    package func makeIterator() -> Iterator { Iterator(bytes: bytes) }
}

extension PackedHeaders: ExpressibleByArrayLiteral {
    /// Packs headers.
    package init(arrayLiteral headers: MessageHeader...) { self.init(headers) }
}
