package import AuditView
import Conversation
import Endpoints
package import JSON

/// Which acts are wanted.
struct AuditFilter: Described, Decodable, Hashable {
    var actor: String?
    var action: String?
    var subject: String?
    var from: Timestamp?
    var to: Timestamp?

    static let schema = JSONSchema.object(fields)

    static let fields: [JSONSchema.Field] = [
        .optional(
            "actor",
            .text("Who acted; with a slash at its end all that begin so: agent/", 1...200)),
        .optional(
            "action",
            .text("What was done; with a dot at its end all that begin so: document.", 1...100)),
        .optional("subject", .text("A part of what it was done to.", 1...200)),
        .optional("from", .time("Not before.")), .optional("to", .time("Before.")),
    ]

    var question: AuditQuestion {
        AuditQuestion(actor: actor, action: action, subject: subject, from: from, to: to)
    }
}

/// Which page of the acts is wanted.
struct AuditParameters: Described, Decodable, Hashable {
    var filter: AuditFilter
    var limit: Int?
    var after: String?

    static let schema = JSONSchema.object(
        AuditFilter.fields + [
            .optional(
                "limit", .integer("Entries of a page at most.", 1...mostRows, standard: rows)),
            .optional("after", .text("What the page before gave as next, as it is.", 1...200)),
        ])

    private static let mostRows = 500
    static let rows = 100

    private enum Name: String, CodingKey {
        case limit, after
    }

    init(from decoder: any Decoder) throws {
        filter = try AuditFilter(from: decoder)
        let box = try decoder.container(keyedBy: Name.self)
        limit = try box.decodeIfPresent(Int.self, forKey: .limit)
        after = try box.decodeIfPresent(String.self, forKey: .after)
    }
}

/// Which act is wanted.
struct AuditEntryParameters: Described, Decodable, Hashable {
    var entry: RecordID

    static let schema = JSONSchema.object([.required("entry", .id("The entry's id."))])
}

/// A page of acts, newest first.
package struct AuditPage: Hashable, Codable, Described {
    /// The acts.
    package var entries: [AuditListing]
    /// Where the next page begins, to be given back as it is; `nil` on the last page.
    package var next: String?

    /// Describes a page.
    package init(entries: [AuditListing], next: String? = nil) {
        self.entries = entries
        self.next = next
    }

    package static let schema = JSONSchema.object(
        [
            .required("entries", .list(AuditListing.schema, "The acts, newest first.")),
            .optional("next", .text("Where the next page begins.")),
        ], named: "AuditPage")
}

/// How many acts there are.
package struct AuditCount: Hashable, Codable, Described {
    /// How many.
    package var entries: Int

    package static let schema = JSONSchema.object(
        [.required("entries", .count("How many there are."))], named: "AuditCount")
}

extension AuditListing: Described {
    package static let schema = JSONSchema.object(
        [
            .required("id", .text("The entry's id.")), .required("at", .time("When.")),
            .required("tenant", .text("The tenant concerned.")),
            .required(
                "actor",
                .text("Who did it: key/… is the installation's key, agent/… an agent.")),
            .required("action", .text("What was done, such as document.add.")),
            .required("subject", .text("What it was done to.")),
        ], named: "AuditEntry")
}
