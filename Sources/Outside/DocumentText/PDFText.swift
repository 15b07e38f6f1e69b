/// Makes text of a PDF's pages: columns one after the other, tables row by row, without what stands
/// on every page, and with the lines' wrapping undone.
enum PDFText {
    /// How pdftotext is called: words with their places, by blocks in reading order.
    static func arguments(from first: Int, to last: Int) -> [String] {
        ["-bbox-layout", "-enc", "UTF-8", "-f", "\(first)", "-l", "\(last)"]
    }

    /// Pages that are read together: what one run prints of them has to be held.
    static let batch = 100

    /// A line this full was broken by the page's width, not by its author.
    private static let fullLineShare = 0.6

    /// One section a page that has text.
    static func sections(_ pages: [PDFPage]) -> [ExtractedSection] {
        let spaced = pages.map { page in
            var page = page
            page.lines = page.lines.map(\.joined)
            return page
        }
        let direction = WritingDirection(spaced.flatMap(\.lines))
        let tables = PageTables(direction)
        var header: Continued?
        return RunningHeads.removed(from: spaced, direction).compactMap { page in
            let text = unwrapped(self.text(of: page, tables, direction, &header))
            return text.isEmpty ? nil : ExtractedSection(page: page.number, text: text)
        }
    }

    /// A table that may go on at the top of the next page.
    private struct Continued {
        var columns: [Double]
        var header: [TableCell]
        var page: Int
    }

    /// Begins a line of a table, whose lines are no wrapped text.
    private static let rowMark: Character = "\u{1E}"

    /// Ends a line that its column's width broke.
    private static let wrapMark: Character = "\u{1F}"

    private static func text(
        of page: PDFPage, _ tables: PageTables, _ direction: WritingDirection,
        _ continued: inout Continued?
    ) -> String {
        var found = tables.tables(of: page)
        if var first = found.first, let before = continued, before.page == page.number - 1,
            goesOn(first, before), isFirst(first, on: page)
        {
            if first.rows.first != before.header { first.rows.insert(before.header, at: 0) }
            found[0] = first
        }
        continued = found.last.flatMap { table in
            table.rows.first.map {
                Continued(columns: table.columns, header: $0, page: page.number)
            }
        }
        let wrapped = WrappedLines(page)
        var text = ""
        var told: Set<Int> = []
        var last: PDFPage.Line?
        for line in page.lines {
            var rest = line.words
            for (index, table) in found.enumerated() {
                let count = rest.count
                rest.removeAll { table.words.contains($0) }
                guard rest.count < count, told.insert(index).inserted else { continue }
                text += "\n\n" + lines(of: table) + "\n\n"
            }
            if rest.isEmpty { continue }
            if beginsParagraph(line, after: last, text), !text.hasSuffix(" ") { text += "\n" }
            last = line
            let words = direction.text(rest)
            // A bullet stands beside the first line of its item.
            if words.count == 1, words.allSatisfy({ "•◦▪‣●○■□➢✓".contains($0) }) {
                text += words + " "
                continue
            }
            text += words
            if wrapped.goesOn(line) { text.append(wrapMark) }
            text += "\n"
        }
        return text
    }

    /// Lines of one paragraph are no further apart, in heights of letters.
    private static let lineGap = 0.8

    private static func beginsParagraph(
        _ line: PDFPage.Line, after last: PDFPage.Line?, _ text: String
    ) -> Bool {
        guard let last else { return false }
        guard line.flow == last.flow, line.top >= last.top - 1 else { return true }
        let gap = (line.top - last.bottom) / max(line.height, 1)
        // A title stays with what stands below it.
        return gap > lineGap && !(gap < titleGap && endsWithTitle(text))
    }

    private static let titleGap = 2.5
    private static let longestTitle = 60

    private static func endsWithTitle(_ text: String) -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).suffix(3)
        guard lines.count > 1, let title = lines.dropLast().last, let end = title.last else {
            return false
        }
        let isAlone = lines.count < 3 || lines.first?.isEmpty == true
        return isAlone && title.count <= longestTitle && (end.isLetter || end.isNumber)
            && title.first?.isUppercase == true
    }

    private static func goesOn(_ table: PageTables.Table, _ before: Continued) -> Bool {
        table.columns.count == before.columns.count
            && zip(table.columns, before.columns).allSatisfy { abs($0 - $1) < 6 }
    }

    /// Whether nothing stands above a table.
    private static func isFirst(_ table: PageTables.Table, on page: PDFPage) -> Bool {
        !page.lines.contains { $0.bottom < table.top }
    }

    private static func lines(of table: PageTables.Table) -> String {
        TableText.parts(table.rows, isGuessed: true).map { part in
            (part.headings + part.text.split(separator: "\n").map(String.init))
                .map { String(rowMark) + $0 }.joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    /// The page's paragraphs, each on one line, separated by empty lines.
    static func unwrapped(_ page: String) -> String {
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
            .map(\.withSingleSpaces)
        let widths = lines.filter { $0.first != rowMark }.map(\.count)
        let full = Int(Double(widths.max() ?? 0) * fullLineShare)
        var paragraphs: [String] = []
        var previous = ""
        for line in lines {
            if line.isEmpty {
                previous = ""
                continue
            }
            if previous.isEmpty {
                paragraphs.append(line)
            } else if line.first != rowMark, previous.count >= full || previous.last == wrapMark,
                !beginsItem(line)
            {
                paragraphs[paragraphs.count - 1] = joined(paragraphs[paragraphs.count - 1], line)
            } else {
                paragraphs[paragraphs.count - 1] += "\n" + line
            }
            previous = line
        }
        return paragraphs.joined(separator: "\n\n").filter { $0 != rowMark && $0 != wrapMark }
    }

    private static func joined(_ start: String, _ line: String) -> String {
        let start = start.filter { $0 != wrapMark }
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

/// Which lines were broken by the width of the column that they stand in: those that reach its
/// right edge, where most of its lines do.
struct WrappedLines {
    private var edges: [Int: (left: Double, right: Double)] = [:]

    /// A column is at least this wide, in heights of letters, and this much of its lines is full.
    private static let leastWidth = 12.0
    private static let slack = 0.12
    private static let tenths = 7

    init(_ page: PDFPage) {
        for (block, lines) in Dictionary(grouping: page.lines, by: \.block) where lines.count > 2 {
            let left = lines.flatMap(\.words).map(\.left).min() ?? 0
            let right = lines.flatMap(\.words).map(\.right).max() ?? 0
            let full = lines.dropLast().count { line in
                reaches(line, left, right)
            }
            let labelled = lines.count { line in
                line.words.prefix(3).contains { $0.text.hasSuffix(":") }
            }
            guard right - left >= Self.leastWidth * (lines.map(\.height).max() ?? 0),
                full * 10 >= (lines.count - 1) * Self.tenths, labelled * 2 < lines.count
            else { continue }
            edges[block] = (left, right)
        }
    }

    func goesOn(_ line: PDFPage.Line) -> Bool {
        edges[line.block].map { reaches(line, $0.left, $0.right) } ?? false
    }

    private func reaches(_ line: PDFPage.Line, _ left: Double, _ right: Double) -> Bool {
        let starts = line.words.map(\.left).min() ?? 0
        let ends = line.words.map(\.right).max() ?? 0
        // From right to left the other edge is the line's end.
        return right - ends <= Self.slack * (right - left)
            && starts - left <= 2 * Self.slack * (right - left)
    }
}

/// What stands on every page at the same height: heads, feet and the numbers of pages.
enum RunningHeads {
    /// The share of a page's height at its top and at its foot where such lines stand.
    private static let margin = 0.12
    /// On fewer pages than this a line may repeat by chance.
    private static let fewestPages = 3

    private struct Place {
        var pages: Set<Int> = []
        var texts: Set<String> = []
    }

    /// The pages without them; what says more than a page's number stays where it stands first.
    static func removed(from pages: [PDFPage], _ direction: WritingDirection) -> [PDFPage] {
        var places: [String: Place] = [:]
        for (index, page) in pages.enumerated() {
            for line in page.lines where isMargin(line, page) {
                let text = direction.text(line.words)
                places[mark(text), default: Place()].pages.insert(index)
                places[mark(text), default: Place()].texts.insert(text)
            }
        }
        // Left and right pages may have heads of their own.
        let repeated = places.filter { mark, place in
            let fewest = isNumber(mark) ? 2 : fewestPages
            return place.pages.count >= fewest && place.pages.count * 10 >= pages.count * 3
        }
        var seen: Set<String> = []
        return pages.map { page in
            var rest = page
            rest.lines.removeAll { line in
                guard isMargin(line, page) else { return false }
                let text = direction.text(line.words)
                guard let place = repeated[mark(text)] else { return false }
                return place.texts.count > 1 || !seen.insert(text).inserted
            }
            return rest
        }
    }

    private static func isMargin(_ line: PDFPage.Line, _ page: PDFPage) -> Bool {
        line.top < page.height * margin || line.bottom > page.height * (1 - margin)
    }

    /// The text with its figures made alike.
    private static func mark(_ text: String) -> String {
        var mark = ""
        for character in text {
            if character.isNumber {
                if mark.last != "#" { mark.append("#") }
            } else {
                mark.append(character)
            }
        }
        return mark
    }

    /// Whether a mark is a page's number alone, with what usually stands around it.
    private static func isNumber(_ mark: String) -> Bool {
        mark.contains("#") && mark.allSatisfy { "# -–—/|.[]()".contains($0) }
    }
}
