/// Splits what html2text prints by its headings.
enum HTMLText {
    /// How html2text is called: input and output in UTF-8 whatever the page says, no overstriking,
    /// lines wide enough that a paragraph is one line.
    static let arguments = ["-utf8", "-nometa", "-nobs", "-width", "8000"]

    /// The sections of html2text's output.
    ///
    /// It frames a heading of level 1 by six asterisks on either side, one of level 6 by one.
    static func sections(_ printed: String) -> [ExtractedSection] {
        var builder = SectionBuilder()
        for rawLine in printed.split(separator: "\n", omittingEmptySubsequences: true) {
            let line = rawLine.trimmed
            if let heading = heading(line) {
                builder.heading(heading.title, level: heading.level)
            } else if line.hasPrefix("* ") {
                builder.line("- " + line.dropFirst(2).withSingleSpaces)
            } else if !line.allSatisfy({ "=-_* ".contains($0) }) {
                builder.paragraph(line.withSingleSpaces)
            }
        }
        return builder.sections()
    }

    private static func heading(_ line: String) -> (level: Int, title: String)? {
        let stars = line.prefix { $0 == "*" }.count
        guard (1...6).contains(stars), line.count > 2 * stars + 2,
            line.reversed().prefix(while: { $0 == "*" }).count == stars
        else { return nil }
        let title = line.dropFirst(stars).dropLast(stars)
        guard title.first == " ", title.last == " " else { return nil }
        return (7 - stars, title.trimmed)
    }
}
