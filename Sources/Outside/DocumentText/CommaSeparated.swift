/// Reads comma-separated values (RFC 4180), also with other separators.
enum CommaSeparated {
    /// The rows of a table; a quote that never ends takes the rest of the text.
    static func rows(_ text: String, separator: Character? = nil) -> [[String]] {
        let separator = separator ?? likelySeparator(text)
        var rows: [[String]] = []
        var row: [String] = []
        var cell = ""
        var isQuoted = false
        var iterator = text.makeIterator()
        var next = iterator.next()
        while let character = next {
            next = iterator.next()
            if isQuoted {
                if character != "\"" {
                    cell.append(character)
                } else if next == "\"" {
                    cell.append("\"")
                    next = iterator.next()
                } else {
                    isQuoted = false
                }
            } else if character == "\"" && cell.isEmpty {
                isQuoted = true
            } else if character == separator {
                row.append(cell)
                cell = ""
            } else if character.isNewline {
                rows.append(row + [cell])
                row = []
                cell = ""
            } else {
                cell.append(character)
            }
        }
        return cell.isEmpty && row.isEmpty ? rows : rows + [row + [cell]]
    }

    /// The separator that occurs most evenly in the first lines.
    private static func likelySeparator(_ text: String) -> Character {
        let lines = text.split(separator: "\n").prefix(10)
        let counts = [",", ";", "\t", "|"].map { (candidate: Character) in
            (candidate, lines.map { line in line.count { $0 == candidate } }.min() ?? 0)
        }
        return counts.max { $0.1 < $1.1 }.flatMap { $0.1 > 0 ? $0.0 : nil } ?? ","
    }
}
