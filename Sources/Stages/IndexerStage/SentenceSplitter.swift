/// Cuts text into sentences, in any script.
enum SentenceSplitter {
    /// Ends of sentences that stand alone, without a space behind them.
    private static let wideEnds: Set<Character> = ["。", "！", "？", "｡", "।", "॥", "۔", "؟", "።"]
    /// Ends of sentences that need a space behind them: `3.5` is no end.
    private static let spacedEnds: Set<Character> = [".", "!", "?", "…"]
    /// What may close a sentence after its end.
    private static let closers: Set<Character> = [
        "\"", "'", ")", "]", "”", "’", "»", "」", "』", "）",
    ]
    /// Words whose dot ends no sentence.
    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "no", "nr", "vs", "e.g", "i.e", "etc", "approx",
        "ca", "z.b", "d.h", "bzw", "usw", "sr", "sra", "ud", "uds", "p.ej", "art", "tel", "str",
        "av", "m", "mme", "a.m", "p.m", "min", "max", "incl", "excl",
    ]

    /// The sentences of a paragraph, each with what closes it; none is empty.
    static func sentences(of paragraph: String) -> [String] {
        let characters = Array(paragraph)
        var sentences: [String] = []
        var start = 0
        var index = 0
        while index < characters.count {
            let character = characters[index]
            index += 1
            guard wideEnds.contains(character) || spacedEnds.contains(character) else { continue }
            while index < characters.count, closers.contains(characters[index]) { index += 1 }
            let ends =
                wideEnds.contains(character)
                || (index == characters.count || characters[index].isWhitespace)
                    && !isAbbreviation(characters[start..<index])
            guard ends else { continue }
            append(characters[start..<index], to: &sentences)
            start = index
        }
        append(characters[start...], to: &sentences)
        return sentences
    }

    private static func append(_ characters: ArraySlice<Character>, to sentences: inout [String]) {
        let text = String(characters).trimmed
        if !text.isEmpty { sentences.append(text) }
    }

    private static func isAbbreviation(_ sentence: ArraySlice<Character>) -> Bool {
        guard sentence.last == "." else { return false }
        let word = sentence.dropLast().reversed().prefix { !$0.isWhitespace && $0 != "(" }
        let text = String(word.reversed()).lowercased()
        // A single letter is an initial; a lone number with a dot counts a list.
        return abbreviations.contains(text) || (text.count == 1 && text.first?.isLetter == true)
            || (word.count == sentence.count - 1 && text.allSatisfy(\.isNumber))
    }
}

extension String {
    /// The text without white space at its ends.
    var trimmed: String {
        var slice = self[...]
        while slice.first?.isWhitespace == true { slice.removeFirst() }
        while slice.last?.isWhitespace == true { slice.removeLast() }
        return String(slice)
    }
}
