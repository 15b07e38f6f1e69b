/// The text of one document, in the order in which a person reads it.
package struct ExtractedDocument: Sendable, Equatable {
    /// The media type that the content shows, such as `application/pdf`.
    package var mediaType: String
    /// The document's parts; none of them has an empty text.
    package var sections: [ExtractedSection]

    /// A document with the given media type and sections.
    package init(mediaType: String, sections: [ExtractedSection]) {
        self.mediaType = mediaType
        self.sections = sections
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
