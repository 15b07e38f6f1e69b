/// Splits running text into sentences, in the scripts that WhatsApp's customers write.
package enum Sentences {
    /// The sentences in order, trimmed; their end marks stay with them.
    package static func of(_ text: String) -> [String] {
        let characters = Array(text)
        var sentences: [String] = []
        var start = 0
        for end in ends(in: characters) {
            append(characters[start..<end], to: &sentences)
            start = end
        }
        append(characters[start...], to: &sentences)
        return sentences
    }

    /// Where sentences end: how many characters there are up to each end, with what closes it.
    package static func ends(in characters: [Character]) -> [Int] {
        var ends: [Int] = []
        var index = 0
        while index < characters.count {
            defer { index += 1 }
            guard isEnd(characters, at: index) else { continue }
            var end = index + 1
            while end < characters.count, closers.contains(characters[end]) { end += 1 }
            ends.append(end)
            index = max(index, end - 1)
        }
        return ends
    }

    /// Whether a text ends as a sentence does.
    package static func isComplete(_ text: String) -> Bool {
        let tail = text.reversed().first { !closers.contains($0) && !$0.isWhitespace }
        guard let tail else { return true }
        return tail == "." || tail == ":" || alwaysEnds.contains(tail) || spacedEnds.contains(tail)
    }

    /// Ends that need no space after them: Chinese, Japanese, Hindi, Urdu, Ethiopic, Burmese.
    private static let alwaysEnds: Set<Character> = ["。", "！", "？", "।", "॥", "۔", "።", "။"]
    /// Ends that a space or the text's end follows.
    private static let spacedEnds: Set<Character> = ["!", "?", "؟", "…"]
    private static let closers: Set<Character> = [
        "\"", "'", ")", "]", "”", "’", "»", "」", "』", "）", "】",
    ]
    /// Words whose full stop ends no sentence.
    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "no", "nr", "vs", "approx", "tel", "ext", "e.g",
        "i.e", "bzw", "ca", "inkl", "str", "usw", "d.h", "z.b", "sr", "sra", "av", "núm", "etc",
        "art", "p.ej", "env", "m", "mme", "ул", "тел", "руб", "г", "т.е", "т.д", "incl", "min",
        "max", "mo", "di", "mi", "do", "fr", "sa", "so", "a.m", "p.m", "jan", "feb", "dec", "oct",
    ]

    private static func isEnd(_ text: [Character], at index: Int) -> Bool {
        let mark = text[index]
        if alwaysEnds.contains(mark) { return true }
        var after = index + 1
        while after < text.count, closers.contains(text[after]) { after += 1 }
        let atEnd = after >= text.count
        guard atEnd || text[after].isWhitespace else { return false }
        if spacedEnds.contains(mark) { return true }
        guard mark == "." else { return false }
        return atEnd || stopEnds(text, at: index, next: after)
    }

    /// Whether a full stop with a space after it ends a sentence.
    private static func stopEnds(_ text: [Character], at index: Int, next: Int) -> Bool {
        var start = index
        while start > 0, !text[start - 1].isWhitespace, !closers.contains(text[start - 1]) {
            start -= 1
        }
        let word = String(text[start..<index]).lowercased()
        if abbreviations.contains(word) { return false }
        // An initial, as in "J. Smith", or a list number, as in "1. Call us".
        if word.count == 1, word.first?.isLetter == true { return false }
        var following = next
        while following < text.count, text[following].isWhitespace { following += 1 }
        guard following < text.count else { return true }
        // "am 24. Dezember" goes on; a new sentence does not begin with a small letter.
        if let last = word.last, last.isNumber, word.allSatisfy(\.isNumber), word.count <= 2 {
            return false
        }
        return !text[following].isLowercase
    }

    private static func append(_ piece: ArraySlice<Character>, to sentences: inout [String]) {
        let trimmed = String(piece).trimmingSpaces
        if !trimmed.isEmpty { sentences.append(trimmed) }
    }
}

extension StringProtocol {
    /// The text without white space at its ends.
    package var trimmingSpaces: String {
        let scalars = unicodeScalars
        if let first = scalars.first, let last = scalars.last, first.isPlain, last.isPlain {
            return String(self)
        }
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return String(rest)
    }
}

extension Unicode.Scalar {
    /// Whether it is an ASCII character other than white space and controls.
    fileprivate var isPlain: Bool { value > 0x20 && value < 0x7f }
}
