import Conversation

/// Tells of what kinds of phrases a text is made wholly.
struct PhraseCover: Hashable, Sendable {
    private struct Phrase: Hashable {
        var kind: String
        var words: [String]
    }

    /// More words than this are no mere phrase.
    private static let mostWords = 14

    /// The phrases by their first word, the longest first.
    private let phrases: [String: [Phrase]]

    /// Takes the phrases of each kind.
    init(_ phrases: [(kind: String, text: String)]) {
        let all = phrases.map { Phrase(kind: $0.kind, words: Words.units(of: $0.text)) }
            .filter { !$0.words.isEmpty }.sorted { $0.words.count > $1.words.count }
        self.phrases = Dictionary(grouping: all) { $0.words[0] }
    }

    /// The kinds of the phrases that make up the text; none if it holds no words, `nil` if it
    /// holds anything else.
    func kinds(in text: String) -> Set<String>? {
        var units = Words.units(of: text)[...]
        guard units.count <= Self.mostWords else { return nil }
        var kinds: Set<String> = []
        while let first = units.first {
            let found = phrases[first]?.first { units.starts(with: $0.words) }
            guard let found else { return nil }
            kinds.insert(found.kind)
            units = units.dropFirst(found.words.count)
        }
        return kinds
    }

    /// A phrase that stands under more than one of some kinds.
    func ambiguous(_ kinds: Set<String>) -> String? {
        var seen: [[String]: String] = [:]
        for phrase in phrases.values.joined() where kinds.contains(phrase.kind) {
            if let other = seen.updateValue(phrase.kind, forKey: phrase.words),
                other != phrase.kind
            {
                return phrase.words.joined(separator: " ")
            }
        }
        return nil
    }
}
