import ChannelStage
import Conversation
import NotificationRecords
import StageRuntime
import Testing

/// One business's line to WhatsApp, as the stage `channels` sees it.
@Suite("A business's line to WhatsApp") struct ChannelStageTests {
    private static func refused(
        _ code: Int, _ reach: ChannelStop.Reach = .tenant, for wait: Duration = .seconds(60)
    ) -> ChannelReport.Word {
        .refused(code: code, reach: reach, until: Desk.start + wait, trace: "T1")
    }

    @Test("the first refusal is told to all senders and, once, to people with what to do")
    func first() throws {
        var desk = Desk()
        let outputs = try desk.report(Self.refused(190))
        let stop = try #require(Desk.stops(outputs)?.first)
        #expect(stop.code == 190)
        #expect(stop.until == Desk.start + .seconds(60))
        #expect(stop.trace == "T1")
        #expect(Desk.news(outputs) == ["channelStopped"])
        let news = try #require(outputs.compactMap { $0 as? TeamNews }.first)
        #expect(news.values["reason"]?.contains("190") == true)
        #expect(news.values["remedy"] == GraphErrorEntry.of(190).remedy)
        #expect(outputs.contains { $0 is OperatorNews })
        // Another message, another refusal, also for another reason of the same trouble.
        desk.now = desk.now + .seconds(61)
        let again = try desk.report(Self.refused(368, for: .seconds(180)), in: "c2")
        #expect(Desk.stops(again)?.map(\.failures) == [2])
        #expect(Desk.stops(again)?.map(\.until) == [Desk.start + .seconds(180)])
        #expect(Desk.news(again).isEmpty)
    }

    @Test("once a message goes, people are told, and all that waits is looked at in its order")
    func open() throws {
        var desk = Desk()
        _ = try desk.report(Self.refused(190), in: "c1")
        #expect(try desk.report(.held(), in: "c2").isEmpty)
        #expect(try desk.report(.held(), in: "c1").isEmpty)
        #expect(try desk.report(.held(), in: "c3").isEmpty)
        let outputs = try desk.report(.sent, in: "c2")
        #expect(Desk.stops(outputs) == [])
        #expect(Desk.news(outputs) == ["channelOpen"])
        #expect(Desk.woken(outputs) == ["c1", "c2", "c3"])
        #expect(try desk.report(.sent, in: "c2").isEmpty)
        // A sender that did not hear of it yet: what it holds is looked at again at once.
        #expect(Desk.woken(try desk.report(.held(), in: "c9")) == ["c9"])
    }

    @Test("another token is tried at once; the same one again, or other settings, change nothing")
    func token() throws {
        var desk = Desk()
        let old = String(repeating: "o", count: 16)
        #expect(try desk.settings(box: old).isEmpty)
        _ = try desk.report(Self.refused(190, for: .seconds(900)), token: old)
        _ = try desk.report(.held(), in: "c2")
        #expect(try desk.settings(box: old).isEmpty)
        desk.now = desk.now + .seconds(7_200)
        let outputs = try desk.settings(box: String(repeating: "n", count: 16))
        #expect(Desk.woken(outputs) == ["c1", "c2"])
        #expect(Desk.stops(outputs)?.map(\.until) == [desk.now])
        // Nobody is told that it is over before a message has gone.
        #expect(Desk.news(outputs).isEmpty)
        #expect(Desk.news(try desk.report(.sent)) == ["channelOpen"])
    }

    @Test("a refusal of a token that was replaced meanwhile stops nothing: it is tried again soon")
    func replaced() throws {
        var desk = Desk()
        let old = String(repeating: "o", count: 16)
        let new = String(repeating: "n", count: 16)
        _ = try desk.settings(box: new)
        #expect(try desk.report(Self.refused(190, for: .seconds(900)), token: old).isEmpty)
        #expect(desk.timer?.due == desk.now + .seconds(1))
        #expect(Desk.woken(try desk.ring()) == ["c1"])
        // The new one is refused, too.
        let outputs = try desk.report(Self.refused(190, for: .seconds(900)), token: new)
        #expect(Desk.stops(outputs)?.map(\.code) == [190])
    }

    @Test("a sender that holds messages back for what was before is asked again once it has heard")
    func behind() throws {
        var desk = Desk()
        let old = String(repeating: "o", count: 16)
        _ = try desk.settings(box: old)
        _ = try desk.report(Self.refused(190, for: .seconds(900)), token: old)
        // It is not due: its sender may know what it will.
        _ = try desk.report(.held(), in: "c2")
        #expect(desk.timer == nil)
        let before = Desk.start + .seconds(900)
        desk.now = desk.now + .seconds(60)
        let new = String(repeating: "n", count: 16)
        _ = try desk.settings(box: new)
        // One that knows waits for the message that looks whether it is over.
        _ = try desk.report(.held(knowing: desk.now), in: "c2")
        #expect(desk.timer == nil)
        _ = try desk.report(.held(knowing: before), in: "c1")
        #expect(desk.timer?.due == desk.now + .seconds(1))
        #expect(Desk.woken(try desk.ring()) == ["c1", "c2"])
        // It is refused again before the sender is asked again: it waits for that.
        _ = try desk.report(.held(knowing: before), in: "c1")
        _ = try desk.report(Self.refused(190, for: .seconds(3_600)), token: new)
        #expect(Desk.woken(try desk.ring()).isEmpty)
    }

    @Test("a number's trouble leaves the other numbers alone, and ends with its own success")
    func number() throws {
        var desk = Desk()
        _ = try desk.report(Self.refused(131_048, .number), number: "101")
        #expect(try desk.report(.sent, number: "102").isEmpty)
        let both = try desk.report(Self.refused(131_048, .number), number: "102")
        #expect(Desk.stops(both)?.map(\.number) == ["101", "102"])
        let one = try desk.report(.sent, number: "101")
        #expect(Desk.stops(one)?.map(\.number) == ["102"])
        #expect(Desk.news(one).isEmpty)
        #expect(Desk.news(try desk.report(.sent, number: "102")) == ["channelOpen"])
    }
}
