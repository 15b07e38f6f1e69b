import Conversation

/// A question without what stands around it: greetings, and words that only ask how long or how
/// much, which no text that answers holds.
enum PlainQuestion {
    /// The question's own words; the text as it is where nothing would be left.
    static func of(_ text: String, _ courtesy: CourtesyRule) -> String {
        let pieces = split(text)
        let own = pieces.filter { courtesy.kind(of: $0) == nil }
        let kept = own.isEmpty ? text : own.joined(separator: " ")
        let words = kept.split(whereSeparator: \.isWhitespace).filter { word in
            let plain = Words.of(String(word))
            return !plain.allSatisfy { asking.contains($0) || isLetter($0) } || plain.isEmpty
        }
        return words.isEmpty ? kept : words.joined(separator: " ")
    }

    /// Whether it names something that can be looked for.
    static func isAboutSomething(_ text: String) -> Bool {
        Words.content(of: text).contains { !asking.contains($0) && !isLetter($0) }
    }

    private static func split(_ text: String) -> [String] {
        var pieces: [String] = []
        var current = ""
        for character in text {
            current.append(character)
            guard ",.!?;\n".contains(character) else { continue }
            pieces.append(current.trimmingSpaces)
            current = ""
        }
        pieces.append(current.trimmingSpaces)
        return pieces.filter { !$0.isEmpty }
    }

    /// A letter of ASCII that stands for a word: "r dogs welcome?".
    private static func isLetter(_ word: String) -> Bool {
        word.utf8.count == 1 && word.utf8.allSatisfy { (97...122).contains($0) }
    }

    private static let asking: Set<String> = Set(
        """
        lange lang hoch weit dauert dauern
        tarda tardan tardáis dura duran estáis estás están está
        dure durent sommes êtes trouvez
        dura durano siete demora
        duurt zijn
        """.split(whereSeparator: \.isWhitespace).map { TextFolding.fold(String($0)) })
}
