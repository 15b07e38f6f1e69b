/// A customer's message together with the passages that may answer it.
package struct GroundedQuestion: Payload {
    package static let type = "parley.question.grounded"
    package static let topic = Topic.questionsGrounded
    package static let personal: [FieldPath] = [
        "message", "query", "searchProblem", "vector", "passages", "medium",
    ]

    /// How the passages were looked for.
    package enum Search: String, Codable, Sendable, Hashable {
        /// By meaning and by words.
        case vectorsAndText
        /// By words alone; `searchProblem` says why.
        case textOnly
        /// Not at all: the message holds no words to look for.
        case none
    }

    /// The message.
    package var message: InboundMessage
    /// What was looked for: the words in the light of the turns before.
    package var query: String
    /// How it was looked for.
    package var search: Search
    /// Why the search was less than whole.
    package var searchProblem: String?
    /// The best passages, best first.
    package var passages: [RankedPassage]
    /// The mean cosine of passages further down, which have nothing to do with the question: how
    /// far the best stand above it tells more than their own cosine.
    package var background: Double?
    /// What the query means, where it was looked for by meaning.
    package var vector: QuestionVector?
    /// What came with the message, once that is known: the message itself was passed on before.
    package var medium: MediumReading?
    /// How likely it is that the best passage answers; `nil` where nothing was looked for or
    /// found, and in records from before it was computed.
    package var answerability: Answerability?

    /// The conversation.
    package var key: String { message.key }
    /// The business that was written to.
    package var tenant: TenantID { message.tenant }

    /// Describes a question.
    package init(
        message: InboundMessage, query: String, search: Search, searchProblem: String? = nil,
        passages: [RankedPassage], background: Double? = nil, vector: QuestionVector? = nil,
        medium: MediumReading? = nil, answerability: Answerability? = nil
    ) {
        self.answerability = answerability
        self.message = message
        self.query = query
        self.search = search
        self.searchProblem = searchProblem
        self.passages = passages
        self.background = background
        self.vector = vector
        self.medium = medium
    }
}

/// A passage as a search found it.
package struct RankedPassage: Hashable, Sendable, Codable {
    /// The passage.
    package var id: PassageID
    /// The document that it comes from.
    package var document: DocumentID
    /// The document's name.
    package var documentName: String
    /// The headings above it.
    package var headings: [String]
    /// The page that it begins on, from 1.
    package var page: Int?
    /// The sheet that it stands on.
    package var sheet: String?
    /// Its text.
    package var text: String
    /// The hash of headings and text.
    package var contentHash: String
    /// How well it fits by words and meaning together; higher is better.
    package var score: Double
    /// The cosine of question and passage, if both have vectors.
    package var similarity: Double?
    /// The share of the question's words that the passage holds, 0 to 1, rarer words weighing
    /// more.
    package var overlap: Double?
    /// The version of the document that it was found in, where that is not the first.
    package var version: Int?
    /// Where else the same is said; `nil` for nowhere.
    package var others: [PassagePlace]?

    /// Describes a found passage.
    package init(
        id: PassageID, document: DocumentID, documentName: String, headings: [String], page: Int?,
        sheet: String?, text: String, contentHash: String, score: Double, similarity: Double?,
        overlap: Double?,
        version: Int? = nil, others: [PassagePlace]? = nil
    ) {
        self.others = others
        self.id = id
        self.document = document
        self.documentName = documentName
        self.headings = headings
        self.page = page
        self.sheet = sheet
        self.text = text
        self.contentHash = contentHash
        self.score = score
        self.similarity = similarity
        self.overlap = overlap
        self.version = version
    }
}
