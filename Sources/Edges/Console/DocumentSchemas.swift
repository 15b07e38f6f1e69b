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

/// What is searched for.
struct SearchParameters: Described, Decodable {
    var q: String
    var limit: Int?

    /// Passages that are given unless more are asked for.
    static let standard = 5

    static let schema = JSONSchema.object([
        .required(
            "q",
            .text(
                "The question.", 1...2_000, pattern: #"[\s\S]*\S[\s\S]*"#,
                rule: "a question of 1 to 2000 characters")),
        .optional("limit", .integer("Passages at most.", 1...50, standard: standard)),
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

    static let priority = JSONSchema.integer(
        "How much it counts beside documents that fit as well.", DocumentTerms.priorities)

    static let schema = JSONSchema.object(
        [
            .optional("validFrom", .time("From when on it is found.")),
            .optional("validUntil", .time("Until when it is found.")),
            .optional("priority", priority),
            .optional(
                "labels", .list(.text(nil, 1...60), "Words under which people keep it.", 0...20)),
        ], named: "DocumentTerms")
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

extension DocumentListing: Described {
    private static let progress = JSONSchema.object(
        [
            .optional("pages", .count("The number of pages.")),
            .required("passages", .count("How many passages it makes.")),
            .required("done", .count("How many of them are done.")),
        ], named: "DocumentProgress")

    package static let schema = JSONSchema.object(
        [
            .required("id", .text("The document.")),
            .required("name", .text("The file's name.")),
            .required("size", .count("The number of bytes.")),
            .required("contentHash", .text("The bytes' SHA-256 in hexadecimal.")),
            .required(
                "outcome",
                .text("`pending` until the indexer has read these bytes, then what it says.")),
            .required("passages", .count("Passages that can be found.")),
            .required("embedded", .count("Passages that were embedded anew.")),
            .optional("problem", .text("What is wrong, and what to do.")),
            .optional("uploadedAt", .time("When it was put in, if that is still known.")),
            .optional(
                "replaces",
                .text("The content hash of the document whose place it took; of an upload only.")),
            .optional("version", .integer("The version that is found.", 1...Int.max)),
            .optional("pages", .count("The number of pages.")),
            .optional("progress", progress),
            .optional("terms", TermsForm.schema),
            .optional("question", .text("The question that it answers, of a typed answer.")),
            .optional("answer", .text("The typed answer.")),
            .optional("others", .list(.text(), "Other ways in which the question is asked.")),
        ], named: "Document")
}

extension DocumentList: Described {
    package static let schema = JSONSchema.object(
        [
            .required("documents", .list(DocumentListing.schema, "The documents, by name.")),
            .optional("next", .text("Where the next page begins; give it back as `after`.")),
        ], named: "DocumentList")
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
