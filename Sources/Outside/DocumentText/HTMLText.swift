/// Splits what html2text prints by its headings.
enum HTMLText {
    /// How html2text is called: input and output in UTF-8 whatever the page says, no overstriking,
    /// lines wide enough that a paragraph is one line.
    static let arguments = ["-utf8", "-nometa", "-nobs", "-width", "8000"]

    /// The page without the tags that html2text shows as `deep_sea_fish`: links and underlining.
    static func withoutLinks(_ page: String) -> String {
        var result: [UInt8] = []
        var rest = Array(page.utf8)[...]
        while let open = rest.firstIndex(of: UInt8(ascii: "<")) {
            let end = tagEnd(rest[open...])
            let tag = rest[open..<end]
            result += rest[..<open]
            if !marks.contains(tagName(tag)) { result += tag }
            rest = rest[end...]
        }
        return String(decoding: result + rest, as: UTF8.self)
    }

    private static let marks: Set<String> = ["a", "u", "ins"]

    private static func tagName(_ tag: ArraySlice<UInt8>) -> String {
        let start = tag.dropFirst().drop { $0 == UInt8(ascii: "/") }
        let name = start.prefix { (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) }
        return String(decoding: name, as: UTF8.self).lowercased()
    }

    /// After the `>` that ends a tag: one within a value's quotes does not.
    private static func tagEnd(_ tag: ArraySlice<UInt8>) -> Int {
        var quote: UInt8?
        for index in tag.indices.dropFirst() {
            let byte = tag[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(byte),
                tag[index - 1] == UInt8(ascii: "=")
            {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return index + 1
            }
        }
        return tag.endIndex
    }

    /// A line without the numbers of notes, which would read like our citations.
    private static func withoutNoteNumbers(_ line: String) -> String {
        line.replacing(/(?<before>\S)(\[[0-9]{1,3}\])+/) { $0.output.before }
    }

    /// The sections of html2text's output.
    ///
    /// It frames a heading of level 1 by six asterisks on either side, one of level 6 by one.
    static func sections(_ printed: String) -> [ExtractedSection] {
        var builder = SectionBuilder()
        for rawLine in printed.split(separator: "\n", omittingEmptySubsequences: true) {
            let line = withoutNoteNumbers(rawLine.trimmed)
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
