import Conversation
import RoutingRecords
import RoutingStage
import Testing

@Suite("What is offered to who is limited to numbers")
struct NumberLimitTests {
    private let ana: AgentID = "ana"
    private let ben: AgentID = "ben"

    private func floor() throws -> Floor {
        var floor = Floor()
        try floor.queue("q1", [ana, ben])
        try floor.ask(.limit(ana, ["101"]))
        return floor
    }

    private func arrives(
        _ floor: inout Floor, _ conversation: ConversationID, number: BusinessNumberID?,
        previous: AgentID? = nil
    ) throws {
        try floor.news(
            conversation, 1,
            .waits(ArrivalFacts(reason: "asked", number: number, previous: previous)))
    }

    @Test("is what was written to these numbers, and nothing else, however it comes to them")
    func offered() throws {
        var floor = try floor()
        try floor.here(ana)
        try arrives(&floor, "c1", number: "102")
        try arrives(&floor, "c2", number: nil)
        try arrives(&floor, "c3", number: "102", previous: ana)
        #expect(floor.open.isEmpty)
        try floor.ask(.next(ana, name: "Ana"), "mine")
        #expect(floor.events.last?.change == .refused(.nothingWaits))
        #expect(floor.wishes.isEmpty)
        try arrives(&floor, "c4", number: "101")
        #expect(floor.offer(to: ana)?.conversation == "c4")
        // Others are not kept waiting for her.
        try floor.here(ben)
        #expect(floor.offer(to: ben)?.conversation == "c1")
    }

    @Test("without queues, too, they cannot take it")
    func withoutQueues() throws {
        var floor = Floor()
        try floor.ask(.limit(ana, ["101"]))
        try floor.here(ana)
        try arrives(&floor, "c1", number: "102")
        try floor.ask(.next(ana, name: "Ana"), "mine")
        #expect(floor.events.last?.change == .refused(.nothingWaits))
    }

    @Test("an offer of another number is withdrawn as the limit comes, and made to somebody else")
    func withdrawn() throws {
        var floor = Floor()
        try floor.queue("q1", [ana, ben])
        try floor.here(ana)
        try arrives(&floor, "c1", number: "102")
        #expect(floor.offer(to: ana) != nil)
        try floor.here(ben)
        try floor.ask(.limit(ana, ["101"]))
        #expect(floor.ends == [.withdrawn])
        #expect(floor.offer(to: ana) == nil && floor.offer(to: ben) != nil)
        try floor.ask(.limit(ana, nil))
        try arrives(&floor, "c2", number: "102")
        #expect(floor.offer(to: ana)?.conversation == "c2")
    }

    @Test("what they can do is another wish than what they may see")
    func profiles() throws {
        var floor = try floor()
        try floor.ask(.saveProfile(AgentProfile(agent: ana, skills: ["french"], capacity: 2)))
        #expect(
            floor.settings.last
                == .profileSaved(
                    AgentProfile(agent: ana, skills: ["french"], capacity: 2, numbers: ["101"])))
    }
}
