/// A cell of a table, and whether its value stands there only because cells were merged.
struct TableCell: Equatable, Sendable {
    /// The value.
    var text: String
    /// It repeats the cell to its left.
    var isAcross = false
    /// It repeats the cell above.
    var isBelow = false

    /// Whether it says something that no cell before it said.
    var isOwn: Bool { !text.isEmpty && !isAcross && !isBelow }

    static let empty = TableCell(text: "")
}

/// Puts cells of which some are merged into rows of equal columns.
struct TableGrid {
    private(set) var rows: [[TableCell]] = []
    /// By column: how many more rows a cell reaches down, and its value.
    private var reaching: [Int: (rows: Int, cell: TableCell)] = [:]
    private var column = 0

    /// More columns than this are no table that a person reads.
    private static let mostColumns = 1_000

    /// Begins a row.
    mutating func beginRow() {
        rows.append([])
        column = 0
        fillFromAbove()
    }

    /// Adds a cell, as many columns wide and rows high as it says; a height of 0 reaches to the
    /// end.
    mutating func add(_ text: String, columns: Int = 1, height: Int = 1) {
        if rows.isEmpty { beginRow() }
        let width = max(1, min(columns, Self.mostColumns))
        for index in 0..<width where column < Self.mostColumns {
            var cell = TableCell(text: text, isAcross: index > 0)
            rows[rows.count - 1].append(cell)
            if height != 1 {
                cell.isBelow = true
                reaching[column] = (height == 0 ? Int.max : height - 1, cell)
            }
            column += 1
        }
        fillFromAbove()
    }

    /// Passes over empty columns.
    mutating func skip(_ columns: Int) {
        for _ in 0..<max(0, min(columns, Self.mostColumns)) { add("") }
    }

    private mutating func fillFromAbove() {
        while let above = reaching[column], column < Self.mostColumns {
            rows[rows.count - 1].append(above.cell)
            reaching[column] = above.rows > 1 ? (above.rows - 1, above.cell) : nil
            column += 1
        }
    }
}

/// Renders tables so that each row makes sense without the others.
enum TableText {
    /// Rows below the same sub-heading.
    struct Part: Equatable {
        /// The table's title and the sub-heading within it, where they exist.
        var headings: [String]
        /// One row a line: `Header: value; Header: value`.
        var text: String
    }

    /// How far down a header row is looked for: titles and notes stand above it.
    private static let headerSearchRows = 10

    /// What is longer is no column's name.
    private static let longestName = 120

    /// The parts of a table without merged cells.
    static func parts(_ rows: [[String]]) -> [Part] {
        parts(rows.map { $0.map { TableCell(text: $0) } })
    }

    /// The parts of a table in order; none has an empty text.
    ///
    /// Nothing may tell whether a table of two columns has names above them, or one beside each
    /// value: then `isGuessed`, and what stands in it decides.
    static func parts(_ rawRows: [[TableCell]], isGuessed: Bool = false) -> [Part] {
        let rows = rawRows.map { $0.map(clean) }.filter { $0.contains(where: \.isOwn) }
        let isOfPairs = isGuessed && isOfPairs(rows)
        guard !isOfPairs, let header = headerIndex(rows) else {
            let lines = rows.map { isOfPairs ? pair($0) : values($0) }
            return lines.isEmpty ? [] : [Part(headings: [], text: lines.joined(separator: "\n"))]
        }
        let (names, body) = names(rows, header)
        let above = rows[..<header].map { $0.filter(\.isOwn).map(\.text).joined(separator: " ") }
        var group: String?
        var lines = Array(above.dropFirst()) + emptyColumns(names, rows[body...])
        var parts: [Part] = []
        let title = Array(above.prefix(1))
        for row in rows[body...] {
            if let name = groupName(row) {
                finish(&parts, title, group, &lines)
                group = name
            } else {
                lines.append(render(row, under: names))
            }
        }
        finish(&parts, title, group, &lines)
        return parts.isEmpty ? [Part(headings: title, text: values(rows[header]))] : parts
    }

    private static func clean(_ cell: TableCell) -> TableCell {
        var cell = cell
        cell.text = cell.text.withSingleSpaces
        return cell
    }

    /// What a row says without names of columns.
    private static func values(_ row: [TableCell]) -> String {
        row.filter { !$0.text.isEmpty && !$0.isAcross }.map(\.text).joined(separator: "; ")
    }

    /// Whether a table of two columns has a name and a value in each row: its first row is like the
    /// others in whether a figure stands at its right.
    private static func isOfPairs(_ rows: [[TableCell]]) -> Bool {
        guard rows.count > 1, rows.allSatisfy({ $0.count <= 2 }) else { return false }
        let values = rows.map { $0.count == 2 ? $0[1].text : "" }
        let hasFigure = { (text: String) in text.contains(where: \.isNumber) }
        let below = values.dropFirst().filter { !$0.isEmpty }
        return hasFigure(values[0]) || below.count(where: hasFigure) * 2 < below.count
    }

    private static func pair(_ row: [TableCell]) -> String {
        let cells = row.map(\.text)
        guard cells.count == 2, !cells[0].isEmpty, !cells[1].isEmpty else { return values(row) }
        return cells[0].last == ":" ? cells.joined(separator: " ") : cells.joined(separator: ": ")
    }

    /// The names of the columns, and the first row below them.
    ///
    /// A name over several columns has their own names in the row below it: both are told.
    private static func names(_ rows: [[TableCell]], _ header: Int) -> ([String], Int) {
        let first = rows[header]
        var names = first.map(\.text)
        let next = header + 1
        guard next < rows.count, first.contains(where: \.isAcross),
            rows[next].filter(\.isOwn).count >= 2,
            rows[next].allSatisfy({ !isNumeric($0.text) }),
            !rows[next].indices.contains(where: { column in
                // Below a name of one column a row has values, unless the name reaches down.
                let isAlone =
                    column < first.count && first[column].isOwn
                    && !(column + 1 < first.count && first[column + 1].isAcross)
                return isAlone && rows[next][column].isOwn
            })
        else { return (names, next) }
        for (column, cell) in rows[next].enumerated() where cell.isOwn {
            if column >= names.count {
                names.append(cell.text)
            } else {
                names[column] += names[column].isEmpty ? cell.text : " " + cell.text
            }
        }
        return (names, next + 1)
    }

    /// The names of columns without a value, in one line: a list in itself, as in a row of notes.
    private static func emptyColumns(
        _ names: [String], _ below: ArraySlice<[TableCell]>
    ) -> [String] {
        let empty = names.indices.filter { column in
            !below.contains { column < $0.count && !$0[column].text.isEmpty }
        }.map { names[$0] }.filter { $0 != "" }
        return below.isEmpty || empty.isEmpty ? [] : [empty.joined(separator: "; ")]
    }

    private static func finish(
        _ parts: inout [Part], _ title: [String], _ group: String?, _ lines: inout [String]
    ) {
        if !lines.isEmpty {
            let headings = title + (group.map { [$0] } ?? [])
            parts.append(Part(headings: headings, text: lines.joined(separator: "\n")))
        } else if let group {
            // Nothing came below it, so it was no sub-heading but a note.
            parts.append(Part(headings: title, text: group))
        }
        lines = []
    }

    private static func render(_ row: [TableCell], under names: [String]) -> String {
        var pieces: [String] = []
        for (index, cell) in row.enumerated() where !cell.text.isEmpty {
            let name = index < names.count ? names[index] : ""
            let piece = name.isEmpty ? cell.text : "\(name): \(cell.text)"
            // A value over several columns of one name is one value.
            if cell.isAcross, name.isEmpty || pieces.last == piece { continue }
            pieces.append(piece)
        }
        return pieces.joined(separator: "; ")
    }

    /// A row with a text in its first cell only stands above the rows that follow it.
    private static func groupName(_ row: [TableCell]) -> String? {
        guard let first = row.first, first.isOwn, !isNumeric(first.text) else { return nil }
        return row.dropFirst().allSatisfy { $0.text.isEmpty || $0.isAcross } ? first.text : nil
    }

    /// The first row with two or more cells, if all of them are words, or years beside a word.
    private static func headerIndex(_ rows: [[TableCell]]) -> Int? {
        let index = rows.prefix(headerSearchRows).firstIndex { row in
            row.filter(\.isOwn).count >= 2
        }
        guard let index else { return nil }
        let cells = rows[index].map(\.text)
        guard cells.allSatisfy({ $0.count <= longestName }) else { return nil }
        let isOfYears = cells.first.map { !isNumeric($0) } == true
        return cells.allSatisfy { !isNumeric($0) || isOfYears && isYear($0) } ? index : nil
    }

    private static func isYear(_ cell: String) -> Bool {
        cell.count == 4 && Int(cell).map { (1900...2100).contains($0) } == true
    }

    private static func isNumeric(_ cell: String) -> Bool {
        !cell.isEmpty && !cell.contains(where: \.isLetter)
            && cell.contains { $0.isNumber }
    }
}
