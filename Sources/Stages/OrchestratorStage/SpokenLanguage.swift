import Conversation

/// The language of a conversation: told from what the customer wrote lately, and kept until they
/// clearly write in another one.
///
/// Two words are not enough for any detector, so a few words change nothing by themselves: they
/// have to agree with each other, or with the message before.
enum SpokenLanguage {
    /// What speaks for a language.
    struct Evidence {
        /// The customer's words.
        var words: String
        /// What they wrote before, newest last.
        var before: [String] = []
        /// The conversation's language so far.
        var known: String?
        /// That of the documents that were found.
        var documents: String?
        /// That of the business.
        var business: String?
    }

    /// The language to answer in; `nil` where nothing tells.
    static func language(_ evidence: Evidence) -> String? {
        let own = LanguageGuess.language(of: evidence.words)
        if let own, own == evidence.known { return own }
        guard let own else { return fallback(evidence) }
        guard let known = evidence.known else {
            if isLong(evidence.words) { return own }
            return support(of: own, in: evidence.words) > 0 ? own : fallback(evidence) ?? own
        }
        let support = support(of: own, in: evidence.words)
        // A message of its own says what it is in; a few words need another of the same.
        let against = Self.support(of: known, in: evidence.words)
        if isLong(evidence.words) || support >= 2 && support > against { return own }
        let before = evidence.before.last ?? ""
        return support > against && LanguageGuess.language(of: before) == own ? own : known
    }

    /// What a message that does not tell is in.
    private static func fallback(_ evidence: Evidence) -> String? {
        evidence.known
            ?? LanguageGuess.language(of: evidence.before.suffix(mostLines).joined(separator: "\n"))
            ?? ShortForms.language(of: evidence.words) ?? evidence.documents ?? evidence.business
    }

    /// What the customer wrote further back says nothing about now.
    private static let mostLines = 3
    /// So many words make a message whose guess counts by itself.
    private static let manyWords = 6

    private static func isLong(_ words: String) -> Bool { Words.of(words).count >= manyWords }

    /// How many of the words tell the language by themselves; in a script of its own language all.
    private static func support(of language: String, in words: String) -> Int {
        let pieces = words.split(whereSeparator: \.isWhitespace).map(String.init)
        // A short form of another language, as `u` for "you", is no word of this one.
        let short = ShortForms.language(of: words)
        guard short == nil || short == language else { return 0 }
        let own = pieces.count { piece in
            piece.count { $0.isLetter } >= shortestWord
                && LanguageGuess.language(of: piece) == language
        }
        let isApart = words.unicodeScalars.contains { scalar in
            switch Script(scalar) {
            case nil, .latin: false
            default: true
            }
        }
        // The marks before a question or an exclamation are Spanish alone.
        let marked = language == "es" && words.contains { "¿¡".contains($0) } ? 1 : 0
        return isApart ? max(2, own) : own + marked
    }

    /// Shorter words are many languages'.
    private static let shortestWord = 2
}

/// How people shorten words on a telephone, where that tells the language.
enum ShortForms {
    /// The language whose short forms stand in a text, if they are one language's.
    static func language(of text: String) -> String? {
        let words = Set(Words.of(text))
        let found = byLanguage.filter { !$0.value.isDisjoint(with: words) }.map(\.key)
        return found.count == 1 ? found[0] : nil
    }

    private static let byLanguage: [String: Set<String>] = [
        "en": [
            "u", "ur", "r", "pls", "plz", "thx", "tmrw", "tmr", "2day", "2moro", "wanna", "gonna",
            "wats", "whats", "sat", "tues", "thurs", "hrs", "lol", "btw", "idk", "ppl", "gud",
            "wen", "yall", "dunno", "gotta", "lemme", "asap", "bday", "ok?", "wht", "wat",
        ],
        "es": [
            "xq", "porfa", "porfi", "tmb", "tb", "finde", "dnd", "cdo", "salu2", "grax", "xfa",
            "xfavor", "q", "kiero", "bn", "ntp", "holi", "dsd", "hst",
        ],
        "de": [
            "hab", "hamma", "habts", "gehts", "nen", "wg", "vlt", "evtl", "bissl", "biss", "nix",
            "gibts", "mfg", "lg", "wanns", "kriegt", "isn", "ned", "ois", "moin",
        ],
        "fr": ["slt", "bjr", "svp", "stp", "pk", "mdr", "rdv", "dispo", "cb", "tjrs", "jsuis"],
        "pt": ["vc", "vcs", "tbm", "blz", "obg", "pfv", "pfvr", "hj", "qdo", "qto", "msg"],
        "it": ["cmq", "nn", "xke", "xche", "grz", "tvb", "dv", "qnd"],
        "nl": ["idd", "aub", "ff", "wss", "gr", "mss", "gwn", "iig"],
    ]
}
