/// Why a reply says what it says.
package struct Provenance: Hashable, Sendable, Codable {
    /// What a check said of a model's answer.
    package struct Check: Hashable, Sendable, Codable {
        /// What came of it.
        package enum Verdict: String, Hashable, Sendable, Codable {
            /// It was sent.
            case passed
            /// It was held back.
            case heldBack
            /// The model said that the passages do not answer.
            case declined
            /// No model was asked, as what was found answers nothing.
            case notAsked
        }

        /// What came of it.
        package var verdict: Verdict
        /// Why, where it was held back.
        package var problem: String?
        /// What the model wrote, bounded, where it was held back.
        package var answer: String?

        /// Describes what a check said.
        package init(_ verdict: Verdict, problem: String? = nil, answer: String? = nil) {
            self.verdict = verdict
            self.problem = problem
            self.answer = answer
        }
    }

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
    /// What was said of the model's answers, in order; `nil` where none was asked, or by versions
    /// before.
    package var checks: [Check]?
    /// Why the built-in answerer stood in for the model; `nil` where it did not.
    package var fallback: HandoffReason?
    /// The tools that the turn used, in order; `nil` for none.
    package var tools: [String]?
    /// Whether what was found answers perhaps, and no more than that; `nil` where it surely does.
    package var isUnsure: Bool?

    /// Describes where a reply comes from.
    package init(
        passages: [Citation], citations: [Citation]? = nil, prompt: String? = nil,
        promptHash: String? = nil, model: String,
        promptTokens: Int? = nil, completionTokens: Int? = nil,
        search: GroundedQuestion.Search? = nil, positions: [String] = [],
        checks: [Check]? = nil, fallback: HandoffReason? = nil, tools: [String]? = nil,
        isUnsure: Bool? = nil
    ) {
        self.isUnsure = isUnsure
        self.passages = passages
        self.citations = citations
        self.prompt = prompt
        self.promptHash = promptHash
        self.model = model
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.search = search
        self.positions = positions
        self.checks = checks
        self.fallback = fallback
        self.tools = tools
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
