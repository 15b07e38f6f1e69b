/// Reads paragraphs, headings, lists, notes and tables from WordprocessingML (ECMA-376, part 1,
/// 17).
///
/// What its author deleted or hid is left out, what is told twice for readers of old versions is
/// told once, and a note stands with the paragraph that refers to it.
struct WordText {
    private let styles: WordStyles
    private let notes: [String: String]
    private(set) var usedNotes: Set<String> = []
    private var builder = SectionBuilder()

    /// A paragraph in hand; that around a text box waits meanwhile.
    private struct Paragraph {
        var text = ""
        var style = ""
        var level: Int?
        var isItem = false
        var notes: [String] = []
        var countsPages = false
    }
    private var paragraph = Paragraph()
    private var anchors: [(paragraph: Paragraph, isInCell: Bool, runs: Int, isHidden: Bool)] = []

    private var table = WordTable()
    /// Depth in text that is not part of the document: deleted, or told for old versions.
    private var outside = 0
    private var runs = 0
    private var isInText = false
    private var isHidden = false
    /// Nested fields: whether each counts pages, and whether its result is being read.
    private var fields: [(countsPages: Bool, isResult: Bool)] = []
    private var isInInstruction = false
    private var instruction = ""

    private init(_ styles: WordStyles, notes: [String: String]) {
        self.styles = styles
        self.notes = notes
    }

    /// Whether a part of the archive is read.
    static func isWanted(_ name: String) -> Bool {
        if name == "word/styles.xml" || name == "word/_rels/document.xml.rels" { return true }
        return stem(of: name) != nil
    }

    /// The kind of a part that holds what a reader sees.
    private static func stem(of name: String) -> String? {
        ["header", "document", "footnotes", "endnotes", "footer"].first { stem in
            guard name.hasPrefix("word/\(stem)"), name.hasSuffix(".xml") else { return false }
            return name.dropFirst("word/\(stem)".count).dropLast(".xml".count)
                .allSatisfy(\.isNumber)
        }
    }

    /// The sections of a document: what stands on every page first, once, then the text, then notes
    /// that nothing refers to, and what stands at the foot of pages.
    static func sections(_ parts: [String: [UInt8]]) throws(DocumentTextError) -> [ExtractedSection]
    {
        let styles = try WordStyles(parts["word/styles.xml"])
        var notes: [String: String] = [:]
        var order: [String] = []
        for kind in ["footnote", "endnote"] {
            for (name, part) in parts.sorted(by: { $0.key < $1.key })
            where stem(of: name) == kind + "s" {
                for (id, text) in try WordNotes.read(part, kind: kind, styles) {
                    notes[id] = text
                    order.append(id)
                }
            }
        }
        var told: [String: [ExtractedSection]] = [:]
        var used: Set<String> = []
        for (name, part) in parts.sorted(by: { $0.key < $1.key }) {
            guard let stem = stem(of: name), !stem.hasSuffix("notes") else { continue }
            var reader = WordText(styles, notes: notes)
            try reader.read(part)
            used.formUnion(reader.usedNotes)
            let known = told.values.joined()
            // The same header stands in several parts, for first, odd and even pages.
            let sections = reader.builder.sections().filter {
                stem == "document" || !known.contains($0)
            }
            told[stem, default: []] += sections
        }
        let rest = order.filter { !used.contains($0) }.compactMap { notes[$0] }
        return (told["header"] ?? []) + (told["document"] ?? [])
            + rest.map { ExtractedSection(text: $0) } + (told["footer"] ?? [])
    }

    /// The text of a part as one piece.
    static func text(
        of events: [XMLScanner.Event], _ styles: WordStyles
    ) -> String {
        var reader = WordText(styles, notes: [:])
        for event in events { reader.take(event) }
        return reader.builder.sections().map { ($0.headings + [$0.text]).joined(separator: "\n") }
            .joined(separator: "\n")
    }

    private mutating func read(_ part: [UInt8]) throws(DocumentTextError) {
        var scanner = XMLScanner(part)
        while let event = try scanner.next() { take(event) }
        endParagraph()
    }

    private mutating func take(_ event: XMLScanner.Event) {
        switch event {
        case .text(let words):
            if isInInstruction { instruction += words }
            if isInText, isShown { paragraph.text += words }
        case .open(let tag): open(tag)
        case .close(let name): close(name)
        }
    }

    /// Whether text is part of the document as its readers see it.
    private var isShown: Bool {
        outside == 0 && !isHidden && !styles.isHidden(paragraph.style)
            && !fields.contains { $0.countsPages && $0.isResult }
    }

    /// Elements whose text is not the document's: what was deleted or moved away, what stands there
    /// again for old versions, and how characters are spoken.
    private static let outsiders: Set<String> = ["del", "moveFrom", "Fallback", "rt", "delText"]

    private mutating func open(_ tag: XMLTag) {
        if Self.outsiders.contains(tag.name) {
            if tag.isEmpty { table.noteDeletion() } else { outside += 1 }
            return
        }
        guard outside == 0 else { return }
        switch tag.name {
        case "r" where !tag.isEmpty:
            runs += 1
            isHidden = false
        // That of a paragraph's properties hides only its end.
        case "vanish" where runs > 0: isHidden = tag.isOn()
        case "rStyle": if styles.isHidden(tag["val"] ?? "") { isHidden = true }
        case "t": isInText = !tag.isEmpty
        case "tab", "ptab": if runs > 0 { add(" ") }
        case "br", "cr": add("\n")
        case "noBreakHyphen": add("-")
        case "pStyle": paragraph.style = tag["val"] ?? ""
        case "outlineLvl": paragraph.level = tag.number("val").map { $0 + 1 }
        case "numPr": paragraph.isItem = true
        case "p" where !tag.isEmpty: paragraph = Paragraph()
        case "txbxContent" where !tag.isEmpty: beginBox()
        case "footnoteReference", "endnoteReference": refer(tag)
        case "fldSimple", "fldChar", "instrText": field(tag)
        default: table.open(tag)
        }
    }

    private mutating func close(_ name: String) {
        if Self.outsiders.contains(name) {
            outside = max(0, outside - 1)
            return
        }
        guard outside == 0 else { return }
        switch name {
        case "r":
            runs = max(0, runs - 1)
            isHidden = false
        case "t": isInText = false
        case "p": endParagraph()
        case "txbxContent": endBox()
        case "fldSimple": if !fields.isEmpty { fields.removeLast() }
        case "instrText":
            isInInstruction = false
            if Self.countsPages(instruction), !fields.isEmpty {
                fields[fields.count - 1].countsPages = true
                paragraph.countsPages = true
            }
        default:
            if let rows = table.close(name) { builder.table(rows, isGuessed: true) }
        }
    }

    private mutating func add(_ text: String) { if isShown { paragraph.text += text } }

    // MARK: Fields

    private mutating func field(_ tag: XMLTag) {
        switch (tag.name, tag["fldCharType"]) {
        case ("fldSimple", _) where !tag.isEmpty:
            let counts = Self.countsPages(tag["instr"] ?? "")
            fields.append((counts, true))
            if counts { paragraph.countsPages = true }
        case ("fldChar", "begin"):
            fields.append((false, false))
            instruction = ""
        case ("fldChar", "separate"):
            if !fields.isEmpty { fields[fields.count - 1].isResult = true }
        case ("fldChar", "end"): if !fields.isEmpty { fields.removeLast() }
        case ("instrText", _): isInInstruction = !tag.isEmpty
        default: break
        }
    }

    /// Whether a field gives a page's number: each page has its own.
    private static func countsPages(_ instruction: String) -> Bool {
        let name = instruction.trimmed.prefix { !$0.isWhitespace }.uppercased()
        return ["PAGE", "NUMPAGES", "SECTIONPAGES"].contains(name)
    }

    // MARK: Paragraphs

    private mutating func refer(_ tag: XMLTag) {
        let kind = String(tag.name.dropLast("Reference".count))
        let id = "\(kind)/\(tag["id"] ?? "")"
        guard isShown, let note = notes[id] else { return }
        usedNotes.insert(id)
        paragraph.notes.append(note)
    }

    /// A text box stands within a paragraph's run, and holds paragraphs of its own.
    private mutating func beginBox() {
        anchors.append((paragraph, table.isInCell, runs, isHidden))
        paragraph = Paragraph()
        runs = 0
    }

    private mutating func endBox() {
        guard let anchor = anchors.popLast() else { return }
        endParagraph()
        (paragraph, runs, isHidden) = (anchor.paragraph, anchor.runs, anchor.isHidden)
    }

    private mutating func endParagraph() {
        let ended = paragraph
        paragraph = Paragraph()
        let notes = ended.notes.map(\.withSingleSpaces)
        // "Page 3 of 7", whose numbers are left out, says nothing.
        if ended.countsPages, ended.text.count(where: \.isLetter) < 12 { return }
        if styles.isContents(ended.style) { return }
        if table.isInCell {
            table.add(([ended.text] + notes.map { "(\($0))" }).joined(separator: " "))
        } else if let level = ended.level ?? styles.headingLevel(ended.style),
            (1...6).contains(level)
        {
            builder.heading(ended.text, level: level)
            for note in notes { builder.paragraph(note) }
        } else if ended.isItem {
            if !ended.text.trimmed.isEmpty { builder.line("- " + ended.text.trimmed) }
            for note in notes { builder.line("* " + note) }
        } else {
            builder.paragraph(ended.text)
            for note in notes { builder.line("* " + note) }
        }
    }
}

/// The notes of a document by their ids, each as one text.
enum WordNotes {
    static func read(
        _ part: [UInt8], kind: String, _ styles: WordStyles
    ) throws(DocumentTextError) -> [(id: String, text: String)] {
        var scanner = XMLScanner(part)
        var notes: [(id: String, text: String)] = []
        var id: String?
        var events: [XMLScanner.Event] = []
        while let event = try scanner.next() {
            if case .open(let tag) = event, tag.name == kind, !tag.isEmpty {
                // The line above notes is one of them, by its type.
                let isLine = tag["type"].map { $0.lowercased().contains("separator") } ?? false
                id = isLine ? nil : "\(kind)/\(tag["id"] ?? "")"
                events = []
            } else if case .close(kind) = event {
                let text = WordText.text(of: events, styles)
                if let id, !text.isEmpty { notes.append((id, text)) }
                id = nil
            } else if id != nil {
                events.append(event)
            }
        }
        return notes
    }
}

/// The outermost table that is being read; a table within a cell is part of the cell's text.
struct WordTable {
    private struct Cell {
        var text = ""
        var columns = 1
        /// Whether it goes on with the cell above.
        var continues = false
        var isDeleted = false
    }

    private var depth = 0
    /// Of each open cell of tables within cells: whether it goes on with the one above it, whose
    /// words alone are shown.
    private var inner: [Bool] = []
    private var cell = Cell()
    private var row: [TableCell] = []
    private var rows: [[TableCell]] = []
    private var isDeletedRow = false
    private var isInRowProperties = false

    var isInCell: Bool { depth > 0 }

    /// Adds a paragraph to the cell in hand.
    mutating func add(_ text: String) {
        let text = text.trimmed
        guard !text.isEmpty, !inner.contains(true) else { return }
        cell.text += (cell.text.isEmpty ? "" : " ") + text
    }

    /// A mark that its row was deleted, where it stands among a row's properties.
    mutating func noteDeletion() { if isInRowProperties { isDeletedRow = true } }

    mutating func open(_ tag: XMLTag) {
        switch tag.name {
        case "tbl" where !tag.isEmpty: depth += 1
        case "tr" where depth == 1: (row, isDeletedRow) = ([], false)
        case "trPr" where depth == 1 && !tag.isEmpty: isInRowProperties = true
        case "hidden" where isInRowProperties: isDeletedRow = tag.isOn()
        case "gridBefore" where depth == 1:
            row += [TableCell](repeating: .empty, count: width(tag))
        case "tc" where depth == 1: cell = Cell()
        case "tc" where depth > 1: inner.append(false)
        case "vMerge" where depth > 1 && !inner.isEmpty:
            inner[inner.count - 1] = tag["val"] != "restart"
        case "gridSpan" where depth == 1: cell.columns = width(tag)
        case "vMerge" where depth == 1: cell.continues = tag["val"] != "restart"
        case "hMerge" where depth == 1 && tag["val"] != "restart": cell.columns = 0
        case "cellDel" where depth == 1: cell.isDeleted = true
        default: break
        }
    }

    private func width(_ tag: XMLTag) -> Int { max(1, min(tag.number("val") ?? 1, 100)) }

    /// Ends an element; gives the rows of a table that ends with it.
    mutating func close(_ name: String) -> [[TableCell]]? {
        switch name {
        case "trPr": isInRowProperties = false
        case "tc" where depth == 1: endCell()
        case "tc" where depth > 1: _ = inner.popLast()
        case "tr" where depth == 1: if !isDeletedRow { rows.append(row) }
        case "tbl":
            // A damaged document may close more than it opened.
            depth = max(0, depth - 1)
            guard depth == 0 else { return nil }
            inner = []
            defer { rows = [] }
            return rows
        default: break
        }
        return nil
    }

    private mutating func endCell() {
        defer { cell = Cell() }
        // Words that a cell below the first of its merge holds are not shown.
        let isBelow = cell.continues
        let above = isBelow ? rows.last.flatMap { row.count < $0.count ? $0[row.count] : nil } : nil
        let text = cell.isDeleted ? "" : isBelow ? above?.text ?? "" : cell.text
        guard cell.columns > 0 else {
            // The old way to merge: the cell goes on with the one before it.
            row.append(TableCell(text: row.last?.text ?? "", isAcross: true))
            return
        }
        for index in 0..<cell.columns {
            row.append(TableCell(text: text, isAcross: index > 0, isBelow: isBelow))
        }
    }
}
