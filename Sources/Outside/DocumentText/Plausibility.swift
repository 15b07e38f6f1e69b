/// How much a decoded text reads like something that a person wrote.
///
/// Judged by its characters beyond ASCII: whether they are common in their script, and whether
/// they stand beside what they stand beside in writing. A text read in a wrong encoding has signs
/// within words, capitals after small letters, letters of several alphabets in one word, or rare
/// characters only. The weights were tuned on some 350 short texts of shops in 20 languages.
struct Plausibility {
    /// 1 for writing, 0 and less for noise.
    private(set) var score = 1.0

    private let scalars: [Unicode.Scalar]
    private let scripts: [Script?]
    /// The letters beyond ASCII of the Latin language that has most of the text's.
    private let language: Set<Unicode.Scalar>
    private let hasKana: Bool
    /// Letters beyond ASCII.
    private let letters: Int

    /// Judges a text.
    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        scripts = scalars.map(Script.init)
        hasKana = scripts.contains(.kana)
        let foreign = zip(scalars, scripts).filter { !$0.0.isASCII && $0.1 != nil }
        letters = foreign.count
        let latin = foreign.filter { $0.1 == .latin }.map(\.0)
        language =
            latin.isEmpty
            ? []
            : LatinLetters.languages.max {
                latin.count(where: $0.contains) < latin.count(where: $1.contains)
            } ?? []
        var sum = 0.0
        var count = 0
        for index in scalars.indices {
            let scalar = scalars[index]
            if Self.isControl(scalar) {
                sum -= 3
                count += 1
            } else if !scalar.isASCII {
                sum += scripts[index].map { letter(scalar, $0, at: index) } ?? sign(scalar, index)
                count += 1
            }
        }
        if count > 0 { score = sum / Double(count) }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return (scalar.value < 0x20 && !["\n", "\r", "\t", "\u{0C}"].contains(scalar))
                || scalar.value == 0x7F
        }
        switch scalar.properties.generalCategory {
        case .control, .privateUse, .unassigned, .surrogate: return true
        default: return scalar == "\u{FFFD}"
        }
    }

    private func script(_ index: Int) -> Script? {
        scripts.indices.contains(index) ? scripts[index] : nil
    }

    private func isBeyondASCII(_ index: Int) -> Bool {
        scalars.indices.contains(index) && !scalars[index].isASCII
    }

    // MARK: Letters

    private func letter(_ scalar: Unicode.Scalar, _ script: Script, at index: Int) -> Double {
        let weight = commonness(scalar, script, at: index)
        if script.isAlphabet { return weight - misfitInWord(scalar, script, at: index) }
        return script.isEastAsian ? weight - misfitInSigns(script, at: index) : weight
    }

    private func commonness(_ scalar: Unicode.Scalar, _ script: Script, at index: Int) -> Double {
        switch script {
        case .han: han(scalar)
        case .kana: 1
        case .halfWidthKana: -0.1
        case .hangul: CommonCharacters.hangul.contains(scalar) ? 1 : 0.35
        case .latin: latin(scalar, at: index)
        case .cyrillic:
            Alphabets.commonCyrillic.contains(scalar)
                ? 1 : Alphabets.otherCyrillic.contains(scalar) ? 0.65 : 0.2
        case .greek:
            (0x386...0x3CE).contains(scalar.value) && !["ΰ", "ΐ", "Ϊ", "Ϋ"].contains(scalar)
                ? 0.95 : 0.3
        case .hebrew: (0x5D0...0x5EA).contains(scalar.value) ? 0.95 : 0.5
        case .arabic:
            (0x621...0x652).contains(scalar.value) || Alphabets.persian.contains(scalar)
                ? 0.95 : 0.45
        case .thai: Alphabets.commonThai.contains(scalar) ? 0.9 : 0.3
        case .other: 0.7
        }
    }

    private func han(_ scalar: Unicode.Scalar) -> Double {
        if CommonCharacters.simplified.contains(scalar) { return 1 }
        if CommonCharacters.traditional.contains(scalar) { return 1 }
        if CommonCharacters.kanji.contains(scalar) { return hasKana ? 1 : 0.9 }
        return (0x4E00...0x9FFF).contains(scalar.value) ? 0.3 : -0.8
    }

    private func latin(_ scalar: Unicode.Scalar, at index: Int) -> Double {
        if language.contains(scalar) { return 0.95 }
        if (0x300...0x36F).contains(scalar.value) { return script(index - 1) == .latin ? 0.9 : 0 }
        return LatinLetters.all.contains(scalar) || (0x1EA0...0x1EF9).contains(scalar.value)
            ? 0.5 : 0.2
    }

    /// What speaks against a letter of an alphabet between its neighbours.
    private func misfitInWord(
        _ scalar: Unicode.Scalar, _ script: Script, at index: Int
    ) -> Double {
        let before = self.script(index - 1)
        let after = self.script(index + 1)
        var misfit = 0.0
        if script != .latin, before != script, after != script, letters < 4 { misfit += 0.6 }
        if let before, before.isAlphabet, before != script { misfit += 1 }
        if let after, after.isAlphabet, after != script { misfit += 1 }
        if before == script, scalar.properties.isUppercase {
            misfit += scalars[index - 1].properties.isLowercase ? 1 : 0.12
        }
        if script == .latin, before == .latin, isBeyondASCII(index - 1) {
            misfit += 0.35
            if self.script(index - 2) == .latin, isBeyondASCII(index - 2) { misfit += 1 }
        }
        return misfit
    }

    /// What speaks against a sign of East Asia between its neighbours.
    private func misfitInSigns(_ script: Script, at index: Int) -> Double {
        let before = self.script(index - 1)
        let after = self.script(index + 1)
        var misfit = 0.0
        let isAlone = before?.isEastAsian != true && after?.isEastAsian != true
        if isAlone, letters < 4, before == .latin || after == .latin { misfit += 0.6 }
        if before == .latin, isBeyondASCII(index - 1) { misfit += 1 }
        if let before, before.isAlphabet, before != .latin { misfit += 1 }
        switch (before, script) {
        case (.han, .hangul), (.hangul, .han): misfit += 0.4
        case (.kana, .hangul), (.hangul, .kana): misfit += 0.8
        default: break
        }
        return misfit
    }

    // MARK: Signs

    private func sign(_ scalar: Unicode.Scalar, _ index: Int) -> Double {
        let weight = fitting(scalar, index)
        // Writing has two signs in a row, seldom three; East Asia's are wide and stand together.
        let isThird =
            index > 1 && isBeyondASCII(index - 1) && isBeyondASCII(index - 2)
            && scripts[index - 1] == nil && scripts[index - 2] == nil
        return isThird && scalar.value < 0x3000 ? weight - 0.6 : weight
    }

    private func fitting(_ scalar: Unicode.Scalar, _ index: Int) -> Double {
        let before = script(index - 1)
        let after = script(index + 1)
        let followsLetter = before?.isAlphabet == true
        let leadsLetter = after?.isAlphabet == true
        let isEastAsian = before?.isEastAsian == true || after?.isEastAsian == true
        if scalar.value > 0x2FFF, Signs.eastAsian.contains(scalar) { return isEastAsian ? 1 : 0.5 }
        if Signs.joiners.contains(scalar) {
            return before == .latin || after == .latin ? -0.8 : 0.5
        }
        if Signs.apostrophes.contains(scalar) || Signs.spaces.contains(scalar) { return 0.7 }
        if Signs.opening.contains(scalar) {
            return followsLetter ? -0.6 : leadsWord(index) ? 0.8 : -0.2
        }
        if Signs.closing.contains(scalar) { return leadsLetter ? -0.6 : 0.8 }
        if scalar == "°" { return followsNumber(index) ? 0.7 : -0.2 }
        if Signs.common.contains(scalar) { return followsLetter && leadsLetter ? -0.5 : 0.7 }
        let touches = followsLetter || leadsLetter
        switch scalar.value {
        case 0xA4: return -0.5
        case 0x60C...0x61F: return 0.8
        case 0xFF01...0xFF5E: return 0.6
        case 0x2500...0x259F: return -0.7
        default: break
        }
        switch scalar.properties.generalCategory {
        case .currencySymbol: return touches ? -0.6 : 0.3
        case .decimalNumber: return 0.5
        default: return touches ? -0.8 : 0.1
        }
    }

    private func leadsWord(_ index: Int) -> Bool {
        guard scalars.indices.contains(index + 1) else { return false }
        let next = scalars[index + 1]
        return next.properties.isAlphabetic || next.properties.numericType != nil
            || [" ", "\n", "“", "‘"].contains(next)
    }

    private func followsNumber(_ index: Int) -> Bool {
        guard index > 0 else { return false }
        return scalars[index - 1] == " " || scalars[index - 1].properties.numericType != nil
    }
}
