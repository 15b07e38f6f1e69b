import AuditRecords
import Conversation
import Cryptography
import Foundation

/// The marks by which an entry is found: for who, what and to what a hash each, which begins with
/// `x`; and each word of what people read, which begins with `w`, so that none looks like a hash.
///
/// No mark holds a character that would end it for the index (`tokenize = 'ascii'`).
enum AuditMarks {
    /// Words of an entry that are indexed at most.
    private static let mostWords = 120
    /// Characters of a word that count.
    private static let longestWord = 40
    /// From how many characters on the beginning of a word finds it.
    private static let shortestBeginning = 3

    /// What a hash stands for.
    enum Facet: String {
        case tenant, actor, action, target, person, outcome
    }

    /// All marks of an entry, with spaces between.
    static func text(of entry: AuditEntry, _ id: RecordID) -> String {
        (facets(of: entry) + words(of: entry, id).map { "w" + $0 }).joined(separator: " ")
    }

    /// The mark of something that an entry has.
    static func mark(_ facet: Facet, _ value: String) -> String {
        "x" + SHA256.hex("\(facet.rawValue)\u{0}\(value)").prefix(16)
    }

    /// What is asked of the index for the words that somebody typed: all of them, of the last one
    /// also just its beginning.
    ///
    /// Nothing, where there is no word in it.
    static func terms(of text: String) -> [String] {
        let words = words(in: text)
        return words.enumerated().map { index, word in
            let isBeginning = index == words.count - 1 && word.count >= shortestBeginning
            return "\"w\(word)\"" + (isBeginning ? " *" : "")
        }
    }

    private static func facets(of entry: AuditEntry) -> [String] {
        var marks = [
            mark(.tenant, entry.tenant.rawValue),
            mark(.outcome, entry.refusal == nil ? "done" : "refused"),
            mark(.action, entry.action),
        ]
        marks += beginnings(of: entry.action, at: ".").map { mark(.action, $0) }
        for actor in actors(of: entry) {
            marks.append(mark(.actor, actor))
            marks += beginnings(of: actor, at: "/").map { mark(.actor, $0) }
        }
        marks.append(mark(.target, entry.subject))
        marks += beginnings(of: entry.subject, at: "/").prefix(1).map { mark(.target, $0) }
        marks += people(of: entry).sorted().map { mark(.person, $0) }
        return marks
    }

    /// Who acted, and who acted as them.
    private static func actors(of entry: AuditEntry) -> [String] {
        guard let impersonator = entry.who?.impersonator else { return [entry.actor] }
        return [entry.actor, "operator/\(impersonator)"]
    }

    /// The accounts that an entry is about: those who acted, and to whom something was done.
    private static func people(of entry: AuditEntry) -> Set<String> {
        var people: Set<String> = []
        if let who = entry.who, who.kind == .account || who.kind == .operator {
            people.insert(who.id)
        }
        if let impersonator = entry.who?.impersonator { people.insert(impersonator) }
        if let target = entry.target, target.type == "account" { people.insert(target.id) }
        return people
    }

    /// The beginnings of a text that end with a sign, but for the whole.
    private static func beginnings(of text: String, at sign: Character) -> [String] {
        text.indices.filter { text[$0] == sign }.map { String(text[...$0]) }
            .filter { $0.count < text.count }
    }

    private static func words(of entry: AuditEntry, _ id: RecordID) -> [String] {
        var texts = [entry.actor, entry.action, entry.subject, id.rawValue]
        texts += [entry.who?.name, entry.who?.impersonatorName, entry.target?.name].compactMap(
            \.self)
        for change in entry.changes ?? [] {
            texts += [change.field, change.before, change.after].compactMap(\.self)
        }
        texts += [entry.refusal, entry.origin?.address, entry.origin?.request].compactMap(\.self)
        var seen: Set<String> = []
        var found: [String] = []
        for word in texts.flatMap(words) where found.count < mostWords {
            if seen.insert(word).inserted { found.append(word) }
        }
        return found
    }

    /// The words of a text without marks on letters, in small ones; a sign that is a word by itself
    /// is one.
    private static func words(in text: String) -> [String] {
        var words: [String] = []
        var word = ""
        func end() {
            if !word.isEmpty { words.append(String(word.prefix(longestWord))) }
            word = ""
        }
        let folded = text.folding(
            options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
        for character in folded {
            if isWordByItself(character) {
                end()
                words.append(String(character))
            } else if character.isLetter || character.isNumber {
                word.append(character)
            } else {
                end()
            }
        }
        end()
        return words
    }

    /// Whether a character is of a script that sets no spaces.
    private static func isWordByItself(_ character: Character) -> Bool {
        guard let scalar = character.unicodeScalars.first else { return false }
        return scalar.properties.isIdeographic || (0x3040...0x30ff).contains(scalar.value)
    }
}
