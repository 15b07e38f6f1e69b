import Foundation

/// The name of a person or an organisation as others see it: one line, without tricks.
package struct DisplayName: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Why a text is no name.
    package enum Flaw: Error, Hashable, CustomStringConvertible {
        /// Nothing that can be seen is left of it.
        case empty
        /// It has too many characters.
        case tooLong(most: Int)

        /// One sentence for whoever typed it.
        package var description: String {
            switch self {
            case .empty: "type a name"
            case .tooLong(let most): "use at most \(most) characters"
            }
        }
    }

    /// Code points of a name.
    package static let most = 100
    /// Characters of a name within a subject: a mail's list shows few more.
    private static let mostInMail = 60
    /// Digits in a row that are more than a number in a name: telephone and account numbers.
    private static let leastDigitRun = 5

    /// The name.
    package let text: String

    /// Takes what was typed: composed (NFC), controls and marks that turn or hide text left out,
    /// white space of any kind one space.
    package init(_ typed: String) throws(Flaw) {
        let composed = String(typed.prefix(10_000)).precomposedStringWithCanonicalMapping
        let shown = String(String.UnicodeScalarView(composed.unicodeScalars.compactMap(Self.shown)))
        let text = shown.split(separator: " ").joined(separator: " ")
        guard text.unicodeScalars.contains(where: { !Self.isJoiner($0) && $0 != " " }) else {
            throw .empty
        }
        guard text.unicodeScalars.count <= Self.most else { throw .tooLong(most: Self.most) }
        self.text = text
    }

    /// The name.
    package var description: String { text }

    /// The name as a mail to a stranger says it, in the subject too; nil when nothing is left.
    ///
    /// Nothing is in it that a program makes a link of, and no run of digits, or whoever may invite
    /// could send advertising to anyone (leantime#3661).
    package var inMail: String? {
        var words: [String] = []
        for word in text.split(separator: " ") where !Self.isLink(word) {
            var kept = ""
            for run in Self.runs(of: word) where !run.isLong { kept += run.text }
            if kept.contains(where: { $0.isLetter || $0.isNumber }) { words.append(kept) }
        }
        let name = String(words.joined(separator: " ").prefix(Self.mostInMail))
        return name.isEmpty ? nil : name.trimmingCharacters(in: .whitespaces)
    }

    /// Reads bare text.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let typed = try container.decode(String.self)
        do throws(Flaw) {
            try self.init(typed)
        } catch {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: error.description)
        }
    }

    /// Writes bare text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// What is shown for a code point, or nil for nothing.
    private static func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        if scalar.properties.isWhitespace { return " " }
        switch scalar.properties.generalCategory {
        case .control, .privateUse, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator:
            return nil
        case .format:
            // Joiners make letters of some scripts, and family emoji; the rest turns or hides.
            return isJoiner(scalar) ? scalar : nil
        default: return scalar
        }
    }

    private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0x200C || scalar.value == 0x200D
    }

    /// Whether a mail program may make a link of the word: it has a scheme, an `@`, or a dot
    /// between letters or digits (also dots of other scripts, which name resolution takes).
    private static func isLink(_ word: Substring) -> Bool {
        if word.contains("@") || word.contains("://") || word.contains("/") { return true }
        let characters = Array(word)
        return characters.indices.dropFirst().dropLast().contains { index in
            ".。．｡․".contains(characters[index])
                && (characters[index - 1].isLetter || characters[index - 1].isNumber)
                && characters[index + 1].isLetter
        }
    }

    /// A word in parts: runs of digits, with what stands between groups of them, and the rest.
    private static func runs(of word: Substring) -> [(text: String, isLong: Bool)] {
        word.matches(of: /[\p{Nd}()+\-\/.]*\p{Nd}[\p{Nd}()+\-\/.]*|[^\p{Nd}()+\-\/.]+|./).map {
            match in
            (String(match.output), match.output.filter(\.isNumber).count >= leastDigitRun)
        }
    }
}
