import FoundationEssentials

/// What keeps a text from being JSON5.
package struct JSON5Problem: Error, CustomStringConvertible {
    /// What was found, with its line, such as `line 3: a text does not end`.
    package let description: String
}

/// JSON5 (<https://spec.json5.org>), token by token, as the JSON that says the same.
///
/// Foundation's own JSON5 reader (Swift 6.3) ends the process at `0x0x1` and at some bytes that
/// are no UTF-8; `Tests/Fuzz/seeds/pipeline-files` keeps both as `hexadecimal` and `not-utf8`. So
/// it sees plain JSON only, of which no input is known that does so. Lines stay where they were.
package struct JSON5Text {
    private var rest: ArraySlice<Unicode.Scalar>
    private var json = String.UnicodeScalarView()
    private var line = 1
    /// A comma that was read, and is written once something other than an end follows.
    private var comma = false
    /// A word that was read: with a colon after it, it is a key.
    private var pendingWord: String?
    /// The last token's first character, where it is punctuation.
    private var last: Unicode.Scalar?

    private init(_ text: String) { rest = Array(text.unicodeScalars)[...] }

    /// Decodes a value from bytes of JSON5.
    ///
    /// - Throws: ``JSON5Problem`` for what is no JSON5, `DecodingError` for what does not fit.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: some Sequence<UInt8>
    ) throws -> Value {
        try JSONDecoder().decode(type, from: Data(json(bytes).utf8))
    }

    /// The JSON that says the same; whether brackets match is left to the reader of JSON.
    ///
    /// `NaN` and `Infinity` are refused, for JSON has no word for them.
    package static func json(_ bytes: some Sequence<UInt8>) throws(JSON5Problem) -> String {
        guard let text = String(validating: Array(bytes), as: UTF8.self) else {
            throw JSON5Problem(description: "it is not UTF-8")
        }
        var reader = JSON5Text(text)
        while let next = reader.rest.first { try reader.token(next) }
        try reader.writeWord(before: nil)
        if reader.comma { throw reader.problem("a comma is the last") }
        return String(reader.json)
    }

    // MARK: Tokens

    private mutating func token(_ next: Unicode.Scalar) throws(JSON5Problem) {
        if next.properties.isWhitespace || next == "\u{FEFF}" {
            if isLineEnd(next) { newLine() } else { json.append(" ") }
            rest.removeFirst()
            return
        }
        if next == "/" { return try comment() }
        try writeWord(before: next)
        if next == "," {
            guard !comma, last != "[", last != "{", last != ":" else {
                throw problem("a comma has nothing before it")
            }
            comma = true
            rest.removeFirst()
            return
        }
        if comma, next != "]", next != "}" { json.append(",") }
        comma = false
        last = nil
        switch next {
        case "[", "]", "{", "}", ":":
            json.append(next)
            last = next
            rest.removeFirst()
        case "\"", "'": try text(until: next)
        case "+", "-", ".", "0"..."9": try number()
        default: try word()
        }
    }

    private mutating func comment() throws(JSON5Problem) {
        let isBlock = rest.dropFirst().first == "*"
        guard isBlock || rest.dropFirst().first == "/" else { throw problem("a '/' stands alone") }
        rest.removeFirst(2)
        while let next = rest.first {
            if !isBlock, isLineEnd(next) { return }
            if isBlock, next == "*", rest.dropFirst().first == "/" {
                rest.removeFirst(2)
                json.append(" ")
                return
            }
            if isLineEnd(next) { newLine() }
            rest.removeFirst()
        }
        if isBlock { throw problem("a comment does not end") }
    }

    /// A key without quotes, or `true`, `false` or `null`.
    private mutating func word() throws(JSON5Problem) {
        let word = rest.prefix(while: Self.isOfWord)
        guard let first = word.first, !("0"..."9").contains(first) else {
            throw problem("there is a '\(rest.first.map(String.init) ?? "")'")
        }
        rest = rest[word.endIndex...]
        pendingWord = String(String.UnicodeScalarView(word))
    }

    private mutating func writeWord(before next: Unicode.Scalar?) throws(JSON5Problem) {
        guard let word = pendingWord else { return }
        pendingWord = nil
        if next == ":" {
            json.append(contentsOf: "\"\(word)\"".unicodeScalars)
        } else if ["true", "false", "null"].contains(word) {
            json.append(contentsOf: word.unicodeScalars)
        } else {
            throw problem("'\(word)' is no value; a text has quotes")
        }
    }

    private mutating func number() throws(JSON5Problem) {
        let written = rest.prefix {
            Self.isOfWord($0) || $0 == "." || $0 == "+" || $0 == "-"
        }
        rest = rest[written.endIndex...]
        let text = String(String.UnicodeScalarView(written))
        let isNegative = text.hasPrefix("-")
        let digits = isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]
        let value: String
        if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
            let hex = digits.dropFirst(2)
            guard hex.allSatisfy(\.isHexDigit), let number = UInt64(hex, radix: 16) else {
                throw problem("'\(text)' is no number")
            }
            value = "\(number)"
        } else {
            guard let match = digits.wholeMatch(of: /([0-9]*)(\.[0-9]*)?([eE][+\-]?[0-9]+)?/),
                !(match.1.isEmpty && (match.2?.count ?? 0) < 2)
            else { throw problem("'\(text)' is no number") }
            let fraction = match.2.map { $0 == "." ? "" : String($0) } ?? ""
            value = "\(match.1.isEmpty ? "0" : match.1)\(fraction)\(match.3 ?? "")"
        }
        json.append(contentsOf: ((isNegative ? "-" : "") + value).unicodeScalars)
    }

    // MARK: Texts

    private mutating func text(until quote: Unicode.Scalar) throws(JSON5Problem) {
        rest.removeFirst()
        json.append("\"")
        var added = 0
        while let next = rest.popFirst() {
            switch next {
            case quote:
                json.append("\"")
                // Lines that a text went on over are made up for after it.
                for _ in 0..<added { json.append("\n") }
                return
            case "\n", "\r": throw problem("a text does not end in its line")
            case "\\": added += try escape()
            default: append(next)
            }
        }
        throw problem("a text does not end")
    }

    /// What follows a backslash; tells how many lines end in it.
    private mutating func escape() throws(JSON5Problem) -> Int {
        guard let next = rest.popFirst() else { throw problem("a text does not end") }
        switch next {
        case "b", "f", "n", "r", "t", "\"", "\\":
            json.append("\\")
            json.append(next)
        case "v": append("\u{B}")
        case "0" where !(rest.first.map { ("0"..."9").contains($0) } ?? false): append("\0")
        case "0"..."9": throw problem("'\\\(next)' is no escape")
        case "x": json.append(contentsOf: "\\u00\(try hex(2))".unicodeScalars)
        case "u": json.append(contentsOf: "\\u\(try hex(4))".unicodeScalars)
        case "\r", "\n", "\u{2028}", "\u{2029}":
            if next == "\r", rest.first == "\n" { rest.removeFirst() }
            line += 1
            return 1
        default: append(next)
        }
        return 0
    }

    private mutating func hex(_ count: Int) throws(JSON5Problem) -> String {
        let digits = String(String.UnicodeScalarView(rest.prefix(count)))
        guard digits.unicodeScalars.count == count,
            digits.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
        else { throw problem("an escape has \(count) hexadecimal digits") }
        rest.removeFirst(count)
        return digits
    }

    /// Writes a character of a text as JSON has it.
    private mutating func append(_ scalar: Unicode.Scalar) {
        let quoted = JSONString.quoted(String(scalar)).unicodeScalars
        json.append(contentsOf: quoted.dropFirst().dropLast())
    }

    // MARK: Characters

    private mutating func newLine() {
        // CR LF is one end of a line; its LF is still to come.
        guard !(rest.first == "\r" && rest.dropFirst().first == "\n") else { return }
        line += 1
        json.append("\n")
    }

    private func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar == "\r" || scalar == "\u{2028}" || scalar == "\u{2029}"
    }

    private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "$" || scalar == "_" || scalar.properties.isIDContinue
    }

    private func problem(_ words: String) -> JSON5Problem {
        JSON5Problem(description: "line \(line): \(words)")
    }
}
