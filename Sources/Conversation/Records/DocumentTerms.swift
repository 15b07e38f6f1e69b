/// When a document counts, how much, and under what words people keep it.
package struct DocumentTerms: Hashable, Sendable, Codable {
    /// From when on it is found.
    package var validFrom: Timestamp?
    /// Until when it is found.
    package var validUntil: Timestamp?
    /// How much it counts beside documents that fit as well: -3 to 3.
    package var priority: Int?
    /// Words under which people keep it.
    package var labels: [String]?

    /// The least and the most that a document counts.
    package static let priorities = -3...3

    /// Describes terms.
    package init(
        validFrom: Timestamp? = nil, validUntil: Timestamp? = nil, priority: Int? = nil,
        labels: [String]? = nil
    ) {
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.priority = priority
        self.labels = labels
    }

    /// Whether nothing is said.
    package var isEmpty: Bool { self == DocumentTerms() }

    /// Whether it is found at a time.
    package func hold(at time: Timestamp) -> Bool {
        if let validFrom, time < validFrom { return false }
        if let validUntil, time >= validUntil { return false }
        return true
    }
}

/// Other terms for a document, whose words stay.
package struct DocumentTermsChange: Payload {
    package static let type = "parley.document.terms"
    package static let topic = Topic.documents
    package static let personal: [FieldPath] = ["terms", "changedBy"]

    /// The tenant that the document belongs to.
    package var tenant: TenantID
    /// The document.
    package var document: DocumentID
    /// All of its terms from now on.
    package var terms: DocumentTerms
    /// When they were changed.
    package var changedAt: Timestamp
    /// Who changed them.
    package var changedBy: String

    /// The document.
    package var key: String { document.rawValue }

    /// Describes a change.
    package init(
        tenant: TenantID, document: DocumentID, terms: DocumentTerms, changedAt: Timestamp,
        changedBy: String
    ) {
        self.tenant = tenant
        self.document = document
        self.terms = terms
        self.changedAt = changedAt
        self.changedBy = changedBy
    }
}

/// A question that a person typed with its answer: it wins over what documents say.
package struct AnsweredQuestion: Payload {
    package static let type = "parley.document.answer"
    package static let topic = Topic.documents
    package static let personal: [FieldPath] = [
        "question", "answer", "others", "terms", "writtenBy",
    ]

    /// The tenant.
    package var tenant: TenantID
    /// The document that question and answer are, by the question: the same one is replaced.
    package var document: DocumentID
    /// The question.
    package var question: String
    /// The answer.
    package var answer: String
    /// Other ways in which it is asked.
    package var others: [String]?
    /// When it counts, and how much.
    package var terms: DocumentTerms?
    /// When it was written.
    package var writtenAt: Timestamp
    /// Who wrote it.
    package var writtenBy: String

    /// The document.
    package var key: String { document.rawValue }

    /// Describes a question and its answer.
    package init(
        tenant: TenantID, document: DocumentID, question: String, answer: String,
        others: [String]? = nil, terms: DocumentTerms? = nil, writtenAt: Timestamp,
        writtenBy: String
    ) {
        self.tenant = tenant
        self.document = document
        self.question = question
        self.answer = answer
        self.others = others
        self.terms = terms
        self.writtenAt = writtenAt
        self.writtenBy = writtenBy
    }

    /// All ways in which it is asked.
    package var questions: [String] { [question] + (others ?? []) }

    /// The words alone.
    package var typed: TypedAnswer {
        TypedAnswer(question: question, answer: answer, others: others)
    }

    /// As what it is listed and indexed: a document of its question's name.
    package var upload: DocumentUpload {
        let words = (questions + [answer]).joined(separator: "\u{1e}")
        return DocumentUpload(
            tenant: tenant, document: document, name: String(question.prefix(200)),
            contentHash: NameHash.hex(words), size: question.utf8.count + answer.utf8.count,
            uploadedAt: writtenAt, uploadedBy: writtenBy, terms: terms)
    }

    /// A question without what people write differently: capitals, punctuation, blanks.
    package static func folded(_ question: String) -> String {
        question.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: " ")
    }
}

/// The words of a question with its answer.
package struct TypedAnswer: Hashable, Sendable, Codable {
    /// The question.
    package var question: String
    /// The answer.
    package var answer: String
    /// Other ways in which it is asked.
    package var others: [String]?

    /// Describes what was typed.
    package init(question: String, answer: String, others: [String]? = nil) {
        self.question = question
        self.answer = answer
        self.others = others
    }
}

/// Which version of a document searches see, and on what terms.
///
/// A new version's passages are written beside those in use; this record puts them in their place
/// all at once.
package struct DocumentStanding: Payload {
    package static let type = "parley.document.standing"
    package static let topic = Topic.knowledgePassages
    package static let personal: [FieldPath] = ["terms"]

    /// The tenant that the document belongs to.
    package var tenant: TenantID
    /// The document.
    package var document: DocumentID
    /// The version in use, from 1: passages of later ones are not found yet.
    package var version: Int
    /// When it counts, and how much.
    package var terms: DocumentTerms
    /// Since when this is so.
    package var at: Timestamp

    /// Tenant and document, and what tells the key from a passage's.
    package var key: String { Self.key(of: document, tenant) }

    /// The key of a document's standing.
    package static func key(of document: DocumentID, _ tenant: TenantID) -> String {
        "\(tenant.rawValue)/\(document.rawValue)\(keyEnd)"
    }

    /// The end of such a key.
    package static let keyEnd = "/standing"

    /// Describes a standing.
    package init(
        tenant: TenantID, document: DocumentID, version: Int, terms: DocumentTerms, at: Timestamp
    ) {
        self.tenant = tenant
        self.document = document
        self.version = version
        self.terms = terms
        self.at = at
    }
}

/// How far the reading of a document has come, while it goes on.
///
/// Compacted, by document, beside its state.
package struct DocumentProgress: Payload {
    package static let type = "parley.document.progress"
    package static let topic = Topic.documentsState
    package static let personal: [FieldPath] = []

    /// The tenant that the document belongs to.
    package var tenant: TenantID
    /// The document.
    package var document: DocumentID
    /// What is being read.
    package var contentHash: String
    /// The number of its pages, where it has any.
    package var pages: Int?
    /// How many passages it makes.
    package var passages: Int
    /// How many of them are done.
    package var done: Int
    /// How far its text is taken out, as long as that goes on; there are no passages yet.
    package var reading: Reading?
    /// When this was so.
    package var at: Timestamp

    /// How far the text of a document is taken out.
    package struct Reading: Hashable, Sendable, Codable {
        /// Pages that were read.
        package var pages: Int
        /// Of how many; `nil` as long as that is not known.
        package var of: Int?
        /// Whether they are read from pictures, which takes seconds a page.
        package var isRecognition: Bool

        /// Describes how far it is.
        package init(pages: Int, of: Int? = nil, isRecognition: Bool = false) {
            self.pages = pages
            self.of = of
            self.isRecognition = isRecognition
        }
    }

    /// The document, and what tells the key from its state's.
    package var key: String { "\(document.rawValue)/progress" }

    /// Describes progress.
    package init(
        tenant: TenantID, document: DocumentID, contentHash: String, pages: Int?, passages: Int,
        done: Int, reading: Reading? = nil, at: Timestamp
    ) {
        self.reading = reading
        self.tenant = tenant
        self.document = document
        self.contentHash = contentHash
        self.pages = pages
        self.passages = passages
        self.done = done
        self.at = at
    }
}
