import Conversation

/// A pattern of words, written as data in a prompt file.
///
/// `talk|speak to|with [a] person`: words in a row, `|` between alternatives, `[…]` around what
/// may be missing, `...` for up to four words in between, `open*` for words that begin so, `=` at
/// the start if it must be the whole message. Case, accents and punctuation do not count; in
/// scripts without spaces a character counts as a word.
struct PhrasePattern: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case words([[Word]], isOptional: Bool)
        case gap
    }

    private struct Word: Hashable, Sendable {
        var text: String
        /// Whether longer words that begin so count as well.
        var isPrefix = false

        func fits(_ unit: String) -> Bool {
            isPrefix ? unit.utf8.starts(with: text.utf8) : unit == text
        }
    }

    /// How many words `...` may stand for.
    static let longestGap = 4

    private let parts: [Part]
    private let isWhole: Bool
    /// For each part that may not be missing, the words of which one has to be in a message.
    fileprivate let needed: [[String]]

    /// Reads a pattern.
    init(_ text: String) {
        isWhole = text.hasPrefix("=")
        parts = text.drop { $0 == "=" }.split(separator: " ").map { word in
            if word == "..." || word == "…" { return .gap }
            let isOptional = word.hasPrefix("[") && word.hasSuffix("]")
            let bare = isOptional ? word.dropFirst().dropLast() : word
            let alternatives = bare.split(separator: "|").map { alternative in
                let isPrefix = alternative.hasSuffix("*")
                var words = Words.units(of: String(alternative).replacing("_", with: " "))
                    .map { Word(text: $0) }
                if isPrefix, !words.isEmpty { words[words.count - 1].isPrefix = true }
                return words
            }
            return .words(alternatives.filter { !$0.isEmpty }, isOptional: isOptional)
        }
        needed = parts.compactMap { part in
            guard case .words(let alternatives, isOptional: false) = part else { return nil }
            let first = alternatives.compactMap(\.first)
            return first.contains { $0.isPrefix } ? nil : first.map(\.text)
        }
    }

    /// Whether the pattern stands somewhere in a message's words.
    func matches(_ units: [String]) -> Bool {
        matches(units, holding: Set(units))
    }

    /// Whether the pattern stands somewhere in a message's words, given also as a set.
    func matches(_ units: [String], holding words: Set<String>) -> Bool {
        guard !parts.isEmpty,
            needed.allSatisfy({ $0.contains(where: words.contains) })
        else { return false }
        let starts = isWhole ? 0...0 : 0...units.count
        return starts.contains { match(units[...].dropFirst($0), parts[...]) }
    }

    private func match(_ units: ArraySlice<String>, _ parts: ArraySlice<Part>) -> Bool {
        guard let part = parts.first else { return !isWhole || units.isEmpty }
        let rest = parts.dropFirst()
        switch part {
        case .gap:
            return (0...min(Self.longestGap, units.count)).contains {
                match(units.dropFirst($0), rest)
            }
        case .words(let alternatives, let isOptional):
            if isOptional, match(units, rest) { return true }
            return alternatives.contains { alternative in
                Self.begins(units, with: alternative)
                    && match(units.dropFirst(alternative.count), rest)
            }
        }
    }

    private static func begins(_ units: ArraySlice<String>, with words: [Word]) -> Bool {
        guard units.count >= words.count else { return false }
        return zip(units, words).allSatisfy { $1.fits($0) }
    }
}

/// Many patterns, of which a message is held only against those that share a word with it: there
/// are hundreds, in a dozen languages.
struct PhraseBook: Hashable, Sendable {
    private let patterns: [PhrasePattern]
    /// The patterns that need one of their words, by that word.
    private let byWord: [String: [Int]]
    /// The patterns that any message may match.
    private let others: [Int]

    /// Takes the patterns.
    init(_ patterns: [PhrasePattern]) {
        self.patterns = patterns
        var byWord: [String: [Int]] = [:]
        var others: [Int] = []
        for (index, pattern) in patterns.enumerated() {
            // Long words are rarer: of "to a person", only "person" tells.
            let telling = pattern.needed.max { Self.shortest($0) < Self.shortest($1) }
            if telling == nil { others.append(index) }
            for word in Set(telling ?? []) { byWord[word, default: []].append(index) }
        }
        self.byWord = byWord
        self.others = others
    }

    /// Whether one of the patterns stands somewhere in a message's words.
    func matches(_ units: [String]) -> Bool {
        let words = Set(units)
        return words.contains { word in
            byWord[word]?.contains { patterns[$0].matches(units, holding: words) } ?? false
        } || others.contains { patterns[$0].matches(units, holding: words) }
    }

    private static func shortest(_ words: [String]) -> Int { words.map(\.count).min() ?? 0 }
}
