/// The bytes of a value that is being written, and the containers that are open in them.
struct JSONDraft: ~Copyable {
    /// What is open.
    enum Kind: BitwiseCopyable {
        case object, list
        /// A place for one value that is written later, if at all.
        case place
    }

    /// An open container.
    private struct Level: BitwiseCopyable {
        var kind: Kind
        /// Tells the container from another that was open at the same depth.
        var serial: Int
        /// Where its contents begin.
        var start: Int
        /// Where its fields begin among those of all open objects.
        var firstField: Int
        var count = 0
        var isSorted = true
    }

    // Most records and states are smaller.
    private var bytes = JSONScratch<UInt8>(capacity: 1024)
    private var levels = JSONScratch<Level>(capacity: 12)
    private var fields = JSONFieldOrder()
    /// Whether something was written to a container that was left before.
    private(set) var hasStrayed = false
    private var serials = 0

    /// All that was written.
    func finished() -> [UInt8] { unsafe Array(bytes.elements(0..<bytes.count)) }

    // MARK: Values

    /// Ends a value with so many containers open around it; one that wrote nothing is empty.
    mutating func end(_ depth: Int, from start: Int) {
        close(to: depth)
        if bytes.count == start { append(word: "{}") }
    }

    /// Appends text in quotes.
    mutating func appendText(_ words: String) {
        var words = words
        words.withUTF8 { unsafe JSONString.append($0, to: &bytes) }
    }

    /// Appends JSON as it is.
    mutating func append(nested json: [UInt8]) {
        unsafe json.withUnsafeBufferPointer { unsafe bytes.append($0) }
    }

    /// Appends one of JSON's words.
    mutating func append(word: StaticString) {
        word.withUTF8Buffer { unsafe bytes.append($0) }
    }

    /// Appends a whole number.
    mutating func appendNumber(_ value: some FixedWidthInteger) {
        if let small = UInt8(exactly: value), small < 10 { return bytes.append(0x30 + small) }
        guard let magnitude = UInt64(exactly: value.magnitude) else {
            return appendDigits(String(value))
        }
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var left = magnitude
        repeat {
            bytes.append(0)
            left /= 10
        } while left > 0
        left = magnitude
        var place = bytes.count
        repeat {
            place -= 1
            bytes[place] = UInt8(truncatingIfNeeded: 0x30 + left % 10)
            left /= 10
        } while left > 0
    }

    /// Appends a number; throws if it is not finite.
    mutating func appendNumber(_ value: some BinaryFloatingPoint & CustomStringConvertible) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: [], debugDescription: "JSON has no \(value)"))
        }
        appendDigits(JSONNumber.digits(of: value))
    }

    private mutating func appendDigits(_ digits: String) {
        var digits = digits
        digits.withUTF8 { unsafe bytes.append($0) }
    }

    // MARK: Containers

    /// An encoder for the value that comes next, and where it will begin.
    mutating func encoder(of output: JSONOutput) -> (encoder: JSONValueEncoder, start: Int) {
        serials += 1
        return (JSONValueEncoder(output, depth: levels.count, serial: serials), bytes.count)
    }

    /// Opens a place for a value that is written later, if at all.
    mutating func openPlace() {
        serials += 1
        push(.place, serials)
    }

    /// Opens the container of a value with so many open around it, or goes on with it.
    mutating func open(_ kind: Kind, at depth: Int, _ serial: Int) {
        guard levels.count > depth else {
            if levels.count < depth { hasStrayed = true }
            return push(kind, serial)
        }
        guard levels[depth].serial == serial, levels[depth].kind == kind else {
            return hasStrayed = true
        }
        close(to: depth + 1)
    }

    private mutating func push(_ kind: Kind, _ serial: Int) {
        switch kind {
        case .object: bytes.append(UInt8(ascii: "{"))
        case .list: bytes.append(UInt8(ascii: "["))
        case .place: break
        }
        levels.append(
            Level(kind: kind, serial: serial, start: bytes.count, firstField: fields.count))
    }

    /// Whether a container is still open; what was opened in it is closed.
    private mutating func isOpen(at depth: Int, _ serial: Int) -> Bool {
        guard depth < levels.count, levels[depth].serial == serial else {
            hasStrayed = true
            return false
        }
        close(to: depth + 1)
        return true
    }

    /// Begins an object's field; its value comes next.
    mutating func beginField(_ name: String, at depth: Int, _ serial: Int) {
        guard isOpen(at: depth, serial) else { return }
        var level = levels[depth]
        if level.count > 0 { bytes.append(UInt8(ascii: ",")) }
        let isNext = fields.append(name, to: &bytes, isFirst: level.count == 0)
        level.count += 1
        level.isSorted = level.isSorted && isNext
        levels[depth] = level
    }

    /// Begins a list's element; its value comes next.
    mutating func beginElement(at depth: Int, _ serial: Int) {
        guard isOpen(at: depth, serial) else { return }
        if levels[depth].count > 0 { bytes.append(UInt8(ascii: ",")) }
        levels[depth].count += 1
    }

    /// How many elements a list has.
    func count(at depth: Int, _ serial: Int) -> Int {
        depth < levels.count && levels[depth].serial == serial ? levels[depth].count : 0
    }

    /// Closes containers until so many are open.
    mutating func close(to depth: Int) {
        while levels.count > depth {
            let level = levels[levels.count - 1]
            levels.removeLast(1)
            switch level.kind {
            case .object:
                fields.close(level.firstField, in: &bytes, level.start, isSorted: level.isSorted)
                bytes.append(UInt8(ascii: "}"))
            case .list: bytes.append(UInt8(ascii: "]"))
            case .place: if bytes.count == level.start { append(word: "{}") }
            }
        }
    }
}
