import CharacterEncoding

/// A table as spreadsheets save it: RFC 4180, with commas, semicolons or tabs, in UTF-8 or in what
/// an older program wrote.
struct CSVFile {
    /// Why it cannot be read.
    enum Problem: Error {
        /// It is no text.
        case noText
        /// A quotation mark in that line is never closed.
        case openQuote(line: Int)
    }

    /// A row, with the line of the file in which it begins.
    struct Row {
        var line: Int
        var cells: [String]
    }

    let rows: [Row]

    init(_ bytes: [UInt8]) throws(Problem) {
        let text = try Self.text(of: bytes)
        rows = try Self.rows(of: text)
    }

    private static func text(of bytes: [UInt8]) throws(Problem) -> String {
        var bytes = bytes[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        guard !bytes.contains(0) else { throw .noText }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let charset = Charset.guess(Array(bytes)) ?? Charset("WINDOWS-1252")
        do throws(CharsetError) {
            return try charset.decode(Array(bytes))
        } catch {
            throw .noText
        }
    }

    /// What separates cells: whichever stands most often in the first line, outside of quotes.
    private static func separator(of text: String) -> Unicode.Scalar {
        var counts: [Unicode.Scalar: Int] = [:]
        var isQuoted = false
        for scalar in text.unicodeScalars {
            if scalar == "\"" { isQuoted.toggle() }
            if !isQuoted, scalar == "\n" || scalar == "\r" { break }
            if !isQuoted, ",;\t".unicodeScalars.contains(scalar) { counts[scalar, default: 0] += 1 }
        }
        return [",", ";", "\t"].max { counts[$0, default: 0] < counts[$1, default: 0] } ?? ","
    }

    private static func rows(of text: String) throws(Problem) -> [Row] {
        let separator = separator(of: text)
        var rows: [Row] = []
        var (cells, cell): ([String], String.UnicodeScalarView) = ([], .init())
        var (line, begins, quoteLine) = (1, 1, 1)
        var (isQuoted, wasQuoted) = (false, false)
        func isBlank() -> Bool { cells.isEmpty && cell.isEmpty && !wasQuoted }
        func endCell() {
            cells.append(String(cell))
            cell = .init()
            wasQuoted = false
        }
        func endRow() {
            if !isBlank() {
                endCell()
                if cells.contains(where: { !$0.allSatisfy(\.isWhitespace) }) {
                    rows.append(Row(line: begins, cells: cells))
                }
            }
            cells = []
        }
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            if isQuoted {
                if scalar == "\"" {
                    if scalars.first == "\"" {
                        cell.append("\"")
                        scalars = scalars.dropFirst()
                    } else {
                        isQuoted = false
                    }
                } else {
                    if scalar == "\n" { line += 1 }
                    cell.append(scalar)
                }
                continue
            }
            switch scalar {
            case "\"" where cell.isEmpty:
                (isQuoted, wasQuoted, quoteLine) = (true, true, line)
            case separator: endCell()
            case "\r" where scalars.first == "\n": break
            case "\n", "\r":
                endRow()
                line += 1
                begins = line
            default: cell.append(scalar)
            }
        }
        if isQuoted { throw .openQuote(line: quoteLine) }
        endRow()
        return rows
    }
}
