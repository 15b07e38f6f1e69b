/// Reads JSON into the nodes of a ``JSONTape``.
struct JSONTapeReader {
    private let bytes: [UInt8]
    private var nodes: [JSONTape.Node] = []

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        nodes.reserveCapacity(bytes.count / 8 + 1)
    }

    /// The nodes of one JSON value that fills the bytes.
    ///
    /// - Throws: ``JSONProblem`` at the first byte that is wrong.
    static func read(_ bytes: [UInt8]) throws(JSONProblem) -> [JSONTape.Node] {
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw JSONProblem(
                reason: "the body is not UTF-8", offset: error.byteOffsets.lowerBound)
        }
        var reader = JSONTapeReader(bytes)
        var position = 0
        reader.skipSpace(&position)
        try reader.readValue(&position, depth: 0)
        reader.skipSpace(&position)
        guard position == bytes.count else {
            throw JSONProblem(reason: "something follows the JSON value", offset: position)
        }
        return reader.nodes
    }

    private func byte(_ position: Int) -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private func skipSpace(_ position: inout Int) {
        while let byte = byte(position), byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 9 {
            position += 1
        }
    }

    private mutating func readValue(_ position: inout Int, depth: Int) throws(JSONProblem) {
        guard let first = byte(position) else {
            throw JSONProblem(reason: "the JSON ends too early", offset: position)
        }
        guard depth < JSONTape.maximumDepth else {
            throw JSONProblem(reason: "the JSON is nested too deeply", offset: position)
        }
        switch first {
        case UInt8(ascii: "{"): try readObject(&position, depth: depth)
        case UInt8(ascii: "["): try readArray(&position, depth: depth)
        case UInt8(ascii: "\""): try readString(&position)
        case UInt8(ascii: "t"): try readWord("true", .yes, &position)
        case UInt8(ascii: "f"): try readWord("false", .no, &position)
        case UInt8(ascii: "n"): try readWord("null", .null, &position)
        default: try readNumber(&position)
        }
    }

    private mutating func readObject(_ position: inout Int, depth: Int) throws(JSONProblem) {
        let index = open(.object, &position)
        skipSpace(&position)
        if byte(position) == UInt8(ascii: "}") { return close(index, &position) }
        while true {
            skipSpace(&position)
            guard byte(position) == UInt8(ascii: "\"") else {
                throw JSONProblem(reason: "a field's name is missing", offset: position)
            }
            try readString(&position)
            skipSpace(&position)
            guard byte(position) == UInt8(ascii: ":") else {
                throw JSONProblem(reason: "a colon is missing", offset: position)
            }
            position += 1
            skipSpace(&position)
            try readValue(&position, depth: depth + 1)
            skipSpace(&position)
            if byte(position) == UInt8(ascii: "}") { return close(index, &position) }
            try readComma(&position)
        }
    }

    private mutating func readArray(_ position: inout Int, depth: Int) throws(JSONProblem) {
        let index = open(.array, &position)
        skipSpace(&position)
        if byte(position) == UInt8(ascii: "]") { return close(index, &position) }
        while true {
            skipSpace(&position)
            try readValue(&position, depth: depth + 1)
            skipSpace(&position)
            if byte(position) == UInt8(ascii: "]") { return close(index, &position) }
            try readComma(&position)
        }
    }

    private func readComma(_ position: inout Int) throws(JSONProblem) {
        guard byte(position) == UInt8(ascii: ",") else {
            let reason = position < bytes.count ? "a comma is missing" : "the JSON ends too early"
            throw JSONProblem(reason: reason, offset: position)
        }
        position += 1
    }

    private mutating func open(_ kind: JSONTape.Kind, _ position: inout Int) -> Int {
        nodes.append(JSONTape.Node(kind: kind, start: position, end: position, next: 0))
        position += 1
        return nodes.count - 1
    }

    private mutating func close(_ index: Int, _ position: inout Int) {
        position += 1
        nodes[index].end = position
        nodes[index].next = nodes.count
    }

    private mutating func readString(_ position: inout Int) throws(JSONProblem) {
        let start = position + 1
        var kind = JSONTape.Kind.string
        var at = start
        while true {
            at = JSONString.endOfPlain(bytes.span, from: at)
            guard let byte = byte(at) else { break }
            if byte == UInt8(ascii: "\"") {
                nodes.append(
                    JSONTape.Node(kind: kind, start: start, end: at, next: nodes.count + 1))
                position = at + 1
                return
            }
            guard byte >= 0x20 else {
                throw JSONProblem(reason: "a control character stands in a string", offset: at)
            }
            kind = .escapedString
            try checkEscape(&at)
        }
        throw JSONProblem(reason: "a string has no end", offset: start - 1)
    }

    private func checkEscape(_ at: inout Int) throws(JSONProblem) {
        switch byte(at + 1) {
        case UInt8(ascii: "u"):
            for place in at + 2..<at + 6 where byte(place).flatMap(JSONTape.hexValue) == nil {
                throw JSONProblem(reason: "an escape is not four digits", offset: at)
            }
            at += 6
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 2
        default: throw JSONProblem(reason: "an unknown escape", offset: at)
        }
    }

    private mutating func readWord(
        _ word: StaticString, _ kind: JSONTape.Kind, _ position: inout Int
    ) throws(JSONProblem) {
        let letters = word.description.utf8
        guard bytes[position...].starts(with: letters) else {
            throw JSONProblem(reason: "an unknown word", offset: position)
        }
        let end = position + letters.count
        nodes.append(JSONTape.Node(kind: kind, start: position, end: end, next: nodes.count + 1))
        position = end
    }

    private mutating func readNumber(_ position: inout Int) throws(JSONProblem) {
        let start = position
        var at = position
        if byte(at) == UInt8(ascii: "-") { at += 1 }
        let whole = digits(&at)
        let leadingZero = whole > 1 && bytes[at - whole] == UInt8(ascii: "0")
        guard whole > 0, !leadingZero else {
            throw JSONProblem(reason: "this is no JSON value", offset: start)
        }
        if byte(at) == UInt8(ascii: ".") {
            at += 1
            guard digits(&at) > 0 else {
                throw JSONProblem(reason: "a number has no digits after its point", offset: at)
            }
        }
        if byte(at) == UInt8(ascii: "e") || byte(at) == UInt8(ascii: "E") {
            at += 1
            if byte(at) == UInt8(ascii: "+") || byte(at) == UInt8(ascii: "-") { at += 1 }
            guard digits(&at) > 0 else {
                throw JSONProblem(reason: "a number has no exponent", offset: at)
            }
        }
        nodes.append(JSONTape.Node(kind: .number, start: start, end: at, next: nodes.count + 1))
        position = at
    }

    private func digits(_ at: inout Int) -> Int {
        let start = at
        while let byte = byte(at), byte >= 0x30, byte <= 0x39 { at += 1 }
        return at - start
    }
}
