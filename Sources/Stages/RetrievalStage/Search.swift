package import Conversation

/// What the retrieval stage asks of the world.
package enum RetrievalCall: Hashable, Sendable, Codable {
    /// Looks for passages.
    case search(SearchRequest)
}

/// What the world answers.
package enum RetrievalAnswer: Hashable, Sendable, Codable {
    /// What was found.
    case found(SearchAnswer)
}

/// A search over one tenant's passages.
package struct SearchRequest: Hashable, Sendable, Codable {
    /// The tenant whose passages are searched.
    package var tenant: TenantID
    /// What to look for: the bare question first, then the question in the light of the turns
    /// before, if that differs.
    package var queries: [String]
    /// The longest ranking wanted from each way of searching.
    package var limit: Int
    /// Whether to search by meaning too.
    ///
    /// If that fails, the call should fail, fast: the stage
    /// then asks again without.
    package var byMeaning: Bool

    /// Describes a search.
    package init(tenant: TenantID, queries: [String], limit: Int, byMeaning: Bool) {
        self.tenant = tenant
        self.queries = queries
        self.limit = limit
        self.byMeaning = byMeaning
    }
}

/// What a search found: rankings by id, and each found passage once.
package struct SearchAnswer: Hashable, Sendable, Codable {
    /// A passage found by meaning.
    package struct Neighbour: Hashable, Sendable, Codable {
        /// The passage.
        package var id: PassageID
        /// The cosine of query and passage, -1 to 1.
        package var similarity: Double

        /// Describes a neighbour.
        package init(id: PassageID, similarity: Double) {
            self.id = id
            self.similarity = similarity
        }
    }

    /// How well a passage fits a query.
    package struct Scored: Hashable, Sendable, Codable {
        /// The passage.
        package var id: PassageID
        /// The share of what its words could reach, 0 to 1.
        package var words: Double
        /// The cosine of query and passage, -1 to 1, if both have vectors.
        package var similarity: Double?
        /// Both together; higher is better.
        package var score: Double
        /// Where else the same is said, best first; `nil` for nowhere, and in what versions before
        /// recorded.
        package var others: [PassagePlace]?

        /// Describes a passage, its figures to four places: more tells nothing.
        package init(
            id: PassageID, words: Double, similarity: Double?, score: Double,
            others: [PassagePlace]? = nil
        ) {
            self.others = others
            func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
            self.id = id
            self.words = rounded(words)
            self.similarity = similarity.map(rounded)
            self.score = rounded(score)
        }
    }

    /// What one query found.
    package struct Ranking: Hashable, Sendable, Codable {
        /// The passages that share its words, best first; versions before ranked so, and their
        /// decisions are repeated as they were.
        package var text: [PassageID]
        /// The passages nearest in meaning, best first; `nil` if that was not searched.
        ///
        /// Empty where passages are scored.
        package var vectors: [Neighbour]?
        /// The passages by words and meaning together, best first.
        package var scored: [Scored]?
        /// The mean cosine of neighbours further down.
        package var background: Double?

        /// Describes what a query found, by rank.
        package init(text: [PassageID], vectors: [Neighbour]?) {
            self.text = text
            self.vectors = vectors
        }

        /// Describes what a query found, by score.
        package init(scored: [Scored], isByMeaning: Bool, background: Double?) {
            text = []
            vectors = isByMeaning ? [] : nil
            self.scored = scored
            self.background = background
        }
    }

    /// A passage that some ranking names.
    package struct Found: Hashable, Sendable, Codable {
        /// The passage.
        package var id: PassageID
        /// The document that it comes from.
        package var document: DocumentID
        /// The document's name.
        package var documentName: String
        /// The headings above it, outermost first.
        package var headings: [String]
        /// The page that it begins on, from 1.
        package var page: Int?
        /// The sheet that it stands on.
        package var sheet: String?
        /// Its text.
        package var text: String
        /// The hash of headings and text.
        package var contentHash: String
        /// The version of the document, where that is not the first.
        package var version: Int?

        /// Describes a found passage.
        package init(
            id: PassageID, document: DocumentID, documentName: String, headings: [String],
            page: Int?, sheet: String?, text: String, contentHash: String, version: Int? = nil
        ) {
            self.version = version
            self.id = id
            self.document = document
            self.documentName = documentName
            self.headings = headings
            self.page = page
            self.sheet = sheet
            self.text = text
            self.contentHash = contentHash
        }

        /// Takes what a search needs of an indexed passage.
        package init(_ passage: Passage) {
            self.init(
                id: passage.id, document: passage.document, documentName: passage.documentName,
                headings: passage.headings, page: passage.page, sheet: passage.sheet,
                text: passage.text, contentHash: passage.contentHash, version: passage.version)
        }
    }

    /// What each query found, in the request's order.
    package var rankings: [Ranking]
    /// The passages that the rankings name, each once.
    package var passages: [Found]
    /// Why the search was less than whole, for ops; `nil` if it was whole.
    package var problem: String?
    /// What the last query means, if it was looked for by meaning.
    package var vector: QuestionVector?
    /// How likely it is that the first passage answers; `nil` where nobody can tell, and in what
    /// versions before recorded.
    package var answerability: Answerability?
    /// The order that another server gave the best passages, the most relevant first; `nil` where
    /// none was asked, or it did not answer.
    package var order: [PassageID]?

    /// Describes what was found.
    package init(
        rankings: [Ranking], passages: [Found], problem: String? = nil,
        vector: QuestionVector? = nil, answerability: Answerability? = nil
    ) {
        self.answerability = answerability
        self.rankings = rankings
        self.passages = passages
        self.problem = problem
        self.vector = vector
    }

    /// How it was looked for.
    package var kind: GroundedQuestion.Search {
        rankings.contains { $0.vectors != nil } ? .vectorsAndText : .textOnly
    }
}
