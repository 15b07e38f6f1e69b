/// Reads paragraphs, headings, lists and tables from WordprocessingML (ECMA-376, part 1, 17.3).
///
/// A scanner, not an XML parser: it needs seven elements, and resolves no entity but XML's own
/// five and character numbers, so no document can make it expand anything.
struct WordText {
    private var builder = SectionBuilder()
    private var text = ""
    private var style = ""
    private var isItem = false
    private var isInText = false
    private var tableDepth = 0
    private var row: [String] = []
    private var cell = ""
    private var rows: [[String]] = []

    /// The sections of the part `word/document.xml`.
    static func sections(_ xml: [UInt8]) -> [ExtractedSection] {
        var reader = WordText()
        reader.read(xml[...])
        return reader.builder.sections()
    }

    private mutating func read(_ xml: ArraySlice<UInt8>) {
        var rest = xml
        while let open = rest.firstIndex(of: UInt8(ascii: "<")) {
            if isInText { text += Self.decoded(rest[..<open]) }
            guard let close = rest[open...].firstIndex(of: UInt8(ascii: ">")) else { return }
            element(rest[(open + 1)..<close])
            rest = rest[(close + 1)...]
        }
    }

    private mutating func element(_ tag: ArraySlice<UInt8>) {
        let isEmpty = tag.last == UInt8(ascii: "/")
        let words = tag.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }
        var name = String(decoding: words, as: UTF8.self)
        if isEmpty && name.hasSuffix("/") { name.removeLast() }
        switch name {
        case "w:t": isInText = !isEmpty
        case "/w:t": isInText = false
        case "w:tab": text += " "
        case "w:br", "w:cr": text += "\n"
        case "w:noBreakHyphen": text += "-"
        case "w:pStyle": style = Self.value(tag)
        case "w:numPr": isItem = true
        case "w:p" where !isEmpty: beginParagraph()
        case "/w:p": endParagraph()
        case "w:tbl", "/w:tbl", "/w:tr", "/w:tc": table(name)
        default: break
        }
    }

    private mutating func beginParagraph() {
        text = ""
        style = ""
        isItem = false
    }

    private mutating func endParagraph() {
        defer { beginParagraph() }
        if tableDepth > 0 {
            cell += (cell.isEmpty ? "" : " ") + text
        } else if let level = Self.headingLevel(style) {
            builder.heading(text, level: level)
        } else if isItem {
            if !text.trimmed.isEmpty { builder.line("- " + text.trimmed) }
        } else {
            builder.paragraph(text)
        }
    }

    private mutating func table(_ name: String) {
        switch name {
        case "w:tbl": tableDepth += 1
        case "/w:tc" where tableDepth == 1:
            row.append(cell)
            cell = ""
        case "/w:tr" where tableDepth == 1:
            rows.append(row)
            row = []
        case "/w:tbl":
            // A damaged document may close more than it opened.
            tableDepth = max(0, tableDepth - 1)
            if tableDepth == 0 {
                builder.table(rows)
                rows = []
            }
        default: break
        }
    }

    /// The level of a heading style: `Heading1`, or what Word calls it in other languages
    /// (`berschrift1`, `Ttulo1`, `Titre1`: accents are dropped from style ids).
    private static func headingLevel(_ style: String) -> Int? {
        let name = style.lowercased().filter { $0.isLetter || $0.isNumber }
        if name == "title" { return 1 }
        guard let level = name.last?.wholeNumberValue, (1...6).contains(level) else { return nil }
        let stems = [
            "heading", "berschrift", "überschrift", "ttulo", "título", "titulo", "titre", "titolo",
            "kop", "rubrik", "overskrift", "otsikko", "nagwek", "nagłówek", "nadpis", "balk",
            "заголовок", "cmsor", "cabealho",
        ]
        return stems.contains(String(name.dropLast())) ? level : nil
    }

    private static func value(_ tag: ArraySlice<UInt8>) -> String {
        let words = String(decoding: tag, as: UTF8.self)
        guard let start = words.firstRange(of: "w:val=\"") else { return "" }
        return String(words[start.upperBound...].prefix { $0 != "\"" })
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains("&") else { return text }
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "&") {
            result += rest[..<mark]
            rest = rest[mark...]
            guard let end = rest.prefix(12).firstIndex(of: ";"),
                let character = entity(rest[rest.index(after: rest.startIndex)..<end])
            else {
                result += "&"
                rest = rest.dropFirst()
                continue
            }
            result.append(character)
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func entity(_ name: Substring) -> Character? {
        let named: [Substring: Character] = [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'",
        ]
        if let character = named[name] { return character }
        guard name.hasPrefix("#") else { return nil }
        let digits = name.dropFirst()
        let number = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return number.flatMap(Unicode.Scalar.init).map(Character.init)
    }
}
