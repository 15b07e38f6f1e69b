package import AnalyticsView
import Conversation
import Endpoints
package import JSON

/// Figures of one business.
package struct AnalyticsAnswer: Hashable, Sendable, Codable, Described {
    /// How many handoffs had a reason.
    package struct Reason: Hashable, Sendable, Codable {
        /// The reason's name.
        package var reason: String
        /// How many in the period.
        package var now: Int
        /// How many in the time before.
        package var before: Int
    }

    /// How a feature is used.
    package struct Use: Hashable, Sendable, Codable {
        /// The feature.
        package var feature: Feature
        /// How often it was used.
        package var uses: Int
        /// On how many days.
        package var days: Int
    }

    /// How long the period is.
    package var period: Period.Length
    /// By what it is divided.
    package var by: Period.Step
    /// The time zone of its hours and days.
    package var timeZone: String
    /// When it begins, in milliseconds.
    package var from: Int64
    /// When the time before begins.
    package var beforeFrom: Int64
    /// Up to where the time before is counted: as far into its last day as now is in this one.
    package var beforeTo: Int64
    /// Whether only numbers are counted to which whoever looks is limited.
    package var isLimited: Bool
    /// Figures of the period.
    package var now: Figures
    /// Figures of the time before.
    package var before: Figures
    /// Figures of its parts.
    package var parts: [FiguresPart]
    /// Figures of the parts of the time before.
    package var partsBefore: [FiguresPart]
    /// Customers who wrote in the whole time before.
    package var earlierCustomers: Int
    /// Those of them who wrote in the period, too.
    package var returnedCustomers: Int
    /// Why conversations were handed over, the most frequent reason first.
    package var reasons: [Reason]
    /// Customers' messages by day of the week, from Monday on, and hour of the day.
    package var hours: [[Int]]
    /// What is used.
    package var features: [Use]

    package static let schema = JSONSchema.object(
        [
            .required("period", .words(Period.Length.allCases.map(\.rawValue), "How long.")),
            .required("by", .words(Period.Step.allCases.map(\.rawValue), "By what.")),
            .required("timeZone", .text("The time zone of its hours and days.")),
            .required("from", .time("When it begins.")),
            .required("beforeFrom", .time("When the time before begins.")),
            .required(
                "beforeTo",
                .time("Up to where that is counted: as far into its last day as now in this.")),
            .required("isLimited", .boolean("Whether only some numbers are counted.")),
            .required("now", Figures.schema), .required("before", Figures.schema),
            .required("parts", .list(FiguresPart.schema, "Its parts, the first first.")),
            .required("partsBefore", .list(FiguresPart.schema, "Those of the time before.")),
            .required("earlierCustomers", .count("Customers of the whole time before.")),
            .required("returnedCustomers", .count("Those of them who wrote again.")),
            .required(
                "reasons",
                .list(
                    .object(
                        [
                            .required("reason", .text("Why.")),
                            .required("now", .count("How many in the period.")),
                            .required("before", .count("How many before.")),
                        ], named: "HandoffReasonCount"))),
            .required(
                "hours",
                .list(
                    .list(.count()),
                    "Customers' messages by day of the week, from Monday on, and hour.")),
            .required("features", .list(Self.use, "What is used.")),
        ], named: "Analytics")

    static let use = JSONSchema.object(
        [
            .required("feature", .words(Feature.allCases.map(\.rawValue), "What.")),
            .required("uses", .count("How often.")),
            .required("days", .count("On how many days.")),
        ], named: "FeatureUse")
}

/// What a business has of what there is a limit for, and of what takes room.
package struct UsageAnswer: Hashable, Sendable, Codable, Described {
    /// What is counted.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// People of the team.
        case members
        /// Invitations that are open.
        case invitations
        /// API keys that work.
        case apiKeys
        /// Documents that can be found.
        case documents
        /// Bytes of their files.
        case documentBytes
    }

    /// How much of it there is.
    package struct Gauge: Hashable, Sendable, Codable {
        /// Of what.
        package var kind: Kind
        /// How much.
        package var used: Int
        /// How much there may be; `nil` where nothing bounds it.
        package var limit: Int?

        /// Tells how much of something there is.
        package init(_ kind: Kind, _ used: Int, of limit: Int? = nil) {
            self.kind = kind
            self.used = used
            self.limit = limit
        }
    }

    /// All of it.
    package var gauges: [Gauge]

    /// Tells of all of it.
    package init(_ gauges: [Gauge]) { self.gauges = gauges }

    package static let schema = JSONSchema.object(
        [
            .required(
                "gauges",
                .list(
                    .object(
                        [
                            .required("kind", .words(Kind.allCases.map(\.rawValue), "Of what.")),
                            .required("used", .count("How much there is.")),
                            .optional("limit", .count("How much there may be, if bounded.")),
                        ], named: "UsageGauge")))
        ], named: "Usage")
}
