import Conversation
import Foundation

/// Cuts text of any script into the tokens that full-text search compares.
///
/// Words of spaced scripts give the word and the pieces of four letters inside it, its ends marked:
/// inflected, compound and misspelt forms share most of them. Scripts without spaces, and Korean,
/// whose particles cling to words, give overlapping pairs of characters. Marks that people leave
/// out (accents, Arabic vowels, nukta) are folded away; the vowel signs of Indic and South-East
/// Asian scripts are part of the word and stay.
package enum SearchTokens {
    /// Stands before a piece of a word, so that it is never taken for a whole word.
    private static let pieceMark: Unicode.Scalar = "~"
    /// Stands at both ends of a word in its pieces.
    private static let endMark: Unicode.Scalar = "_"
    /// How long pieces are: shorter ones stand everywhere, longer ones miss more misspelt words.
    private static let pieceLength = 4
    /// No word is longer; what is, is a number or a key, and its beginning tells it from others.
    private static let longestWord = 64

    /// The tokens of a text in order, with repeats; none holds a space.
    package static func tokens(of text: String) -> [String] {
        asciiTokens(of: text) ?? anyTokens(of: text)
    }

    /// The tokens of a text in ASCII, which most are: nothing in it wants folding.
    private static func asciiTokens(of text: String) -> [String]? {
        guard let words = Words.ascii(text) else { return nil }
        var tokens: [String] = []
        for word in words {
            tokens.append(word)
            let bytes = Array(word.utf8.prefix(longestWord))
            guard bytes.count + 2 > pieceLength else { continue }
            let (mark, end) = (UInt8(pieceMark.value), UInt8(endMark.value))
            for start in 0...(bytes.count + 2 - pieceLength) {
                var piece = [mark]
                for index in (start - 1)..<(start + pieceLength - 1) {
                    piece.append(bytes.indices.contains(index) ? bytes[index] : end)
                }
                tokens.append(String(decoding: piece, as: UTF8.self))
            }
        }
        return tokens
    }

    /// The tokens of any text.
    static func anyTokens(of text: String) -> [String] {
        var tokens: [String] = []
        var run: [Unicode.Scalar] = []
        var runScript = ScriptClass.separator
        for scalar in folded(text).unicodeScalars {
            let script = ScriptClass(scalar, after: runScript)
            if script != runScript {
                append(run, runScript, to: &tokens)
                run = []
                runScript = script
            }
            if script != .separator { run.append(scalar) }
        }
        append(run, runScript, to: &tokens)
        return tokens
    }

    /// The distinct tokens of a text in order of appearance.
    package static func distinctTokens(of text: String) -> [String] {
        var seen: Set<String> = []
        return tokens(of: text).filter { seen.insert($0).inserted }
    }

    private static func append(
        _ run: [Unicode.Scalar], _ script: ScriptClass, to tokens: inout [String]
    ) {
        guard !run.isEmpty else { return }
        let text = String(String.UnicodeScalarView(run))
        switch script {
        case .separator: break
        case .word: appendWord(run, text, to: &tokens)
        case .korean:
            tokens.append(text)
            if run.count > 2 { appendPairs(of: text, to: &tokens) }
        case .unspaced: appendPairs(of: text, to: &tokens)
        }
    }

    private static func appendWord(
        _ run: [Unicode.Scalar], _ text: String, to tokens: inout [String]
    ) {
        tokens.append(text)
        // The Arabic article is written onto its noun.
        let article: [Unicode.Scalar] = ["\u{627}", "\u{644}"]
        let stem = run.count > 4 && run.starts(with: article) ? Array(run.dropFirst(2)) : run
        if stem.count < run.count { tokens.append(String(String.UnicodeScalarView(stem))) }
        appendPieces(of: stem, to: &tokens)
    }

    /// The pieces of a word; marks stay with the letter that they stand on.
    private static func appendPieces(of word: [Unicode.Scalar], to tokens: inout [String]) {
        var letters: [[Unicode.Scalar]] = [[endMark]]
        for scalar in word.prefix(longestWord) {
            if letters.count > 1, ScriptClass.isMark(scalar) {
                letters[letters.count - 1].append(scalar)
            } else {
                letters.append([scalar])
            }
        }
        letters.append([endMark])
        guard letters.count > pieceLength else { return }
        for start in 0...(letters.count - pieceLength) {
            var piece = String.UnicodeScalarView([pieceMark])
            for letter in letters[start..<(start + pieceLength)] {
                piece.append(contentsOf: letter)
            }
            tokens.append(String(piece))
        }
    }

    /// Pairs of neighbouring characters, and each Han character alone, as it can be a word.
    private static func appendPairs(of text: String, to tokens: inout [String]) {
        let characters = Array(text)
        if characters.count == 1 {
            tokens.append(text)
            return
        }
        for (index, character) in characters.enumerated() {
            let isHan = character.unicodeScalars.first.map(ScriptClass.isHan) == true
            if isHan { tokens.append(String(character)) }
            if index + 1 < characters.count {
                tokens.append(String([character, characters[index + 1]]))
            }
        }
    }
}

// MARK: - Folding

extension SearchTokens {
    /// The text in lower case and compatibility form, without what writers vary at will.
    static func folded(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        var base: Unicode.Scalar = " "
        for scalar in text.lowercased().decomposedStringWithCompatibilityMapping.unicodeScalars {
            let isMark = scalar.properties.generalCategory == .nonspacingMark
            if !isMark { base = scalar }
            if isMark && isFolded(scalar, after: base) || ignored.contains(scalar.value) {
                continue
            }
            if let digit = scalar.properties.numericType == .decimal
                ? scalar.properties.numericValue : nil
            {
                scalars.append(contentsOf: String(Int(digit)).unicodeScalars)
            } else if let spelling = spellings[scalar] {
                scalars.append(contentsOf: spelling.unicodeScalars)
            } else {
                scalars.append(scalar)
            }
        }
        // Hangul and kana were taken apart, too: put them together again.
        return String(scalars).precomposedStringWithCompatibilityMapping
    }

    /// Marks that are not needed to tell words apart.
    private static func isFolded(_ mark: Unicode.Scalar, after base: Unicode.Scalar) -> Bool {
        switch mark.value {
        case 0x0300...0x036F: base.value < 0x0590  // on Latin, Greek, Cyrillic and Armenian
        case 0x0591...0x05C7: true  // Hebrew points
        case 0x0610...0x061A, 0x064B...0x065F, 0x0670, 0x06D6...0x06ED: true  // Arabic vowels
        case 0x093C, 0x09BC, 0x0A3C, 0x0ABC, 0x0B3C: true  // nukta
        default: false
        }
    }

    /// Soft hyphen, tatweel, joiners and direction marks: they change looks, not words.
    private static let ignored: Set<UInt32> = [
        0xAD, 0x0640, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF,
    ]

    /// Letters that decomposition leaves whole though people write them in two ways.
    private static let spellings: [Unicode.Scalar: String] = [
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ς": "σ",
        "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه",
    ]
}
