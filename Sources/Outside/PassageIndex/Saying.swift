import Conversation
import Foundation

/// What a passage says, for finding out whether another says the same: the same words in the same
/// order, however they are written, set, or cut from the text around them, under the same headings
/// and with the same numbers.
///
/// Words that differ never fold: "on Saturday" and "on Sunday", "with" and "without", as two
/// numbers, are what a customer asks for. What is more in one of two is kept: only a passage that
/// adds nothing to another folds into it.
struct Saying: Sendable, Equatable {
    /// How many of the least shingles are kept.
    static let shingleCount = 16
    /// Fewer words than this are compared whole only.
    private static let fewWords = 12
    /// Words of a shingle.
    private static let shingle = 3
    /// How much of a passage must stand in another, and how many of its shingles, at least, before
    /// all words are looked at.
    private static let share = 0.85
    private static let common = 8

    /// A hash of headings, sheet and all numbers: must be the same.
    var frame: UInt64
    /// A hash of the words in their order.
    var words: UInt64
    /// The number of words.
    var count: UInt32
    /// The least hashes of three words in a row, ascending, filled up with the greatest number.
    var shingles: [UInt32]

    /// Reads a passage; hashes depend on the seed.
    init(_ passage: Passage, seed: UInt64) {
        var frame = Hash(seed)
        for heading in passage.headings + [passage.sheet ?? ""] {
            for word in Self.words(of: heading) { frame.add(word) }
            frame.add("\u{0}")
        }
        for text in passage.headings + [passage.text] { frame.add(Self.numbers(in: text)) }
        self.frame = frame.value
        let words = Self.words(of: passage.text)
        var all = Hash(seed ^ 1)
        for word in words { all.add(word) }
        self.words = all.value
        count = UInt32(clamping: words.count)
        shingles = Self.least(words, seed)
    }

    /// What stands in a file.
    init(frame: UInt64, words: UInt64, count: UInt32, shingles: [UInt32]) {
        self.frame = frame
        self.words = words
        self.count = count
        self.shingles = shingles
    }

    /// Whether this one adds nothing to what another says; the words are asked for only where that
    /// seems so.
    func adds(
        nothingTo other: Saying, own: () -> [String], others: () -> [String]
    ) -> Bool {
        guard frame == other.frame, count > 0 else { return false }
        if words == other.words, count == other.count { return true }
        guard count >= Self.fewWords, count < other.count,
            Double(count) >= Self.share * Double(other.count),
            isNear(other)
        else { return false }
        return Self.contains(others(), own())
    }

    private func isNear(_ other: Saying) -> Bool {
        var (left, right, found) = (0, 0, 0)
        while left < shingles.count, right < other.shingles.count {
            let (mine, its) = (shingles[left], other.shingles[right])
            if mine == .max || its == .max { break }
            if mine == its { found += 1 }
            if mine <= its { left += 1 }
            if its <= mine { right += 1 }
        }
        return found >= Self.common
    }

    /// Whether some words stand among others side by side.
    static func contains(_ all: [String], _ some: [String]) -> Bool {
        guard !some.isEmpty, some.count <= all.count else { return false }
        return (0...(all.count - some.count)).contains { start in
            all[start] == some[0] && all[start...].starts(with: some)
        }
    }

    /// The words of a text as they are compared.
    static func words(of text: String) -> [String] { Words.units(of: SearchTokens.folded(text)) }

    /// The numbers of a text with what belongs to them: signs, percents, currencies, and what
    /// stands between their digits.
    ///
    /// Two ways of writing a number are two numbers here.
    static func numbers(in text: String) -> String {
        let scalars = Array(text.decomposedStringWithCompatibilityMapping.unicodeScalars)
        var found = String.UnicodeScalarView()
        var wasDigit = false
        for (place, scalar) in scalars.enumerated() {
            let properties = scalar.properties
            if properties.numericType != nil, let value = properties.numericValue {
                // What is no digit, such as a Roman numeral, is part of a word as well.
                found.append(contentsOf: "\(value) ".unicodeScalars)
                wasDigit = true
                continue
            }
            // "1 0" is not "10", whatever stands behind.
            if wasDigit { found.append("|") }
            wasDigit = false
            let next = place + 1 < scalars.count ? scalars[place + 1] : " "
            switch properties.generalCategory {
            case .currencySymbol, .mathSymbol: found.append(scalar)
            case _ where "%‰°".unicodeScalars.contains(scalar): found.append(scalar)
            case .dashPunctuation, .otherPunctuation, .otherSymbol:
                if next.properties.numericType != nil { found.append(scalar) }
            default: break
            }
        }
        if wasDigit { found.append("|") }
        return String(found)
    }

    private static func least(_ words: [String], _ seed: UInt64) -> [UInt32] {
        var hashes: Set<UInt32> = []
        for start in 0..<max(0, words.count - shingle + 1) {
            var hash = Hash(seed ^ 2)
            for word in words[start..<(start + shingle)] { hash.add(word) }
            hashes.insert(UInt32(truncatingIfNeeded: hash.value >> 32))
        }
        let least = hashes.filter { $0 != .max }.sorted().prefix(shingleCount)
        return least + [UInt32](repeating: .max, count: shingleCount - least.count)
    }

    /// A hash of words (FNV-1a, its bits mixed as in SplitMix64): no secret rests on it but what
    /// the seed keeps.
    private struct Hash {
        private var state: UInt64

        init(_ seed: UInt64) { state = seed ^ 0xCBF2_9CE4_8422_2325 }

        mutating func add(_ word: String) {
            for byte in word.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
            // No text has this byte: two words are not one.
            state = (state ^ 0xFF) &* 0x100_0000_01B3
        }

        var value: UInt64 {
            var value = state
            value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
            return value ^ value >> 31
        }
    }
}
