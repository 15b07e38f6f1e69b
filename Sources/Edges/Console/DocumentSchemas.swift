import Conversation
package import DocumentView
import Endpoints
package import JSON

/// What an upload says besides the bytes.
struct UploadParameters: Described, Decodable {
    var name: String
    var wait: Int?
    var validFrom: Timestamp?
    var validUntil: Timestamp?
    var priority: Int?
    var labels: String?

    /// The terms, where any are said.
    var terms: DocumentTerms? {
        let words = labels?.split(separator: ",").map { $0.trimmingSpaces }.filter { !$0.isEmpty }
        let terms = DocumentTerms(
            validFrom: validFrom, validUntil: validUntil, priority: priority,
            labels: words?.isEmpty == true ? nil : words)
        return terms.isEmpty ? nil : terms
    }

    static let schema = JSONSchema.object([
        .required(
            "name",
            .text(
                "The file's name.", 1...255,
                pattern: #"(?!\.{1,2}$)[^\u0000-\u001f\u007f/\\]+"#,
                rule: "the file's name, with its ending and without folders")),
        .optional("wait", wait),
        .optional("validFrom", .time("From when on it is found.")),
        .optional("validUntil", .time("Until when it is found.")),
        .optional("priority", TermsForm.priority),
        .optional("labels", .text("Words under which people keep it, with commas.", 1...500)),
    ])

    /// Seconds that a request may wait for the indexer.
    static let wait = JSONSchema.integer(
        "Seconds to wait for the indexer before answering.", 0...300, standard: 0)
}

/// Which document is taken out.
struct RemovalParameters: Described, Decodable {
    var document: DocumentID
    var wait: Int?

    static let schema = JSONSchema.object([
        .required("document", .id("The document.")),
        .optional("wait", UploadParameters.wait),
    ])
}

/// Which documents are listed, and which page of them.
struct DocumentListParameters: Described, Decodable {
    var page: PageParameters
    var label: String?
    var kind: String?
    var standing: String?
    var words: String?

    /// What they are narrowed by.
    var filter: DocumentFilter {
        DocumentFilter(
            label: label, kind: kind.flatMap { DocumentFilter.Kind(rawValue: $0) },
            standing: standing.flatMap { DocumentFilter.Standing(rawValue: $0) }, words: words)
    }

    static let label = JSONSchema.text(
        "Only what is kept under this label; capitals and accents do not count.", 1...60)

    static let schema = JSONSchema.object(
        PageParameters.schema.fields + [
            .optional("label", label),
            .optional(
                "kind",
                .words(
                    DocumentFilter.Kind.allCases.map(\.rawValue),
                    "Only files, pages of the web, typed answers, or all but these.")),
            .optional(
                "standing",
                .words(
                    DocumentFilter.Standing.allCases.map(\.rawValue),
                    "Only what is being read, is ready, or is to be looked at.")),
            .optional("words", .text("Only those whose name holds these words.", 1...200)),
        ])

    private enum Field: String, CodingKey {
        case label, kind, standing, words
    }

    init(from decoder: any Decoder) throws {
        page = try PageParameters(from: decoder)
        let fields = try decoder.container(keyedBy: Field.self)
        label = try fields.decodeIfPresent(String.self, forKey: .label)
        kind = try fields.decodeIfPresent(String.self, forKey: .kind)
        standing = try fields.decodeIfPresent(String.self, forKey: .standing)
        words = try fields.decodeIfPresent(String.self, forKey: .words)
    }
}

/// What is searched for.
struct SearchParameters: Described, Decodable {
    var q: String
    var limit: Int?
    var label: String?

    /// Passages that are given unless more are asked for.
    static let standard = 5

    static let schema = JSONSchema.object([
        .required(
            "q",
            .text(
                "The question.", 1...2_000, pattern: #"[\s\S]*\S[\s\S]*"#,
                rule: "a question of 1 to 2000 characters")),
        .optional("limit", .integer("Passages at most.", 1...50, standard: standard)),
        .optional("label", DocumentListParameters.label),
    ])
}

/// When a document counts, and how much, as it is wished.
struct TermsForm: Described, Codable {
    var validFrom: Timestamp?
    var validUntil: Timestamp?
    var priority: Int?
    var labels: [String]?

    /// The terms.
    var terms: DocumentTerms {
        DocumentTerms(
            validFrom: validFrom, validUntil: validUntil, priority: priority,
            labels: labels?.isEmpty == true ? nil : labels)
    }

    static let priority = DocumentForms.priority
    static let schema = DocumentForms.terms
}

/// A question with its answer, as a person types it.
struct AnswerForm: Described, Codable {
    var question: String
    var answer: String
    var others: [String]?
    var terms: TermsForm?

    private static let oneQuestion = JSONSchema.text(
        "A question.", 1...300, pattern: #"[^\u0000-\u001f]*\S[^\u0000-\u001f]*"#,
        rule: "a question of 1 to 300 characters in one line")

    static let schema = JSONSchema.object(
        [
            .required("question", oneQuestion),
            .required(
                "answer",
                .text(
                    "The answer.", 1...3_000, pattern: #"[\s\S]*\S[\s\S]*"#,
                    rule: "an answer of 1 to 3000 characters")),
            .optional("others", .list(oneQuestion, "Other ways to ask it.", 0...15)),
            .optional("terms", TermsForm.schema),
        ], named: "AnswerForm")
}

/// How long to wait until it can be found.
struct WaitParameters: Described, Decodable {
    var wait: Int?

    static let schema = JSONSchema.object([.optional("wait", UploadParameters.wait)])
}

/// Which document.
struct DocumentParameters: Described, Decodable {
    var document: DocumentID

    static let schema = JSONSchema.object([.required("document", .id("The document."))])
}

extension DocumentList: Described {
    package static let schema = JSONSchema.object(
        [
            .required("documents", .list(DocumentListing.schema, "The documents, by name.")),
            .optional("next", .text("Where the next page begins; give it back as `after`.")),
        ], named: "DocumentList")
}

extension DocumentOverview: Described {
    package static let schema = JSONSchema.object(
        [
            .required("documents", .count("Files and pages of the web.")),
            .required("answers", .count("Questions with answers that people typed.")),
            .required("passages", .count("Passages that can be found.")),
            .required("pending", .count("How many of all are being read.")),
            .required("problems", .count("Of how many something is to be looked at.")),
            .required(
                "labels",
                .list(
                    .object([
                        .required("label", .text("The label.")),
                        .required("documents", .count("How many are kept under it.")),
                    ]), "The labels, by name.")),
        ], named: "DocumentOverview")
}

extension RemovedDocument: Described {
    package static let schema = JSONSchema.object(
        [
            .required("id", .text("The document.")),
            .required("name", .text("The name that it had.")),
            .required(
                "outcome", .words(["removed", "pending"], "Whether its passages are gone already.")
            ),
        ], named: "RemovedDocument")
}

extension FoundPassages: Described {
    package static let schema = JSONSchema.object(
        [
            .required("passages", .list(passage, "The passages, best first.")),
            .optional("answerability", answerability),
            .optional("search", .text("The kind of search that `answerability` is computed for.")),
            .optional(
                "signals", JSONSchema(.map(.number()), "What it is computed from, by name.")),
        ], named: "FoundPassages")

    private static let answerability = JSONSchema.object(
        [
            .required("probability", .number("How likely the first passage answers, 0 to 1.")),
            .required(
                "zone",
                .words(
                    ["answer", "unsure", "none"],
                    "Answer; answer and ask whether that helped; or nothing answers.")),
            .required("coefficients", .text("The coefficients' name and version.")),
        ], named: "Answerability")

    private static let passage = JSONSchema.object(
        [
            .required("id", .text("The passage.")),
            .required("document", .text("The document that it comes from.")),
            .required("documentName", .text("The document's name.")),
            .required("headings", .list(.text(), "The headings above it.")),
            .optional("page", .integer("The page that it begins on.", 1...Int.max)),
            .optional("sheet", .text("The sheet that it stands on.")),
            .required("text", .text("Its text.")),
            .required("contentHash", .text("The hash of headings and text.")),
            .required("score", .number("By words and meaning together; higher is better.")),
            .optional("similarity", .number("The cosine of question and passage.")),
            .optional("overlap", .number("The share of the question's words that it holds.")),
            .optional(
                "version",
                .integer("The document's version, where it is not the first.", 1...Int.max)),
            .optional("others", .list(place, "Where else the same is said.")),
        ], named: "Passage")

    private static let place = JSONSchema.object(
        [
            .required("id", .text("The passage.")),
            .required("document", .text("The document that it comes from.")),
            .required("documentName", .text("The document's name.")),
            .optional("page", .integer("The page that it begins on.", 1...Int.max)),
            .optional("sheet", .text("The sheet that it stands on.")),
        ], named: "PassagePlace")
}
