import Conversation

/// Cuts long text into messages that WhatsApp takes.
package enum MessageText {
    /// Content in pieces that WhatsApp takes: text is cut, the first piece quotes what it quotes,
    /// and all else is one piece.
    static func split(_ content: OutboundContent) -> [OutboundContent] {
        guard case .text(let text, let preview) = content.body else { return [content] }
        return split(text).enumerated().map { index, piece in
            OutboundContent(
                .text(piece, preview: preview), quoting: index == 0 ? content.quotes : nil)
        }
    }

    /// The text in pieces of at most `limit` UTF-16 units.
    ///
    /// It is cut after a line, else after a sentence, else after a word, else between characters;
    /// white space at the cuts is dropped. Empty text has no pieces.
    package static func split(_ text: String, limit: Int = HandoffLimits.textUnits) -> [String] {
        var rest = trimmed(text[...])
        var pieces: [String] = []
        while !rest.isEmpty {
            let cut = end(of: rest, limit: limit)
            pieces.append(String(trimmed(rest[..<cut])))
            rest = trimmed(rest[cut...])
        }
        return pieces
    }

    /// The text without white space at its ends.
    static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }

    /// Where the first piece ends.
    private static func end(of text: Substring, limit: Int) -> Substring.Index {
        if text.utf16.count <= limit { return text.endIndex }
        var used = 0
        var count = 0
        var index = text.startIndex
        var afterWord: Substring.Index?
        var afterLine: Substring.Index?
        while index < text.endIndex {
            let character = text[index]
            let units = character.utf16.count
            guard used + units <= limit else { break }
            used += units
            count += 1
            index = text.index(after: index)
            if character.isWhitespace { afterWord = index }
            // A line that ends early would make many short pieces.
            if character.isNewline, used > limit / 2 { afterLine = index }
        }
        if index > text.startIndex {
            return afterLine ?? lastSentence(of: text, within: count) ?? afterWord ?? index
        }
        return endWithinCharacter(of: text, limit: limit)
    }

    /// How far beyond a cut is looked for what tells a sentence's end, in characters.
    private static let lookAhead = 64

    /// The end of the last sentence within so many characters; `nil` if it ends early, which would
    /// make many short pieces.
    private static func lastSentence(
        of text: Substring, within count: Int
    ) -> Substring.Index? {
        let characters = Array(text.prefix(count + lookAhead))
        let end = Sentences.ends(in: characters).last { $0 <= count }
        guard let end, end > count / 2 else { return nil }
        return text.index(text.startIndex, offsetBy: end)
    }

    /// Where to cut a single character that is itself too long: between its scalars.
    private static func endWithinCharacter(of text: Substring, limit: Int) -> Substring.Index {
        var used = 0
        var index = text.startIndex
        for scalar in text.unicodeScalars {
            let units = scalar.value > 0xFFFF ? 2 : 1
            guard used + units <= max(limit, 2) else { break }
            used += units
            index = text.unicodeScalars.index(after: index)
        }
        return index
    }
}
