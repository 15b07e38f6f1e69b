/// The fields of the objects that are being written, to put them in the order of their names.
struct JSONFieldOrder: ~Copyable {
    /// A field of an open object, up to the comma before the next or to the object's end.
    private struct Field: BitwiseCopyable {
        /// The name's first eight bytes as a number: what tells most names apart.
        var beginning: UInt64
        /// Where the name's bytes stand in the output, or among those set aside.
        var name: Int
        var length: Int
        /// Whether it is written with escapes, and stands by itself without.
        var isAside: Bool
        var start: Int
        var end = 0
        /// Whether a later field has the same name, and counts.
        var isReplaced = false
    }

    private var fields = JSONScratch<Field>(capacity: 48)
    private var namesAside = JSONScratch<UInt8>(capacity: 0)
    private var unsorted = JSONScratch<UInt8>(capacity: 0)

    /// How many fields the open objects have.
    var count: Int { fields.count }

    /// Begins a field: writes its name, and tells whether that comes after the name before.
    mutating func append(
        _ name: String, to bytes: inout JSONScratch<UInt8>, isFirst: Bool
    ) -> Bool {
        var name = name
        let field = name.withUTF8 { unsafe write($0, to: &bytes) }
        let isNext = isFirst || isBefore(fields[fields.count - 1], field, bytes)
        fields.append(field)
        return isNext
    }

    private mutating func write(
        _ name: UnsafeBufferPointer<UInt8>, to bytes: inout JSONScratch<UInt8>
    ) -> Field {
        var beginning: UInt64 = 0
        for index in 0..<min(8, name.count) {
            beginning |= unsafe UInt64(name[index]) << UInt64(56 - 8 * index)
        }
        let start = bytes.count
        let isPlain = unsafe JSONString.endOfPlain(name.span, from: 0) == name.count
        var place = start + 1
        if isPlain {
            bytes.reserve(name.count + 3)
            bytes.append(UInt8(ascii: "\""))
            unsafe bytes.append(name)
            bytes.append(UInt8(ascii: "\""))
        } else {
            place = namesAside.count
            unsafe namesAside.append(name)
            unsafe JSONString.append(name, to: &bytes)
        }
        bytes.append(UInt8(ascii: ":"))
        return Field(
            beginning: beginning, name: place, length: name.count, isAside: !isPlain, start: start)
    }

    /// Ends an object whose contents begin at `start`: puts its fields, the last ones, in order;
    /// of two with one name, the later stays.
    mutating func close(
        _ first: Int, in bytes: inout JSONScratch<UInt8>, _ start: Int, isSorted: Bool
    ) {
        defer { fields.removeLast(fields.count - first) }
        guard !isSorted else { return }
        sort(first, bytes)
        unsorted.removeLast(unsorted.count)
        unsorted.append(start..<bytes.count, of: bytes)
        bytes.removeLast(bytes.count - start)
        for index in first..<fields.count where !fields[index].isReplaced {
            if bytes.count > start { bytes.append(UInt8(ascii: ",")) }
            let field = fields[index]
            bytes.append(field.start - start..<field.end - start, of: unsorted)
        }
    }

    private mutating func sort(_ first: Int, _ bytes: borrowing JSONScratch<UInt8>) {
        for index in first..<fields.count {
            let isLast = index == fields.count - 1
            fields[index].end = isLast ? bytes.count : fields[index + 1].start - 1
        }
        for index in first + 1..<fields.count {
            let field = fields[index]
            var place = index
            while place > first, isBefore(field, fields[place - 1], bytes) {
                fields[place] = fields[place - 1]
                place -= 1
            }
            fields[place] = field
            // Equal ones stay in the order in which they were written.
            if place > first, !isBefore(fields[place - 1], field, bytes) {
                fields[place - 1].isReplaced = true
            }
        }
    }

    private func isBefore(
        _ left: Field, _ right: Field, _ bytes: borrowing JSONScratch<UInt8>
    ) -> Bool {
        guard left.beginning == right.beginning else { return left.beginning < right.beginning }
        let ours = unsafe name(of: left, bytes)
        let theirs = unsafe name(of: right, bytes)
        return unsafe ours.lexicographicallyPrecedes(theirs)
    }

    @unsafe
    private func name(
        of field: Field, _ bytes: borrowing JSONScratch<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        let range = field.name..<field.name + field.length
        return unsafe field.isAside ? namesAside.elements(range) : bytes.elements(range)
    }
}
