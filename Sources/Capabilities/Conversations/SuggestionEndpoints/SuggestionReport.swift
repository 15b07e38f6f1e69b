import Conversation
package import ConversationView
package import TimeZones

/// What became of suggestions, counted: all together, by day, and by what made them.
///
/// A day is one of the business's own time zone, on which the suggestion was made: so the counts of
/// a day change until something has become of all of it.
package struct SuggestionReport: Sendable {
    /// Counts of some suggestions.
    package struct Counts: Hashable, Sendable, Codable {
        /// How many there are.
        package var all = 0
        /// How many were sent as they were.
        package var sent = 0
        /// How many were sent with at most a tenth of the words other.
        package var slight = 0
        /// How many were sent with at most half of the words other.
        package var partial = 0
        /// How many were sent with more than half of the words other.
        package var rewritten = 0
        /// How many of those that were edited have other figures, addresses or denials than before.
        package var changedFacts = 0
        /// How many were put aside.
        package var dismissed = 0
        /// Of how many nobody said anything.
        package var ignored = 0
        /// How many are open: nothing has become of them yet.
        package var open = 0

        /// Nothing.
        package init() {}

        mutating func take(_ facts: SuggestionFacts) {
            all += 1
            switch SuggestionEnd.Outcome(rawValue: facts.outcome) {
            case .sent: sent += 1
            case .edited:
                switch facts.edit?.extent {
                case .slight: slight += 1
                case .partial, nil: partial += 1
                case .rewritten: rewritten += 1
                }
                if facts.edit?.changesFacts == true { changedFacts += 1 }
            case .dismissed: dismissed += 1
            case .ignored: ignored += 1
            case nil: open += 1
            }
        }
    }

    /// What made suggestions.
    package struct Maker: Hashable, Sendable, Codable {
        /// The prompt's name, if a model was asked.
        package var prompt: String?
        /// The hash of the prompt file.
        package var promptHash: String?
        /// The model, or `built-in`; `nil` where versions before did not say.
        package var model: String?
    }

    /// All together.
    package private(set) var total = Counts()
    private var byDay: [String: Counts] = [:]
    private var byMaker: [Maker: Counts] = [:]
    private let zone: ZoneRules

    /// A report without suggestions yet.
    package init(in zone: ZoneRules) { self.zone = zone }

    /// Takes a suggestion in.
    package mutating func take(_ facts: SuggestionFacts) {
        total.take(facts)
        let local = zone.local(at: facts.at.milliseconds.flooredQuotient(1_000))
        let day = CivilDate(dayNumber: local.flooredQuotient(86_400)).description
        byDay[day, default: Counts()].take(facts)
        let maker = Maker(
            prompt: facts.prompt, promptHash: facts.promptHash, model: facts.model)
        byMaker[maker, default: Counts()].take(facts)
    }

    /// The counts of days, the first first.
    package var days: [(day: String, counts: Counts)] {
        byDay.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The counts by what made them, who made most first.
    package var makers: [(maker: Maker, counts: Counts)] {
        byMaker.sorted { left, right in
            (right.value.all, left.key.name) < (left.value.all, right.key.name)
        }.map { ($0.key, $0.value) }
    }
}

extension SuggestionReport.Maker {
    fileprivate var name: String {
        [prompt, promptHash, model].map { $0 ?? "" }.joined(separator: "\u{1f}")
    }
}
