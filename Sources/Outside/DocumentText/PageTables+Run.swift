extension PageTables {
    /// Rows that have their cells in the same columns.
    struct Run {
        /// After the last of them.
        private(set) var end: Int
        private(set) var columns: [(left: Double, right: Double)]

        /// Lines of one cell that follow each other without one in another column, at most.
        private static let mostAlone = 5

        /// The rows, with their words in the columns' cells.
        private(set) var fitted: [Row]

        init(_ rows: [Row], from start: Int) {
            end = start + 1
            fitted = [rows[start]]
            columns = Self.columns(of: rows[start])
            guard columns.count > 1 else { return }
            while end < rows.count {
                var row = rows[end]
                guard row.top - rows[end - 1].bottom < rowGap * rows[end - 1].height else { break }
                var found = grown(by: &row)
                if found == nil, end == start + 1, let turned = fitted(below: row) {
                    // Names may stand nearer to each other than what is below them.
                    found = turned.columns
                    fitted = [turned.header]
                }
                guard let grown = found else { break }
                // A wrapped cell, or a title within, has more of the table below it.
                if row.segments.count == 1, !goesOn(rows), !isCellsLastLine(rows) { break }
                columns = grown
                fitted.append(row)
                end += 1
            }
        }

        private static func columns(of row: Row) -> [(left: Double, right: Double)] {
            row.segments.map { ($0.left, $0.right) }
        }

        /// The first row parted as the row below it is, and the columns of both.
        private func fitted(
            below row: Row
        ) -> (header: Row, columns: [(left: Double, right: Double)])? {
            guard row.segments.count > columns.count else { return nil }
            var turned = self
            turned.columns = Self.columns(of: row)
            var header = fitted[0]
            return turned.grown(by: &header).map { (header, $0) }
        }

        /// The columns with a row's segments, which are parted where they reach over two; `nil`
        /// where they do not fit: where two of them stand in one column, or a word in two.
        private func grown(by row: inout Row) -> [(left: Double, right: Double)]? {
            if row.segments.count > 1 { row.segments = row.segments.flatMap(parted) }
            var grown = columns
            var taken: Set<Int> = []
            for segment in row.segments {
                let met = columns(under: segment.left, segment.right)
                guard met.count < 2 else { return nil }
                if let column = met.first {
                    guard taken.insert(column).inserted else { return nil }
                    grown[column].left = min(grown[column].left, segment.left)
                    grown[column].right = max(grown[column].right, segment.right)
                } else {
                    grown.append((segment.left, segment.right))
                }
            }
            grown.sort { $0.left < $1.left }
            let isApart = zip(grown, grown.dropFirst()).allSatisfy { $0.right < $1.left }
            return isApart ? grown : nil
        }

        private func columns(under left: Double, _ right: Double) -> [Int] {
            columns.indices.filter { left < columns[$0].right + 1 && right > columns[$0].left - 1 }
        }

        /// A segment, or its parts where its words stand in several columns.
        private func parted(_ segment: Segment) -> [Segment] {
            guard columns(under: segment.left, segment.right).count > 1 else { return [segment] }
            var parts: [Segment] = []
            var last: Int?
            for word in segment.words.sorted(by: { $0.left < $1.left }) {
                let met = columns(under: word.left, word.right)
                guard met.count == 1, parts.isEmpty || met[0] >= last ?? 0 else { return [segment] }
                if met.first == last {
                    parts[parts.count - 1].words.append(word)
                } else {
                    parts.append(Segment(words: [word]))
                }
                last = met.first
            }
            return parts
        }

        /// Whether after some lines that stand alone another row with cells follows.
        private func goesOn(_ rows: [Row]) -> Bool {
            var next = end + 1
            while next < rows.count, next <= end + Self.mostAlone {
                var row = rows[next]
                guard row.top - rows[next - 1].bottom < rowGap * rows[next - 1].height,
                    grown(by: &row) != nil
                else { return false }
                if row.segments.count > 1 { return true }
                next += 1
            }
            return false
        }

        /// Whether a line goes on with a cell of the row above it, in another column than the
        /// first.
        private func isCellsLastLine(_ rows: [Row]) -> Bool {
            guard let only = rows[end].segments.first else { return false }
            let gap = (rows[end].top - rows[end - 1].bottom) / max(rows[end].height, 1)
            guard gap < lineGap else { return false }
            if columns.dropFirst().contains(where: { abs($0.left - only.left) < 2 }) { return true }
            // A name in a narrow first column, and no paragraph below the table.
            return gap < lineGap / 2 && only.words.count < 4 && abs(columns[0].left - only.left) < 2
                && only.right < columns[0].right + 2
        }
    }
}
