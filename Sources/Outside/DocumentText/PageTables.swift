/// Finds tables among the words of a page, with or without lines around their cells.
///
/// What makes a table is that words stand below each other in columns, row for row; two columns of
/// running text do so too, but fill their width.
struct PageTables {
    /// A table and the words that it is made of.
    struct Table {
        var rows: [[TableCell]]
        var columns: [Double]
        var words: [PDFPage.Word]
        var top: Double
        var bottom: Double
    }

    /// The words of a row without a wide gap between them.
    struct Segment {
        var words: [PDFPage.Word]

        var left: Double { words.map(\.left).min() ?? 0 }
        var right: Double { words.map(\.right).max() ?? 0 }
        var width: Double { right - left }
    }

    struct Row {
        var segments: [Segment]
        var words: [PDFPage.Word] { segments.flatMap(\.words) }
        var top: Double { words.map(\.top).min() ?? 0 }
        var bottom: Double { words.map(\.bottom).max() ?? 0 }
        var height: Double { words.map(\.height).max() ?? 0 }
    }

    /// A gap this many times as wide as letters are high parts cells.
    private static let cellGap = 0.8
    /// Rows further apart than this, in heights of letters, are no rows of one table.
    static let rowGap = 2.5
    /// Lines of running text are at least this wide, in heights of letters, and mostly full.
    private static let textWidth = 11.0

    private let direction: WritingDirection

    /// Finds tables whose cells are written so.
    init(_ direction: WritingDirection) { self.direction = direction }

    /// The tables of a page, from above.
    func tables(of page: PDFPage) -> [Table] {
        let rows = Self.withOverlaps(
            Self.rows(of: page.lines.filter { $0.direction == .along }.flatMap(\.words)))
        var tables: [Table] = []
        var start = 0
        while start < rows.count {
            let run = Run(rows, from: start)
            if run.end > start + 1, let table = table(run.fitted, run.columns) {
                tables.append(table)
                start = run.end
            } else {
                // Rows of running text in columns are no table further down either.
                start =
                    run.end > start + 3 && Self.isText(run.fitted, run.columns)
                    ? run.end : start + 1
            }
        }
        return tables
    }

    private static func rows(of words: [PDFPage.Word]) -> [Row] {
        var rows: [[PDFPage.Word]] = []
        for word in words.sorted(by: { $0.middle < $1.middle }) {
            if let last = rows.last?.first, abs(word.middle - last.middle) < 0.4 * last.height {
                rows[rows.count - 1].append(word)
            } else {
                rows.append([word])
            }
        }
        return rows.map { Row(segments: segments(of: $0.sorted { $0.left < $1.left })) }
            .filter { !$0.segments.isEmpty }
    }

    private static func segments(of words: [PDFPage.Word]) -> [Segment] {
        var segments: [Segment] = []
        // Dots that lead from a name to its price are a gap.
        for word in words
        where !(word.text.count > 2 && word.text.allSatisfy { ".…·_".contains($0) }) {
            if let last = segments.last,
                word.left - last.right < cellGap * word.height || isBullet(last)
            {
                segments[segments.count - 1].words.append(word)
            } else {
                segments.append(Segment(words: [word]))
            }
        }
        return segments
    }

    private static func isBullet(_ segment: Segment) -> Bool {
        guard segment.words.count == 1, let text = segment.words.first?.text, text.count <= 4 else {
            return false
        }
        if text.count == 1, "•◦▪‣–—-*·●○■□➢✓".contains(text) { return true }
        let number = text.prefix(while: \.isNumber)
        return [".", ")"].contains(text.dropFirst(number.count)) && number.count < text.count
    }

    /// The end of the rows that may be one table with the row at `start`.
    private static func end(of rows: [Row], from start: Int) -> Int {
        guard rows[start].segments.count > 1 else { return start + 1 }
        var end = start + 1
        while end < rows.count {
            let (above, row) = (rows[end - 1], rows[end])
            guard row.top - above.bottom < rowGap * above.height else { break }
            if row.segments.count == 1 {
                // A wrapped cell, or a title within, has more of the table below it.
                let next = end + 1 < rows.count ? rows[end + 1] : nil
                guard let next, next.segments.count > 1,
                    next.top - row.bottom < rowGap * row.height
                else { break }
            }
            end += 1
        }
        // A last line that goes on with a cell above it.
        if end < rows.count, end > start + 1, let only = rows[end].segments.first,
            rows[end].segments.count == 1,
            rows[end].top - rows[end - 1].bottom < 0.5 * only.words[0].height,
            rows[end - 1].segments.dropFirst().contains(where: { abs($0.left - only.left) < 2 })
        {
            end += 1
        }
        return end
    }

    private func table(
        _ rows: [Row], _ found: [(left: Double, right: Double)]
    ) -> Table? {
        var columns = found
        let full = rows.filter { $0.segments.count > 1 }
        guard columns.count > 1, full.count > 1, !Self.isText(full, columns) else { return nil }
        // Two rows are a table where nothing is missing in them.
        if full.count == 2,
            columns.count < 3 || !full.allSatisfy({ $0.segments.count == columns.count })
        {
            return nil
        }
        Self.joinNames(&columns, rows)
        let lines = rows.map { cells(of: $0, columns) }
        var kept: [(cells: [String], bottom: Double)] = []
        let pitch = Self.pitch(zip(rows, lines).filter { !$1[0].isEmpty }.map(\.0))
        var isAwaited = false
        for (index, (row, cells)) in zip(rows, lines).enumerated() {
            let gap = kept.last.map { (row.top - $0.bottom) / max(row.height, 1) } ?? .infinity
            if isAwaited || Self.goesOn(cells, gap, pitch) {
                for column in cells.indices where !cells[column].isEmpty {
                    let before = kept[kept.count - 1].cells[column]
                    kept[kept.count - 1].cells[column] =
                        before.isEmpty ? cells[column] : before + " " + cells[column]
                }
                kept[kept.count - 1].bottom = row.bottom
            } else {
                kept.append((cells, row.bottom))
            }
            // The first line of a cell whose row's other cells stand at its middle.
            let next = index + 1 < rows.count ? rows[index + 1] : nil
            let below = next.map { ($0.top - row.bottom) / max(row.height, 1) } ?? .infinity
            isAwaited =
                row.segments.count == 1 && cells[0].isEmpty && below < Self.lineGap
                && below < 0.7 * gap && index + 1 < rows.count && !lines[index + 1][0].isEmpty
        }
        return Table(
            rows: kept.map { $0.cells.map { TableCell(text: $0) } }, columns: columns.map(\.left),
            words: rows.flatMap(\.words), top: rows[0].top, bottom: rows[rows.count - 1].bottom)
    }

    /// Rows of which one stands beside two lines of another's cell are one.
    private static func withOverlaps(_ rows: [Row]) -> [Row] {
        var result: [Row] = []
        for row in rows {
            guard let last = result.last, last.bottom - row.top > 0.25 * row.height,
                last.bottom - last.top < 3.5 * row.height
            else {
                result.append(row)
                continue
            }
            var segments = last.segments
            for segment in row.segments {
                if let same = segments.firstIndex(where: {
                    segment.left < $0.right && segment.right > $0.left
                }) {
                    segments[same].words += segment.words
                } else {
                    segments.append(segment)
                }
            }
            result[result.count - 1].segments = segments.sorted { $0.left < $1.left }
        }
        return result
    }

    /// A name at the left of a column and its figures at the right may not stand below each other:
    /// where one has only a name and the next only values they are one column.
    private static func joinNames(
        _ columns: inout [(left: Double, right: Double)], _ rows: [Row]
    ) {
        guard let header = rows.first else { return }
        let fills = { (row: Row, column: (left: Double, right: Double)) in
            row.segments.contains { $0.left < column.right + 1 && $0.right > column.left - 1 }
        }
        var index = 0
        while index + 1 < columns.count, columns.count > 2 {
            let (name, values) = (columns[index], columns[index + 1])
            let below = rows.dropFirst()
            let isPair = {
                (named: (left: Double, right: Double), valued: (left: Double, right: Double)) in
                fills(header, named) && !fills(header, valued)
                    && !below.contains { fills($0, named) }
            }
            if isPair(name, values) || isPair(values, name) {
                columns[index].right = values.right
                columns.remove(at: index + 1)
            } else {
                index += 1
            }
        }
    }

    /// The space between rows that begin in the first column, in heights of letters: in the middle
    /// of all.
    private static func pitch(_ rows: [Row]) -> Double {
        let gaps = zip(rows, rows.dropFirst()).map { ($1.top - $0.bottom) / max($1.height, 1) }
            .sorted()
        return gaps.isEmpty ? 0 : gaps[gaps.count / 2]
    }

    /// Lines of one paragraph are no further apart, in heights of letters.
    static let lineGap = 0.5

    /// Whether a line goes on with the cells of the row above: it stands nearer to it than rows do,
    /// or holds nothing but a part of a text.
    private static func goesOn(_ cells: [String], _ gap: Double, _ pitch: Double) -> Bool {
        let filled = cells.filter { !$0.isEmpty }
        guard gap < lineGap, filled.count < cells.count else { return false }
        if pitch > 1.5 * max(gap, 0) + 0.1 { return true }
        guard cells[0].isEmpty, filled.count == 1, let text = filled.first else { return false }
        return text.contains(where: \.isLetter) && text.split(separator: " ").count > 1
    }

    /// The words of a cell by its lines.
    private static func lines(of words: [PDFPage.Word]) -> [[PDFPage.Word]] {
        var lines: [[PDFPage.Word]] = []
        for word in words.sorted(by: { $0.middle < $1.middle }) {
            if let last = lines.last?.first, abs(word.middle - last.middle) < 0.4 * last.height {
                lines[lines.count - 1].append(word)
            } else {
                lines.append([word])
            }
        }
        return lines.map { $0.sorted { $0.left < $1.left } }
    }

    private func cells(of row: Row, _ columns: [(left: Double, right: Double)]) -> [String] {
        var cells = [String](repeating: "", count: columns.count)
        for segment in row.segments {
            let overlaps = columns.map {
                min($0.right, segment.right) - max($0.left, segment.left)
            }
            let best = overlaps.indices.max { overlaps[$0] < overlaps[$1] } ?? 0
            let text = Self.lines(of: segment.words).map(direction.text).joined(separator: " ")
            cells[best] += cells[best].isEmpty ? text : " " + text
        }
        return cells
    }

    /// Whether two columns or more are running text, whose lines are long and fill their width.
    private static func isText(_ rows: [Row], _ columns: [(left: Double, right: Double)]) -> Bool {
        let heights = rows.map(\.height).sorted()
        let height = heights[heights.count / 2]
        let running = columns.count { column in
            let segments = rows.flatMap(\.segments).filter {
                $0.left >= column.left - 1 && $0.right <= column.right + 1
            }
            guard segments.count * 2 >= rows.count else { return false }
            let widths = segments.map(\.width)
            let mean = widths.reduce(0, +) / Double(widths.count)
            let full = widths.count { $0 >= 0.75 * (column.right - column.left) }
            return mean >= textWidth * height && full * 2 >= widths.count
        }
        return running > 1
    }
}
