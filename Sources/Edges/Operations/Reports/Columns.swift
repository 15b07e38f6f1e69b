import Conversation

/// Text in columns, for terminals.
package enum Columns {
    /// The text with spaces after it, at least `width` characters.
    static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// A number with spaces before it.
    static func padLeft(_ number: some BinaryInteger, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// Rows under their headings, each column as wide as its widest text; numbers stand right.
    ///
    /// What the rows hold may come from outside.
    package static func table(_ headings: [String], _ rows: [[String]]) -> String {
        let rows = rows.map { $0.map(VisibleText.line) }
        let all = [headings] + rows
        let widths = headings.indices.map { column in
            all.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        let numeric = headings.indices.map { column in
            !rows.isEmpty && rows.allSatisfy { Int64($0[column]) != nil }
        }
        return all.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                let gap = String(repeating: " ", count: max(0, widths[column] - text.count))
                line += numeric[column] ? gap + text : text + gap
                line += "  "
            }
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}
