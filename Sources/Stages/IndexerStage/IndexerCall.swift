package import Conversation

/// What the indexer asks of the world.
package enum IndexerCall: Hashable, Sendable, Codable {
    /// The text of a document; its bytes are found by their hash.
    case extract(name: String, contentHash: String)
    /// The vectors of some texts, in their order.
    case embed([String])
}

/// What the world answers.
package enum IndexerAnswer: Hashable, Sendable, Codable {
    /// The document's text, in parts.
    case sections([DocumentSection])
    /// The document's text with what else was learned of it.
    case text(DocumentReading)
    /// The document cannot be read, and why, for its owner.
    case unreadable(because: String)
    /// The vectors of the texts, and the name of the model that made them.
    case vectors([Embedding], model: String)
    /// There is no embedding server in this installation.
    case withoutVectors(because: String)
}

/// What was read of a document.
package struct DocumentReading: Hashable, Sendable, Codable {
    /// Its text, in parts.
    package var sections: [DocumentSection]
    /// The number of pages, where it has any.
    package var pages: Int?
    /// What its owner should look at, though it was read.
    package var remark: String?

    /// Describes what was read.
    package init(sections: [DocumentSection], pages: Int? = nil, remark: String? = nil) {
        self.sections = sections
        self.pages = pages
        self.remark = remark
    }
}

/// A part of a document: a page, a sheet, or what stands under a heading.
package struct DocumentSection: Hashable, Sendable, Codable {
    /// The headings above it, outermost first.
    package var headings: [String]
    /// The page, from 1.
    package var page: Int?
    /// The sheet.
    package var sheet: String?
    /// The text; an empty line ends a paragraph.
    package var text: String

    /// Describes a part.
    package init(headings: [String] = [], page: Int? = nil, sheet: String? = nil, text: String) {
        self.headings = headings
        self.page = page
        self.sheet = sheet
        self.text = text
    }
}
