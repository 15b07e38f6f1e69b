import AnalyticsView
import Conversation
import Foundation
import RoutingRecords
import Testing
import TimeZones
import Views

@testable import AnalyticsEndpoints

@Suite("Figures")
struct CountingTests {
    /// A moment, by the wall's clock of a zone.
    static func moment(_ text: String, _ zone: String) -> Timestamp {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: zone)
        format.dateFormat = "yyyy-MM-dd HH:mm"
        let date = format.date(from: text) ?? .distantPast
        return Timestamp(seconds: Int64(date.timeIntervalSince1970))
    }

    /// Zones, with a moment some days after their clocks changed.
    static let places: [(zone: String, now: String)] = [
        ("Europe/Madrid", "2026-03-31 10:20"), ("Europe/Madrid", "2026-10-27 23:50"),
        ("Asia/Kolkata", "2026-06-10 09:05"), ("Asia/Kathmandu", "2026-06-10 18:40"),
        ("Australia/Lord_Howe", "2026-04-08 12:00"), ("Australia/Lord_Howe", "2026-10-06 07:31"),
        ("America/St_Johns", "2026-11-03 16:45"), ("Africa/Cairo", "2026-11-01 11:11"),
        ("America/Santiago", "2026-09-09 20:00"), ("Pacific/Auckland", "2026-04-07 06:10"),
        ("UTC", "2026-12-01 15:00"),
    ]

    static let divisions: [(Period.Length, Period.Step)] = Period.Length.allCases.flatMap {
        length in length.steps.map { (length, $0) }
    }

    @Test(
        "are what somebody counts by hand, in any zone, over changes of clocks, in any order",
        arguments: places.indices)
    func counted(index: Int) throws {
        let place = Self.places[index]
        let now = Self.moment(place.now, place.zone)
        let history = History(
            seed: UInt64(index + 1), until: now, days: index % 2 == 0 ? 40 : 190, events: 1_500,
            zones: ["Asia/Tokyo", "America/Bogota", place.zone])
        let (one, other) = (try Shown(), try Shown())
        try one.apply(history.shuffled(7))
        try other.apply(history.shuffled(8))
        #expect(try one.tables() == other.tables())

        let hand = try HandCount(history, now: now, zone: place.zone, days: 185)
        for (length, step) in Self.divisions {
            let rows = try one.rows()
            let period = try #require(Period(length, by: step, until: now, in: rows.days()))
            try compare(Summary(rows, period).answer(), with: hand, length, step)
        }
    }

    private func compare(
        _ answer: AnalyticsAnswer, with hand: HandCount, _ length: Period.Length,
        _ step: Period.Step
    ) throws {
        let (now, before, whole) = hand.parts(length, step)
        let all = now.joined()
        try #require(answer.parts.count == now.count, "\(length) \(step)")
        try #require(answer.partsBefore.count == before.count, "\(length) \(step)")
        check(answer.now, hand, all, "\(length) \(step) now")
        check(answer.before, hand, before.joined(), "\(length) \(step) before")
        for (part, quarters) in zip(answer.parts, now) {
            check(part.figures, hand, quarters, "\(length) \(step) from \(part.from)")
            #expect(part.from == quarters.first.map { $0 * 900_000 })
        }
        for (part, quarters) in zip(answer.partsBefore, before) {
            check(part.figures, hand, quarters, "\(length) \(step) before from \(part.from)")
        }
        let earlier = hand.people("c", in: whole)
        #expect(answer.earlierCustomers == earlier.count)
        #expect(
            answer.returnedCustomers == earlier.intersection(hand.people("c", in: all)).count)
        for reason in answer.reasons {
            #expect(reason.now == hand.count("handed.\(reason.reason)", in: all))
        }
        #expect(answer.hours == hand.hours(in: all))
        let uses = answer.features.first { $0.feature == .knowledge }?.uses
        #expect(uses == hand.count("use.knowledge", in: all))
    }

    private func check(
        _ figures: Figures, _ hand: HandCount, _ quarters: some Sequence<Int64>, _ what: String
    ) {
        let quarters = Array(quarters)
        let counted: [String: Int64?] = [
            "customers": Int64(hand.people("c", in: quarters).count),
            "newCustomers": Int64(hand.newPeople("c", in: quarters)),
            "members": Int64(hand.people("m", in: quarters).count),
            "fromCustomers": Int64(hand.count("in", in: quarters)),
            "byBot": Int64(hand.count("bot", in: quarters)),
            "byPeople": Int64(hand.count("people", in: quarters)),
            "notices": Int64(hand.count("notices", in: quarters)),
            "answered": Int64(hand.count("answered", in: quarters)),
            "handedOver": Int64(hand.count("handed.*", in: quarters)),
            "unanswered": Int64(hand.count("handed.unanswered", in: quarters)),
            "left": Int64(hand.count("left", in: quarters)),
            "helped": Int64(hand.count("helped", in: quarters)),
            "helpedNot": Int64(hand.count("helped.not", in: quarters)),
            "botHalf": hand.wait(isForBot: true, percent: 50, in: quarters),
            "botNine": hand.wait(isForBot: true, percent: 90, in: quarters),
            "peopleHalf": hand.wait(isForBot: false, percent: 50, in: quarters),
            "peopleNine": hand.wait(isForBot: false, percent: 90, in: quarters),
        ]
        for column in Figures.columns {
            #expect(
                column.value(figures) == counted[column.name] ?? nil,
                "\(column.name), \(what)")
        }
    }

    private static let now = moment("2026-06-10 09:05", "Asia/Kolkata")

    private func history() -> History {
        History(seed: 99, until: Self.now, days: 20, events: 600, zones: ["Asia/Kolkata"])
    }

    private func week(_ rows: AnalyticsRows) throws -> AnalyticsAnswer {
        let period = try #require(Period(.week, by: .day, until: Self.now, in: rows.days()))
        return try Summary(rows, period).answer()
    }

    @Test("are of those numbers alone that somebody may see, and then say nothing of the team")
    func limited() throws {
        let history = history()
        let shown = try Shown()
        try shown.apply(history.records)
        try shown.apply([
            RoutingSetting(
                tenant: History.tenant,
                change: .profileSaved(AgentProfile(agent: "ana", numbers: ["n1"])),
                reference: nil, at: Self.now)
        ])
        let hand = try HandCount(history, now: Self.now, zone: "Asia/Kolkata", days: 30)
        let quarters = hand.parts(.week, .day).now.joined()
        let seen = try week(shown.rows(limitedTo: "ana"))
        #expect(seen.isLimited && seen.now.members == nil)
        #expect(seen.now.fromCustomers == hand.count("in", in: quarters, numbers: ["n1"]))
        #expect(seen.now.customers == hand.people("c", in: quarters, numbers: ["n1"]).count)
        #expect(seen.now.byPeople == hand.count("people", in: quarters, numbers: ["n1"]))
        let all = try week(shown.rows(limitedTo: "ben"))
        #expect(!all.isLimited && all.now.fromCustomers == hand.count("in", in: quarters))
        // Another business has none of it.
        #expect(try week(shown.rows(of: "luna")).now.fromCustomers == 0)
    }

    @Test("stay as they are when a customer's row goes, and old messages are forgotten")
    func forgotten() throws {
        let shown = try Shown()
        try shown.apply(history().records)
        let before = try week(shown.rows())
        let people = try shown.rows.number("SELECT count(*) FROM people", with: [])
        try AnalyticsView.forget(customer: "c3", of: History.tenant, shown.rows)
        try AnalyticsView.forget(at: Self.now + .seconds(40 * 86_400), shown.rows)
        #expect(try shown.rows.number("SELECT count(*) FROM people", with: []) == people - 1)
        #expect(try shown.rows.number("SELECT count(*) FROM turns", with: []) == 0)
        let after = try week(shown.rows())
        #expect(after.now == before.now && after.before == before.before)
        #expect(after.parts == before.parts)
    }

    @Test("are divided as their length allows, and no otherwise")
    func divided() {
        let days = LocalDays(.utc)
        #expect(Period(.day, by: .week, until: Self.now, in: days) == nil)
        #expect(Period(.quarter, by: .hour, until: Self.now, in: days) == nil)
        #expect(Period(.day, by: .hour, until: Self.now, in: days)?.now.parts.count == 24)
        #expect(Period(.quarter, by: .day, until: Self.now, in: days)?.before.parts.count == 90)
    }

    @Test("tell how long answers took by the end of a step, and nothing of answers beyond all")
    func waits() {
        #expect(Waits.step(ofMilliseconds: -5) == 0 && Waits.step(ofMilliseconds: 1_000) == 0)
        #expect(Waits.step(ofMilliseconds: 1_001) == 1)
        #expect(Waits.end([:], percent: 50) == nil)
        #expect(Waits.end([0: 1, 3: 1], percent: 50) == 1)
        #expect(Waits.end([0: 1, 3: 1], percent: 90) == 5)
        #expect(Waits.end([Waits.ends.count: 1], percent: 50) == nil)
    }
}
