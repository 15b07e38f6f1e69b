/// Reads paragraphs, headings, lists and tables from WordprocessingML (ECMA-376, part 1, 17.3).
///
/// A scanner, not an XML parser: it needs some twenty elements, and resolves no entity but XML's
/// own five and character numbers, so no document can make it expand anything.
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
    /// Whether the run is one that its author has hidden, and whether its properties are read.
    private var isHidden = false
    private var isInRun = false
    /// How deep the scanner is in what stands there again for readers of old versions.
    private var fallbackDepth = 0
    /// The paragraphs in which the text boxes stand that are being read.
    private var anchors: [(text: String, style: String, isItem: Bool)] = []

    /// The parts that hold what a reader sees, of those that a file has, in the order in which
    /// they are told: what stands on every page first, what stands at its foot and notes last.
    static func parts(of names: [String]) -> [String] {
        let stems = ["header", "document", "footnotes", "endnotes", "footer"]
        return stems.flatMap { stem in
            names.filter { name in
                guard name.hasPrefix("word/\(stem)"), name.hasSuffix(".xml") else { return false }
                let number = name.dropFirst("word/\(stem)".count).dropLast(".xml".count)
                return number.allSatisfy(\.isNumber)
            }.sorted()
        }
    }

    /// The sections of the document's parts, in whatever order they are given.
    ///
    /// The same header stands in several parts, for first, odd and even pages: it is read once.
    static func sections(_ xml: [UInt8]) -> [ExtractedSection] {
        var headers: [ExtractedSection] = []
        var body: [ExtractedSection] = []
        var notes: [ExtractedSection] = []
        var footers: [ExtractedSection] = []
        for part in split(xml) {
            var reader = WordText()
            reader.read(part)
            let sections = reader.builder.sections()
            switch root(of: part) {
            case "w:hdr": headers += sections.filter { !headers.contains($0) }
            case "w:ftr": footers += sections.filter { !(headers + footers).contains($0) }
            case "w:footnotes", "w:endnotes": notes += sections
            default: body += sections
            }
        }
        return headers + body + notes + footers
    }

    /// The parts of what unzip printed one after the other; each begins with a declaration.
    private static func split(_ xml: [UInt8]) -> [ArraySlice<UInt8>] {
        let mark = Array("<?xml".utf8)
        var starts: [Int] = []
        var rest = xml[...]
        while let position = rest.firstIndex(of: mark[0]) {
            if xml[position...].starts(with: mark) { starts.append(position) }
            rest = rest[(position + 1)...]
        }
        if starts.first != 0 { starts.insert(0, at: 0) }
        return zip(starts, starts.dropFirst() + [xml.count]).map { xml[$0..<$1] }
    }

    /// The name of a part's outermost element.
    private static func root(of part: ArraySlice<UInt8>) -> String {
        let ends: Set<UInt8> = Set(" \r\n\t/>".utf8)
        for tag in part.split(separator: UInt8(ascii: "<")) {
            guard let first = tag.first, first != UInt8(ascii: "?"), !ends.contains(first) else {
                continue
            }
            return String(decoding: tag.prefix { !ends.contains($0) }, as: UTF8.self)
        }
        return ""
    }

    private mutating func read(_ xml: ArraySlice<UInt8>) {
        var rest = xml
        while let open = rest.firstIndex(of: UInt8(ascii: "<")) {
            if isInText, !isHidden, fallbackDepth == 0 { text += Self.decoded(rest[..<open]) }
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
        case "mc:Fallback" where !isEmpty: fallbackDepth += 1
        case "/mc:Fallback": fallbackDepth = max(0, fallbackDepth - 1)
        case _ where fallbackDepth > 0: break
        case "w:r" where !isEmpty: (isInRun, isHidden) = (true, false)
        case "/w:r": (isInRun, isHidden) = (false, false)
        // That of a paragraph's properties hides only its end.
        case "w:vanish" where isInRun: isHidden = !["0", "false", "off"].contains(Self.value(tag))
        case "w:txbxContent" where !isEmpty: beginBox()
        case "/w:txbxContent": endBox()
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

    /// A text box stands within a paragraph's run, and holds paragraphs of its own.
    private mutating func beginBox() {
        anchors.append((text, style, isItem))
        beginParagraph()
    }

    private mutating func endBox() {
        guard let anchor = anchors.popLast() else { return }
        (text, style, isItem) = anchor
        (isInRun, isHidden) = (true, false)
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
