import Conversation
import Endpoints
package import JSON
package import ServiceLevelRecords
package import ServiceLevelView

/// Which report is wanted.
package struct ReportQuery: Described, Decodable, Hashable {
    /// By what.
    package var by: Report.Grouping
    /// The first day, as `2026-12-01`.
    package var from: String
    /// The last day.
    package var to: String

    private static func day(_ note: String) -> JSONSchema {
        .text(
            note, 10...10, pattern: "[0-9]{4}-[0-9]{2}-[0-9]{2}", rule: "a day such as 2026-12-25",
            examples: ["2026-12-01"])
    }

    package static let schema = JSONSchema.object([
        .required("by", .words(Report.Grouping.allCases.map(\.rawValue), "By what the rows are.")),
        .required("from", day("The first day, in the organisation's time zone.")),
        .required("to", day("The last day, at most a year later.")),
    ])
}

/// Figures of one agent or day.
package struct ReportRow: Hashable, Sendable, Codable {
    /// The agent's id or the day; empty for what nobody did.
    package var key: String
    /// What the agent is called.
    package var name: String?
    /// From the queue until somebody took it.
    package var queueWait: Report.Figure?
    /// Until a person's first message.
    package var firstResponse: Report.Figure?
    /// Until a person's next message.
    package var nextResponse: Report.Figure?
    /// Until it was closed.
    package var resolution: Report.Figure?
    /// How long people were busy with a case.
    package var handling: Report.Figure?
    /// How many left the queue before anybody took them.
    package var abandoned: Int
    /// How many were closed without an answer.
    package var unanswered: Int
    /// Seconds that the bot had the case before.
    package var botMedian: Int64?

    init(_ row: Report.Row) {
        key = row.key
        name = row.name
        queueWait = row.figures[.queueWait]
        firstResponse = row.figures[.firstResponse]
        nextResponse = row.figures[.nextResponse]
        resolution = row.figures[.resolution]
        handling = row.figures[.handling]
        abandoned = row.abandoned
        unanswered = row.unanswered
        botMedian = row.botMedian
    }

    /// A figure of it.
    package func figure(_ measure: ClockResult.Measure) -> Report.Figure? {
        switch measure {
        case .queueWait: queueWait
        case .firstResponse: firstResponse
        case .nextResponse: nextResponse
        case .resolution: resolution
        case .handling: handling
        }
    }

    private static let figure = JSONSchema.object(
        [
            .required("count", .count("How many there are.")),
            .required("breached", .count("How many took longer than was promised then.")),
            .required("median", .count("Open seconds: half of them took no longer.")),
            .required("p90", .count("Open seconds: nine of ten took no longer.")),
            .required("calendarMedian", .count("The median by the calendar.")),
            .required("calendarP90", .count("The ninth tenth by the calendar.")),
        ], named: "ServiceLevelFigure")

    static let schema = JSONSchema.object(
        [
            .required("key", .text("The agent's id or the day; empty for what nobody did.")),
            .optional("name", .text("What the agent is called.")),
        ]
            + [
                ("queueWait", "From the queue until somebody took it."),
                ("firstResponse", "Until a person's first message."),
                ("nextResponse", "Until a person's next message."),
                ("resolution", "Until it was closed, without the customer's turns."),
                ("handling", "How long people were busy with a case."),
            ].map { name, note in
                var schema = figure
                schema.note = note
                return .optional(name, schema)
            }
            + [
                .required("abandoned", .count("How many left the queue untaken.")),
                .required("unanswered", .count("How many were closed without an answer.")),
                .optional("botMedian", .count("Seconds that the bot had it before; the median.")),
            ], named: "ServiceLevelRow")
}

/// A report.
package struct ReportAnswer: Hashable, Sendable, Codable, Described {
    /// By what the rows are.
    package var by: Report.Grouping
    /// The first day.
    package var from: String
    /// The last day.
    package var to: String
    /// The time zone of its days.
    package var timeZone: String
    /// The rows.
    package var rows: [ReportRow]
    /// All together.
    package var total: ReportRow

    package static let schema = JSONSchema.object(
        [
            .required("by", .words(Report.Grouping.allCases.map(\.rawValue), "What rows are.")),
            .required("from", .text("The first day.")), .required("to", .text("The last day.")),
            .required(
                "timeZone",
                .text("The time zone of its days: a value is of the day on which it ended.")),
            .required("rows", .list(ReportRow.schema, "By name or day.")),
            .required("total", ReportRow.schema),
        ], named: "ServiceLevelReport")
}
