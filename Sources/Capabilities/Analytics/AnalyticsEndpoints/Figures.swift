package import AnalyticsView
import Endpoints
package import JSON

/// Figures of a time.
package struct Figures: Hashable, Sendable, Codable {
    /// Customers who wrote.
    package var customers: Int
    /// Those of them who never wrote before.
    package var newCustomers: Int
    /// People of the team who did something; `nil` for who is limited to some numbers, as theirs
    /// is done for all.
    package var members: Int?
    /// Messages of customers.
    package var fromCustomers: Int
    /// Messages that the bot wrote.
    package var byBot: Int
    /// Messages that people of the business wrote.
    package var byPeople: Int
    /// Notices that Parley sent.
    package var notices: Int
    /// Questions that the bot answered.
    package var answered: Int
    /// Handoffs to people.
    package var handedOver: Int
    /// Those of them because no document had an answer.
    package var unanswered: Int
    /// Cases that were closed while a customer waited for an answer.
    package var left: Int
    /// Customers who said that an answer helped.
    package var helped: Int
    /// Customers who said that it did not.
    package var helpedNot: Int
    /// Seconds within which half of the bot's answers came.
    package var botHalf: Int64?
    /// Seconds within which nine of ten came.
    package var botNine: Int64?
    /// Seconds within which half of people's first answers came.
    package var peopleHalf: Int64?
    /// Seconds within which nine of ten came.
    package var peopleNine: Int64?

    init(_ counts: AnalyticsRows.Counts, customers: Int, new: Int, members: Int?) {
        func count(_ measure: Measure) -> Int { counts[measure.word] ?? 0 }
        func steps(_ prefix: String) -> [Int: Int] {
            var steps: [Int: Int] = [:]
            for (word, count) in counts where word.hasPrefix(prefix) {
                if let step = Int(word.dropFirst(prefix.count)) { steps[step] = count }
            }
            return steps
        }
        self.customers = customers
        newCustomers = new
        self.members = members
        fromCustomers = count(.fromCustomers)
        byBot = count(.byBot)
        byPeople = count(.byPeople)
        notices = count(.notices)
        answered = count(.answered)
        handedOver = counts.reduce(0) {
            $0 + ($1.key.hasPrefix(Measure.handedPrefix) ? $1.value : 0)
        }
        unanswered = count(.handedOver("unanswered"))
        left = count(.leftUnanswered)
        helped = count(.helped)
        helpedNot = count(.helpedNot)
        let (bot, people) = (steps(Measure.botWaitPrefix), steps(Measure.peopleWaitPrefix))
        botHalf = Waits.end(bot, percent: 50)
        botNine = Waits.end(bot, percent: 90)
        peopleHalf = Waits.end(people, percent: 50)
        peopleNine = Waits.end(people, percent: 90)
    }

    /// The names of what is counted, with what each is, as tables have them.
    static let columns: [(name: String, note: String, value: @Sendable (Self) -> Int64?)] = [
        ("customers", "Customers who wrote.", { Int64($0.customers) }),
        ("newCustomers", "Those of them who never wrote before.", { Int64($0.newCustomers) }),
        ("members", "People of the team who did something.", { $0.members.map { Int64($0) } }),
        ("fromCustomers", "Messages of customers.", { Int64($0.fromCustomers) }),
        ("byBot", "Messages that the bot wrote.", { Int64($0.byBot) }),
        ("byPeople", "Messages that people of the business wrote.", { Int64($0.byPeople) }),
        ("notices", "Notices that Parley sent.", { Int64($0.notices) }),
        ("answered", "Questions that the bot answered.", { Int64($0.answered) }),
        ("handedOver", "Handoffs to people.", { Int64($0.handedOver) }),
        ("unanswered", "Those because no document had an answer.", { Int64($0.unanswered) }),
        ("left", "Cases closed while a customer waited.", { Int64($0.left) }),
        ("helped", "Customers who said that an answer helped.", { Int64($0.helped) }),
        ("helpedNot", "Customers who said that it did not.", { Int64($0.helpedNot) }),
        ("botHalf", "Seconds in which half of the bot's answers came.", { $0.botHalf }),
        ("botNine", "Seconds in which nine of ten came.", { $0.botNine }),
        ("peopleHalf", "Seconds for half of people's first answers.", { $0.peopleHalf }),
        ("peopleNine", "Seconds for nine of ten of them.", { $0.peopleNine }),
    ]

    private static let mayBeMissing: Set = [
        "members", "botHalf", "botNine", "peopleHalf", "peopleNine",
    ]

    static let fields: [JSONSchema.Field] = columns.map { name, note, _ in
        mayBeMissing.contains(name) ? .optional(name, .count(note)) : .required(name, .count(note))
    }

    static let schema = JSONSchema.object(fields, named: "Figures")
}

/// Figures of a part of a period.
package struct FiguresPart: Hashable, Sendable, Codable {
    /// When it begins, in milliseconds.
    package var from: Int64
    /// When it ends, in milliseconds.
    package var to: Int64
    /// The figures.
    package var figures: Figures

    static let schema = JSONSchema.object(
        [
            .required("from", .time("When it begins.")), .required("to", .time("When it ends.")),
            .required("figures", Figures.schema),
        ], named: "FiguresPart")
}

/// Which figures are wanted.
package struct AnalyticsQuery: Described, Decodable, Hashable {
    /// How long.
    package var period: Period.Length
    /// By what it is divided; usually by hours of a day, else by days.
    package var by: Period.Step?

    static let fields: [JSONSchema.Field] = [
        .required(
            "period",
            .words(
                Period.Length.allCases.map(\.rawValue),
                "How long: up to now, in whole hours or days of the organisation's time zone.")),
        .optional(
            "by",
            .words(
                Period.Step.allCases.map(\.rawValue),
                "By what: hours of 24h and 7d, days of 7d, 30d and 90d, weeks of the last two.")),
    ]

    package static let schema = JSONSchema.object(fields)
}
