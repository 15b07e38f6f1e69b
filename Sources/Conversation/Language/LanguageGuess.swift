/// Guesses the language of a few words by their script, their letters and their function words.
package enum LanguageGuess {
    /// The BCP 47 code of the language, or `nil` where the text does not tell.
    package static func language(of text: String) -> String? {
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
        case .cyrillic: return byWords(text, among: ["ru", "uk"]) ?? cyrillic(text)
        case .latin: return byWords(text, among: latin)
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

    private static let latin: Set<String> = [
        "en", "es", "pt", "fr", "de", "it", "nl", "pl", "tr", "id", "vi", "sv", "ro",
    ]

    /// Letters that speak for a language; each counts as half a function word.
    private static let letters: [(String, Set<Character>)] = [
        ("es", ["ñ", "¿", "¡"]), ("pt", ["ã", "õ"]), ("de", ["ß", "ä", "ö", "ü"]),
        ("fr", ["ê", "è", "œ", "à", "ù"]), ("pl", ["ł", "ą", "ę", "ż", "ź", "ś", "ć", "ń"]),
        ("tr", ["ğ", "ı", "ş"]), ("ro", ["ș", "ț", "ă"]), ("sv", ["å", "ä", "ö"]),
        ("vi", ["ơ", "ư", "đ", "ạ", "ả", "ấ", "ế", "ệ", "ố", "ộ", "ợ", "ờ", "ữ", "ự", "ị"]),
        ("uk", ["і", "ї", "є", "ґ"]), ("ru", ["ы", "э", "ё", "ъ"]),
        ("it", ["ò", "ì"]),
    ]

    private static func byWords(_ text: String, among candidates: Set<String>) -> String? {
        var scores = [Double](repeating: 0, count: FunctionWords.byLanguage.count)
        for word in Words.of(text) {
            for language in FunctionWords.languages[word] ?? [] { scores[language] += 1 }
        }
        // None of the telling letters is in ASCII, which most texts are.
        if !text.isASCII {
            let lowered = Set(text.lowercased())
            for (language, entry) in FunctionWords.byLanguage.enumerated() {
                for (owner, own) in letters where owner == entry.language {
                    scores[language] += 0.5 * Double(own.intersection(lowered).count)
                }
            }
        }
        var best: (language: String, score: Double)?
        for (entry, score) in zip(FunctionWords.byLanguage, scores)
        where score > best?.score ?? 0 && candidates.contains(entry.language) {
            best = (entry.language, score)
        }
        return best?.language
    }

    private static func cyrillic(_ text: String) -> String {
        text.lowercased().contains { "іїєґ".contains($0) } ? "uk" : "ru"
    }

    private static func arabic(_ text: String) -> String {
        if text.contains(where: { "ٹڈڑںے".contains($0) }) { return "ur" }
        return text.contains { "پچژگ".contains($0) } ? "fa" : "ar"
    }
}
