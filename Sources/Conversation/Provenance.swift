/// Why a reply says what it says.
package struct Provenance: Hashable, Sendable, Codable {
    /// The passages that were offered to the answerer; of a message that was sent, they stand in
    /// the proposal that it came from (versions before said them here too).
    package var passages: [Citation]
    /// The passages that the reply cites, with the words that it uses; where it is still a
    /// proposal, they stand there (versions before said them here too).
    package var citations: [Citation]?
    /// The prompt's name, if a model was asked.
    package var prompt: String?
    /// The hash of the prompt file.
    package var promptHash: String?
    /// The model, or `built-in` for the answerer that quotes.
    package var model: String
    /// The tokens that the model read.
    package var promptTokens: Int?
    /// The tokens that the model wrote.
    package var completionTokens: Int?
    /// How passages were looked for.
    package var search: GroundedQuestion.Search?
    /// The positions in the log of the questions that the reply answers, `topic-partition@offset`.
    package var positions: [String]

    /// Describes where a reply comes from.
    package init(
        passages: [Citation], citations: [Citation]? = nil, prompt: String? = nil,
        promptHash: String? = nil, model: String,
        promptTokens: Int? = nil, completionTokens: Int? = nil,
        search: GroundedQuestion.Search? = nil, positions: [String] = []
    ) {
        self.passages = passages
        self.citations = citations
        self.prompt = prompt
        self.promptHash = promptHash
        self.model = model
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.search = search
        self.positions = positions
    }
}

/// A passage that an answer rests on.
package struct Citation: Hashable, Sendable, Codable {
    /// The passage.
    package var passage: PassageID
    /// The document.
    package var document: DocumentID
    /// The document's name.
    package var documentName: String
    /// The page, from 1.
    package var page: Int?
    /// The sheet.
    package var sheet: String?
    /// The headings above the passage.
    package var headings: [String]
    /// The hash of the passage's headings and text, as it was then.
    package var contentHash: String
    /// The words that the answer uses.
    package var quote: String?
    /// The version of the document, where that is not the first.
    package var version: Int?

    /// Cites a passage.
    package init(
        passage: PassageID, document: DocumentID, documentName: String, page: Int?, sheet: String?,
        headings: [String], contentHash: String, quote: String? = nil, version: Int? = nil
    ) {
        self.version = version
        self.passage = passage
        self.document = document
        self.documentName = documentName
        self.page = page
        self.sheet = sheet
        self.headings = headings
        self.contentHash = contentHash
        self.quote = quote
    }

    /// Cites a found passage.
    package init(_ found: RankedPassage, quote: String? = nil) {
        self.init(
            passage: found.id, document: found.document, documentName: found.documentName,
            page: found.page, sheet: found.sheet, headings: found.headings,
            contentHash: found.contentHash, quote: quote, version: found.version)
    }
}
