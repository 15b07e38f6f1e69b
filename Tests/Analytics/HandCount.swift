import AnalyticsEndpoints
import AnalyticsView
import Conversation
import Foundation

/// Somebody who counts by hand, with a calendar of their own and no tables: each question goes
/// over all that happened.
struct HandCount {
    let history: History
    let now: Timestamp
    private let zone: TimeZone
    /// The date of each quarter hour, as the wall's calendar first shows it.
    private let dates: [Int64: Int]
    /// What happened in which quarter hour.
    private let facts: [Int64: [History.Fact]]
    private let visits: [Int64: [History.Visit]]
    private let waits: [Int64: [History.Wait]]

    init(_ history: History, now: Timestamp, zone name: String, days: Int) throws {
        self.history = history
        self.now = now
        zone = TimeZone(identifier: name) ?? .gmt
        // The end of today may be after now.
        let last = now.milliseconds / 900_000 + 2 * 96
        let first = last - Int64(days + 5) * 96
        facts = Dictionary(grouping: history.facts) { $0.at.milliseconds / 900_000 }
        visits = Dictionary(grouping: history.visits) { $0.at.milliseconds / 900_000 }
        waits = Dictionary(grouping: history.waits) { $0.at.milliseconds / 900_000 }
        var dates: [Int64: Int] = [:]
        var latest = Int.min
        for quarter in first...last {
            let local = quarter * 900 + Int64(Self.offset(quarter, zone))
            // Clocks that go back over midnight do not bring yesterday back.
            latest = max(latest, Int((Double(local) / 86_400).rounded(.down)))
            dates[quarter] = latest
        }
        self.dates = dates
    }

    private static func offset(_ quarter: Int64, _ zone: TimeZone) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(quarter * 900)))
    }

    private func quarter(_ moment: Timestamp) -> Int64 { moment.milliseconds / 900_000 }
    private func date(_ quarter: Int64) -> Int { dates[quarter] ?? Int.min }
    private func clock(_ quarter: Int64) -> Int64 {
        let local = quarter * 900 + Int64(Self.offset(quarter, zone))
        return local - Int64(date(quarter)) * 86_400
    }
    private func hour(_ quarter: Int64) -> String {
        let offset = Self.offset(quarter, zone)
        let local = quarter * 900 + Int64(offset)
        return "\(local / 3_600) \(offset)"
    }

    /// The quarter hours of the period and of the time before, in parts; all in order.
    func parts(
        _ length: Period.Length, _ step: Period.Step
    ) -> (now: [[Int64]], before: [[Int64]], whole: Set<Int64>) {
        let this = quarter(now)
        let run: [Int64]
        let before: [Int64]
        let whole: Set<Int64>
        if length == .day {
            // The hour that runs, and as many quarters before as 23 hours have.
            var start = this
            while hour(start - 1) == hour(this) { start -= 1 }
            run = Array((start - 92)...this)
            before = run.map { $0 - 96 }
            whole = Set((start - 92 - 96)..<(start - 92))
        } else {
            let today = date(this)
            let days = Int(length.days)
            let all = dates.keys.sorted()
            run = all.filter { $0 <= this && date($0) > today - days && date($0) <= today }
            let earlier = all.filter {
                date($0) > today - 2 * days && date($0) <= today - days
            }
            whole = Set(earlier)
            // As far into that day as now is in this one.
            let cut = earlier.first { date($0) == today - days && clock($0) == clock(this) }
            before = earlier.filter { $0 <= (cut ?? Int64.max) }
        }
        return (split(run, step), split(before, step), whole)
    }

    private func split(_ quarters: [Int64], _ step: Period.Step) -> [[Int64]] {
        var parts: [[Int64]] = []
        var name: String?
        for quarter in quarters {
            let next =
                switch step {
                case .hour: hour(quarter)
                case .day: "\(date(quarter))"
                // 1970-01-01 was a Thursday.
                case .week: "\((date(quarter) + 3) / 7)"
                }
            if next != name { parts.append([]) }
            parts[parts.count - 1].append(quarter)
            name = next
        }
        return parts
    }

    /// How often something happened in those quarter hours.
    func count(_ what: String, in quarters: some Sequence<Int64>, numbers: Set<String>? = nil)
        -> Int
    {
        let isPrefix = what.hasSuffix("*")
        let word = isPrefix ? String(what.dropLast()) : what
        var count = 0
        for quarter in quarters {
            for fact in facts[quarter] ?? [] {
                let isIt = isPrefix ? fact.what.hasPrefix(word) : fact.what == word
                if isIt, numbers?.contains(fact.number) != false { count += 1 }
            }
        }
        return count
    }

    /// Who was there in those quarter hours.
    func people(
        _ kind: String, in quarters: some Sequence<Int64>, numbers: Set<String>? = nil
    ) -> Set<String> {
        var people: Set<String> = []
        for quarter in quarters {
            for visit in visits[quarter] ?? [] where visit.kind == kind {
                if numbers?.contains(visit.number) != false { people.insert(visit.person) }
            }
        }
        return people
    }

    /// Who was there for the first time in those quarter hours.
    func newPeople(_ kind: String, in quarters: some Sequence<Int64>) -> Int {
        let here = people(kind, in: quarters)
        guard let start = quarters.min(by: <) else { return 0 }
        let before = Set(
            history.visits.filter { $0.kind == kind && quarter($0.at) < start }.map(\.person))
        return here.subtracting(before).count
    }

    /// Within how many seconds so many hundredths of the answers came, of the steps there are.
    func wait(isForBot: Bool, percent: Int, in quarters: some Sequence<Int64>) -> Int64? {
        var values: [Int64] = []
        for quarter in quarters {
            for wait in waits[quarter] ?? [] where wait.isForBot == isForBot {
                values.append(wait.milliseconds)
            }
        }
        values.sort()
        guard !values.isEmpty else { return nil }
        let value = values[(values.count * percent + 99) / 100 - 1]
        return Waits.ends.first { value <= $0 * 1_000 }
    }

    /// Messages by weekday and hour.
    func hours(in quarters: some Sequence<Int64>) -> [[Int]] {
        var hours = [[Int]](repeating: Array(repeating: 0, count: 24), count: 7)
        for at in quarters {
            let count = (facts[at] ?? []).count { $0.what == "in" }
            let local = at * 900 + Int64(Self.offset(at, zone))
            hours[(date(at) + 3) % 7][Int(local % 86_400 / 3_600)] += count
        }
        return hours
    }
}
