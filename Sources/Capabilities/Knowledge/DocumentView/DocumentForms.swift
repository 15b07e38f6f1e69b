import Conversation
import Endpoints
package import JSON

/// What documents look like as JSON.
package enum DocumentForms {
    /// How much a document counts.
    package static let priority = JSONSchema.integer(
        "How much it counts beside documents that fit as well.", DocumentTerms.priorities)

    /// When a document counts, and how much.
    package static let terms = JSONSchema.object(
        [
            .optional("validFrom", .time("From when on it is found.")),
            .optional("validUntil", .time("Until when it is found.")),
            .optional("priority", priority),
            .optional(
                "labels", .list(.text(nil, 1...60), "Words under which people keep it.", 0...20)),
        ], named: "DocumentTerms")
}

extension DocumentListing: Described {
    private static let progress = JSONSchema.object(
        [
            .optional("pages", .count("The number of pages.")),
            .required("passages", .count("How many passages it makes.")),
            .required("done", .count("How many of them are done.")),
            .optional("reading", reading),
        ], named: "DocumentProgress")

    private static let reading = JSONSchema.object(
        [
            .required("pages", .count("Pages that were read.")),
            .optional("of", .count("Of how many, once that is known.")),
            .required("isRecognition", .boolean("Whether they are read from pictures.")),
        ], named: "DocumentReading")

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
            .optional("terms", DocumentForms.terms),
            .optional("question", .text("The question that it answers, of a typed answer.")),
            .optional("answer", .text("The typed answer.")),
            .optional("others", .list(.text(), "Other ways in which the question is asked.")),
        ], named: "Document")
}
