import Conversation
package import ConversationView
import Endpoints
package import JSON

/// Of which days suggestions are wanted.
package struct SuggestionDays: Described, Decodable, Hashable {
    /// The first day, as `2026-12-01`.
    package var from: String
    /// The last day.
    package var to: String

    private static func day(_ note: String) -> JSONSchema {
        .text(
            note, 10...10, pattern: "[0-9]{4}-[0-9]{2}-[0-9]{2}", rule: "a day such as 2026-12-25",
            examples: ["2026-12-01"])
    }

    static let fields: [JSONSchema.Field] = [
        .required("from", day("The first day, in the organisation's time zone.")),
        .required("to", day("The last day, at most a year later.")),
    ]

    package static let schema = JSONSchema.object(fields)
}

/// Which suggestions are wanted, with their words.
package struct SuggestionFilter: Described, Decodable, Hashable {
    /// Of which days.
    package var days: SuggestionDays
    /// What became of them; `nil` for all.
    package var outcome: String?

    static let outcomes =
        SuggestionEnd.Outcome.allCases.map(\.rawValue) + [SuggestionListing.open]

    package static let schema = JSONSchema.object(
        SuggestionDays.fields + [.optional("outcome", .words(outcomes, "What became of them."))])

    private enum Field: String, CodingKey {
        case outcome
    }

    /// Reads days and filter side by side.
    package init(from decoder: any Decoder) throws {
        outcome = try decoder.container(keyedBy: Field.self).decodeIfPresent(
            String.self, forKey: .outcome)
        days = try SuggestionDays(from: decoder)
    }
}

/// What became of suggestions, counted.
package struct SuggestionReportAnswer: Hashable, Sendable, Codable, Described {
    /// Counts of a day.
    package struct Day: Hashable, Sendable, Codable {
        /// The day on which they were made.
        package var day: String
        /// The counts.
        package var counts: SuggestionReport.Counts
    }

    /// Counts of what one prompt and model made.
    package struct Made: Hashable, Sendable, Codable {
        /// What made them.
        package var by: SuggestionReport.Maker
        /// The counts.
        package var counts: SuggestionReport.Counts
    }

    /// The first day.
    package var from: String
    /// The last day.
    package var to: String
    /// The time zone of its days.
    package var timeZone: String
    /// All together.
    package var total: SuggestionReport.Counts
    /// By day.
    package var days: [Day]
    /// By prompt and model.
    package var makers: [Made]

    init(from: String, to: String, timeZone: String, _ report: SuggestionReport) {
        self.from = from
        self.to = to
        self.timeZone = timeZone
        total = report.total
        days = report.days.map { Day(day: $0.day, counts: $0.counts) }
        makers = report.makers.map { Made(by: $0.maker, counts: $0.counts) }
    }

    private static let counts = JSONSchema.object(
        [
            .required("all", .count("How many there are.")),
            .required("sent", .count("How many were sent as they were.")),
            .required("slight", .count("Edited: at most a tenth of the words are other.")),
            .required("partial", .count("Edited: at most half of the words are other.")),
            .required("rewritten", .count("Edited: more than half of the words are other.")),
            .required(
                "changedFacts",
                .count("Of those edited, how many have other figures, addresses or denials.")),
            .required("dismissed", .count("How many were put aside.")),
            .required("ignored", .count("Of how many nobody said anything.")),
            .required("open", .count("Of how many nothing has become yet.")),
        ], named: "SuggestionCounts")

    private static let maker = JSONSchema.object(
        [
            .optional("prompt", .text("The prompt's name, if a model was asked.")),
            .optional("promptHash", .text("The hash of the prompt file.")),
            .optional("model", .text("The model, or `built-in`.")),
        ], named: "SuggestionMaker")

    package static let schema = JSONSchema.object(
        [
            .required("from", .text("The first day.")), .required("to", .text("The last day.")),
            .required("timeZone", .text("The time zone of its days.")),
            .required("total", counts),
            .required(
                "days",
                .list(
                    .object([
                        .required("day", .text("The day on which they were made.")),
                        .required("counts", counts),
                    ]), "Days on which any was made.")),
            .required(
                "makers",
                .list(
                    .object([.required("by", maker), .required("counts", counts)]),
                    "What made them; who made most first.")),
        ], named: "SuggestionReport")
}

extension SuggestionListing: Described {
    private static let edit = JSONSchema.object(
        [
            .required("distance", .count("Words put in, left out or replaced, the fewest.")),
            .required("words", .count("Words of the longer of the two.")),
            .required(
                "changesFacts", .boolean("Whether figures, addresses or a denial are other.")),
        ], named: "SuggestionEdit", note: "How what was sent differs from it.")

    package static let schema = JSONSchema.object(
        [
            .required("id", .text("What it is called.")),
            .required("conversation", .text("The conversation.")),
            .required("at", .time("When it was made.")),
            .optional("question", .text("What the customer asked, as far as it is kept.")),
            .required("proposed", .text("What the bot would have said.")),
            .required("citations", .list(JSONSchema(.any), "What that rests on.")),
            .optional("prompt", .text("The prompt's name, if a model was asked.")),
            .optional("promptHash", .text("The hash of the prompt file.")),
            .optional("model", .text("The model, or `built-in`.")),
            .optional("language", .text("The customer's language.")),
            .required("outcome", .words(SuggestionFilter.outcomes, "What became of it.")),
            .optional(
                "because",
                .words(
                    SuggestionEnd.Cause.allCases.map(\.rawValue), "Why, where it was ignored.")),
            .optional("sent", .text("What was sent, as far as it is kept.")),
            .optional("edit", edit),
            .optional("agent", .text("Who sent it, put it aside or answered otherwise.")),
            .optional("endedAt", .time("When that was.")),
        ], named: "Suggestion")
}
