/// Reads the tags and texts of an XML part of an office file, one after the other.
///
/// A scanner, not a parser with a grammar: it resolves no entity but XML's own five and character
/// numbers, and refuses a document type, which no office program writes (ECMA-376, part 2, 9.1.4)
/// and which only serves to make a reader expand or fetch something.
struct XMLScanner {
    /// What stands at one place.
    enum Event {
        /// A start tag, or an empty element's.
        case open(XMLTag)
        /// An end tag, by its local name.
        case close(String)
        /// The characters between two tags.
        case text(String)
    }

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    /// Office programs nest some dozens of elements.
    private static let mostDepth = 512

    private let takesType: Bool

    /// Begins at the start of a part; `takesType` passes over a document type, as a tool prints it.
    init(_ part: [UInt8], takesType: Bool = false) {
        bytes = TextDecoding.ofPart(part)
        self.takesType = takesType
    }

    /// The next tag or text; `nil` at the end, also where the part is cut off.
    mutating func next() throws(DocumentTextError) -> Event? {
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else { return text() }
            if starts(with: "<!--") {
                skip(past: "-->")
            } else if starts(with: "<![CDATA[") {
                return characters()
            } else if starts(with: "<?") {
                skip(past: "?>")
            } else if starts(with: "<!"), takesType {
                skip(past: ">")
            } else if starts(with: "<!") {
                throw .broken(
                    detail: "it holds declarations that no office program writes. Open it in "
                        + "one, save it anew and add that.")
            } else {
                return try tag()
            }
        }
        return nil
    }

    private mutating func text() -> Event {
        let end = bytes[position...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        defer { position = end }
        return .text(XMLText.decoded(bytes[position..<end]))
    }

    private mutating func characters() -> Event {
        let start = position + 9
        skip(past: "]]>")
        let end = max(start, min(position - 3, bytes.count))
        return .text(String(decoding: bytes[min(start, bytes.count)..<end], as: UTF8.self))
    }

    private mutating func tag() throws(DocumentTextError) -> Event? {
        let start = position + 1
        var quote: UInt8?
        var end = start
        while end < bytes.count {
            let byte = bytes[end]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                break
            }
            end += 1
        }
        position = min(end + 1, bytes.count)
        guard end < bytes.count else { return nil }
        if start < end, bytes[start] == UInt8(ascii: "/") {
            depth -= 1
            return .close(XMLTag.localName(bytes[(start + 1)..<end]))
        }
        let tag = XMLTag(bytes[start..<end])
        if !tag.isEmpty { depth += 1 }
        guard depth <= Self.mostDepth else {
            throw .broken(
                detail: "its parts are nested deeper than any office program nests them. Open it "
                    + "in one, save it anew and add that.")
        }
        return .open(tag)
    }

    private func starts(with mark: StaticString) -> Bool {
        mark.withUTF8Buffer { unsafe bytes[position...].starts(with: $0) }
    }

    private mutating func skip(past mark: String) {
        let mark = Array(mark.utf8)
        var index = position
        while index + mark.count <= bytes.count {
            if bytes[index] == mark[0], bytes[index...].starts(with: mark) {
                position = index + mark.count
                return
            }
            index += 1
        }
        position = bytes.count
    }
}

/// A start tag.
struct XMLTag {
    /// The element's name without its namespace's prefix, which each program chooses as it likes.
    let name: String
    /// Whether the element has no content.
    let isEmpty: Bool
    private let attributes: ArraySlice<UInt8>

    fileprivate init(_ tag: ArraySlice<UInt8>) {
        isEmpty = tag.last == UInt8(ascii: "/")
        let whole = isEmpty ? tag.dropLast() : tag
        name = Self.localName(whole)
        attributes = whole.drop { !XMLText.isSpace($0) }
    }

    /// The value of an attribute, by its local name.
    subscript(_ wanted: String) -> String? {
        var rest = attributes.drop(while: XMLText.isSpace)
        while let equals = rest.firstIndex(of: UInt8(ascii: "=")) {
            let name = Self.localName(rest[..<equals])
            let value = rest[(equals + 1)...].drop(while: XMLText.isSpace)
            guard let quote = value.first, let end = value.dropFirst().firstIndex(of: quote) else {
                return nil
            }
            if name == wanted { return XMLText.decoded(value[(value.startIndex + 1)..<end]) }
            rest = rest[(end + 1)...].drop(while: XMLText.isSpace)
        }
        return nil
    }

    /// A whole number in an attribute.
    func number(_ name: String) -> Int? { self[name].flatMap { Int($0) } }

    /// Whether a switch is on: one without a value is (ECMA-376, part 1, 17.17.4).
    func isOn(_ name: String = "val") -> Bool {
        !["0", "false", "off", "none"].contains(self[name] ?? "1")
    }

    fileprivate static func localName(_ tag: ArraySlice<UInt8>) -> String {
        let name = tag.prefix { !XMLText.isSpace($0) && $0 != UInt8(ascii: "/") }
        let start = name.firstIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? name.startIndex
        return String(decoding: name[start...], as: UTF8.self)
    }
}

/// The characters of XML.
enum XMLText {
    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// The text with its references resolved; one that nobody declared says nothing.
    static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "&")) else {
            return String(decoding: bytes, as: UTF8.self)
        }
        return Entities.decoded(String(decoding: bytes, as: UTF8.self)) { name in
            switch name {
            case "amp": "&"
            case "lt": "<"
            case "gt": ">"
            case "quot": "\""
            case "apos": "'"
            default: ""
            }
        }
    }
}

/// Character references, of XML and HTML.
enum Entities {
    /// The text with its references resolved; `named` gives the characters of a name, or `nil`
    /// where it is none and stands for itself.
    static func decoded(_ text: String, named: (Substring) -> String?) -> String {
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "&") {
            result += rest[..<mark]
            let after = rest[rest.index(after: mark)...]
            if after.first == "#" {
                let isHex = after.dropFirst().first.map { $0 == "x" || $0 == "X" } == true
                let digits = after.dropFirst(isHex ? 2 : 1).prefix {
                    $0.isASCII && (isHex ? $0.isHexDigit : $0.isNumber)
                }
                if !digits.isEmpty {
                    result += character(UInt32(digits, radix: isHex ? 16 : 10))
                    rest = after[digits.endIndex...]
                    if rest.first == ";" { rest = rest.dropFirst() }
                    continue
                }
            }
            let name = after.prefix(32).prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
            let end = after[name.endIndex...]
            if !name.isEmpty, end.first == ";", let words = named(name) {
                result += words
                rest = end.dropFirst()
            } else {
                result += "&"
                rest = after
            }
        }
        return result + rest
    }

    /// The character of a number; none for what is no character or steers a terminal.
    private static func character(_ number: UInt32?) -> String {
        guard let number, let scalar = Unicode.Scalar(number) else { return "" }
        // Pages written on Windows mean its own characters by these (WHATWG HTML, 13.2.5.80).
        if (0x80..<0xA0).contains(number) {
            let windows = DamagedText.windowsOnly[Int(number) - 0x80]
            return windows.value < 0xA0 ? "" : String(Character(windows))
        }
        guard number >= 0x20 || number == 0x0A || number == 0x09, number != 0x7F else { return " " }
        return String(Character(scalar))
    }
}
