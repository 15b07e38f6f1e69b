/// Gathers paragraphs below headings into sections.
struct SectionBuilder {
    private var path: [(level: Int, title: String)] = []
    private var paragraphs: [String] = []
    private var finished: [ExtractedSection] = []

    /// Begins the section of a heading; level 1 is the outermost.
    mutating func heading(_ title: String, level: Int) {
        let title = title.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !title.isEmpty else { return }
        flush(before: level)
        path.removeAll { $0.level >= level }
        path.append((level, title))
    }

    /// Adds a paragraph to the current section; an empty one adds nothing.
    mutating func paragraph(_ text: String) {
        let text = text.trimmed
        if !text.isEmpty { paragraphs.append(text) }
    }

    /// Adds a line that belongs to the paragraph before it, such as a list item.
    mutating func line(_ text: String) {
        let text = text.trimmed
        guard !text.isEmpty else { return }
        if paragraphs.isEmpty {
            paragraphs.append(text)
        } else {
            paragraphs[paragraphs.count - 1] += "\n" + text
        }
    }

    /// Adds a table: each row says its columns' names.
    mutating func table(_ rows: [[String]]) {
        table(rows.map { $0.map { TableCell(text: $0) } })
    }

    /// Adds a table of which cells may be merged.
    mutating func table(_ rows: [[TableCell]], isGuessed: Bool = false) {
        for part in TableText.parts(rows, isGuessed: isGuessed) {
            paragraph((part.headings + [part.text]).joined(separator: "\n"))
        }
    }

    /// All sections that have text.
    mutating func sections() -> [ExtractedSection] {
        flush(before: 1)
        path = []
        return finished
    }

    private mutating func flush(before level: Int) {
        defer { paragraphs = [] }
        let titles = path.map(\.title)
        if !paragraphs.isEmpty {
            let text = paragraphs.joined(separator: "\n\n")
            finished.append(ExtractedSection(headings: titles, text: text))
        } else if let last = path.last, last.level >= level,
            finished.last?.headings.starts(with: titles) != true
        {
            // A heading with nothing below it is itself what the author had to say.
            finished.append(
                ExtractedSection(headings: titles.dropLast(), text: last.title))
        }
    }
}

extension StringProtocol {
    /// The text without white space at its ends.
    var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return String(rest)
    }

    /// The text with every run of white space made one space, and none at its ends.
    var withSingleSpaces: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
