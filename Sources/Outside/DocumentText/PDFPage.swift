/// A page as boxes of words, in points from its upper left corner.
struct PDFPage {
    /// A word where it stands.
    struct Word: Equatable {
        var text: String
        var left: Double
        var top: Double
        var right: Double
        var bottom: Double

        var height: Double { bottom - top }
        var middle: Double { (top + bottom) / 2 }
    }

    /// Words of one line, from left to right.
    struct Line {
        var words: [Word]
        /// The paragraph or column that it stands in, in reading order.
        var block: Int
        /// The column with all its paragraphs.
        var flow = 0

        var top: Double { words.map(\.top).min() ?? 0 }
        var bottom: Double { words.map(\.bottom).max() ?? 0 }
        var height: Double { words.map(\.height).max() ?? 0 }
    }

    /// The number, from 1.
    var number: Int
    var width: Double
    var height: Double
    var lines: [Line] = []
    /// Whether the words were read from a picture of them.
    var isRecognised = false

    /// Reads what `pdftotext -bbox-layout` prints of pages from a number on.
    static func pages(_ printed: [UInt8], from first: Int) throws(DocumentTextError) -> [PDFPage] {
        var scanner = XMLScanner(printed, takesType: true)
        var pages: [PDFPage] = []
        var (block, flow) = (0, 0)
        var box: Word?
        while let event = try scanner.next() {
            switch event {
            case .open(let tag):
                switch tag.name {
                case "page":
                    pages.append(
                        PDFPage(
                            number: first + pages.count, width: value(tag, "width"),
                            height: value(tag, "height")))
                    block = 0
                case "flow": flow += 1
                case "block": block += 1
                case "line" where !pages.isEmpty:
                    pages[pages.count - 1].lines.append(Line(words: [], block: block, flow: flow))
                case "word":
                    box = Word(
                        text: "", left: value(tag, "xMin"), top: value(tag, "yMin"),
                        right: value(tag, "xMax"), bottom: value(tag, "yMax"))
                default: break
                }
            case .text(let text): box?.text += text
            case .close("word"):
                if let word = box, !pages.isEmpty { pages[pages.count - 1].add(word) }
                box = nil
            case .close: break
            }
        }
        return pages.map(\.upright)
    }

    private mutating func add(_ word: Word) {
        guard !word.text.trimmed.isEmpty, !lines.isEmpty else { return }
        lines[lines.count - 1].words.append(word)
    }

    private static func value(_ tag: XMLTag, _ name: String) -> Double {
        let value = tag[name].flatMap { Double($0) } ?? 0
        return value.isFinite ? value : 0
    }

    // MARK: Turned pages

    /// The page turned so that most of its words stand upright.
    private var upright: PDFPage {
        var page = self
        page.lines.removeAll(where: \.words.isEmpty)
        var (along, down, up) = (0, 0, 0)
        for line in page.lines {
            switch line.direction {
            case .along: along += line.length
            case .down: down += line.length
            case .up: up += line.length
            }
        }
        guard max(down, up) > along else { return page }
        (page.width, page.height) = (height, width)
        for line in page.lines.indices {
            page.lines[line].words = page.lines[line].words.map { word in
                var turned = word
                if down >= up {
                    (turned.left, turned.right) = (word.top, word.bottom)
                    (turned.top, turned.bottom) = (width - word.right, width - word.left)
                } else {
                    (turned.left, turned.right) = (height - word.bottom, height - word.top)
                    (turned.top, turned.bottom) = (word.left, word.right)
                }
                return turned
            }
        }
        return page
    }
}

extension PDFPage.Line {
    /// Where the words of a line follow each other.
    enum Direction { case along, down, up }

    /// The number of letters.
    var length: Int { words.reduce(0) { $0 + $1.text.count } }

    var direction: Direction {
        if let first = words.first, let last = words.last, words.count > 1 {
            let across = abs(last.left - first.left)
            if abs(last.top - first.top) > across { return last.top > first.top ? .down : .up }
            return .along
        }
        guard let word = words.first, word.text.trimmed.count > 2 else { return .along }
        // A word alone does not tell from which side it is read: most are turned to the left.
        return word.height > 1.5 * (word.right - word.left) ? .up : .along
    }

    /// The line's words with letters joined that were only set apart.
    var joined: PDFPage.Line {
        var line = self
        line.words = LetterSpacing.joined(words)
        return line
    }
}

/// Words whose letters were set apart, as in `W A R N I N G`.
enum LetterSpacing {
    /// Fewer words than this may be single letters by chance.
    private static let fewestWords = 4

    static func joined(_ words: [PDFPage.Word]) -> [PDFPage.Word] {
        let letters = words.reduce(0) { $0 + $1.text.count }
        guard words.count >= fewestWords, letters < 2 * words.count,
            // Figures in columns are no word, and Chinese and Thai have their own rules.
            words.contains(where: { $0.text.contains(where: \.isLetter) }),
            words.allSatisfy({ $0.text.unicodeScalars.allSatisfy { $0.value < 0x0E00 } })
        else { return words }
        let gaps = zip(words, words.dropFirst()).map { $1.left - $0.right }
        guard gaps.allSatisfy({ $0 >= -1 }), let limit = limit(of: gaps, words[0].height) else {
            return words
        }
        var joined = [words[0]]
        for (word, gap) in zip(words.dropFirst(), gaps) {
            if gap < limit {
                joined[joined.count - 1].text += word.text
                joined[joined.count - 1].right = word.right
            } else {
                joined.append(word)
            }
        }
        return joined
    }

    /// The gap from which on words are apart: where gaps grow most, in proportion.
    private static func limit(of gaps: [Double], _ height: Double) -> Double? {
        let sorted = gaps.sorted()
        let steps = zip(sorted, sorted.dropFirst()).map { small, large in
            (ratio: large / max(small, height * 0.05), middle: (small + large) / 2)
        }
        if let step = steps.max(by: { $0.ratio < $1.ratio }), step.ratio >= 1.6 {
            return step.middle
        }
        // All alike: one word, unless they stand as far apart as columns do.
        guard let widest = sorted.last, widest < height * 1.2 else { return nil }
        return widest + 1
    }
}
