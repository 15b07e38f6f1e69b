import Foundation

/// What those who guess passwords try first, as rules: they cover more than a list of the size
/// that fits into a program.
enum Guessing {
    /// How a password would be guessed, or nil when no rule does.
    static func reason(for password: String, names: [String]) -> GuessReason? {
        let text = folded(password)
        if isRepeated(text) { return .repeated }
        if let reason = walk(text) { return reason }
        let plain = withoutLeet(text)
        // Folding digits to letters can hide what the digits themselves are, so both are tried.
        for form in [text, plain] {
            if isName(form, names) { return .name }
            if isCommon(form) { return .common }
        }
        return nil
    }

    // MARK: - Forms

    /// Lower case without accents.
    static func folded(_ text: String) -> [Character] {
        Array(
            text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
                .lowercased())
    }

    private static let leet: [Character: Character] = [
        "@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "5": "s", "$": "s", "7": "t",
        "+": "t", "8": "b", "9": "g",
    ]

    /// Letters for the digits and signs that are written for them, within words only: those at
    /// both ends are mostly years and exclamation marks.
    private static func withoutLeet(_ text: [Character]) -> [Character] {
        guard let first = text.firstIndex(where: \.isLetter),
            let last = text.lastIndex(where: \.isLetter)
        else { return text }
        // One sign before and after belongs to the word: `@dmin`, `passw0rd`, `pa55`.
        let range = max(0, first - 1)...min(text.count - 1, last + 1)
        return text.enumerated().map { index, character in
            range.contains(index) ? leet[character] ?? character : character
        }
    }

    // MARK: - Repetition and walks

    /// Whether it is one part again and again, the last time perhaps cut short, or has only two
    /// different characters.
    private static func isRepeated(_ text: [Character]) -> Bool {
        guard text.count > 1 else { return true }
        if Set(text).count <= 2 { return true }
        return (1...(text.count / 2)).contains { period in
            (period..<text.count).allSatisfy { text[$0] == text[$0 - period] }
        }
    }

    private static let rows: [[Character]] = [
        "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop",
        "qsdfghjklm", "wxcvbn", "asdfghjklñ", "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn",
        "7ujm",
        "!@#$%^&*()", "!\"§$%&/()=", "!\"·$%&/()=", "1q2w3e4r5t6y7u8i9o0p",
    ].map(Array.init)

    /// Each pair of neighbours of a row, in either direction.
    private static let neighbours: Set<[Character]> = Set(
        rows.flatMap { row in
            zip(row, row.dropFirst()).flatMap { [[$0, $1], [$1, $0]] }
        })

    private enum Step { case none, sequence, keyboard }

    /// Whether it falls into few runs in which each character follows from the one before: four
    /// characters to a run on average, or more.
    private static func walk(_ text: [Character]) -> GuessReason? {
        var runs = 1
        var keys = 0
        var steps = 0
        for (left, right) in zip(text, text.dropFirst()) {
            switch step(left, right) {
            case .none: runs += 1
            case .sequence: steps += 1
            case .keyboard: keys += 1
            }
        }
        guard runs * 4 <= text.count else { return nil }
        return keys > steps ? .keyboard : .sequence
    }

    private static func step(_ left: Character, _ right: Character) -> Step {
        if left == right { return .sequence }
        if let from = left.unicodeScalars.first?.value, let to = right.unicodeScalars.first?.value,
            from &+ 1 == to || to &+ 1 == from, left.isLetter || left.isNumber,
            right.isLetter || right.isNumber
        {
            return .sequence
        }
        return neighbours.contains([left, right]) ? .keyboard : .none
    }

    // MARK: - Words

    /// At most so many common words still count as one: there are too few of them for three to be
    /// a choice.
    private static let mostCommonWords = 3

    /// Whether its letters are nothing but common words.
    private static func isCommon(_ text: [Character]) -> Bool {
        let letters = text.filter(\.isLetter)
        // Where digits and signs are most of it, the word is not what it is guessed by.
        guard letters.count >= 4, letters.count * 2 >= text.count else { return false }
        // The fewest words that make up each beginning.
        var fewest: [Int?] = [0] + Array(repeating: nil, count: letters.count)
        for start in letters.indices {
            guard let words = fewest[start], words < mostCommonWords else { continue }
            for length in 1...CommonWords.longest where start + length <= letters.count {
                let word = String(letters[start..<(start + length)])
                guard CommonWords.all.contains(word) else { continue }
                fewest[start + length] = min(fewest[start + length] ?? .max, words + 1)
            }
        }
        return fewest[letters.count] != nil
    }

    /// Characters besides names, different from each other, that make a password one of its own.
    private static let leastOfItsOwn = 5

    /// Whether little is left without the names in it and without digits.
    private static func isName(_ text: [Character], _ names: [String]) -> Bool {
        var rest = String(text)
        var isFound = false
        for name in parts(of: names) where rest.contains(name) {
            isFound = true
            rest = rest.replacing(name, with: " ")
        }
        guard isFound else { return false }
        return Set(rest.filter { !$0.isWhitespace && !$0.isNumber }).count < leastOfItsOwn
    }

    /// The words of names, the long ones first; shorter ones occur in everything.
    private static func parts(of names: [String]) -> [String] {
        let words = names.flatMap { name -> [String] in
            let text = String(folded(PasswordPolicy.normalised(String(name.prefix(200)))))
            let words = text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
            return words + [words.joined(), text]
        }
        return Set(words.filter { $0.count >= 4 }).sorted {
            ($0.count, $1) > ($1.count, $0)
        }
    }
}
