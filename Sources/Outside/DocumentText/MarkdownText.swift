/// Splits Markdown (CommonMark and pipe tables) by its headings.
struct MarkdownText {
    private var builder = SectionBuilder()
    private var paragraph: [String] = []
    private let lines: [String]

    /// The sections of a Markdown text.
    static func sections(_ text: String) -> [ExtractedSection] {
        var reader = MarkdownText(text)
        return reader.read()
    }

    private init(_ text: String) {
        lines = Self.withoutComments(text).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
    }

    private mutating func read() -> [ExtractedSection] {
        var index = Self.frontMatterEnd(lines)
        while index < lines.count {
            index = readBlock(at: index)
        }
        flush()
        return builder.sections()
    }

    /// Reads what begins at a line and returns the line after it.
    private mutating func readBlock(at index: Int) -> Int {
        let line = lines[index].trimmed
        let next = index + 1 < lines.count ? lines[index + 1].trimmed : ""
        if line.hasPrefix("```") || line.hasPrefix("~~~") {
            return readFence(at: index, fence: String(line.prefix(3)))
        }
        if let heading = Self.heading(line) {
            flush()
            builder.heading(Self.inline(heading.title), level: heading.level)
        } else if line.contains("|") && Self.isTableRule(next) {
            return readTable(at: index)
        } else if paragraph.count == 1, let level = Self.underline(line) {
            let title = paragraph[0]
            paragraph = []
            builder.heading(Self.inline(title), level: level)
        } else if line.isEmpty || Self.isRule(line) {
            flush()
        } else if let item = Self.listItem(line) {
            flush()
            // An item stays with the sentence that introduces its list.
            builder.line(Self.inline(item))
        } else {
            paragraph.append(String(line.drop { $0 == ">" }).trimmed)
        }
        return index + 1
    }

    private mutating func readFence(at index: Int, fence: String) -> Int {
        flush()
        let rest = lines[(index + 1)...]
        let end = rest.firstIndex { $0.trimmed.hasPrefix(fence) } ?? lines.count
        builder.paragraph(lines[(index + 1)..<end].joined(separator: "\n"))
        return end + 1
    }

    private mutating func readTable(at index: Int) -> Int {
        flush()
        let end = lines[index...].firstIndex { !$0.contains("|") } ?? lines.count
        let rows = [lines[index]] + lines[(index + 2)..<max(end, index + 2)]
        builder.table(rows.map(Self.cells))
        return max(end, index + 2)
    }

    private mutating func flush() {
        builder.paragraph(Self.inline(paragraph.joined(separator: " ")))
        paragraph = []
    }
}

extension MarkdownText {
    fileprivate static func heading(_ line: String) -> (level: Int, title: String)? {
        let level = line.prefix { $0 == "#" }.count
        guard (1...6).contains(level), line.dropFirst(level).first?.isWhitespace == true else {
            return nil
        }
        var title = line.dropFirst(level).trimmed
        while title.last == "#" { title.removeLast() }
        return (level, title)
    }

    fileprivate static func underline(_ line: String) -> Int? {
        guard line.count >= 2 else { return nil }
        if line.allSatisfy({ $0 == "=" }) { return 1 }
        return line.allSatisfy { $0 == "-" } ? 2 : nil
    }

    fileprivate static func isRule(_ line: String) -> Bool {
        let marks = line.filter { !$0.isWhitespace }
        guard marks.count >= 3, let first = marks.first, "-*_".contains(first) else { return false }
        return marks.allSatisfy { $0 == first }
    }

    fileprivate static func isTableRule(_ line: String) -> Bool {
        line.contains("-") && line.contains("|")
            && line.allSatisfy { "|:- \t".contains($0) }
    }

    fileprivate static func cells(_ line: String) -> [String] {
        var cells = line.trimmed.split(separator: "|", omittingEmptySubsequences: false)
        if cells.first?.isEmpty == true { cells.removeFirst() }
        if cells.last?.isEmpty == true { cells.removeLast() }
        return cells.map { inline($0.trimmed) }
    }

    fileprivate static func listItem(_ line: String) -> String? {
        if let mark = line.first, "-*+".contains(mark), line.dropFirst().first == " " {
            return "- " + line.dropFirst(2).trimmed
        }
        let number = line.prefix { $0.isNumber }
        guard (1...3).contains(number.count) else { return nil }
        let rest = line.dropFirst(number.count)
        return rest.hasPrefix(". ") || rest.hasPrefix(") ") ? line : nil
    }

    /// Text without the marks of emphasis, code, links and pictures.
    fileprivate static func inline(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.first {
            if let link = link(rest) {
                result += link.words
                rest = link.rest
            } else if rest.hasPrefix("**") || rest.hasPrefix("__") {
                rest = rest.dropFirst(2)
            } else if character == "\\", let next = rest.dropFirst().first, next.isPunctuation {
                result.append(next)
                rest = rest.dropFirst(2)
            } else {
                if character != "`" { result.append(character) }
                rest = rest.dropFirst()
            }
        }
        return result
    }

    /// `[words](address)` becomes `words (address)`, a picture its description.
    private static func link(_ text: Substring) -> (words: String, rest: Substring)? {
        let isPicture = text.hasPrefix("![")
        guard isPicture || text.hasPrefix("["), let open = text.firstIndex(of: "["),
            let close = text.firstIndex(of: "]")
        else { return nil }
        let words = text[text.index(after: open)..<close]
        let after = text[text.index(after: close)...]
        guard after.hasPrefix("("), let end = after.firstIndex(of: ")") else { return nil }
        let address = after[after.index(after: after.startIndex)..<end]
        let rest = after[after.index(after: end)...]
        let isLocal = address.hasPrefix("#") || address == words || isPicture
        return (isLocal ? String(words) : "\(words) (\(address))", rest)
    }

    fileprivate static func frontMatterEnd(_ lines: [String]) -> Int {
        guard lines.first?.trimmed == "---" else { return 0 }
        let end = lines.dropFirst().firstIndex { $0.trimmed == "---" }
        return end.map { $0 + 1 } ?? 0
    }

    fileprivate static func withoutComments(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "<!--") {
            result += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].firstRange(of: "-->") else { return result }
            rest = rest[close.upperBound...]
        }
        return result + rest
    }
}
