import Conversation

/// What customers say about the talk itself, as `remarks.md` has it.
package struct Remarks: Hashable, Sendable {
    /// What a message says of what was said before.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// That the answer was wrong.
        case wrong
        /// That the customer meant something else than they wrote.
        case meant
    }

    private let wrong: PhraseBook
    private let meant: PhraseBook

    /// Takes the phrases of a prompt file, one section a kind.
    ///
    /// - Throws: ``PromptError`` naming a missing section.
    package init(_ file: PromptFile) throws(PromptError) {
        func patterns(_ kind: Kind) throws(PromptError) -> [PhrasePattern] {
            guard let section = file.sections.first(where: { $0.name == kind.rawValue }) else {
                throw PromptError(
                    file: file.name, line: nil,
                    problem: "the section '## \(kind.rawValue)' is missing")
            }
            return section.items.map { PhrasePattern($0) }
        }
        wrong = PhraseBook(try patterns(.wrong))
        meant = PhraseBook(try patterns(.meant))
    }

    /// What a message says of what was said before; `nil` where it is a message of its own.
    package func kind(of text: String) -> Kind? {
        if Self.isDislike(text) { return .wrong }
        let units = Words.units(of: text.beginning(atMost: longest))
        if meant.matches(units) { return .meant }
        // A longer message tells what is wrong with something else, such as a bicycle.
        guard units.count <= mostWords, wrong.matches(units) else { return nil }
        return .wrong
    }

    /// What is left of a message that says what was meant, without the words that say so.
    func correction(in text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        let lead = words.prefix { word in
            let plain = Words.units(of: word)
            return plain.allSatisfy(Self.leads.contains)
        }
        let rest = words.dropFirst(lead.count).filter { $0.lowercased() != "sagen" }
        return rest.isEmpty ? text : rest.joined(separator: " ")
    }

    private let longest = 300
    private let mostWords = 9

    /// Words that stand before what was meant.
    private static let leads: Set<String> = [
        "no", "nope", "sorry", "oh", "but", "i", "mean", "meant", "to", "say", "ask", "a", "typo",
        "perdon", "perdona", "ay", "me", "refiero", "referia", "queria", "quise", "quiero",
        "decir", "nein", "ne", "nee", "ach", "entschuldigung", "ich", "meine", "meinte", "wollte",
        "will", "non", "pardon", "je", "voulais", "veux", "dire", "parlais", "scusa", "scusi",
        "intendevo", "volevo", "nao", "desculpa", "dizer", "quis", "ik", "bedoel", "bedoelde",
        "eigentlich", "actually", "rather", "was",
    ]

    /// A thumb down, or an angry face, and nothing else.
    private static func isDislike(_ text: String) -> Bool {
        let signs = text.unicodeScalars.lazy.filter { !$0.properties.isWhitespace }
        guard let first = signs.first, dislikes.contains(first) else { return false }
        return signs.prefix(13).count <= 12
            && signs.allSatisfy { $0.properties.isEmoji || $0.properties.isVariationSelector }
    }

    private static let dislikes: Set<Unicode.Scalar> = ["👎", "😡", "😠", "🤬", "🤦"]
}
