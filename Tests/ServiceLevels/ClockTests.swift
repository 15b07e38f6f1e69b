import Conversation
import OpeningHours
import ServiceLevelRecords
import StageRuntime
import Testing

@testable import ServiceLevelStage

/// What is promised: ten minutes in the queue, an hour for the first answer, two for the next.
private let levels = ServiceLevels(
    queueWaitSeconds: 600, firstResponseSeconds: 3_600, nextResponseSeconds: 7_200,
    resolutionSeconds: 28_800)

@Suite("Clocks of a case") struct ClockTests {
    private func floor(
        at time: String = "2026-12-01 10:00", hours: Bool = true, _ promised: ServiceLevels = levels
    ) throws -> Floor {
        Floor(
            ServiceLevelSettings(hours: hours ? try Madrid.hours() : nil, levels: promised),
            at: try Madrid.time(time))
    }

    @Test(
        "each measures its own: a next response says nothing of the first, and ends with a person")
    func separate() throws {
        var floor = try floor()
        try floor.enqueue()
        try floor.pass(300)
        try floor.claim(by: "ana")
        try floor.pass(300)
        try floor.answer(by: "ana")
        try floor.pass(60)
        try floor.customer()
        try floor.pass(900)
        try floor.customer("are you there?")
        try floor.pass(900)
        try floor.answer(by: "ana")
        #expect(floor.results(.queueWait).map(\.openSeconds) == [300])
        #expect(floor.results(.firstResponse).map(\.openSeconds) == [600])
        // From the oldest message that nobody answered.
        #expect(floor.results(.nextResponse).map(\.openSeconds) == [1_800])
        #expect(floor.standing?.unansweredSince == nil)
        #expect(floor.face(.resolution)?.isRunning == false)
        #expect(floor.face(.nextResponse) == nil && floor.face(.firstResponse) == nil)
    }

    @Test("notes, the bot, notices, reactions and what did not arrive stop none")
    func others() throws {
        var floor = try floor()
        try floor.enqueue()
        try floor.claim(by: "ana")
        try floor.pass(60)
        try floor.note(by: "ana")
        try floor.put(.suggested(text: "the bot would say", citations: []))
        for speaker in [TranscriptEntry.Speaker.bot, .system] {
            try floor.put(
                .said(TranscriptEntry(id: "b", speaker: speaker, text: "beep", at: floor.now)))
        }
        try floor.arrives("b")
        try floor.customer("👍", kind: "reaction")
        try floor.fails(try floor.write(by: "ana"))
        #expect(floor.results(.firstResponse).isEmpty)
        #expect(floor.face(.firstResponse)?.isRunning == true)
        #expect(floor.standing?.lost == 1)
        try floor.pass(60)
        try floor.answer(by: "ana")
        #expect(floor.results(.firstResponse).map(\.openSeconds) == [120])
        #expect(floor.standing?.lost == 0)
    }

    @Test("an answer is the sender's, not of whoever has the conversation")
    func sender() throws {
        var floor = try floor()
        try floor.enqueue()
        try floor.claim(by: "ana")
        let message = try floor.write(by: "ana")
        try floor.put(.transferred(by: "ana", to: "ben", name: "ben", note: nil, until: floor.now))
        try floor.arrives(message)
        #expect(floor.results(.firstResponse).map(\.agent) == ["ana"])
        #expect(floor.results(.queueWait).map(\.agent) == ["ana"])
        #expect(floor.standing?.holder == "ben")
    }

    @Test("the business's phone answers like a person")
    func phone() throws {
        var floor = try floor()
        try floor.enqueue()
        try floor.pass(120)
        try floor.put(
            .said(TranscriptEntry(id: "p", speaker: .owner, text: "hi", at: floor.now)))
        #expect(floor.results(.firstResponse).map(\.agent) == ["@phone"])
        #expect(floor.results(.firstResponse).map(\.openSeconds) == [120])
    }

    @Test("what the customer writes while an answer is under way is not answered by it")
    func crossing() throws {
        var floor = try floor()
        try floor.enqueue()
        try floor.claim(by: "ana")
        try floor.pass(100)
        let answer = try floor.write(by: "ana")
        try floor.pass(5)
        try floor.customer("one more thing")
        try floor.pass(5)
        try floor.arrives(answer)
        // As of when it was written, and the next clock from the other message on.
        #expect(floor.results(.firstResponse).map(\.openSeconds) == [100])
        #expect(floor.face(.nextResponse)?.isRunning == true)
        #expect(floor.standing?.unansweredSince == floor.now - .seconds(5))
        try floor.pass(55)
        try floor.answer(by: "ana")
        #expect(floor.results(.nextResponse).map(\.openSeconds) == [60])
    }

    @Test(
        "the bot's time before is told apart, and whoever takes over from the bot waited for nobody"
    )
    func bot() throws {
        var floor = try floor()
        let asked = TranscriptEntry(
            id: "q", speaker: .customer, text: "?", at: floor.now - .seconds(40))
        try floor.enqueue(said: [asked])
        try floor.claim(by: "ana")
        try floor.pass(30)
        try floor.answer(by: "ana")
        let first = try #require(floor.results(.firstResponse).first)
        #expect(first.openSeconds == 30 && first.botSeconds == 40)
        var other = try self.floor()
        let answered = [
            asked,
            TranscriptEntry(id: "b", speaker: .bot, text: "so", at: other.now - .seconds(30)),
        ]
        try other.enqueue(.takenOver, said: answered)
        try other.claim(by: "ana")
        #expect(other.results.isEmpty)
        try other.pass(60)
        try other.answer(by: "ana")
        // Nobody had asked for it: a first word is no answer.
        #expect(other.results(.firstResponse).isEmpty && other.results(.queueWait).isEmpty)
        try other.customer()
        #expect(other.face(.nextResponse)?.isRunning == true)
    }

    @Test("a case that is reopened begins anew, however old the conversation is")
    func reopened() throws {
        var floor = try floor()
        try floor.enqueue()
        try floor.claim(by: "ana")
        try floor.answer(by: "ana")
        try floor.put(.closed(by: "ana"))
        #expect(floor.standing == nil)
        try floor.pass(3 * 86_400)
        floor.epoch = 5
        try floor.enqueue()
        #expect(floor.face(.firstResponse)?.startedAt == floor.now)
        #expect(floor.face(.resolution)?.startedAt == floor.now)
        #expect(floor.standing?.isBreached == false)
        try floor.pass(60)
        try floor.claim(by: "ben")
        try floor.answer(by: "ben")
        #expect(floor.results(.firstResponse).map(\.openSeconds) == [0, 60])
        #expect(Set(floor.events.map(\.epoch)) == [1, 5])
        #expect(floor.news.isEmpty)
    }

    @Test("the last word before the close counts, once WhatsApp takes it")
    func lastWord() throws {
        var floor = try floor()
        try floor.enqueue()
        try floor.claim(by: "ana")
        try floor.pass(120)
        let word = try floor.write(by: "ana")
        try floor.put(.concluded(by: "ana", HandoffOutcome("solved")))
        #expect(floor.standing == nil && floor.results(.firstResponse).isEmpty)
        try floor.pass(2)
        try floor.arrives(word)
        #expect(floor.results(.firstResponse).map(\.end) == [.done])
        #expect(floor.results(.firstResponse).map(\.openSeconds) == [120])
        #expect(floor.state == ServiceLevelState())
    }

    @Test("what is closed without an answer, or left the queue untaken, is told apart")
    func abandoned() throws {
        var floor = try floor()
        try floor.enqueue()
        try floor.pass(60)
        try floor.put(.closed(by: "ana"))
        #expect(floor.results(.queueWait).map(\.end) == [.abandoned])
        #expect(floor.results(.firstResponse).map(\.end) == [.unanswered])
        #expect(floor.results(.firstResponse).map(\.agent) == [nil])
        // Whoever can be written to no more is gone, though the conversation is open.
        var other = try self.floor()
        try other.enqueue()
        let began = other.now
        try other.pass(25 * 3_600)
        let left = try #require(other.results(.queueWait).first)
        #expect(left.end == .abandoned && left.endedAt == began + .seconds(86_400))
        #expect(left.calendarSeconds == 86_400)
        try other.claim(by: "ana")
        #expect(other.results(.queueWait).count == 1)
    }

    @Test("given back, it waits anew; a resolution stands while it is the customer's turn")
    func turns() throws {
        var floor = try floor()
        try floor.enqueue()
        try floor.pass(60)
        try floor.claim(by: "ana")
        try floor.pass(60)
        try floor.answer(by: "ana")
        try floor.pass(3_600)
        try floor.put(.released(by: "ana", because: "lunch"))
        try floor.pass(30)
        try floor.claim(by: "ben")
        try floor.pass(30)
        try floor.put(.closed(by: "ben"))
        #expect(floor.results(.queueWait).map(\.openSeconds) == [60, 30])
        #expect(floor.results(.queueWait).map(\.agent) == ["ana", "ben"])
        #expect(floor.results(.resolution).map(\.openSeconds) == [180])
        #expect(floor.results(.resolution).map(\.agent) == ["ben"])
    }

    @Test("a resolution stands while it is laid aside, and no other clock does")
    func parked() throws {
        let desk = Reckoning(ServiceLevelSettings(hours: nil, levels: levels))
        let start = try Madrid.time("2026-12-01 10:00")
        var open = OpenCase(
            epoch: 1, at: start, asked: start, wroteAt: start, isQueued: false)
        open.park(at: start + .seconds(60), desk)
        #expect(open.standing(desk)?.clocks.first { $0.clock == .resolution }?.isRunning == false)
        open.takeUp(at: start + .seconds(3_660))
        let results = open.close(
            by: .init(id: "ana", name: "ana"), at: start + .seconds(3_690), desk)
        #expect(results.first { $0.measure == .resolution }?.openSeconds == 90)
        #expect(results.first { $0.measure == .firstResponse }?.openSeconds == 3_690)
    }

    @Test("work is what lies between acts that are near each other, of each person")
    func handling() throws {
        var floor = try floor()
        try floor.enqueue()
        try floor.claim(by: "ana")
        try floor.pass(60)
        try floor.answer(by: "ana")
        try floor.pass(1_800)
        try floor.answer(by: "ana")
        try floor.pass(120)
        try floor.put(.transferred(by: "ana", to: "ben", name: "ben", note: nil, until: floor.now))
        try floor.pass(30)
        try floor.note(by: "ben")
        try floor.pass(60)
        try floor.put(.closed(by: "ben"))
        let work = floor.results(.handling)
        #expect(work.map(\.agent) == ["ana", "ben"])
        #expect(work.map(\.openSeconds) == [60, 90])
    }

    @Test("the same again changes nothing")
    func repeated() throws {
        var floor = try floor()
        try floor.enqueue()
        try floor.claim(by: "ana")
        let id = try floor.write(by: "ana")
        try floor.arrives(id)
        let count = floor.events.count
        try floor.arrives(id)
        try floor.claim(by: "ana")
        try floor.put(.delivery(of: id, .progressed("wamid.1", .read)))
        #expect(floor.events.count == count)
        #expect(floor.results(.firstResponse).count == 1)
        try floor.put(.closed(by: "ana"))
        let closed = floor.events.count
        try floor.put(.closed(by: "ana"))
        try floor.customer()
        #expect(floor.events.count == closed)
    }

    @Test("what goes on in another conversation is measured there")
    func moved() throws {
        var floor = try floor()
        try floor.enqueue()
        try floor.put(.moved(into: "c2"))
        #expect(floor.standing == nil && floor.results.isEmpty)
        try floor.pass(86_400)
        #expect(floor.news.isEmpty)
    }

    @Test("conversations that the bot answers alone are never read")
    func cost() {
        #expect(
            Set(ServiceLevelStage().reads.map { $0.topic.rawValue })
                == [Topic.handoffEvents.rawValue, "routing.places"])
    }
}
