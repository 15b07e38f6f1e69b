/// Guesses the language of a few words by their script, their letters and their commonest words.
package enum LanguageGuess {
    /// The BCP 47 code of the language, or `nil` where the text does not tell: in doubt it is
    /// better to go on in the language of the conversation.
    ///
    /// A turn asks several times about the same few words: they are looked at once.
    package static func language(of text: String) -> String? { languages(ExactText(text: text)) }

    private static let languages = Memo<ExactText, String?> { guess($0.text) }

    /// A text that is the same only as another of the same bytes: texts that only look alike are
    /// equal to Swift.
    private struct ExactText: Hashable, Sendable {
        let text: String

        static func == (left: Self, right: Self) -> Bool {
            left.text.utf8.elementsEqual(right.text.utf8)
        }

        func hash(into hasher: inout Hasher) { hasher.combine(text) }
    }

    private static func guess(_ text: String) -> String? {
        guard let script = mainScript(of: text) else { return nil }
        switch script {
        case .hangul: return "ko"
        case .kana: return "ja"
        case .han: return "zh"
        case .devanagari: return "hi"
        case .thai: return "th"
        case .hebrew: return "he"
        case .greek: return "el"
        case .arabic: return arabic(text)
        case .cyrillic: return LanguageScores(text, among: ["ru", "uk"]).best ?? cyrillic(text)
        case .latin: return LanguageScores(text, among: LanguageScores.latin).best
        case .otherSpaced, .otherUnspaced: return nil
        }
    }

    /// Whether two texts are surely in different languages.
    package static func differ(_ left: String, _ right: String) -> Bool {
        differ(language(of: left), language(of: right))
    }

    /// Whether two guesses are surely different.
    package static func differ(_ left: String?, _ right: String?) -> Bool {
        guard let left, let right else { return false }
        return left != right
    }

    /// The script of most letters; kana among Han is Japanese.
    private static func mainScript(of text: String) -> Script? {
        if text.isASCII {
            return text.utf8.contains { (97...122).contains($0 | 0x20) } ? .latin : nil
        }
        var counts: [Script: Int] = [:]
        for scalar in text.unicodeScalars {
            if let script = Script(scalar) { counts[script, default: 0] += 1 }
        }
        if let kana = counts[.kana], kana * 5 >= counts[.han] ?? 0 { counts[.kana] = kana * 6 }
        return counts.max { ($0.value, "\($0.key)") < ($1.value, "\($1.key)") }?.key
    }

    /// Ukrainian is hardly written for a dozen letters without one of its own.
    private static func cyrillic(_ text: String) -> String? {
        let letters = text.lowercased().filter(\.isLetter)
        if letters.contains(where: { "іїєґ".contains($0) }) { return "uk" }
        return letters.count >= 12 ? "ru" : nil
    }

    private static func arabic(_ text: String) -> String {
        if text.contains(where: { "ٹڈڑںے".contains($0) }) { return "ur" }
        return text.contains { "پچژگ".contains($0) } ? "fa" : "ar"
    }
}

/// How much the words and letters of a text speak for each language.
///
/// A word of one language alone speaks for it whole; one that several share is shared among them,
/// and one written without its accents counts half.
struct LanguageScores {
    /// The languages in Latin letters that are told apart.
    static let latin: Set<String> = [
        "en", "es", "pt", "fr", "de", "it", "nl", "pl", "tr", "id", "vi", "sv", "ro",
    ]

    /// The language that leads clearly; `nil` where none does.
    let best: String?

    init(_ text: String, among candidates: Set<String>) {
        var scores = [Double](repeating: 0, count: Self.languages.count)
        var words = 0
        for word in Self.words(of: text) {
            words += 1
            if let shares = Self.forms[word] {
                for (language, share) in shares { scores[language] += share }
            } else if word.utf8.count >= 4 {
                Self.add(piecesOf: word, to: &scores)
            }
        }
        // None of the telling letters is in ASCII, which most texts are.
        if !text.isASCII {
            for letter in Set(text.lowercased()) {
                for (language, share) in Self.letters[letter] ?? [] { scores[language] += share }
            }
        }
        var first: (language: String, score: Double) = ("", 0)
        var second = 0.0
        for (language, score) in zip(Self.languages, scores) where candidates.contains(language) {
            if score > first.score {
                second = first.score
                first = (language, score)
            } else {
                second = max(second, score)
            }
        }
        // Of two words one that tells is enough; of many, more has to.
        let isEnough = first.score >= max(Self.least, Self.leastShare * Double(words))
        best = isEnough && first.score - second >= Self.lead * first.score ? first.language : nil
    }

    /// What the first must have at least.
    private static let least = 0.4
    /// What it must have for each word.
    private static let leastShare = 0.15
    /// How far it must lead, as a share of its own score.
    private static let lead = 0.15

    /// The words in lower case, with their accents.
    private static func words(of text: String) -> [String] {
        text.lowercased().replacing("’", with: "'").split {
            !($0.isLetter || $0 == "'")
        }.flatMap { word -> [String] in
            let whole = word.trimmingMarks
            guard whole.contains("'"), forms[whole] == nil else { return [whole] }
            return whole.split(separator: "'").map(String.init)
        }.filter { !$0.isEmpty && !isOfAll($0) }
    }

    /// Words of all languages, and letters that stand for a word only behind an apostrophe.
    private static func isOfAll(_ word: String) -> Bool {
        word == "ok" || word.utf8.count == 1 && !"aeiouy".contains(word)
    }

    private static func add(piecesOf word: String, to scores: inout [Double]) {
        for length in 2...5 where word.count >= length + 2 {
            for piece in ["^" + word.prefix(length), String(word.suffix(length))] {
                for (language, share) in pieces[piece] ?? [] { scores[language] += share }
            }
        }
    }

    // MARK: Tables

    private static let languages = FunctionWords.byLanguage.map(\.language)

    private typealias Shares = [(language: Int, share: Double)]

    /// The languages of each word form, with how much it speaks for each.
    private static let forms: [String: Shares] = {
        var weights: [String: [Int: Double]] = [:]
        func add(_ word: String, _ language: Int) {
            weights[word, default: [:]][language] = 1
            let folded = TextFolding.fold(word)
            guard folded != word else { return }
            let known = weights[folded]?[language] ?? 0
            weights[folded, default: [:]][language] = max(known, 0.5)
        }
        for (index, language) in languages.enumerated() {
            let lists =
                FunctionWords.written(language) + " " + (TellingWords.byLanguage[language] ?? "")
            for word in lists.split(whereSeparator: \.isWhitespace) { add(String(word), index) }
        }
        return weights.mapValues(shared)
    }()

    /// What a piece of a word that is in no list says.
    private static let pieces: [String: Shares] = {
        var weights: [String: [Int: Double]] = [:]
        for (index, language) in languages.enumerated() {
            for piece in (TellingWords.pieces[language] ?? "").split(separator: " ") {
                weights[String(piece), default: [:]][index] = 1
            }
        }
        return weights.mapValues { shared($0).map { ($0.language, $0.share * pieceWeight) } }
    }()

    private static let pieceWeight = 0.35
    private static let letterWeight = 0.6

    /// What a letter says that is not in ASCII.
    private static let letters: [Character: Shares] = {
        let owned: [(String, String)] = [
            ("es", "ñ¿¡áéíóú"), ("pt", "ãõçáâêéíóôú"), ("de", "ßäöü"), ("fr", "êèœàùçéâîôûë"),
            ("pl", "łąężźśćńó"), ("tr", "ğışüöç"), ("ro", "șțăâîţ"), ("sv", "åäö"),
            ("vi", "ơưđăâêôạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"),
            ("uk", "іїєґ"), ("ru", "ыэёъ"), ("it", "òìàèù"), ("nl", "ëï"),
        ]
        var weights: [Character: [Int: Double]] = [:]
        for (language, own) in owned {
            guard let index = languages.firstIndex(of: language) else { continue }
            for letter in own { weights[letter, default: [:]][index] = 1 }
        }
        return weights.mapValues { shared($0).map { ($0.language, $0.share * letterWeight) } }
    }()

    /// Each language's part of a form's weight.
    private static func shared(_ weights: [Int: Double]) -> Shares {
        let total = max(1, weights.values.reduce(0, +))
        return weights.sorted { $0.key < $1.key }.map { ($0.key, $0.value / total) }
    }
}

extension Substring {
    fileprivate var trimmingMarks: String {
        var rest = self
        while rest.first == "'" { rest = rest.dropFirst() }
        while rest.last == "'" { rest = rest.dropLast() }
        return String(rest)
    }
}
