/// A passage as one reads it, for what is made of it and kept: found by its short hash, but told
/// from others by all of it.
package struct PassageText: Hashable, Sendable {
    /// The name of its document.
    package var documentName: String
    /// The headings above it.
    package var headings: [String]
    /// The sheet that it stands on.
    package var sheet: String?
    /// Its text.
    package var text: String
    /// The hash of headings and text.
    package var contentHash: String

    /// Describes a passage.
    package init(
        documentName: String, headings: [String], sheet: String?, text: String, contentHash: String
    ) {
        self.documentName = documentName
        self.headings = headings
        self.sheet = sheet
        self.text = text
        self.contentHash = contentHash
    }

    /// Reads a found passage.
    package init(_ passage: RankedPassage) {
        self.init(
            documentName: passage.documentName, headings: passage.headings, sheet: passage.sheet,
            text: passage.text, contentHash: passage.contentHash)
    }

    /// The language that it is written in, where it is recognised; found once for all who ask.
    package var language: String? { Self.languages(self) }

    private static let languages = Memo<PassageText, String?> { passage in
        LanguageGuess.language(of: passage.text)
    }

    /// Compares all: the hash too, as texts that only look alike are equal to Swift.
    package static func == (left: Self, right: Self) -> Bool {
        left.contentHash == right.contentHash && left.text == right.text
            && left.documentName == right.documentName && left.headings == right.headings
            && left.sheet == right.sheet
    }

    /// Hashes the hash.
    package func hash(into hasher: inout Hasher) { hasher.combine(contentHash) }
}
