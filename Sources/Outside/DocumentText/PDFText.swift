/// Splits what pdftotext prints by pages and undoes the lines' wrapping.
enum PDFText {
    /// How pdftotext is called: in reading order, pages ended by form feeds.
    static let arguments = ["-enc", "UTF-8", "-eol", "unix"]

    /// A line this full was broken by the page's width, not by its author.
    private static let fullLineShare = 0.6

    /// One section a page that has text.
    static func sections(_ printed: String) -> [ExtractedSection] {
        printed.split(separator: "\u{0C}", omittingEmptySubsequences: false)
            .enumerated().compactMap { index, page in
                let text = unwrapped(String(page))
                return text.isEmpty ? nil : ExtractedSection(page: index + 1, text: text)
            }
    }

    /// The page's paragraphs, each on one line, separated by empty lines.
    static func unwrapped(_ page: String) -> String {
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
            .map(\.withSingleSpaces)
        let full = Int(Double(lines.map(\.count).max() ?? 0) * fullLineShare)
        var paragraphs: [String] = []
        var previous = ""
        for line in lines {
            if line.isEmpty {
                previous = ""
                continue
            }
            if previous.isEmpty {
                paragraphs.append(line)
            } else if previous.count >= full, !beginsItem(line) {
                paragraphs[paragraphs.count - 1] = joined(paragraphs[paragraphs.count - 1], line)
            } else {
                paragraphs[paragraphs.count - 1] += "\n" + line
            }
            previous = line
        }
        return paragraphs.joined(separator: "\n\n")
    }

    private static func joined(_ start: String, _ line: String) -> String {
        let isHyphenated = start.hasSuffix("-") && start.dropLast().last?.isLetter == true
        if isHyphenated, line.first?.isLowercase == true { return start.dropLast() + line }
        return start + " " + line
    }

    private static func beginsItem(_ line: String) -> Bool {
        guard let first = line.first else { return false }
        if "•◦▪‣–—-*".contains(first) { return true }
        let number = line.prefix { $0.isNumber || $0 == "." }
        let rest = line.dropFirst(number.count)
        return first.isNumber && number.count <= 4
            && (number.hasSuffix(".") || rest.hasPrefix(")")) && number != line
    }
}
