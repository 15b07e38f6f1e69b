import Conversation

/// The passages that an answer names, made ready to be asked what they say.
struct AnswerEvidence {
    /// A sentence or row of a passage.
    struct Unit {
        var text: String
        var vocabulary: Vocabulary
        var facts: SourceFacts
        /// Its clauses, to be compared with those of an answer.
        var clauses: [Clause]
    }

    /// A part of a sentence that says one thing.
    struct Clause {
        var words: Vocabulary
        var numbers: [AnswerFacts.Fact]
        var isDenied: Bool
    }

    /// The sentences and rows, passage by passage.
    let units: [Unit]
    /// All words of the passages, with their headings and sheets.
    let vocabulary: Vocabulary
    /// The words of headings and sheets: what the passages are about.
    let headings: Vocabulary
    /// All facts of the passages, with their headings and sheets.
    let facts: SourceFacts
    /// The language of the passages, if it can be told.
    let language: String?

    /// Reads passages.
    init(_ passages: [RankedPassage]) {
        let language = passages.lazy.compactMap { PassageText($0).language }.first
        self.language = language
        let whole = passages.map(Self.whole).joined(separator: "\n")
        vocabulary = Vocabulary(of: whole)
        headings = Vocabulary(
            of: passages.flatMap { $0.headings + [$0.sheet ?? ""] }.joined(separator: " "))
        facts = SourceFacts(whole, in: language)
        units = passages.flatMap { passage in
            Self.sentences(of: passage.text).map { text in
                Unit(
                    text: text, vocabulary: Vocabulary(of: text),
                    facts: SourceFacts(text, in: language),
                    clauses: Self.clauses(of: text, in: language))
            }
        }
    }

    /// A passage with what stands above it.
    static func whole(_ passage: RankedPassage) -> String {
        (passage.headings + [passage.sheet ?? "", passage.text]).joined(separator: "\n")
    }

    /// The sentences and rows of a text.
    static func sentences(of text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { $0.trimmingSpaces }
            .filter { !$0.isEmpty }.flatMap { Sentences.of($0) }
    }

    /// The clauses of a sentence: what stands between its commas, brackets and words such as
    /// "but".
    static func clauses(of sentence: String, in language: String?) -> [Clause] {
        parts(of: sentence).map { part in
            Clause(
                words: Vocabulary(of: part), numbers: AnswerFacts(part, in: language).numbers,
                isDenied: Negation.isDenied(part, in: language))
        }
    }

    /// The texts of a sentence's clauses.
    static func parts(of sentence: String) -> [String] {
        var parts: [String] = []
        var current: [Substring] = []
        func close() {
            let text = current.joined(separator: " ")
            if text.contains(where: { $0.isLetter || $0.isNumber }) { parts.append(text) }
            current = []
        }
        for word in sentence.split(whereSeparator: \.isWhitespace) {
            let plain = TextFolding.fold(String(word))
            if conjunctions.contains(plain) || marks.contains(plain) {
                close()
                continue
            }
            let pieces = word.split(
                omittingEmptySubsequences: false, whereSeparator: { inner.contains($0) })
            for (number, piece) in pieces.enumerated() {
                if number > 0 { close() }
                if !piece.isEmpty { current.append(piece) }
            }
            if let last = word.last, endings.contains(last) { close() }
        }
        close()
        return parts
    }

    private static let endings: Set<Character> = [",", ";", ":", ")", ".", "!", "?"]
    /// Marks that part clauses without a space after them.
    private static let inner: Set<Character> = ["(", "，", "、", "；", "：", "،", "؛", "—"]
    private static let marks: Set<String> = ["–", "-", "—"]
    private static let conjunctions: Set<String> = [
        "and", "but", "however", "although", "und", "aber", "sondern", "y", "pero", "sino", "et",
        "mais", "mas", "ma", "maar", "ale", "но", "але", "ama", "fakat", "tapi", "nhung", "men",
        "dar", "αλλα", "لكن", "लेकिन", "אבל",
    ]
}
