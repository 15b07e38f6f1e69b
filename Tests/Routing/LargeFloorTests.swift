import Conversation
import RoutingRecords
import RoutingStage
import Testing

@Suite("A tenant with 500 agents and 5,000 customers who wait")
struct LargeFloorTests {
    @Test("is served in order, nobody beyond their capacity, and at a bearable cost")
    func large() throws {
        var floor = Floor()
        floor.storesState = false
        let agents = (0..<500).map { AgentID("agent-\($0)") }
        for part in 0..<5 {
            try floor.queue(
                RecordID("q\(part)"),
                agents.enumerated().filter { $0.offset % 5 == part }.map(\.element)
            ) { $0.takes = [RoutingRule(numbers: [BusinessNumberID("n\(part)")])] }
        }
        let clock = ContinuousClock()
        var longest = Duration.zero
        func timed(_ body: () throws -> Void) rethrows {
            longest = max(longest, try clock.measure(body))
        }
        // Everybody comes while it is closed: then it opens.
        floor.hours = try RoutingHours.closedForAnHour(floor.now)
        for number in 0..<5_000 {
            floor.now = floor.now + .milliseconds(1)
            try floor.arrives(
                ConversationID("c\(number)"), number: BusinessNumberID("n\(number % 5)"))
            floor.payloads = []
        }
        for agent in agents { try floor.ask(.appeared(agent, name: "A", mayAnswer: true)) }
        #expect(floor.open.isEmpty)
        let filled = try clock.measure { try floor.wait(3_600) }
        #expect(floor.open.count == 500)
        // The oldest are offered, by queue.
        let numbers = Set(floor.open.compactMap { Int($0.conversation.rawValue.dropFirst()) })
        #expect(numbers == Set(0..<500))
        for round in 0..<200 {
            let offer = try #require(floor.open.first)
            try timed { try floor.ask(.answer(offer.id, offer.agent, isAccepted: true)) }
            try timed {
                try floor.news(
                    offer.conversation, offer.epoch + 1, .held(offer.agent, name: "A"))
            }
            let load = floor.state.load(of: offer.agent)
            #expect(load <= AgentProfile.standardCapacity, "\(round)")
            #expect(load == floor.state.sums[offer.agent])
        }
        print("500 offers at once in \(filled); the slowest decision of 400 took \(longest)")
        #expect(longest < .seconds(2))
    }
}
