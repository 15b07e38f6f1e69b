import Conversation
import OpeningHours
import RoutingRecords
import ServiceLevelRecords
import StageRuntime
import Testing

@testable import ServiceLevelStage

@Suite("Promises by queue and by priority") struct TargetTests {
    private static let levels = ServiceLevels(
        firstResponseSeconds: 3_600, nextResponseSeconds: 7_200, resolutionSeconds: 86_400,
        targets: [
            .init(queue: "sales", firstResponseSeconds: 600),
            .init(priority: 1, firstResponseSeconds: 300, nextResponseSeconds: 900),
            .init(queue: "sales", priority: 1, firstResponseSeconds: 60),
            .init(queue: "letters", firstResponseSeconds: 0),
        ])

    private func floor(at time: String = "2026-12-01 10:00") throws -> Floor {
        Floor(
            ServiceLevelSettings(hours: try Madrid.hours(), levels: Self.levels),
            at: try Madrid.time(time))
    }

    private func seconds(
        _ clock: ServiceLevels.Promise, _ queue: RecordID?, _ priority: Int?
    ) -> Int? {
        Self.levels.seconds(of: clock, in: .init(queue: queue, priority: priority))
    }

    @Test("what names most goes first, for each clock by itself")
    func specific() {
        #expect(seconds(.firstResponse, "sales", 1) == 60)
        #expect(seconds(.firstResponse, "sales", 5) == 600)
        #expect(seconds(.firstResponse, "other", 1) == 300)
        #expect(seconds(.firstResponse, "other", 5) == 3_600)
        // Of which the nearest says nothing, the next one counts.
        #expect(seconds(.nextResponse, "sales", 1) == 900)
        #expect(seconds(.nextResponse, "sales", 5) == 7_200)
        #expect(seconds(.resolution, "sales", 1) == 86_400)
        #expect(seconds(.firstResponse, "letters", 5) == nil)
        #expect(seconds(.firstResponse, "letters", 1) == nil)
        #expect(Self.levels.seconds(of: .firstResponse, in: nil) == 3_600)
    }

    @Test("a case is due as its queue says, whether that is known before or after it begins")
    func places() throws {
        var after = try floor()
        try after.enqueue()
        #expect(after.face(.firstResponse)?.due == (try Madrid.time("2026-12-01 11:00")))
        try after.place("sales")
        #expect(after.face(.firstResponse)?.due == (try Madrid.time("2026-12-01 10:10")))
        var before = try floor()
        try before.place("sales")
        try before.enqueue()
        #expect(before.face(.firstResponse)?.due == (try Madrid.time("2026-12-01 10:10")))
    }

    @Test("given to another queue, what has passed stays counted, and its promise counts")
    func transferred() throws {
        var floor = try floor()
        try floor.enqueue()
        try floor.place("sales")
        try floor.pass(480)
        #expect(floor.face(.firstResponse)?.level == .warned)
        try floor.place("other")
        #expect(floor.face(.firstResponse)?.level == .fine)
        #expect(floor.face(.firstResponse)?.due == (try Madrid.time("2026-12-01 11:00")))
        try floor.pass(600)
        #expect(floor.news.isEmpty && floor.face(.firstResponse)?.level == .fine)
        // What is late there as it comes is told at once.
        try floor.place("sales", 1)
        try floor.pass(1)
        #expect(floor.face(.firstResponse)?.level == .breached)
        #expect(floor.news.count == 1)
        // Who was told is not told again of the same.
        try floor.place("sales")
        try floor.pass(1)
        #expect(floor.news.count == 1 && floor.face(.firstResponse)?.level == .breached)
        try floor.claim(by: "ana")
        try floor.answer(by: "ana")
        #expect(floor.results(.firstResponse).map(\.targetSeconds) == [600])
        #expect(floor.results(.firstResponse).map(\.isBreach) == [true])
    }

    @Test("where nothing is promised nobody is warned, and the result says so")
    func nothing() throws {
        var floor = try floor()
        try floor.enqueue()
        try floor.place("letters")
        try floor.pass(7_200)
        #expect(floor.news.isEmpty && floor.face(.firstResponse)?.due == nil)
        try floor.claim(by: "ana")
        try floor.answer(by: "ana")
        #expect(floor.results(.firstResponse).map(\.targetSeconds) == [nil])
    }

    @Test("what ended is measured by where it was, whatever comes first")
    func ended() throws {
        var floor = try floor()
        try floor.enqueue()
        try floor.place("sales")
        try floor.claim(by: "ana")
        let answer = try floor.write(by: "ana")
        try floor.place(nil, hasEnded: true)
        try floor.put(.closed(by: "ana"))
        try floor.arrives(answer)
        #expect(floor.results(.firstResponse).map(\.targetSeconds) == [600])
    }

    @Test("are reckoned as by hand, over hours and queues", arguments: 1...40)
    func oracle(seed: Int) throws {
        var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1
        func roll(_ limit: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(limit))
        }
        let places: [(RecordID?, Int)] = [
            ("sales", 1), ("sales", 5), ("other", 1), ("other", 5), ("letters", 3), (nil, 0),
        ]
        var floor = try floor(at: "2026-12-03 16:00")
        let start = floor.now
        let schedule = try Madrid.hours().opening
        try floor.enqueue()
        var place: ServiceLevels.Place?
        for _ in 0..<(1 + roll(6)) {
            let (queue, priority) = places[roll(places.count)]
            try floor.place(queue, priority)
            place = queue.map { .init(queue: $0, priority: priority) }
            // Minute by minute, as a clerk would look at the door.
            try floor.pass(Int64(roll(200)) * 60)
            let target = Self.levels.seconds(of: .firstResponse, in: place)
            var open: Int64 = 0
            var due: Timestamp?
            var moment = start
            if target == 0 { due = start }
            while let target, due == nil, open < Int64(target) {
                if schedule.isOpen(at: moment.milliseconds / 1_000) { open += 60 }
                moment = moment + .seconds(60)
                if open >= Int64(target) { due = moment }
            }
            #expect(floor.face(.firstResponse)?.due == due)
            let spent = schedule.elapsed(
                start.milliseconds / 1_000, floor.now.milliseconds / 1_000)
            if let target {
                // A timer that is due as it is set fires a moment later.
                try floor.pass(0)
                let late = spent >= Int64(target)
                #expect((floor.face(.firstResponse)?.level == .breached) == late)
            }
        }
    }
}
