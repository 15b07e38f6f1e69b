import Conversation

/// The questions of one message: "When do you open, and is there parking?" are two.
enum QuestionParts {
    /// More searches than this make nobody's answer better.
    static let most = 3

    /// The questions that stand side by side in a message; one, the message itself, where they
    /// cannot be told apart.
    static func of(_ message: String) -> [String] {
        let text = message.trimmingSpaces
        guard mayBeSeveral(text), text.count <= longest else { return [text] }
        let marked = split(text) { "?？؟".contains($0) || $0.isNewline }
        let parts = marked.flatMap { joined($0) }.filter { !Words.content(of: $0).isEmpty }
        guard parts.count > 1, parts.count <= most, marked.count(where: asks) > 0 else {
            return [text]
        }
        // "Hi! I come on Sunday. Are you open?" is one question with its story.
        let asking = parts.filter(asks)
        return asking.count > 1 ? asking : [text]
    }

    /// A longer message is a story, not a list of questions.
    private static let longest = 300

    /// Whether something stands in it that parts questions: a mark or line before its end, a
    /// comma, or a word that joins.
    private static func mayBeSeveral(_ text: String) -> Bool {
        guard text.isASCII else { return true }
        return text.utf8.dropLast().contains { parting.contains($0) }
            || Words.of(text).contains(where: conjunctions.contains)
    }

    private static let parting = Array("?,;\n\r\u{b}\u{c}".utf8)

    private static func split(_ text: String, at isEnd: (Character) -> Bool) -> [String] {
        var parts: [String] = []
        var current = ""
        for character in text {
            current.append(character)
            guard isEnd(character) else { continue }
            parts.append(current.trimmingSpaces)
            current = ""
        }
        parts.append(current.trimmingSpaces)
        return parts.filter { part in part.contains { $0.isLetter || $0.isNumber } }
    }

    /// Whether it asks: by its mark, or by its first word or the one after.
    private static func asks(_ part: String) -> Bool {
        if let last = part.last, "?？؟".contains(last) { return true }
        return Words.of(part).prefix(2).contains { interrogatives.contains($0) }
    }

    /// The questions that a conjunction joins, where each begins as a question does.
    private static func joined(_ question: String) -> [String] {
        let words = question.split(separator: " ", omittingEmptySubsequences: true)
        var parts: [[Substring]] = [[]]
        for (index, word) in words.enumerated() {
            let plain = TextFolding.fold(String(word)).filter(\.isLetter)
            let next = index + 1 < words.count ? words[index + 1] : ""
            let begins = interrogatives.contains(TextFolding.fold(String(next)).filter(\.isLetter))
            let isLong = (parts.last?.count ?? 0) >= 2
            if conjunctions.contains(plain), begins, isLong {
                parts.append([])
            } else if let last = word.last, ",;".contains(last), begins, isLong {
                parts[parts.count - 1].append(word.dropLast())
                parts.append([])
            } else {
                parts[parts.count - 1].append(word)
            }
        }
        let texts = parts.map { $0.joined(separator: " ") }.filter { !$0.isEmpty }
        guard texts.count > 1, texts.allSatisfy({ !Words.content(of: $0).isEmpty }) else {
            return [question]
        }
        return texts.enumerated().map { $0 < texts.count - 1 ? "\($1)?" : $1 }
    }

    private static let conjunctions: Set<String> = [
        "and", "y", "e", "und", "et", "en", "i", "и", "та", "ve", "dan", "och", "si", "و", "और",
    ]

    /// Words that questions begin with.
    private static let interrogatives: Set<String> = Set(
        """
        how what when where which who why do does did is are can could will would may
        cómo como qué cuál cuáles cuándo dónde cuánto cuánta cuántos cuántas quién hay tienen
        tenéis puedo puede se
        wie was wann wo welche welcher welches wer warum wieviel gibt haben habt kann können
        kostet ist sind bieten nehmen
        comment quand où combien quel quelle quels quelles est peut puis avez
        come quando dove quanto quanti quale quali avete posso c'è
        como quando onde quanto quantos qual quais tem há posso
        hoe wanneer waar hoeveel welke kan hebben is zijn
        jak kiedy gdzie ile czy как когда где сколько можно есть де коли скільки чи
        nasıl ne nerede kaç hur när var vad kan
        """.split(whereSeparator: \.isWhitespace).map { TextFolding.fold(String($0)) })
}
