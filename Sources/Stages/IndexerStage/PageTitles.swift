/// Finds the titles on a page, whose text has no other sign of its headings, and puts what stands
/// under each into a section of its own.
enum PageTitles {
    /// A line longer than this is no title.
    private static let longestTitle = 60
    /// A title has no more words than this.
    private static let mostWords = 8
    /// A line at least this long is running text, also without an end.
    private static let shortestText = 60

    /// The sections of a page; any other section stays as it is.
    static func lift(_ section: DocumentSection) -> [DocumentSection] {
        guard section.page != nil, section.headings.isEmpty else { return [section] }
        let lines = section.text.split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        ).map { String($0).trimmed }
        var sections: [DocumentSection] = []
        var current = DocumentSection(page: section.page, sheet: section.sheet, text: "")
        let whole = pageTitle(lines)
        for (index, line) in lines.enumerated() {
            let next = lines[(index + 1)...].first { !$0.isEmpty }
            if current.headings.isEmpty, let whole, line == whole {
                current.headings = [whole]
            } else if isTitle(line), let next, isText(next) {
                close(&current, into: &sections)
                current.headings = (whole.map { [$0] } ?? []) + [line]
            } else {
                current.text += current.text.isEmpty ? line : "\n" + line
            }
        }
        close(&current, into: &sections)
        return sections
    }

    /// The title of a whole page: its first line, where the title of a first part follows.
    private static func pageTitle(_ lines: [String]) -> String? {
        let first = lines.filter { !$0.isEmpty }.prefix(3)
        guard first.count == 3, isTitle(first[0]), isTitle(first[1]), isText(first[2]) else {
            return nil
        }
        return first[0]
    }

    private static func close(
        _ current: inout DocumentSection, into sections: inout [DocumentSection]
    ) {
        current.text = current.text.trimmed
        if !current.text.isEmpty { sections.append(current) }
        current.text = ""
    }

    /// Short, beginning with a capital or a number, and without an end.
    private static func isTitle(_ line: String) -> Bool {
        guard let last = line.last, last.isLetter || last.isNumber || last == ")" else {
            return false
        }
        let words = line.split(separator: " ")
        let first = words.first { !$0.allSatisfy { $0.isNumber || $0 == "." || $0 == ")" } }
        return line.count <= longestTitle && words.count <= mostWords && !line.contains(": ")
            && first?.first?.isUppercase == true
    }

    /// A sentence, or a line as long as the page is wide.
    private static func isText(_ line: String) -> Bool {
        guard line.first?.isUppercase == true else { return false }
        return line.count >= shortestText || line.last.map { ".!?:".contains($0) } == true
    }
}
