/// Splits what xlsx2csv prints by sheets and renders the rows.
enum SpreadsheetText {
    /// How xlsx2csv is called: all sheets that a person sees (what the author hid is not for
    /// customers), each announced by a line that begins with U+0007, which XML cannot hold.
    static let arguments = ["-a", "-i", "--exclude_hidden_sheets", "-p", "x07"]

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
            sections += TableText.parts(rows).map {
                ExtractedSection(headings: $0.headings, sheet: name, text: $0.text)
            }
        }
        return sections
    }
}
