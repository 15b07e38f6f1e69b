import Foundation
import OpeningHours
import Testing
import TimeZones
import ZoneDatabase

@Suite("Opening hours")
struct OpeningHoursTests {
    private func madrid() throws -> ZoneRules {
        try ZoneDatabase.system.rules(of: "Europe/Madrid")
    }

    private func instant(_ day: String, _ hour: Int, _ minute: Int = 0) throws -> Int64 {
        let wall = try #require(CivilDate(day)).dayNumber * 86_400
        return try madrid().instant(ofLocal: wall + Int64(hour * 3_600 + minute * 60), .first)
    }

    private func date(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

    /// Monday to Friday 9 to 13 and 16 to 20, Saturday night from 22 to 2.
    private func shop(
        closures: [OpeningSchedule.Dated] = [], extras: [OpeningSchedule.Dated] = []
    ) throws -> OpeningHours {
        let week = (1...5).flatMap { day in
            [(540, 780), (960, 1_200)].map {
                OpeningSchedule.Weekly(day: day, span: DaySpan(from: $0.0, to: $0.1))
            }
        }
        let night = OpeningSchedule.Weekly(day: 6, span: DaySpan(from: 1_320, to: 1_560))
        return OpeningHours(
            OpeningSchedule(week: week + [night], closures: closures, extras: extras),
            in: try madrid())
    }

    @Test("have several spans a day, and nights that end on the next")
    func spans() throws {
        let shop = try shop()
        // 2026-11-30 is a Monday.
        #expect(try !shop.isOpen(at: instant("2026-11-30", 8, 59)))
        #expect(try shop.isOpen(at: instant("2026-11-30", 9)))
        #expect(try !shop.isOpen(at: instant("2026-11-30", 13)))
        #expect(try shop.isOpen(at: instant("2026-11-30", 19, 59)))
        #expect(try shop.isOpen(at: instant("2026-12-06", 1, 59)))
        #expect(try !shop.isOpen(at: instant("2026-12-06", 2)))
        #expect(
            try shop.nextOpening(after: instant("2026-11-30", 13))
                == .at(instant("2026-11-30", 16)))
        // What is open has its next opening after it closed.
        #expect(
            try shop.nextOpening(after: instant("2026-11-30", 9)) == .at(instant("2026-11-30", 16)))
        #expect(
            try shop.nextChange(after: instant("2026-11-30", 9)) == .at(instant("2026-11-30", 13)))
    }

    @Test("are closed on holidays, for hours of them too, and open besides where that is said")
    func exceptions() throws {
        let shop = try shop(
            closures: [
                .init(date: date("2026-12-25"), name: "Christmas"),
                .init(date: date("2026-12-24"), span: DaySpan(from: 840, to: 1_440)),
                .init(date: date("2026-12-28"), until: date("2026-12-31")),
            ],
            extras: [.init(date: date("2026-12-25"), span: DaySpan(from: 600, to: 660))])
        #expect(try shop.isOpen(at: instant("2026-12-24", 12)))
        #expect(try !shop.isOpen(at: instant("2026-12-24", 17)))
        #expect(try !shop.isOpen(at: instant("2026-12-25", 9, 30)))
        #expect(try shop.isOpen(at: instant("2026-12-25", 10, 30)))
        #expect(try !shop.isOpen(at: instant("2026-12-30", 10)))
        #expect(
            try shop.nextOpening(after: instant("2026-12-27", 3)) == .at(instant("2027-01-01", 9)))
    }

    @Test("make a promise run in them alone, over as many weeks as it takes")
    func deadlines() throws {
        let shop = try shop()
        #expect(
            try shop.deadline(from: instant("2026-11-30", 12, 50), budget: 1_200)
                == .at(instant("2026-11-30", 16, 10)))
        #expect(try shop.elapsed(instant("2026-11-30", 0), instant("2026-12-07", 0)) == 158_400)
        // One open hour a week, and a promise of 168 of them.
        let rare = OpeningHours(
            OpeningSchedule(week: [.init(day: 1, span: DaySpan(from: 600, to: 660))]),
            in: try madrid())
        let start = try instant("2026-11-30", 10)
        #expect(
            rare.deadline(from: start, budget: 168 * 3_600).instant.map { $0 - start }
                .map { ($0 - 3_600 + 3_600) / 604_800 } == 167)
    }

    @Test("that never come are said to be none, and those around the clock never change")
    func none() throws {
        let now = try instant("2026-11-30", 12)
        let never = OpeningHours(OpeningSchedule(week: []), in: try madrid())
        #expect(!never.isOpen(at: now))
        #expect(never.nextOpening(after: now) == .noOpening)
        #expect(never.deadline(from: now, budget: 1) == .noOpening)
        #expect(never.deadline(from: now, budget: 0) == .at(now))
        #expect(never.elapsed(now, now + 86_400) == 0 && never.elapsed(now, now - 1) == 0)
        let always = OpeningHours(
            OpeningSchedule(week: (1...7).map { .init(day: $0, span: .wholeDay) }),
            in: try madrid())
        #expect(always.isOpen(at: now) && always.nextChange(after: now) == .noOpening)
        #expect(always.elapsed(now, now + 90 * 86_400) == 90 * 86_400)
        // 399 days are looked through, and 401 are not.
        for (day, expected) in [("2028-01-03", true), ("2028-01-06", false)] {
            let late = OpeningHours(
                OpeningSchedule(
                    week: [], extras: [.init(date: try date(day), span: .wholeDay)]),
                in: try madrid())
            #expect((late.nextOpening(after: now) != .noOpening) == expected)
            #expect((late.deadline(from: now, budget: 60) != .noOpening) == expected)
        }
    }

    @Test("are what a patient person reckons, over clock changes everywhere and leap days")
    func oracle() throws {
        var random = SystemRandomNumberGenerator()
        let places = [
            ("Europe/Madrid", "2027-03-26"), ("Europe/Madrid", "2026-10-23"),
            ("Australia/Sydney", "2027-04-02"), ("Australia/Lord_Howe", "2026-10-02"),
            ("America/Santiago", "2027-04-02"), ("America/Havana", "2026-10-30"),
            ("Asia/Kolkata", "2028-02-27"), ("Africa/Cairo", "2027-04-28"),
            ("America/Vancouver", "2028-02-27"), ("Pacific/Chatham", "2027-09-24"),
        ]
        for (place, day) in places {
            let zone = try ZoneDatabase.system.rules(of: place)
            let start = try date(day).dayNumber * 86_400
            for _ in 0..<6 {
                let hours = OpeningHours(
                    schedule(near: try date(day), &random), in: zone.excerpt(from: start - 864_000))
                check(hours, from: start, days: 16, place, &random)
            }
        }
    }

    private func schedule(
        near day: CivilDate, _ random: inout SystemRandomNumberGenerator
    ) -> OpeningSchedule {
        func span() -> DaySpan {
            let from = Int.random(in: 0..<1_440, using: &random)
            let longest = Bool.random(using: &random) ? 1_440 : 240
            return DaySpan(from: from, to: from + Int.random(in: 1...longest, using: &random))
        }
        func dates(_ count: Int) -> [OpeningSchedule.Dated] {
            (0..<count).map { _ in
                let first = CivilDate(
                    dayNumber: day.dayNumber + Int64.random(in: -2...16, using: &random))
                let isLong = Int.random(in: 0..<4, using: &random) == 0
                return .init(
                    date: first,
                    until: isLong ? CivilDate(dayNumber: first.dayNumber + 2) : nil,
                    span: Bool.random(using: &random) ? .wholeDay : span())
            }
        }
        let week = (0..<Int.random(in: 0...14, using: &random)).map { _ in
            OpeningSchedule.Weekly(day: Int.random(in: 1...7, using: &random), span: span())
        }
        let schedule = OpeningSchedule(
            week: week, closures: dates(Int.random(in: 0...4, using: &random)),
            extras: dates(Int.random(in: 0...3, using: &random)))
        #expect(schedule.isValid)
        return schedule
    }

    private func check(
        _ hours: OpeningHours, from start: Int64, days: Int, _ place: String,
        _ random: inout SystemRandomNumberGenerator
    ) {
        let slow = SlowClock(hours, from: start, days: days)
        let end = start + Int64(days) * 86_400
        let open = hours.intervals(from: start, to: end)
        var isOpen = [Bool](repeating: false, count: days * 1_440)
        for interval in open {
            #expect(interval.start % 60 == 0 && interval.end % 60 == 0)
            for minute in Int(interval.start - start) / 60..<Int(interval.end - start) / 60 {
                isOpen[minute] = true
            }
        }
        #expect(isOpen == slow.isOpen, "\(place): \(hours.schedule)")
        for _ in 0..<40 {
            let minutes = Int64(days * 1_440)
            let instant = start + Int64.random(in: 0..<minutes, using: &random) * 60
            #expect(hours.isOpen(at: instant) == slow.isOpen(at: instant))
            if let expected = slow.nextOpening(after: instant) {
                #expect(hours.nextOpening(after: instant) == .at(expected), "\(hours.schedule)")
            }
            let later = instant + Int64.random(in: 0...(end - instant) / 60, using: &random) * 60
            #expect(hours.elapsed(instant, later) == slow.elapsed(instant, later))
            let budget = Int64.random(in: 1...100_000, using: &random)
            if let expected = slow.deadline(from: instant, budget: budget) {
                #expect(hours.deadline(from: instant, budget: budget) == .at(expected))
            }
        }
    }

    @Test("survive being written down, and forget what is over")
    func records() throws {
        let shop = try shop(
            closures: [
                .init(date: date("2026-12-25")), .init(date: date("2026-01-01")),
                .init(date: date("2026-11-01"), until: date("2026-12-01")),
            ])
        let written = try JSONEncoder().encode(shop)
        #expect(try JSONDecoder().decode(OpeningHours.self, from: written) == shop)
        let left = shop.schedule.forgetting(before: try date("2026-11-30"))
        #expect(try left.closures.map(\.date) == [date("2026-12-25"), date("2026-11-01")])
    }
}
