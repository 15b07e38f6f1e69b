/// What is counted.
package enum Measure: Hashable, Sendable {
    /// Messages of customers.
    case fromCustomers
    /// Messages that the bot wrote.
    case byBot
    /// Messages that people of the business wrote, on its phone, too.
    case byPeople
    /// Notices that Parley sent by itself.
    case notices
    /// Bursts of customers' messages that the bot answered.
    case answered
    /// Handoffs to people, by the reason's name.
    case handedOver(String)
    /// Cases that were closed while a customer waited for a person's answer.
    case leftUnanswered
    /// Customers who said that an answer helped.
    case helped
    /// Customers who said that it did not.
    case helpedNot
    /// Answers of the bot, by the step of ``Waits`` in which they came.
    case waitedForBot(Int)
    /// First answers of people, by the step of ``Waits`` in which they came.
    case waitedForPeople(Int)
    /// Uses of a feature.
    case use(Feature)

    /// How rows name it.
    package var word: String {
        switch self {
        case .fromCustomers: "in"
        case .byBot: "bot"
        case .byPeople: "people"
        case .notices: "notices"
        case .answered: "answered"
        case .handedOver(let reason): "handed." + reason
        case .leftUnanswered: "left"
        case .helped: "helped"
        case .helpedNot: "helped.not"
        case .waitedForBot(let step): "wait.bot.\(step)"
        case .waitedForPeople(let step): "wait.people.\(step)"
        case .use(let feature): "use." + feature.rawValue
        }
    }

    /// What begins the words of handoffs.
    package static let handedPrefix = "handed."
    /// What begins the words of features.
    package static let usePrefix = "use."
    /// What begins the words of how long the bot's answers took.
    package static let botWaitPrefix = "wait.bot."
    /// What begins the words of how long people's first answers took.
    package static let peopleWaitPrefix = "wait.people."
}

/// How long answers took: counted in steps, so that sums over any time stay exact.
///
/// What is told is a step's end: so many took no longer.
package enum Waits {
    /// The ends of the steps, in seconds; the last step has none.
    package static let ends: [Int64] = [
        1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 120, 180, 300, 600, 900, 1_800, 3_600, 7_200, 14_400,
        28_800, 43_200, 86_400,
    ]

    /// The step of a time, in milliseconds; what is negative, as clocks differ, took no time.
    package static func step(ofMilliseconds wait: Int64) -> Int {
        ends.firstIndex { wait <= $0 * 1_000 } ?? ends.count
    }

    /// The end of the step in which so many hundredths have had their answer, in seconds; `nil` of
    /// none, and where that took longer than the longest step.
    package static func end(_ counts: [Int: Int], percent: Int) -> Int64? {
        let all = counts.values.reduce(0, +)
        guard all > 0 else { return nil }
        let wanted = (all * percent + 99) / 100
        var sum = 0
        for step in ends.indices {
            sum += counts[step] ?? 0
            if sum >= wanted { return ends[step] }
        }
        return nil
    }
}

/// Things that a business can use.
package enum Feature: String, Hashable, Sendable, Codable, CaseIterable {
    /// The bot's answers.
    case bot
    /// People answer.
    case people
    /// Agents use what the bot suggests.
    case suggestions
    /// Templates are sent, made or changed.
    case templates
    /// Documents and sites.
    case knowledge
    /// Canned replies and labels.
    case deskTools
    /// Queues and agents' profiles.
    case queues
    /// Customers' profiles, files and cases.
    case customers
    /// People are invited, or have another role.
    case team
    /// API keys.
    case apiKeys
    /// Opening hours, promises and other settings.
    case settings
    /// Data is taken out.
    case exports
    /// Customers are played.
    case simulator

    /// The feature that an act belongs to, by its name in the audit log; `nil` for none.
    package init?(action: String) {
        let words = action.split(separator: ".")
        if words.last == "export" {
            self = .exports
            return
        }
        switch words.first.map(String.init) ?? "" {
        case "document", "site", "prompt": self = .knowledge
        case "template": self = .templates
        case "desk": self = .deskTools
        case "routing": self = .queues
        case "customer", "case": self = .customers
        case "member", "invitation", "role", "ownership": self = .team
        case "apiKey": self = .apiKeys
        case "tenant" where words.dropFirst().first == "change": self = .settings
        case "channel", "consent": self = .settings
        case "simulator": self = .simulator
        default: return nil
        }
    }
}
