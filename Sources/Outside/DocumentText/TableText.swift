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

    /// The parts of a table in order; none has an empty text.
    static func parts(_ rawRows: [[String]]) -> [Part] {
        let rows = rawRows.map { $0.map(\.withSingleSpaces) }.filter { $0.contains { $0 != "" } }
        guard let header = headerIndex(rows) else {
            let lines = rows.map { $0.filter { $0 != "" }.joined(separator: "; ") }
            return lines.isEmpty ? [] : [Part(headings: [], text: lines.joined(separator: "\n"))]
        }
        let above = rows[..<header].map { $0.filter { $0 != "" }.joined(separator: " ") }
        var group: String?
        var lines = Array(above.dropFirst()) + emptyColumns(rows, header)
        var parts: [Part] = []
        let title = Array(above.prefix(1))
        for row in rows[(header + 1)...] {
            if let name = groupName(row) {
                finish(&parts, title, group, &lines)
                group = name
            } else {
                lines.append(render(row, under: rows[header]))
            }
        }
        finish(&parts, title, group, &lines)
        if parts.isEmpty {
            return [
                Part(
                    headings: title, text: rows[header].filter { $0 != "" }.joined(separator: "; "))
            ]
        }
        return parts
    }

    /// The names of columns without a value, in one line: a list in itself, as in a row of notes.
    private static func emptyColumns(_ rows: [[String]], _ header: Int) -> [String] {
        let below = rows[(header + 1)...]
        let names = rows[header].indices.filter { column in
            !below.contains { column < $0.count && !$0[column].isEmpty }
        }.map { rows[header][$0] }.filter { $0 != "" }
        return below.isEmpty || names.isEmpty ? [] : [names.joined(separator: "; ")]
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

    private static func render(_ row: [String], under header: [String]) -> String {
        row.enumerated().compactMap { index, value -> String? in
            if value.isEmpty { return nil }
            let name = index < header.count ? header[index] : ""
            return name.isEmpty ? value : "\(name): \(value)"
        }.joined(separator: "; ")
    }

    /// A row with a text in its first cell only stands above the rows that follow it.
    private static func groupName(_ row: [String]) -> String? {
        guard let first = row.first, !first.isEmpty, !isNumeric(first) else { return nil }
        return row.dropFirst().allSatisfy(\.isEmpty) ? first : nil
    }

    /// The first row with two or more cells, if all of them are words.
    private static func headerIndex(_ rows: [[String]]) -> Int? {
        let index = rows.prefix(headerSearchRows).firstIndex { row in row.count { $0 != "" } >= 2 }
        guard let index, rows[index].allSatisfy({ !isNumeric($0) }) else { return nil }
        return index
    }

    private static func isNumeric(_ cell: String) -> Bool {
        !cell.isEmpty && !cell.contains(where: \.isLetter)
            && cell.contains { $0.isNumber }
    }
}
