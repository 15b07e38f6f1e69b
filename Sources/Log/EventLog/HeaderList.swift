import Glibc

/// The headers of a record, in order, in one run of bytes: for each a length and name, a length
/// and value; lengths are in base 128, lowest digits first.
///
/// A record has ten headers or more and is handed on many times: in arrays of arrays, headers
/// would cost more than all that is done with them.
package struct HeaderList: Hashable, Sendable {
    /// The bytes, as a log may store them.
    package private(set) var packed: [UInt8] = []

    /// Makes a list of bytes that were ``packed``; what is cut off at the end is left out when it
    /// is read.
    package init(packed: [UInt8] = []) {
        self.packed = packed
    }

    /// Makes a list of headers.
    package init(_ headers: some Sequence<RecordHeader>) {
        for header in headers { append(header) }
    }

    /// Whether there are none.
    package var isEmpty: Bool { packed.isEmpty }

    /// How many there are.
    package var count: Int { fields.reduce(into: 0) { count, _ in count += 1 } }

    /// Makes room for so many more bytes.
    package mutating func reserve(bytes: Int) {
        packed.reserveCapacity(packed.count + bytes)
    }

    /// Adds a header behind the others.
    package mutating func append(_ header: RecordHeader) {
        append(piece: header.name.utf8)
        append(piece: header.value)
    }

    /// Adds a header of text behind the others.
    package mutating func append(_ name: String, _ value: String) {
        append(piece: name.utf8)
        append(piece: value.utf8)
    }

    /// Adds another list's headers behind the others.
    package mutating func append(_ others: HeaderList) {
        packed += others.packed
    }

    private mutating func append(piece: some Collection<UInt8>) {
        var length = piece.count
        while length >= 0x80 {
            packed.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        packed.append(UInt8(truncatingIfNeeded: length))
        packed.append(contentsOf: piece)
    }
}

// MARK: - Reading

extension HeaderList {
    // By index throughout: slices that shrink byte by byte cost more than all else in a long read.

    /// Where a header's name and value stand in ``packed``.
    package struct Field: Sendable {
        fileprivate var name: Range<Int>
        fileprivate var value: Range<Int>
    }

    /// All headers, without a copy of any.
    package struct Fields: Sequence, IteratorProtocol {
        private let packed: [UInt8]
        private var index = 0

        fileprivate init(_ packed: [UInt8]) { self.packed = packed }

        /// The next header.
        package mutating func next() -> Field? {
            guard let name = piece(), let value = piece() else { return nil }
            return Field(name: name, value: value)
        }

        private mutating func piece() -> Range<Int>? {
            var length = 0
            var shift = 0
            while index < packed.count, shift < 63 {
                let byte = packed[index]
                index += 1
                length |= Int(byte & 0x7f) << shift
                shift += 7
                guard byte & 0x80 == 0 else { continue }
                guard length >= 0, length <= packed.count - index else { return nil }
                defer { index += length }
                return index..<index + length
            }
            return nil
        }
    }

    /// All headers, in order.
    package var fields: Fields { Fields(packed) }

    /// Whether the header there has that name.
    package func isNamed(_ name: String, at field: Field) -> Bool {
        isText(name, field.name)
    }

    private func isText(_ text: String, _ range: Range<Int>) -> Bool {
        guard text.utf8.count == range.count else { return false }
        let isSame = unsafe text.utf8.withContiguousStorageIfAvailable { text in
            unsafe packed.withUnsafeBytes { packed in
                guard let bytes = packed.baseAddress, let text = text.baseAddress else {
                    return range.isEmpty
                }
                return unsafe memcmp(bytes + range.lowerBound, text, range.count) == 0
            }
        }
        return isSame ?? text.utf8.elementsEqual(packed[range])
    }

    /// The bytes of the value there.
    package func bytes(at field: Field) -> ArraySlice<UInt8> { packed[field.value] }

    /// The value there, as text; invalid UTF-8 is repaired with replacement characters.
    package func text(at field: Field) -> String {
        String(decoding: packed[field.value], as: UTF8.self)
    }

    /// The value there, as text: `known` itself if it is the same, which saves a copy.
    package func text(at field: Field, like known: String?) -> String {
        if let known, isText(known, field.value) { return known }
        return text(at: field)
    }

    /// The last header of that name.
    package func field(of name: String) -> Field? {
        var found: Field?
        for field in fields where isNamed(name, at: field) { found = field }
        return found
    }

    /// The last value of that name, as text.
    package func text(of name: String) -> String? { field(of: name).map(text(at:)) }
}

extension HeaderList: Sequence {
    /// Gives the headers one by one, each a copy.
    package struct Iterator: IteratorProtocol {
        private let list: HeaderList
        private var fields: Fields

        fileprivate init(_ list: HeaderList) {
            self.list = list
            fields = list.fields
        }

        /// The next header.
        package mutating func next() -> RecordHeader? {
            guard let field = fields.next() else { return nil }
            return RecordHeader(
                String(decoding: list.packed[field.name], as: UTF8.self),
                bytes: Array(list.bytes(at: field)))
        }
    }

    /// Begins with the first header.
    package func makeIterator() -> Iterator { Iterator(self) }
}

extension HeaderList: ExpressibleByArrayLiteral {
    /// Makes a list of headers.
    package init(arrayLiteral headers: RecordHeader...) { self.init(headers) }
}
