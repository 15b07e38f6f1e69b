package import AuditView
import Conversation
import Endpoints
package import JSON

/// Which acts are wanted.
struct AuditFilter: Described, Decodable, Hashable {
    var actor: String?
    var action: String?
    var target: String?
    var subject: String?
    var person: AccountID?
    var outcome: AuditQuestion.Outcome?
    var text: String?
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
        .optional(
            "target",
            .text("What it was done to; with a slash at its end all of a kind: account/", 1...300)),
        .optional(
            "subject", .text("Words of what it was done to; of the last, its beginning.", 1...200)),
        .optional("person", .id("The account of who acted, or to whom something was done.")),
        .optional(
            "outcome",
            .words(AuditQuestion.Outcome.allCases.map(\.rawValue), "Whether it was done.")),
        .optional(
            "text", .text("Words that stand anywhere in it; of the last, its beginning.", 1...200)),
        .optional("from", .time("Not before.")), .optional("to", .time("Before.")),
    ]

    var question: AuditQuestion {
        var question = AuditQuestion(
            actor: actor, action: action, subject: subject, from: from, to: to)
        question.target = target
        question.person = person
        question.outcome = outcome
        question.text = text
        return question
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
    /// Whether there are no more.
    package var isExact: Bool

    /// Says how many.
    package init(entries: Int, isExact: Bool) {
        self.entries = entries
        self.isExact = isExact
    }

    package static let schema = JSONSchema.object(
        [
            .required("entries", .count("How many there are.")),
            .required("isExact", .boolean("False where there are more, which are not counted.")),
        ], named: "AuditCount")
}

extension AuditListing: Described {
    package static let schema = JSONSchema.object(
        [
            .required("id", .text("The entry's id.")), .required("at", .time("When.")),
            .required("tenant", .text("The tenant concerned.")),
            .required(
                "actor",
                .text(
                    "Who did it: account/… a person, operator/… one of who runs the installation, "
                        + "apiKey/… a program, agent/… an agent, key/… the installation's key.")),
            .required("action", .text("What was done, such as document.add.")),
            .required("subject", .text("What it was done to.")),
            .optional("who", who), .optional("target", target),
            .optional("changes", .list(change, "What is other than before; never a secret.")),
            .optional("refusal", .text("Why it was refused, as a fixed word.")),
            .optional("origin", origin), .optional("chain", place),
        ], named: "AuditEntry")

    private static let who = JSONSchema.object(
        [
            .required("kind", .text("What kind of actor it is.")),
            .required("id", .text("Its id.")),
            .optional("name", .text("What it was called then.")),
            .optional("session", .text("The session in which it acted.")),
            .optional(
                "impersonator", .text("The account of the operator who acted as this person.")),
            .optional("impersonatorName", .text("What that operator was called then.")),
        ], named: "AuditActor")

    private static let target = JSONSchema.object(
        [
            .required("type", .text("What it is: account, tenant, invitation.")),
            .required("id", .text("Its id.")),
            .optional("name", .text("What it was called then.")),
        ], named: "AuditTarget")

    private static let change = JSONSchema.object(
        [
            .required("field", .text("The field.")), .optional("before", .text("What it was.")),
            .optional("after", .text("What it is now.")),
        ], named: "AuditChange")

    private static let origin = JSONSchema.object(
        [
            .optional("address", .text("The address that the request came from.")),
            .optional("userAgent", .text("The browser or program, as it calls itself.")),
            .optional("request", .text("The request's id.")),
            .optional("isProven", .boolean("Whether who asked had proved again who they are.")),
        ], named: "AuditOrigin")

    private static let place = JSONSchema.object(
        [
            .required("number", .integer("The link's number.", 1...Int.max)),
            .required("hash", .text("The link's hash, which binds all entries before.")),
        ], named: "AuditChainPlace")
}

extension AuditChainState: Described {
    package static let schema = JSONSchema.object(
        [
            .required("entries", .count("How many entries there are.")),
            .required("links", .count("How many of them are chained.")),
            .optional("head", .text("The hash of the last link.")),
            .optional(
                "checkpoint",
                .object([
                    .required("count", .count("How many links there were.")),
                    .required("head", .text("The hash of the last of them.")),
                    .required("at", .time("When.")),
                ])),
        ], named: "AuditChain")
}
