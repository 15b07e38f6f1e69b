/// The text of one document, in the order in which a person reads it.
package struct ExtractedDocument: Sendable, Equatable {
    /// The media type that the content shows, such as `application/pdf`.
    package var mediaType: String
    /// The document's parts; none of them has an empty text.
    package var sections: [ExtractedSection]
    /// The number of pages, where it has any.
    package var pages: Int?
    /// What was read from pictures, if anything was.
    package var recognition: RecognisedText?

    /// A document with the given media type and sections.
    package init(
        mediaType: String, sections: [ExtractedSection], pages: Int? = nil,
        recognition: RecognisedText? = nil
    ) {
        self.mediaType = mediaType
        self.sections = sections
        self.pages = pages
        self.recognition = recognition
    }
}

/// A page, a sheet or the text below one heading: what a citation can point at.
package struct ExtractedSection: Sendable, Equatable {
    /// The headings above the text, the outermost first.
    package var headings: [String]
    /// The page's number in a PDF, counted from 1.
    package var page: Int?
    /// The sheet's name in a spreadsheet.
    package var sheet: String?
    /// The text without its headings; paragraphs are separated by an empty line.
    package var text: String

    /// A section of a document.
    package init(headings: [String] = [], page: Int? = nil, sheet: String? = nil, text: String) {
        self.headings = headings
        self.page = page
        self.sheet = sheet
        self.text = text
    }
}

/// How much of a document was read from pictures of its words, and how surely.
package struct RecognisedText: Sendable, Equatable {
    /// The number of pages.
    package var pages: Int
    /// How sure the words are on the average, in percent.
    package var confidence: Int
    /// The number of pages that were left out, as there were more than are read so.
    package var leftOut: Int

    /// Below this, in percent, words are often wrong.
    package static let sure = 60

    /// Describes what was read.
    package init(pages: Int, confidence: Int, leftOut: Int = 0) {
        self.pages = pages
        self.confidence = confidence
        self.leftOut = leftOut
    }
}
