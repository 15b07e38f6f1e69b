import Conversation
package import DocumentView
import Endpoints
package import JSON

/// What an upload says besides the bytes.
struct UploadParameters: Described, Decodable {
    var name: String
    var wait: Int?

    static let schema = JSONSchema.object([
        .required(
            "name",
            .text(
                "The file's name.", 1...255,
                pattern: #"(?!\.{1,2}$)[^\u0000-\u001f\u007f/\\]+"#,
                rule: "the file's name, with its ending and without folders")),
        .optional("wait", wait),
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

extension DocumentListing: Described {
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
        [.required("passages", .list(passage, "The passages, best first."))],
        named: "FoundPassages")

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
        ], named: "Passage")
}
