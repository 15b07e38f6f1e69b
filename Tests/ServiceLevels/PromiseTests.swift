import Conversation
import NotificationRecords
import OpeningHours
import ServiceLevelRecords
import StageRuntime
import Testing
import TimeZones

@testable import ServiceLevelStage

@Suite("Promises to customers") struct PromiseTests {
    private let hour = ServiceLevels(firstResponseSeconds: 3_600, nextResponseSeconds: 3_600)

    private func floor(
        at time: String, _ schedule: OpeningSchedule? = nil, levels: ServiceLevels? = nil
    ) throws -> Floor {
        Floor(
            ServiceLevelSettings(hours: try Madrid.hours(schedule), levels: levels ?? hour),
            at: try Madrid.time(time))
    }

    @Test("are warned of before, and told once they are missed, to who supervises alone")
    func warns() throws {
        var floor = try floor(at: "2026-12-01 10:00")
        try floor.enqueue()
        try floor.claim(by: "ana")
        #expect(floor.face(.firstResponse)?.due == (try Madrid.time("2026-12-01 11:00")))
        try floor.pass(2_879)
        #expect(floor.face(.firstResponse)?.level == .fine)
        try floor.pass(1)
        #expect(floor.face(.firstResponse)?.level == .warned && floor.news.isEmpty)
        try floor.pass(719)
        #expect(floor.news.isEmpty)
        try floor.pass(1)
        #expect(floor.face(.firstResponse)?.level == .breached)
        #expect(floor.news.map(\.kind) == ["missed"])
        try floor.pass(86_400)
        #expect(floor.news.count == 1)
        try floor.answer(by: "ana")
        #expect(floor.results(.firstResponse).map(\.isBreach) == [true])
        #expect(floor.standing?.isBreached == false)
    }

    @Test("of the queue are the handoff stage's to tell: nobody hears of one thing twice")
    func queue() throws {
        var floor = try floor(at: "2026-12-01 10:00", levels: ServiceLevels(queueWaitSeconds: 60))
        try floor.enqueue()
        try floor.pass(61)
        #expect(floor.face(.queueWait)?.level == .breached && floor.news.isEmpty)
    }

    @Test("are kept by who writes just before they run out, though WhatsApp is slow")
    func justInTime() throws {
        var floor = try floor(at: "2026-12-01 10:00")
        try floor.enqueue()
        try floor.claim(by: "ana")
        try floor.pass(3_599)
        let answer = try floor.write(by: "ana")
        try floor.pass(20)
        #expect(floor.news.isEmpty && floor.standing?.isBreached == false)
        try floor.arrives(answer)
        #expect(floor.results(.firstResponse).map(\.isBreach) == [false])
        try floor.pass(7_200)
        #expect(floor.news.isEmpty)
        // What never arrives has kept nothing.
        var other = try self.floor(at: "2026-12-01 10:00")
        try other.enqueue()
        try other.claim(by: "ana")
        try other.pass(3_599)
        try other.fails(try other.write(by: "ana"))
        try other.pass(2)
        #expect(other.news.count == 1)
    }

    @Test("to customers whose case is closed are nobody's business: the timer looks again")
    func closed() throws {
        var floor = try floor(at: "2026-12-01 10:00")
        try floor.enqueue()
        try floor.claim(by: "ana")
        try floor.pass(3_000)
        try floor.put(.closed(by: "ana"))
        let count = floor.events.count
        try floor.pass(86_400)
        #expect(floor.news.isEmpty && floor.events.count == count)
        // A timer that was under way as the case was closed finds it so.
        let stale = FiredTimer(
            id: "t", name: "firstResponse", due: floor.now, note: "2", correlation: "t",
            tenant: Floor.tenant)
        try floor.step(.timer(stale))
        #expect(floor.events.count == count)
        // And one of the case before does not touch the next one.
        try floor.enqueue()
        let begun = floor.events.count
        try floor.step(.timer(stale))
        try floor.step(
            .timer(
                FiredTimer(
                    id: "u", name: "firstResponse", due: floor.now, note: "999", correlation: "t",
                    tenant: Floor.tenant)))
        #expect(floor.events.count == begun && floor.news.isEmpty)
    }

    @Test("that are missed at closing time are told, and none at midnight after a halt")
    func midnight() throws {
        var floor = try floor(at: "2026-12-01 16:00")
        try floor.enqueue()
        try floor.claim(by: "ana")
        // Due at 17:00, as it closes.
        try floor.pass(3_600)
        #expect(floor.news.count == 1)
        var late = try self.floor(at: "2026-12-01 15:30")
        try late.enqueue()
        try late.claim(by: "ana")
        try late.halt(until: try Madrid.time("2026-12-02 00:10"))
        #expect(late.face(.firstResponse)?.level == .breached && late.news.isEmpty)
        try late.go(to: try Madrid.time("2026-12-02 08:59"))
        #expect(late.news.isEmpty)
        try late.go(to: try Madrid.time("2026-12-02 09:00"))
        #expect(late.news.map(\.at) == [try Madrid.time("2026-12-02 09:00")])
        // Whoever was answered meanwhile is no news in the morning.
        var answered = try self.floor(at: "2026-12-01 15:30")
        try answered.enqueue()
        try answered.claim(by: "ana")
        try answered.halt(until: try Madrid.time("2026-12-02 00:10"))
        try answered.answer(by: "ana")
        try answered.go(to: try Madrid.time("2026-12-03 12:00"))
        #expect(answered.news.isEmpty)
    }

    @Test("run in open time: over nights, weekends, midnight, holidays, and weeks of closure")
    func openTime() throws {
        func due(_ time: String, _ schedule: OpeningSchedule? = nil) throws -> Timestamp? {
            var floor = try self.floor(at: time, schedule)
            try floor.enqueue()
            return floor.face(.firstResponse)?.due
        }
        #expect(try due("2026-12-01 16:30") == (try Madrid.time("2026-12-02 09:30")))
        #expect(try due("2026-12-04 20:00") == (try Madrid.time("2026-12-07 10:00")))
        let night = OpeningSchedule(
            week: [.init(day: 2, span: DaySpan(from: 1_320, to: 1_560))])
        #expect(try due("2026-12-01 23:30", night) == (try Madrid.time("2026-12-02 00:30")))
        let week = try Madrid.hours().opening.schedule.week
        let first = try #require(CivilDate("2026-12-02"))
        let last = try #require(CivilDate("2027-01-15"))
        let away = OpeningSchedule(week: week, closures: [.init(date: first, until: last)])
        #expect(try due("2026-12-01 16:30", away) == (try Madrid.time("2027-01-18 09:30")))
        // Where it opens no more there is no time, and no failure.
        let gone = OpeningSchedule(week: [], extras: [.init(date: first)])
        var floor = try self.floor(at: "2026-12-05 10:00", gone)
        try floor.enqueue()
        #expect(floor.face(.firstResponse)?.due == nil)
        try floor.pass(3 * 86_400)
        #expect(floor.news.isEmpty)
    }

    @Test(
        "follow hours that change; what was measured stays, with the hours that it was measured by")
    func edited() throws {
        var floor = try floor(at: "2026-12-01 10:00")
        try floor.enqueue()
        try floor.claim(by: "ana")
        try floor.pass(1_800)
        try floor.answer(by: "ana")
        let before = floor.results(.firstResponse)
        #expect(before.map(\.openSeconds) == [1_800])
        try floor.go(to: try Madrid.time("2026-12-01 16:30"))
        try floor.customer()
        #expect(floor.face(.nextResponse)?.due == (try Madrid.time("2026-12-02 09:30")))
        // They close the day after, and nothing that happened is another thing for it.
        let week = try Madrid.hours().opening.schedule.week
        let day = try #require(CivilDate("2026-12-02"))
        floor.settings.hours = try Madrid.hours(
            OpeningSchedule(week: week, closures: [.init(date: day)]))
        try floor.go(to: try Madrid.time("2026-12-02 12:00"))
        #expect(floor.news.isEmpty)
        #expect(floor.face(.nextResponse)?.due == (try Madrid.time("2026-12-03 09:30")))
        #expect(floor.results(.firstResponse) == before)
        try floor.go(to: try Madrid.time("2026-12-03 09:15"))
        try floor.answer(by: "ana")
        let after = try #require(floor.results(.nextResponse).first)
        #expect(after.openSeconds == 2_700 && !after.isBreach)
        #expect(after.calendarSeconds == 40 * 3_600 + 45 * 60)
        #expect(after.schedule != before.first?.schedule)
        #expect(after.schedule.contains("/"))
    }

    @Test("wait while the business is suspended, and run out when it goes on")
    func suspended() throws {
        var floor = try floor(at: "2026-12-01 10:00")
        try floor.enqueue()
        floor.settings.standing = .suspended(since: floor.now, notice: nil)
        try floor.pass(7_200)
        #expect(floor.news.isEmpty && floor.standing?.isBreached == false)
        floor.settings.standing = nil
        try floor.pass(700)
        #expect(floor.news.count == 1)
    }

    @Test("are silent where a business wants that, and there are none where it makes none")
    func silent() throws {
        var quiet = hour
        quiet.escalates = false
        var floor = try floor(at: "2026-12-01 10:00", levels: quiet)
        try floor.enqueue()
        try floor.pass(3_700)
        #expect(floor.face(.firstResponse)?.level == .breached && floor.news.isEmpty)
        var none = try self.floor(at: "2026-12-01 10:00", levels: ServiceLevels())
        try none.enqueue()
        #expect(none.face(.firstResponse)?.due == nil)
        // Who waits in the queue is promised something in any case.
        #expect(none.face(.queueWait)?.due == none.now + .seconds(300))
    }
}
