/// Reads the sheets of a workbook (SpreadsheetML, ECMA-376, part 1, 18) as a person sees them:
/// formatted values, merged cells, nothing that its author has hidden.
struct SpreadsheetText {
    /// Whether a part of the archive is read.
    static func isWanted(_ name: String) -> Bool {
        let name = name.lowercased()
        guard name.hasPrefix("xl/"), !name.hasPrefix("xl/externallinks/") else { return false }
        return name.hasSuffix("workbook.xml") || name.hasSuffix("workbook.xml.rels")
            || name.hasSuffix("sharedstrings.xml") || name.hasSuffix("styles.xml")
            || name.hasPrefix("xl/worksheets/") && name.hasSuffix(".xml")
    }

    /// A sheet of so many cells is a database: rows below are not read, and that is an error.
    private static let mostCells = 2_000_000
    /// Cells that repeat others', at most: people merge some hundreds.
    private static let mostMerged = 200_000
    private static let mostMerges = 20_000
    /// Rows and columns of Excel's largest sheet.
    private static let mostRows = 1_048_576
    private static let mostColumns = 16_384

    private var strings: [String] = []
    private var formats: [NumberFormat] = []
    private var isFrom1904 = false
    private let parts: [String: [UInt8]]

    /// One section for each visible sheet, more where sub-headings part it.
    static func sections(_ parts: [String: [UInt8]]) throws(DocumentTextError) -> [ExtractedSection]
    {
        var reader = SpreadsheetText(parts: parts)
        return try reader.read()
    }

    private init(parts: [String: [UInt8]]) { self.parts = parts }

    private func part(_ name: String) -> [UInt8]? {
        // Programs differ in how they write the names, and Excel does not mind.
        parts[name] ?? parts.first { $0.key.lowercased() == name.lowercased() }?.value
    }

    private mutating func read() throws(DocumentTextError) -> [ExtractedSection] {
        guard let workbook = part("xl/workbook.xml") else {
            throw .broken(detail: "it has no workbook.")
        }
        let targets = try OfficeParts.relations(
            part("xl/_rels/workbook.xml.rels"), in: "xl/")
        let sheets = try sheets(workbook)
        strings = try sharedStrings()
        formats = try numberFormats()
        var sections: [ExtractedSection] = []
        for (index, sheet) in sheets.enumerated() where !sheet.isHidden {
            let name =
                sheet.relation.flatMap { targets[$0] } ?? "xl/worksheets/sheet\(index + 1).xml"
            // A sheet that is a chart alone has no cells.
            guard let part = part(name) else { continue }
            let rows = try rows(part)
            sections += TableText.parts(rows).map {
                ExtractedSection(headings: $0.headings, sheet: sheet.name, text: $0.text)
            }
        }
        return sections
    }

    private struct Sheet {
        var name: String
        var relation: String?
        var isHidden: Bool
    }

    private mutating func sheets(_ part: [UInt8]) throws(DocumentTextError) -> [Sheet] {
        var scanner = XMLScanner(part)
        var sheets: [Sheet] = []
        while let event = try scanner.next() {
            guard case .open(let tag) = event else { continue }
            if tag.name == "workbookPr", let value = tag["date1904"] {
                isFrom1904 = ["1", "true", "on"].contains(value)
            } else if tag.name == "sheet" {
                sheets.append(
                    Sheet(
                        name: tag["name"] ?? "", relation: tag["id"],
                        isHidden: ["hidden", "veryHidden"].contains(tag["state"])))
            }
        }
        return sheets
    }

    private func sharedStrings() throws(DocumentTextError) -> [String] {
        guard let part = part("xl/sharedStrings.xml") else { return [] }
        var scanner = XMLScanner(part)
        var strings: [String] = []
        var text = RichText()
        while let event = try scanner.next() {
            if case .open(let tag) = event, tag.name == "si" {
                text = RichText()
                if tag.isEmpty { strings.append("") }
            } else if case .close("si") = event {
                strings.append(text.words)
            } else {
                text.take(event)
            }
        }
        return strings
    }

    private func numberFormats() throws(DocumentTextError) -> [NumberFormat] {
        guard let part = part("xl/styles.xml") else { return [] }
        var scanner = XMLScanner(part)
        var codes: [Int: String] = [:]
        var formats: [NumberFormat] = []
        var isInCells = false
        while let event = try scanner.next() {
            switch event {
            case .open(let tag) where tag.name == "numFmt":
                if let id = tag.number("numFmtId") { codes[id] = tag["formatCode"] }
            case .open(let tag) where tag.name == "cellXfs": isInCells = !tag.isEmpty
            case .close("cellXfs"): isInCells = false
            case .open(let tag) where tag.name == "xf" && isInCells:
                let id = tag.number("numFmtId") ?? 0
                formats.append(
                    NumberFormat(codes[id] ?? NumberFormat.builtIn(id), isFrom1904: isFrom1904))
            default: break
            }
        }
        return formats
    }

    // MARK: Sheets

    private struct Merge {
        var rows: ClosedRange<Int>
        var columns: ClosedRange<Int>
    }

    private func rows(_ part: [UInt8]) throws(DocumentTextError) -> [[TableCell]] {
        var cells: [Int: [Int: String]] = [:]
        var hiddenRows: Set<Int> = []
        var hiddenColumns: [ClosedRange<Int>] = []
        var shownRows: Set<Int> = []
        var hidesRows = false
        var merges: [Merge] = []
        var scanner = XMLScanner(part)
        var (row, column, count) = (0, 0, 0)
        while let event = try scanner.next() {
            guard case .open(let tag) = event else { continue }
            switch tag.name {
            case "sheetFormatPr":
                hidesRows = ["1", "true"].contains(tag["zeroHeight"])
            case "col" where tag["hidden"].map { ["1", "true"].contains($0) } == true:
                let first = tag.number("min") ?? 1
                hiddenColumns.append(first...max(first, tag.number("max") ?? first))
            case "row":
                row = min(tag.number("r") ?? row + 1, Self.mostRows)
                column = 0
                if let hidden = tag["hidden"], ["1", "true"].contains(hidden) {
                    hiddenRows.insert(row)
                } else {
                    shownRows.insert(row)
                }
            case "c":
                if let place = tag["r"].flatMap(Self.place) {
                    (column, row) = place
                } else {
                    column += 1
                }
                guard column <= Self.mostColumns, row <= Self.mostRows else { continue }
                count += 1
                guard count <= Self.mostCells else { throw .tooManyCells(limit: Self.mostCells) }
                if let value = try value(tag, &scanner) { cells[row, default: [:]][column] = value }
            case "mergeCell":
                if merges.count < Self.mostMerges, let merge = Self.merge(tag["ref"] ?? "") {
                    merges.append(merge)
                }
            default: break
            }
        }
        if hidesRows { hiddenRows.formUnion(Set(cells.keys).subtracting(shownRows)) }
        return Self.visible(cells, merges, hiddenRows, hiddenColumns)
    }

    /// The rows and columns that are shown and hold something, with merged values repeated.
    private static func visible(
        _ cells: [Int: [Int: String]], _ merges: [Merge], _ hiddenRows: Set<Int>,
        _ hiddenColumns: [ClosedRange<Int>]
    ) -> [[TableCell]] {
        var table: [Int: [Int: TableCell]] = cells.mapValues {
            $0.mapValues { TableCell(text: $0) }
        }
        let last = cells.values.lazy.flatMap(\.keys).max() ?? 0
        var filled = 0
        for merge in merges {
            guard let text = cells[merge.rows.lowerBound]?[merge.columns.lowerBound] else {
                continue
            }
            for row in merge.rows.count > table.count ? Array(table.keys) : Array(merge.rows)
            where merge.rows.contains(row) && table[row] != nil {
                for column in merge.columns where column <= last && filled < mostMerged {
                    filled += 1
                    table[row, default: [:]][column] = TableCell(
                        text: text, isAcross: column > merge.columns.lowerBound,
                        isBelow: row > merge.rows.lowerBound)
                }
            }
        }
        let isHidden = { (column: Int) in hiddenColumns.contains { $0.contains(column) } }
        let rows = table.keys.filter { !hiddenRows.contains($0) }.sorted()
        let columns = Set(
            rows.flatMap { table[$0, default: [:]].filter { !$0.value.text.isEmpty }.keys }
        )
        .filter { !isHidden($0) }.sorted()
        return rows.map { row in columns.map { table[row]?[$0] ?? .empty } }
    }

    /// What a cell shows; `nil` where that is nothing.
    private func value(
        _ tag: XMLTag, _ scanner: inout XMLScanner
    ) throws(DocumentTextError) -> String? {
        guard !tag.isEmpty else { return nil }
        var value = ""
        var rich = RichText()
        var isInValue = false
        reading: while let event = try scanner.next() {
            switch event {
            case .close("c"): break reading
            case .open(let inner) where inner.name == "v": isInValue = !inner.isEmpty
            case .close("v"): isInValue = false
            case .text(let text) where isInValue: value += text
            default: rich.take(event)
            }
        }
        let style = tag.number("s") ?? 0
        let format =
            formats.indices.contains(style)
            ? formats[style] : NumberFormat("General", isFrom1904: isFrom1904)
        switch tag["t"] ?? "n" {
        case "s":
            guard let index = Int(value.trimmed), strings.indices.contains(index) else {
                return nil
            }
            return Self.isFailure(strings[index]) ? nil : format.text(strings[index])
        case "inlineStr": return format.text(rich.words)
        // A formula's text, which may look like a failure of another.
        case "str": return Self.isFailure(value) ? nil : format.text(value)
        case "b": return value.trimmed == "1" ? "TRUE" : "FALSE"
        case "e": return nil
        case "d": return value.replacing("T00:00:00", with: "").replacing("T", with: " ")
        default:
            guard let number = Double(value.trimmed) else { return value.isEmpty ? nil : value }
            return format.text(number)
        }
    }

    /// Whether a text is what a cell shows whose formula failed (ECMA-376, part 1, 18.17.3, and
    /// newer ones), also as text that was pasted.
    private static func isFailure(_ text: String) -> Bool {
        guard text.first == "#", text.count < 16 else { return false }
        return failures.contains(text.dropFirst().filter { $0 != "!" && $0 != "?" }.uppercased())
    }

    private static let failures: Set<String> = [
        "NULL", "DIV/0", "VALUE", "REF", "NAME", "NUM", "N/A", "GETTING_DATA", "SPILL", "CALC",
        "FIELD", "BLOCKED", "CONNECT", "BUSY", "UNKNOWN",
    ]

    /// Column and row of `BC12`.
    private static func place(_ reference: String) -> (column: Int, row: Int)? {
        var column = 0
        var rest = reference.utf8[...]
        while let letter = rest.first, (0x41...0x5A).contains(letter & 0xDF), column < mostColumns {
            column = column * 26 + Int(letter & 0xDF) - 0x40
            rest = rest.dropFirst()
        }
        guard column > 0, let row = Int(Substring(rest)), row > 0 else { return nil }
        return (column, row)
    }

    private static func merge(_ reference: String) -> Merge? {
        let ends = reference.split(separator: ":").compactMap { place(String($0)) }
        guard ends.count == 2, ends[0].row <= ends[1].row, ends[0].column <= ends[1].column,
            ends[1].row <= mostRows
        else { return nil }
        return Merge(
            rows: ends[0].row...ends[1].row, columns: ends[0].column...ends[1].column)
    }
}

/// The text of a string in a workbook, without what only tells how it is spoken.
private struct RichText {
    private(set) var words = ""
    private var isInText = false
    private var isSpoken = false

    mutating func take(_ event: XMLScanner.Event) {
        switch event {
        case .open(let tag) where tag.name == "rPh": isSpoken = !tag.isEmpty
        case .close("rPh"): isSpoken = false
        case .open(let tag) where tag.name == "t": isInText = !tag.isEmpty && !isSpoken
        case .close("t"): isInText = false
        case .text(let text) where isInText: words += text
        default: break
        }
    }
}
