/// The bytes of a value that is being written, and the containers that are open in them.
struct JSONDraft {
    /// What is open.
    enum Kind {
        case object, list
        /// A place for one value that is written later, if at all.
        case place
    }

    /// An open container.
    private struct Level {
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

    /// A field of an open object, up to the comma before the next or to the object's end.
    private struct Field {
        var name: String
        var start: Int
    }

    private(set) var bytes: [UInt8] = []
    /// Whether something was written to a container that was left before.
    private(set) var hasStrayed = false
    private var levels: [Level] = []
    private var fields: [Field] = []
    private var serials = 0

    init() {
        // Most records and states are smaller.
        bytes.reserveCapacity(1024)
    }

    // MARK: Values

    /// Appends text in quotes.
    mutating func append(_ text: String) { JSONString.append(text, to: &bytes) }

    /// Appends JSON as it is.
    mutating func append(nested json: [UInt8]) { bytes.append(contentsOf: json) }

    /// Appends a number or one of JSON's words.
    mutating func append(word: String) { bytes.append(contentsOf: word.utf8) }

    /// An encoder for the value that comes next, and where it will begin.
    mutating func encoder(of output: JSONOutput) -> (encoder: JSONValueEncoder, start: Int) {
        serials += 1
        let encoder = JSONValueEncoder(output, depth: levels.count, serial: serials)
        return (encoder, bytes.count)
    }

    /// Ends a value with so many containers open around it; one that wrote nothing is empty.
    mutating func end(_ depth: Int, from start: Int) {
        close(to: depth)
        if bytes.count == start { append(word: "{}") }
    }

    // MARK: Containers

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
        if levels[depth].count > 0 {
            bytes.append(UInt8(ascii: ","))
            if levels[depth].isSorted, !isBefore(fields[fields.count - 1].name, name) {
                levels[depth].isSorted = false
            }
        }
        levels[depth].count += 1
        fields.append(Field(name: name, start: bytes.count))
        append(name)
        bytes.append(UInt8(ascii: ":"))
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
        while levels.count > depth, let level = levels.popLast() {
            switch level.kind {
            case .object:
                if !level.isSorted { sort(level) }
                fields.removeLast(fields.count - level.firstField)
                bytes.append(UInt8(ascii: "}"))
            case .list: bytes.append(UInt8(ascii: "]"))
            case .place: if bytes.count == level.start { append(word: "{}") }
            }
        }
    }

    // MARK: Order

    /// Puts the fields of the innermost object in the order of their names; of two with one name,
    /// the later stays.
    private mutating func sort(_ level: Level) {
        let order = order(of: level)
        let unsorted = Array(bytes[level.start...])
        bytes.removeLast(unsorted.count)
        for (place, index) in order.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            let isLast = index == fields.count - 1
            let end = isLast ? unsorted.count : fields[index + 1].start - 1 - level.start
            bytes.append(contentsOf: unsorted[(fields[index].start - level.start)..<end])
        }
    }

    private func order(of level: Level) -> [Int] {
        var order: [Int] = []
        order.reserveCapacity(level.count)
        for index in level.firstField..<fields.count {
            let name = fields[index].name
            var place = order.count
            while place > 0, isBefore(name, fields[order[place - 1]].name) { place -= 1 }
            if place > 0, fields[order[place - 1]].name.utf8.elementsEqual(name.utf8) {
                order[place - 1] = index
            } else {
                order.insert(index, at: place)
            }
        }
        return order
    }

    private func isBefore(_ left: String, _ right: String) -> Bool {
        var left = left.utf8.makeIterator()
        var right = right.utf8.makeIterator()
        while let theirs = right.next() {
            guard let ours = left.next() else { return true }
            if ours != theirs { return ours < theirs }
        }
        return false
    }
}
