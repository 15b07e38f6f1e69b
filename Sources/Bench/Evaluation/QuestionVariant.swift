import Conversation

/// What customers make of a question: misspelt, or a few words of it.
///
/// Made from published questions with a seed, so that the same are asked every time, in any script.
enum QuestionVariant: String, Sendable, Codable, CaseIterable {
    /// As it was published.
    case whole
    /// In small letters, two of five longer words with one slip of the finger.
    case misspelt
    /// Its three rarest words.
    case keywords

    /// A word longer than this may be misspelt, and this share of them is.
    private static let safeLength = 4
    private static let misspeltShare = 0.4
    private static let keywordCount = 3

    /// The questions so; `documents` say which words are rare.
    func of(
        _ questions: [QuestionSet.Question], among documents: [QuestionSet.Document], seed: UInt64
    ) -> [QuestionSet.Question] {
        switch self {
        case .whole: return questions
        case .misspelt:
            return questions.enumerated().map { number, question in
                // Each question by itself: a sample of them is misspelt as all of them are.
                var random = SeededRandom(seed &+ UInt64(number) &* 0x1_0000_0001)
                var misspelt = question
                misspelt.text = Self.misspell(question.text, &random)
                return misspelt
            }
        case .keywords:
            var counts: [String: Int] = [:]
            for document in documents {
                for word in Set(Words.of(document.text)) { counts[word, default: 0] += 1 }
            }
            return questions.map { question in
                var short = question
                short.text = Self.keywords(question.text, counts)
                return short
            }
        }
    }

    private static func misspell(_ text: String, _ random: inout SeededRandom) -> String {
        text.lowercased().split(separator: " ").map { word -> String in
            let letters = Array(word)
            guard letters.count > safeLength, random.share() < misspeltShare else {
                return String(word)
            }
            return slip(letters, &random)
        }.joined(separator: " ")
    }

    /// Two letters the wrong way round, one left out, one twice, or another one of the word.
    private static func slip(_ word: [Character], _ random: inout SeededRandom) -> String {
        var letters = word
        // The first letter is the one that people get right.
        let place = 1 + random.below(letters.count - 2)
        switch random.below(4) {
        case 0: letters.swapAt(place, place + 1)
        case 1: letters.remove(at: place)
        case 2: letters.insert(letters[place], at: place)
        default: letters[place] = letters[random.below(letters.count)]
        }
        return String(letters)
    }

    /// The rarest words in their order; of scripts without spaces, pieces of two characters.
    private static func keywords(_ text: String, _ counts: [String: Int]) -> String {
        let words = Words.content(of: text)
        let rarest = words.enumerated().sorted { left, right in
            let (first, second) = (counts[left.element] ?? 0, counts[right.element] ?? 0)
            return first == second ? left.offset < right.offset : first < second
        }
        var chosen: [(offset: Int, element: String)] = []
        for word in rarest where !chosen.contains(where: { $0.element == word.element }) {
            chosen.append(word)
            if chosen.count == keywordCount { break }
        }
        let short = chosen.sorted { $0.offset < $1.offset }.map(\.element).joined(separator: " ")
        return short.isEmpty ? text : short
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers for the same seed, everywhere.
struct SeededRandom: Sendable {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// The next 64 bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    /// A number below `bound`, which is at least 1.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }

    /// A number from 0 to below 1.
    mutating func share() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
}
