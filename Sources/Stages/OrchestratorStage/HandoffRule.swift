import Conversation

/// Tells whether a customer asks for a person, in the languages of `handoff-requests.md`.
package struct HandoffRule: Hashable, Sendable {
    private let asking: PhraseBook
    private let exceptions: PhraseBook

    /// Takes the phrases of a prompt file: one section a language, `! ` before an exception.
    package init(_ file: PromptFile) {
        let items = file.sections.flatMap(\.items)
        asking = PhraseBook(items.filter { !$0.hasPrefix("!") }.map { PhrasePattern($0) })
        exceptions = PhraseBook(
            items.filter { $0.hasPrefix("!") }.map { PhrasePattern($0.dropFirst().trimmingSpaces) })
    }

    /// Whether the text asks for a person.
    package func asksForPerson(_ text: String) -> Bool {
        let units = Words.units(of: text.beginning(atMost: 1000))
        return asking.matches(units) && !exceptions.matches(units)
    }
}

/// Words that need no document: greetings, thanks, goodbyes, as `courtesies.md` has them.
package struct CourtesyRule: Hashable, Sendable {
    private let cover: PhraseCover

    /// Takes the phrases of a prompt file: one section a kind, one phrase a line.
    package init(_ file: PromptFile) {
        cover = PhraseCover(
            file.sections.flatMap { section in section.items.map { (section.name, $0) } })
    }

    /// The kind of courtesy that the text is, if it is nothing else.
    ///
    /// Of several kinds the weightiest counts: "hi, thanks, bye" is a goodbye.
    package func kind(of text: String) -> String? {
        guard let kinds = cover.kinds(in: text) else { return nil }
        guard !kinds.isEmpty else { return Self.isEmoji(text) ? "sign" : nil }
        return ["goodbye", "thanks", "greeting", "assent"].first { kinds.contains($0) }
    }

    /// Signs without a word, such as a thumb: nothing to answer, nothing to hand over.
    private static func isEmoji(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.properties.isEmoji }
    }
}
