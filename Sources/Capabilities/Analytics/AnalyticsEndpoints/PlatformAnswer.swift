package import AnalyticsView
package import Conversation
import Endpoints
package import JSON

/// Which figures of all businesses are wanted.
package struct PlatformQuery: Described, Decodable, Hashable {
    /// Rows of a page, unless told otherwise.
    static let rows = 50
    /// Rows of a page at most.
    static let mostRows = 200

    /// How long.
    package var period: Period.Length
    /// Where the page before ended.
    package var after: String?
    /// How many businesses.
    package var limit: Int?

    package static let schema = JSONSchema.object([
        AnalyticsQuery.fields[0],
        .optional("after", .text("What the page before gave as next.", 1...300)),
        .optional("limit", .integer("Businesses of a page.", 1...mostRows, standard: rows)),
    ])
}

/// For how long figures of all businesses are taken out.
package struct PlatformExport: Described, Decodable, Hashable {
    /// How long.
    package var period: Period.Length

    package static let schema = JSONSchema.object([AnalyticsQuery.fields[0]])
}

/// Figures of a business among all.
package struct BusinessFigures: Hashable, Sendable, Codable {
    /// The business.
    package var tenant: TenantID
    /// What it is called.
    package var name: String
    /// When it was made; `nil` where that is not known.
    package var createdAt: Timestamp?
    /// The time zone of its days.
    package var timeZone: String
    /// Figures of the period.
    package var now: Figures
    /// Figures of the time before.
    package var before: Figures
    /// Customers of the whole time before.
    package var earlierCustomers: Int
    /// Those of them who wrote again.
    package var returnedCustomers: Int
    /// What it uses.
    package var features: [AnalyticsAnswer.Use]

    static let schema = JSONSchema.object(
        [
            .required("tenant", .text("The business.")),
            .required("name", .text("What it is called.")),
            .optional("createdAt", .time("When it was made.")),
            .required("timeZone", .text("The time zone of its days.")),
            .required("now", Figures.schema), .required("before", Figures.schema),
            .required("earlierCustomers", .count("Customers of the whole time before.")),
            .required("returnedCustomers", .count("Those of them who wrote again.")),
            .required("features", .list(AnalyticsAnswer.use, "What it uses.")),
        ], named: "BusinessFigures")
}

/// Figures of all businesses, each in its own days.
package struct PlatformAnswer: Hashable, Sendable, Codable, Described {
    /// How many businesses something is so of, now and before.
    package struct Growth: Hashable, Sendable, Codable {
        /// In the period.
        package var now: Int
        /// In the time before.
        package var before: Int

        static func schema(_ note: String) -> JSONSchema {
            JSONSchema.object(
                [
                    .required("now", .count("In the period.")),
                    .required("before", .count("In the time before.")),
                ], named: "BusinessCount", note: note)
        }
    }

    /// A part of the time: of each business its own.
    package struct Part: Hashable, Sendable, Codable {
        /// How many hours or days ago it was; 0 for the one that runs.
        package var ago: Int
        /// Customers who wrote.
        package var customers: Int
        /// Messages of customers.
        package var fromCustomers: Int
        /// Questions that the bot answered.
        package var answered: Int
        /// Handoffs to people.
        package var handedOver: Int
        /// Businesses to whom customers wrote.
        package var businesses: Int
    }

    /// How many businesses use a feature.
    package struct Adoption: Hashable, Sendable, Codable {
        /// The feature.
        package var feature: Feature
        /// How many use it in the period.
        package var now: Int
        /// How many did before.
        package var before: Int
    }

    /// How long the period is.
    package var period: Period.Length
    /// By what it is divided.
    package var by: Period.Step
    /// How many businesses there are.
    package var businesses: Int
    /// To whom customers wrote.
    package var activeBusinesses: Growth
    /// Which are new.
    package var newBusinesses: Growth
    /// Figures of all together; without how long answers took, which is each one's own.
    package var now: Figures
    /// The same of the time before.
    package var before: Figures
    /// Customers of the whole time before.
    package var earlierCustomers: Int
    /// Those of them who wrote again.
    package var returnedCustomers: Int
    /// Its parts, the first first.
    package var parts: [Part]
    /// What is used, by how many.
    package var adoption: [Adoption]
    /// Businesses, those with the most messages first.
    package var rows: [BusinessFigures]
    /// What gives the next page as `after`.
    package var next: String?

    package static let schema = JSONSchema.object(
        [
            .required("period", .words(Period.Length.allCases.map(\.rawValue), "How long.")),
            .required("by", .words(Period.Step.allCases.map(\.rawValue), "By what.")),
            .required("businesses", .count("How many businesses there are.")),
            .required("activeBusinesses", Growth.schema("To whom customers wrote.")),
            .required("newBusinesses", Growth.schema("Which are new.")),
            .required("now", Figures.schema), .required("before", Figures.schema),
            .required("earlierCustomers", .count("Customers of the whole time before.")),
            .required("returnedCustomers", .count("Those of them who wrote again.")),
            .required(
                "parts",
                .list(
                    .object(
                        [
                            .required("ago", .count("How many hours or days ago.")),
                            .required("customers", .count("Customers who wrote.")),
                            .required("fromCustomers", .count("Messages of customers.")),
                            .required("answered", .count("Questions that the bot answered.")),
                            .required("handedOver", .count("Handoffs to people.")),
                            .required("businesses", .count("Businesses with messages.")),
                        ], named: "PlatformPart"), "Its parts, each business's own.")),
            .required(
                "adoption",
                .list(
                    .object(
                        [
                            .required(
                                "feature",
                                .words(Feature.allCases.map(\.rawValue), "What is used.")),
                            .required("now", .count("By how many businesses.")),
                            .required("before", .count("By how many before.")),
                        ], named: "FeatureAdoption"))),
            .required("rows", .list(BusinessFigures.schema, "Those with most messages first.")),
            .optional("next", .text("What gives the next page as `after`.")),
        ], named: "PlatformAnalytics")
}
