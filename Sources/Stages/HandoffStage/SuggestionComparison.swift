package import Conversation

/// Compares what was suggested with what was sent.
package enum SuggestionComparison {
    /// Words of each text that are compared: an answer has some dozens.
    static let mostWords = 2_000

    /// Whether two texts say the same letter by letter; how many spaces or lines are between words
    /// does not count, as long messages are cut there.
    package static func isSame(_ suggested: String, _ sent: String) -> Bool {
        plain(suggested) == plain(sent)
    }

    /// How what was sent differs from what was suggested; `nil` where it does not.
    package static func edit(from suggested: String, to sent: String) -> SuggestionEdit? {
        guard !isSame(suggested, sent) else { return nil }
        let before = Array(Words.units(of: suggested).prefix(mostWords))
        let after = Array(Words.units(of: sent).prefix(mostWords))
        return SuggestionEdit(
            distance: distance(before, after), words: max(before.count, after.count),
            changesFacts: facts(of: suggested) != facts(of: sent))
    }

    private static func plain(_ text: String) -> [Substring] {
        text.split(whereSeparator: \.isWhitespace)
    }

    /// The fewest words to put in, leave out or replace that make one of the other (Levenshtein).
    static func distance(_ before: [String], _ after: [String]) -> Int {
        var names: [String: Int] = [:]
        func numbers(_ words: [String]) -> [Int] {
            words.map { word in
                let number = names[word] ?? names.count
                names[word] = number
                return number
            }
        }
        let (before, after) = (numbers(before), numbers(after))
        var row = Array(0...after.count)
        for (index, word) in before.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (at, other) in after.enumerated() {
                let replaced = diagonal + (word == other ? 0 : 1)
                diagonal = row[at + 1]
                row[at + 1] = min(replaced, diagonal + 1, row[at] + 1)
            }
        }
        return row[after.count]
    }

    /// What of a text can be right or wrong and is easily told: figures as they stand, numbers
    /// written as words, addresses, and whether something is denied.
    ///
    /// Sorted, each as often as it is said: `from 9 to 9` is not `from 9`.
    static func facts(of text: String) -> [String] {
        let language = LanguageGuess.language(of: text)
        var found: [String] = []
        for piece in text.split(whereSeparator: \.isWhitespace) {
            let word = String(piece)
            if word.contains("@") || word.contains("://") || word.lowercased().hasPrefix("www.") {
                found.append(trimmed(TextFolding.fold(word)))
            } else {
                found += figures(of: TextFolding.fold(word))
            }
        }
        for word in Words.units(of: text) {
            if let value = NumberWords.value(of: word, in: language) { found.append("\(value)") }
        }
        if Negation.isDenied(text, in: language) { found.append("not") }
        return found.sorted()
    }

    /// Marks that stand within figures: `9:30`, `1.250,00`, `24/12`.
    private static let inner: Set<Character> = [".", ",", ":", "/", "-"]

    /// The figures of a word: digits with the marks between them, those at the end left out.
    private static func figures(of word: String) -> [String] {
        var found: [String] = []
        var figure = ""
        for character in word {
            if character.isASCII, character.isNumber {
                figure.append(character)
            } else if !figure.isEmpty, inner.contains(character) {
                figure.append(character == "," ? "." : character)
            } else if !figure.isEmpty {
                found.append(trimmed(figure))
                figure = ""
            }
        }
        if !figure.isEmpty { found.append(trimmed(figure)) }
        return found
    }

    private static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while let last = text.last, !last.isLetter, !last.isNumber { text.removeLast() }
        return String(text)
    }
}
