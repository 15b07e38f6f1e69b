import AnalyticsView
import Conversation
import Foundation
import RoutingRecords
import Testing
import TimeZones

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
        "are what somebody counts by hand, in any zone and over both changes of the clocks, in "
            + "whatever order the topics are read", arguments: places.indices)
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
}
