import EventLog

/// How a row keeps a record's headers: their names, usual values and ids would be a third of what
/// the log writes for a turn.
///
/// A byte 0, then for each header a byte that names it and says how its value stands there: as a
/// piece, a length and the bytes; as the 16 bytes of an id of 32 hexadecimal digits; or not at
/// all, as it is the name's usual value or that of the id before. A name that is not known here
/// stands before the value as a piece. Lengths are as in ``HeaderList/packed``.
///
/// Rows of versions before hold ``HeaderList/packed`` itself, which begins with the length of a
/// name.
enum HeaderRow {
    /// What a compact row begins with; no header of ours has an empty name.
    private static let mark: UInt8 = 0

    /// A name that is known; a class, as one reference is handed on more cheaply than five arrays.
    private final class Known: Sendable {
        let name: [UInt8]
        let usual: [UInt8]
        /// The name as a piece.
        let piece: [UInt8]
        /// The name and the length of an id, as pieces begin.
        let beforeID: [UInt8]
        /// The name and its usual value as pieces.
        let whole: [UInt8]

        init(_ name: String, _ usual: String = "") {
            self.name = Array(name.utf8)
            self.usual = Array(usual.utf8)
            piece = [UInt8(self.name.count)] + self.name
            beforeID = piece + [UInt8(2 * idLength)]
            whole = piece + [UInt8(self.usual.count)] + self.usual
        }
    }

    /// The names that are known, 15 at most.
    ///
    /// Rows refer to them by their number, from 1, which never changes.
    private static let names = [
        Known("ce_specversion", "1.0"), Known("ce_id"), Known("ce_type"), Known("ce_source"),
        Known("ce_time"), Known("ce_subject"), Known("content-type", "application/json"),
        Known("correlationid"), Known("causationid"), Known("tenant"), Known("traceparent"),
    ]

    /// How a value stands there.
    private enum Form: UInt8 {
        case piece, id, usual, sameID
    }

    /// Bytes of an id, each two digits.
    private static let idLength = 16
    /// Room for the headers of most records, in bytes.
    private static let usualRoom = 400

    // MARK: Writing

    /// The row of some headers.
    static func bytes(of list: HeaderList) -> [UInt8] {
        let packed = list.packed
        var row: [UInt8] = []
        row.reserveCapacity(packed.count)
        row.append(mark)
        let names = names
        var input = Pieces(packed)
        var earlier: Range<Int>?
        var number = 0
        while let name = input.next(), let value = input.next() {
            // Mostly they come in this order.
            number = Self.number(of: packed.span.extracting(name), after: number, in: names)
            let form: Form
            if number > 0, isSame(names[number - 1].usual, packed.span.extracting(value)) {
                form = .usual
            } else if !isID(packed.span.extracting(value)) {
                form = .piece
            } else if let earlier,
                packed[earlier] == packed[value]
            {
                form = .sameID
            } else {
                form = .id
                earlier = value
            }
            row.append(UInt8(number) | form.rawValue << 4)
            if number == 0 { RecordBlock.append(packed[name], to: &row) }
            switch form {
            case .piece: RecordBlock.append(packed[value], to: &row)
            case .id:
                for index in stride(from: value.lowerBound, to: value.upperBound, by: 2) {
                    row.append(Self.value(packed[index]) << 4 | Self.value(packed[index + 1]))
                }
            case .usual, .sameID: break
            }
        }
        return row
    }

    private static func number(
        of name: Span<UInt8>, after previous: Int, in names: [Known]
    ) -> Int {
        if previous < names.count, isSame(names[previous].name, name) { return previous + 1 }
        return (names.firstIndex { isSame($0.name, name) } ?? -1) + 1
    }

    private static func isSame(_ known: [UInt8], _ text: Span<UInt8>) -> Bool {
        guard known.count == text.count else { return false }
        for index in text.indices where known[index] != text[index] { return false }
        return true
    }

    /// Whether it is 32 hexadecimal digits, the letters small.
    private static func isID(_ text: Span<UInt8>) -> Bool {
        guard text.count == 2 * idLength else { return false }
        for index in text.indices {
            let byte = text[index]
            guard (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) else {
                return false
            }
        }
        return true
    }

    private static func value(_ digit: UInt8) -> UInt8 {
        digit < 0x61 ? digit &- 0x30 : digit &- 0x57
    }

    // MARK: Reading

    /// The headers of a row; what is cut off at the end is left out.
    static func headers(of row: [UInt8]) -> HeaderList {
        guard row.first == mark else { return HeaderList(packed: row) }
        var packed: [UInt8] = []
        packed.reserveCapacity(usualRoom)
        let names = names
        var input = Pieces(row, from: 1)
        var id: Range<Int>?
        while let byte = input.byte() {
            let number = Int(byte & 0x0f)
            guard number <= names.count, let form = Form(rawValue: byte >> 4) else { break }
            let start = packed.count
            let known = number > 0 ? names[number - 1] : nil
            if known == nil {
                guard let name = input.next() else { break }
                RecordBlock.append(row[name], to: &packed)
            }
            guard append(form, known, from: &input, of: row, id: &id, to: &packed) else {
                packed.removeLast(packed.count - start)
                break
            }
        }
        return HeaderList(packed: packed)
    }

    /// Appends a known name and a value; false if it is cut off.
    private static func append(
        _ form: Form, _ known: Known?, from input: inout Pieces, of row: [UInt8],
        id: inout Range<Int>?, to packed: inout [UInt8]
    ) -> Bool {
        switch form {
        case .piece:
            guard let value = input.next() else { return false }
            if let known { packed.append(contentsOf: known.piece) }
            RecordBlock.append(row[value], to: &packed)
        case .usual:
            guard let known else { return false }
            packed.append(contentsOf: known.whole)
        case .id, .sameID:
            let bytes = form == .id ? input.bytes(idLength) : nil
            guard bytes != nil || form == .sameID && id != nil else { return false }
            if let known {
                packed.append(contentsOf: known.beforeID)
            } else {
                packed.append(UInt8(2 * idLength))
            }
            let start = packed.count
            if let bytes {
                for index in bytes {
                    packed.append(digit(row[index] >> 4))
                    packed.append(digit(row[index] & 0x0f))
                }
            } else if let id {
                // One by one: a slice would be a second owner, and have all copied.
                for index in id { packed.append(packed[index]) }
            }
            id = start..<packed.count
        }
        return true
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? value &+ 0x30 : value &+ 0x57
    }

    /// Reads lengths and what follows them.
    private struct Pieces {
        private let bytes: [UInt8]
        private var index: Int

        init(_ bytes: [UInt8], from index: Int = 0) {
            self.bytes = bytes
            self.index = index
        }

        mutating func byte() -> UInt8? {
            guard index < bytes.count else { return nil }
            defer { index += 1 }
            return bytes[index]
        }

        mutating func bytes(_ count: Int) -> Range<Int>? {
            guard count >= 0, count <= bytes.count - index else { return nil }
            defer { index += count }
            return index..<index + count
        }

        mutating func next() -> Range<Int>? {
            var length = 0
            var shift = 0
            while shift < 63, let byte = byte() {
                length |= Int(byte & 0x7f) << shift
                shift += 7
                if byte & 0x80 == 0 { return bytes(length) }
            }
            return nil
        }
    }
}
