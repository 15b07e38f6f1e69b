package import Conversation
package import ServiceLevelRecords
package import TimeZones

/// What was measured, in figures: lists and averages come from this one fold.
///
/// Whose a value is, is who took, wrote or closed: not who has the conversation. A bot's replies
/// are in none of them. A day is one of the business's own time zone, on which something ended.
package struct Report: Sendable {
    /// By what the rows are.
    package enum Grouping: String, Hashable, Sendable, Codable, CaseIterable {
        /// By who did it.
        case agent
        /// By the day on which it ended.
        case day
    }

    /// Many values of one kind in short; in seconds.
    package struct Figure: Hashable, Sendable, Codable {
        /// How many there are.
        package var count: Int
        /// How many took longer than was promised then.
        package var breached: Int
        /// Half of them took no longer, in open time.
        package var median: Int64
        /// Nine of ten took no longer, in open time.
        package var p90: Int64
        /// Half of them took no longer, by the calendar.
        package var calendarMedian: Int64
        /// Nine of ten took no longer, by the calendar.
        package var calendarP90: Int64
    }

    /// The figures of one agent or day, or of all.
    package struct Row: Hashable, Sendable {
        /// The agent's id, or the day as `2026-12-25`; empty for what nobody did.
        package var key: String
        /// What the agent is called.
        package var name: String?
        /// The figures there are.
        package var figures: [ClockResult.Measure: Figure] = [:]
        /// How many left the queue before anybody took them.
        package var abandoned = 0
        /// How many were closed without an answer.
        package var unanswered = 0
        /// Seconds that the bot had the case before, half of the times no more; `nil` for none.
        package var botMedian: Int64?
    }

    /// The rows, by name or day.
    package private(set) var rows: [Row] = []
    /// All together.
    package private(set) var total = Row(key: "")

    /// Values that are gathered.
    private struct Gathered {
        var name: String?
        var open: [ClockResult.Measure: [Int64]] = [:]
        var calendar: [ClockResult.Measure: [Int64]] = [:]
        var breached: [ClockResult.Measure: Int] = [:]
        var abandoned = 0
        var unanswered = 0
        var bot: [Int64] = []

        mutating func take(_ result: ClockResult) {
            switch result.end {
            case .abandoned: abandoned += 1
            case .unanswered: unanswered += 1
            case .done:
                name = result.agentName.flatMap { $0.isEmpty ? nil : $0 } ?? name
                open[result.measure, default: []].append(result.openSeconds)
                calendar[result.measure, default: []].append(result.calendarSeconds)
                if let seconds = result.botSeconds { bot.append(seconds) }
            }
            // Whoever waited in vain was promised something, too.
            if result.isBreach { breached[result.measure, default: 0] += 1 }
        }

        func row(_ key: String) -> Row {
            var row = Row(
                key: key, name: name, abandoned: abandoned, unanswered: unanswered,
                botMedian: bot.isEmpty ? nil : Report.quantile(bot.sorted(), 50))
            for measure in ClockResult.Measure.allCases {
                let values = open[measure, default: []].sorted()
                let byCalendar = calendar[measure, default: []].sorted()
                let breaches = breached[measure, default: 0]
                guard !values.isEmpty || breaches > 0 else { continue }
                row.figures[measure] = Figure(
                    count: values.count, breached: breaches,
                    median: Report.quantile(values, 50), p90: Report.quantile(values, 90),
                    calendarMedian: Report.quantile(byCalendar, 50),
                    calendarP90: Report.quantile(byCalendar, 90))
            }
            return row
        }
    }

    private let grouping: Grouping
    private let zone: ZoneRules
    private var gathered: [String: Gathered] = [:]
    private var all = Gathered()

    /// A report without results yet.
    package init(by grouping: Grouping, in zone: ZoneRules) {
        self.grouping = grouping
        self.zone = zone
    }

    /// Takes a result in.
    package mutating func take(_ result: ClockResult) {
        all.take(result)
        let key =
            switch grouping {
            case .agent: result.agent?.rawValue ?? ""
            case .day: Self.day(of: result.endedAt, in: zone).description
            }
        gathered[key, default: Gathered()].take(result)
    }

    /// Makes the rows of what was taken.
    package mutating func finish() {
        rows = gathered.map { $0.value.row($0.key) }
        if grouping == .day { for index in rows.indices { rows[index].name = nil } }
        rows.sort { one, other in
            // What nobody did stands last.
            (one.key.isEmpty ? 1 : 0, one.name ?? "", one.key)
                < (other.key.isEmpty ? 1 : 0, other.name ?? "", other.key)
        }
        total = all.row("")
        total.name = nil
    }

    /// The day on which a moment is, by the wall's calendar.
    package static func day(of moment: Timestamp, in zone: ZoneRules) -> CivilDate {
        let second = moment.milliseconds.flooredQuotient(1_000)
        return CivilDate(dayNumber: zone.local(at: second).flooredQuotient(86_400))
    }

    /// The value than which so many hundredths are no larger (nearest rank); 0 of none.
    package static func quantile(_ sorted: [Int64], _ percent: Int) -> Int64 {
        guard !sorted.isEmpty else { return 0 }
        return sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
    }
}
