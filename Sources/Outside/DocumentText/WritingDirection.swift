import Foundation

/// Text that is written from right to left, put from the order in which it is seen on a page into
/// the one in which it is read.
struct WritingDirection {
    /// Whether words come with their letters in the order in which they are read, as where a
    /// document says itself what its glyphs mean.
    private let isLogical: Bool

    /// Looks at the words of a document.
    init(_ lines: [PDFPage.Line]) {
        var logical = 0
        var visual = 0
        for word in lines.lazy.flatMap(\.words) where Self.isRightToLeft(word.text) {
            let text = word.text.unicodeScalars.filter(\.properties.isAlphabetic)
            guard let first = text.first, let last = text.last, text.count > 1 else { continue }
            // A word with a blank within is given by the document, not made of its glyphs.
            if word.text.contains(" ") || Self.finals.contains(last) { logical += 1 }
            if Self.finals.contains(first) { visual += 1 }
            if Self.hasArticle(text) { logical += 1 }
            if Self.hasArticle(text.reversed()) { visual += 1 }
        }
        isLogical = logical > visual
    }

    /// Letters that only end a word: Arabic teh marbuta and alef maksura, Hebrew's five.
    private static let finals: Set<Unicode.Scalar> = ["ة", "ى", "ך", "ם", "ן", "ף", "ץ"]

    private static func hasArticle(_ text: some Sequence<Unicode.Scalar>) -> Bool {
        var letters = text.makeIterator()
        return letters.next() == "ا" && letters.next() == "ل" && letters.next() != nil
    }

    /// The text of a line in the order in which it is read.
    func text(_ words: [PDFPage.Word]) -> String {
        guard words.contains(where: { Self.isRightToLeft($0.text) }) else {
            return Self.plain(words.map(\.text).joined(separator: " "))
        }
        let ordered = words.sorted { $0.left < $1.left }
        var (right, left) = (0, 0)
        for scalar in ordered.lazy.flatMap(\.text.unicodeScalars) {
            if Self.isRightToLeft(scalar) {
                right += 1
            } else if scalar.properties.isAlphabetic {
                left += 1
            }
        }
        let texts = ordered.map { Self.isRightToLeft($0.text) ? logical($0.text) : $0.text }
        let line = right >= left ? Self.fromRight(texts) : Self.fromLeft(texts)
        return Self.plain(Self.withBrackets(line.joined(separator: " ")))
    }

    /// Programs that make PDFs differ in whether a bracket is told as it opens or as it looks.
    private static func withBrackets(_ line: String) -> String {
        let brackets = line.unicodeScalars.filter { mirrored[$0] != nil }
        guard let first = brackets.first, let last = brackets.last, brackets.count > 1,
            [")", "]", "}", "»"].contains(first), ["(", "[", "{", "«"].contains(last)
        else { return line }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: line.unicodeScalars.map { mirrored[$0] ?? $0 })
        return String(text)
    }

    /// Words from right to left, but for runs of Latin ones with what stands within them.
    private static func fromRight(_ words: [String]) -> [String] {
        var result: [String] = []
        var run: [String] = []
        for word in words.reversed() {
            if isRightToLeft(word) || run.isEmpty && !hasLetters(word) {
                result += latin(run)
                run = []
                result.append(word)
            } else {
                run.append(word)
            }
        }
        return result + latin(run)
    }

    /// A run as it is read: figures after its last Latin word are the surrounding text's.
    private static func latin(_ run: [String]) -> [String] {
        let end = run.lastIndex(where: hasLetters).map { $0 + 1 } ?? 0
        return run[..<end].reversed() + run[end...]
    }

    /// Words from left to right, but for runs of words that are read the other way.
    private static func fromLeft(_ words: [String]) -> [String] {
        var result: [String] = []
        var run: [String] = []
        for word in words {
            if isRightToLeft(word) {
                run.append(word)
            } else {
                result += run.reversed() + [word]
                run = []
            }
        }
        return result + run.reversed()
    }

    private func logical(_ word: String) -> String {
        guard !isLogical, !word.trimmed.contains(" ") else { return word.trimmed }
        var result: [Unicode.Scalar] = []
        var digits: [Unicode.Scalar] = []
        for scalar in word.unicodeScalars.reversed() {
            let isLeft = !Self.isRightToLeft(scalar) && scalar.properties.isAlphabetic
            if isLeft || scalar.properties.numericType != nil
                || !digits.isEmpty && [".", ",", ":", "/"].contains(scalar)
            {
                digits.append(scalar)
                continue
            }
            result += digits.reversed()
            digits = []
            result.append(scalar)
        }
        result += digits.reversed()
        return Self.withLigatures(result)
    }

    /// One glyph of lam and alef came with its two letters in the order of reading: where two
    /// alefs would follow each other, which no word has, they are put back.
    private static func withLigatures(_ scalars: [Unicode.Scalar]) -> String {
        let alefs: Set<Unicode.Scalar> = ["ا", "آ", "أ", "إ"]
        var scalars = scalars
        for index in scalars.indices.dropFirst().dropLast()
        where scalars[index - 1] == "ا" && alefs.contains(scalars[index])
            && scalars[index + 1] == "ل"
        {
            scalars.swapAt(index, index + 1)
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    private static let mirrored: [Unicode.Scalar: Unicode.Scalar] = [
        "(": ")", ")": "(", "[": "]", "]": "[", "{": "}", "}": "{", "«": "»", "»": "«",
    ]

    /// The text with letters instead of their shapes on paper, and without marks of direction,
    /// which nobody types into a search.
    private static func plain(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        let clean = text.unicodeScalars.filter { !isDirectionMark($0) }
        guard clean.contains(where: isShape) else { return String(String.UnicodeScalarView(clean)) }
        return clean.map { scalar in
            isShape(scalar)
                ? String(Character(scalar)).precomposedStringWithCompatibilityMapping
                : String(Character(scalar))
        }.joined()
    }

    private static func isDirectionMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x00AD, 0xFEFF: true
        default: false
        }
    }

    /// Ligatures and the forms that a letter takes at its place in a word.
    private static func isShape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xFB00...0xFB4F, 0xFB50...0xFBB1, 0xFBD3...0xFD3D, 0xFD50...0xFDFC, 0xFE70...0xFEFC:
            true
        default: false
        }
    }

    private static func hasLetters(_ text: String) -> Bool { text.contains(where: \.isLetter) }

    private static func isRightToLeft(_ text: String) -> Bool {
        text.unicodeScalars.contains(where: isRightToLeft)
    }

    private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0590...0x065F, 0x066E...0x06EF, 0x06FA...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFC:
            true
        default: false
        }
    }
}

extension String.UnicodeScalarView {
    fileprivate init(_ scalars: some Sequence<Unicode.Scalar>) {
        self.init()
        append(contentsOf: scalars)
    }
}
