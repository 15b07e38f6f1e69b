import Conversation
import Endpoints
import EventLog
import JSON
import Operations
import Records

/// A dead letter as it is listed.
struct DeadLetterListing: Described, Codable, Hashable {
    var letter: String
    var position: String
    var at: Timestamp
    var stage: String
    var tenant: TenantID
    var error: String
    var reason: String
    var type: String
    var origin: String
    var attempts: Int
    var bytes: Int
    var standing: String
    var mayRedrive: Bool

    static let fields: [JSONSchema.Field] = [
        .required("letter", .text("Its name here.")),
        .required("position", .text("Where it stands in dead.letters.")),
        .required("at", .time("When it was set aside.")),
        .required("stage", .text("The stage that set it aside.")),
        .required("tenant", .text("The business; - where the record names none.")),
        .required("error", .text("permanent, unexpected or crash.")),
        .required("reason", .text("Why.")), .required("type", .text("The record's type.")),
        .required("origin", .text("Where it came from.")),
        .required("attempts", .count("How often it was tried.")),
        .required("bytes", .count("Bytes of its value.")),
        .required(
            "standing", .words(["open", "redriven", "discarded"], "What was done about it.")),
        .required("mayRedrive", .boolean("Whether it can be given back to its stage.")),
    ]
    static let schema = JSONSchema.object(fields, named: "DeadLetter")

    init(_ entry: DeadLetterIndex.Entry) {
        let found = entry.letter
        letter = Self.name(of: found.position)
        position = found.position.description
        at = found.at
        stage = found.stage
        tenant = found.tenant
        error = found.kind
        reason = found.reason
        type = found.type
        origin = found.origin
        attempts = found.attempts
        bytes = entry.bytes
        standing =
            switch found.standing {
            case .open: "open"
            case .redriven: "redriven"
            case .discarded: "discarded"
            }
        mayRedrive = found.isOpen && DeadLetterActions.Remedy.redrive.fits(found)
    }

    /// The name that stands in paths: a position has signs that do not.
    static func name(of position: RecordPosition) -> String {
        "\(position.partition)-\(position.offset)"
    }
}

/// A page of dead letters.
struct DeadLetterPage: Described, Codable, Hashable {
    var letters: [DeadLetterListing]
    var total: Int
    var next: String?
    var stages: [String]

    static let schema = JSONSchema.object(
        [
            .required("letters", .list(DeadLetterListing.schema, "The newest first.")),
            .required("total", .count("How many fit.")),
            .optional("next", .text("Where the next page begins.")),
            .required("stages", .list(.text(), "The stages that have set something aside.")),
        ], named: "DeadLetterPage")
}

/// A dead letter with its headers, and without what people wrote.
struct WholeDeadLetter: Described, Codable, Hashable {
    struct Header: Codable, Hashable, Sendable {
        var name: String
        var value: String
    }

    var letter: DeadLetterListing
    var key: String
    var id: RecordID
    var correlation: RecordID
    var headers: [Header]
    var by: String?
    var settledAt: Timestamp?
    var because: String?
    var redrivenAs: RecordID?

    static let schema = JSONSchema.object(
        [
            .required("letter", DeadLetterListing.schema),
            .required("key", .text("The record's key.")),
            .required("id", .text("The record's id.")),
            .required("correlation", .text("The message that it all began with.")),
            .required(
                "headers",
                .list(
                    .object([
                        .required("name", .text("Its name.")),
                        .required("value", .text("What it says.")),
                    ]), "Its headers.")),
            .optional("by", .text("Who did something about it.")),
            .optional("settledAt", .time("When.")),
            .optional("because", .text("Why it was given up.")),
            .optional("redrivenAs", .text("The id under which it was given back.")),
        ], named: "WholeDeadLetter")

    init(_ entry: DeadLetterIndex.Entry) {
        let found = entry.letter
        letter = DeadLetterListing(entry)
        key = found.key
        id = found.id
        correlation = found.correlation
        headers = found.record.headers.map { Header(name: $0.name, value: $0.text) }
        switch found.standing {
        case .open: break
        case .redriven(let newID, let actor, let moment):
            (by, settledAt, redrivenAs) = (actor, moment, newID)
        case .discarded(let reason, let actor, let moment):
            (by, settledAt, because) = (actor, moment, reason)
        }
    }
}

/// What a dead letter's record says.
struct DeadLetterContent: Described, Codable, Hashable {
    var text: String
    var isOpened: Bool
    var isCut: Bool

    static let schema = JSONSchema.object(
        [
            .required("text", .text("What it says.")),
            .required("isOpened", .boolean("Whether what was sealed in it could be opened.")),
            .required("isCut", .boolean("Whether there is more of it.")),
        ], named: "DeadLetterContent")
}

/// Which page of which dead letters is wanted.
struct DeadLetterParameters: Described, Decodable, Hashable {
    var stage: String?
    var tenant: TenantID?
    var error: String?
    var standing: String?
    var from: Timestamp?
    var to: Timestamp?
    var limit: Int?
    var after: String?

    static let rows = 100

    static let schema = JSONSchema.object([
        .optional("stage", .text("Set aside by this stage.", 1...64)),
        .optional("tenant", .text("Of this business.", 1...63)),
        .optional("error", .text("With these words in the reason, or of this class.", 1...200)),
        .optional("standing", .words(["open", "all"], "Those that are open, or all.")),
        .optional("from", .time("Set aside at or after this.")),
        .optional("to", .time("Set aside before this.")),
        .optional("limit", .integer("Letters of a page at most.", 1...500, standard: rows)),
        .optional(
            "after",
            .text(
                "What the page before gave as next.", 3...40, pattern: "[0-9]{1,9}-[0-9]{1,18}",
                rule: "what the page before gave as next")),
    ])

    var filter: DeadLetterFilter {
        DeadLetterFilter(
            stage: stage, tenant: tenant, error: error, from: from, to: to,
            isOpen: standing != "all")
    }
}

/// Which dead letter is wanted.
struct OneDeadLetter: Described, Decodable, Hashable {
    var letter: String

    static let name = JSONSchema.text(
        "Its name here.", 3...40, pattern: "[0-9]{1,9}-[0-9]{1,18}",
        rule: "a partition and an offset, such as 0-17")
    static let schema = JSONSchema.object([.required("letter", name)])
}

/// What is to be done about dead letters.
struct DeadLetterWish: Described, Decodable, Hashable {
    var letters: [String]
    var isDryRun: Bool

    static let letters = JSONSchema.Field.required(
        "letters", .list(OneDeadLetter.name, "Which.", 1...500))
    static let isDryRun = JSONSchema.Field.required(
        "isDryRun", .boolean("Whether it is only told what would be done."))

    static let schema = JSONSchema.object([letters, isDryRun], named: "DeadLetterRedrive")
}

/// Dead letters that are to be given up, and why.
struct DeadLetterDiscard: Described, Decodable, Hashable {
    var letters: [String]
    var isDryRun: Bool
    var because: String

    static let schema = JSONSchema.object(
        [
            DeadLetterWish.letters, DeadLetterWish.isDryRun,
            .required("because", .text("Why, for the record.", 1...500)),
        ], named: "DeadLetterDiscard")
}

/// What was done about dead letters, or would be.
struct DeadLetterOutcome: Described, Codable, Hashable {
    struct Row: Codable, Hashable, Sendable {
        var letter: String
        var isDone: Bool
        var why: String?
    }

    var isDryRun: Bool
    var letters: [Row]

    static let schema = JSONSchema.object(
        [
            .required("isDryRun", .boolean("Whether nothing was done.")),
            .required(
                "letters",
                .list(
                    .object([
                        .required("letter", OneDeadLetter.name),
                        .required("isDone", .boolean("Whether it is done, or would be.")),
                        .optional(
                            "why",
                            .words(
                                ["settled", "timer", "noValue", "unknown"], "Why it is left alone.")
                        ),
                    ]), "Each that was named.")),
        ], named: "DeadLetterOutcome")
}
