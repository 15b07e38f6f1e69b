/// Splits what xlsx2csv prints by sheets and renders the rows.
enum SpreadsheetText {
    /// How xlsx2csv is called: all sheets that a person sees (what the author hid is not for
    /// customers), each announced by a line that begins with U+0007, which XML cannot hold; dates
    /// with the year first, as `09-10-26` is read in three ways.
    static let arguments = [
        "-a", "-i", "--exclude_hidden_sheets", "-p", "x07", "-f", "%Y-%m-%d %H:%M",
    ]

    /// One section for each sheet, more where sub-headings part it.
    static func sections(_ printed: String) -> [ExtractedSection] {
        var sections: [ExtractedSection] = []
        for part in printed.split(separator: "\u{07}") {
            let end = part.firstIndex(of: "\n") ?? part.endIndex
            // The announcement is " 1 - Name"; the name may itself hold " - ".
            let announcement = part[..<end]
            let name = announcement.firstRange(of: " - ").map {
                announcement[$0.upperBound...].trimmed
            }
            let rows = CommaSeparated.rows(String(part[end...]), separator: ",")
            sections += TableText.parts(rows.map { $0.map(value) }).map {
                ExtractedSection(headings: $0.headings, sheet: name, text: $0.text)
            }
        }
        return sections
    }

    /// What a cell says to a reader: nothing where its formula failed, a date without a time that
    /// it has not, a time without the day that Excel counts from.
    private static func value(_ cell: String) -> String {
        if failures.contains(cell) { return "" }
        guard cell.count == "0000-00-00 00:00".count, cell.dropFirst(4).first == "-" else {
            return cell
        }
        if firstDays.contains(where: cell.hasPrefix) { return String(cell.suffix(5)) }
        return cell.hasSuffix(" 00:00") ? String(cell.dropLast(6)) : cell
    }

    /// The day 0 of Excel's two calendars, as xlsx2csv counts.
    private static let firstDays = ["1899-12-30 ", "1904-01-01 "]

    /// What a cell shows whose formula failed (ECMA-376, part 1, 18.17.3, and newer ones).
    private static let failures: Set<String> = [
        "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA",
        "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!",
    ]
}
