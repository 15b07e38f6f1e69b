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
    /// The document cannot be read, and why, for its owner.
    case unreadable(because: String)
    /// The vectors of the texts, and the name of the model that made them.
    case vectors([Embedding], model: String)
    /// There is no embedding server in this installation.
    case withoutVectors(because: String)
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
