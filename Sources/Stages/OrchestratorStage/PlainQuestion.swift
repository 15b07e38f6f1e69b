import Conversation

/// A question without what stands around it: greetings, and words that only ask how long or how
/// much, which no text that answers holds.
enum PlainQuestion {
    /// The question's own words; the text as it is where nothing would be left.
    static func of(_ text: String, _ courtesy: CourtesyRule) -> String {
        let pieces = split(text)
        let own = pieces.filter { courtesy.kind(of: $0) == nil }
        let kept = own.isEmpty ? text : own.joined(separator: " ")
        guard Words.of(kept).contains(where: isDropped) else { return kept }
        let words = kept.split(whereSeparator: \.isWhitespace).filter { word in
            let plain = Words.of(String(word))
            return plain.isEmpty || !plain.allSatisfy(isDropped)
        }
        return words.isEmpty ? kept : words.joined(separator: " ")
    }

    /// Whether it names something that can be looked for.
    static func isAboutSomething(_ text: String) -> Bool {
        Words.content(of: text).contains { !isDropped($0) }
    }

    /// The parts between marks, each with its own.
    private static func split(_ text: String) -> [String] {
        // The marks are ASCII, so no letter is cut.
        let bytes = text.utf8
        var pieces: [String] = []
        var start = bytes.startIndex
        for index in bytes.indices where marks.contains(bytes[index]) {
            let end = bytes.index(after: index)
            pieces.append(text[start..<end].trimmingSpaces)
            start = end
        }
        pieces.append(text[start...].trimmingSpaces)
        return pieces.filter { !$0.isEmpty }
    }

    private static let marks: [UInt8] = Array(",.!?;\n".utf8)

    /// Whether a word only asks, or stands for one that does.
    private static func isDropped(_ word: String) -> Bool {
        isLetter(word) || asking.contains(word)
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
