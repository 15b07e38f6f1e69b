import Conversation
import OpeningHours
import ServiceLevelRecords
import StageRuntime
import Testing
import TimeZones

@testable import ServiceLevelStage

/// A patient person with a wall clock, who looks once a minute at whose turn it is and whether the
/// door is open, and knows nothing of how the stage reckons.
private struct PatientClerk {
    let schedule: OpeningSchedule
    let zone: ZoneRules
    private var isQueued = true
    private var isOurTurn = true
    private var isUnanswered = true
    private var isAnswered = false
    private var open: [ClockResult.Measure: Int64] = [:]
    private var calendar: [ClockResult.Measure: Int64] = [:]
    private(set) var said: [Line] = []

    struct Line: Hashable {
        var measure: ClockResult.Measure
        var open: Int64
        var calendar: Int64
    }

    init(_ hours: OpeningHours) {
        schedule = hours.schedule
        zone = hours.zone
    }

    private func isOpen(_ instant: Int64) -> Bool {
        let wall = instant + Int64(zone.offset(at: instant))
        let today = wall.flooredQuotient(86_400)
        func holds(_ span: DaySpan, of day: Int64) -> Bool {
            let minute = (wall - day * 86_400) / 60
            return minute >= span.from && minute < span.to
        }
        func isListed(_ list: [OpeningSchedule.Dated]) -> Bool {
            list.contains { dated in
                (today - 1...today).contains { day in
                    dated.date.dayNumber <= day && day <= (dated.until ?? dated.date).dayNumber
                        && holds(dated.span, of: day)
                }
            }
        }
        if isListed(schedule.extras) { return true }
        if isListed(schedule.closures) { return false }
        return schedule.week.contains { weekly in
            (today - 1...today).contains { day in
                CivilDate(dayNumber: day).weekday == weekly.day && holds(weekly.span, of: day)
            }
        }
    }

    private var response: ClockResult.Measure { isAnswered ? .nextResponse : .firstResponse }

    mutating func minute(from instant: Int64) {
        var running: [ClockResult.Measure] = []
        if isQueued { running.append(.queueWait) }
        if isUnanswered { running.append(response) }
        if isOurTurn { running.append(.resolution) }
        for measure in running {
            calendar[measure, default: 0] += 60
            if isOpen(instant) { open[measure, default: 0] += 60 }
        }
    }

    private mutating func tell(_ measure: ClockResult.Measure) {
        said.append(
            Line(
                measure: measure, open: open[measure] ?? 0, calendar: calendar[measure] ?? 0))
        open[measure] = nil
        calendar[measure] = nil
    }

    mutating func claim() {
        if isQueued { tell(.queueWait) }
        isQueued = false
    }

    mutating func answer() {
        if isUnanswered {
            tell(response)
            isOurTurn = false
        }
        isUnanswered = false
        isAnswered = true
    }

    mutating func ask() {
        isUnanswered = true
        isOurTurn = true
    }

    mutating func giveBack() {
        isQueued = true
        isOurTurn = true
    }

    mutating func close() {
        if isQueued { tell(.queueWait) }
        if isUnanswered { tell(response) }
        tell(.resolution)
    }
}

@Suite("Clocks beside a patient clerk") struct OracleTests {
    private struct Dice {
        var state: UInt64

        mutating func roll(_ limit: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(limit))
        }
    }

    /// Hours whose edges are no hours that clocks skip or repeat: what holds there is the opening
    /// hours' own test.
    private func schedule(_ dice: inout Dice) throws -> OpeningSchedule {
        var week: [OpeningSchedule.Weekly] = []
        for day in 1...7 where dice.roll(4) > 0 {
            let from = 240 + dice.roll(480)
            week.append(.init(day: day, span: DaySpan(from: from, to: from + 60 + dice.roll(200))))
            // Over midnight.
            if dice.roll(3) == 0 {
                week.append(.init(day: day, span: DaySpan(from: 1_200, to: 1_440 + dice.roll(90))))
            }
        }
        let start = try #require(CivilDate("2026-03-26"))
        func date(_ number: Int) -> CivilDate {
            CivilDate(dayNumber: start.dayNumber + Int64(number))
        }
        var closures: [OpeningSchedule.Dated] = []
        if dice.roll(2) == 0 {
            let first = dice.roll(6)
            // Sometimes longer than 25 days.
            closures.append(.init(date: date(first), until: date(first + dice.roll(30))))
        }
        if dice.roll(2) == 0 {
            closures.append(
                .init(date: date(dice.roll(9)), span: DaySpan(from: 600, to: 720)))
        }
        let extras = dice.roll(2) == 0 ? [OpeningSchedule.Dated(date: date(dice.roll(9)))] : []
        return OpeningSchedule(week: week, closures: closures, extras: extras)
    }

    @Test("measure the same, to the minute, over changes of the clock", arguments: 1...60)
    func same(seed: Int) throws {
        var dice = Dice(state: UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1)
        let hours = try Madrid.hours(try schedule(&dice))
        var clerk = PatientClerk(hours.opening)
        // Three days before the clocks go forward, or back.
        var floor = Floor(
            ServiceLevelSettings(
                hours: hours, levels: ServiceLevels(firstResponseSeconds: 3_600)),
            at: try Madrid.time(seed % 2 == 0 ? "2026-03-26 12:00" : "2026-10-22 12:00"))
        try floor.enqueue()
        var isClaimed = false
        var wait = 0
        for _ in 0..<(4 + dice.roll(8)) {
            wait = dice.roll(3) == 0 ? dice.roll(2_400) : dice.roll(90)
            for _ in 0..<wait {
                clerk.minute(from: floor.now.second)
                try floor.pass(60)
            }
            switch dice.roll(6) {
            case 0 where isClaimed:
                try floor.put(.released(by: "ana", because: "later"))
                clerk.giveBack()
                isClaimed = false
            case 0, 1:
                try floor.claim(by: "ana")
                clerk.claim()
                isClaimed = true
            case 2, 3:
                try floor.answer(by: "ana")
                clerk.answer()
            case 4:
                try floor.fails(try floor.write(by: "ana"))
                try floor.note(by: "ana")
            default:
                try floor.customer()
                clerk.ask()
            }
        }
        try floor.put(.closed(by: "ana"))
        clerk.close()
        let measured = floor.results.filter { $0.measure != .handling && $0.end != .abandoned }
            .map {
                PatientClerk.Line(
                    measure: $0.measure, open: $0.openSeconds, calendar: $0.calendarSeconds)
            }
        // Whoever could be written to no more has left the queue: that is another test's.
        let left = floor.results.contains { $0.end == .abandoned }
        let said = clerk.said.filter { !left || $0.measure != .queueWait }
        let here = measured.filter { !left || $0.measure != .queueWait }
        func sorted(_ lines: [PatientClerk.Line]) -> [PatientClerk.Line] {
            lines.sorted {
                ($0.measure.rawValue, $0.calendar, $0.open)
                    < ($1.measure.rawValue, $1.calendar, $1.open)
            }
        }
        #expect(sorted(here) == sorted(said))
    }
}
