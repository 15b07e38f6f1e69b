import Conversation
import RoutingRecords
import RoutingStage
import Testing

@Suite("To whom a conversation goes")
struct RoutingTests {
    private let ana: AgentID = "ana"
    private let ben: AgentID = "ben"
    private let eve: AgentID = "eve"

    @Test("without queues nothing is offered and nothing is placed")
    func withoutQueues() throws {
        var floor = Floor()
        try floor.here(ana)
        try floor.arrives("c1")
        try floor.wait(10_000)
        #expect(floor.offered.isEmpty && floor.places.isEmpty && floor.wishes.isEmpty)
    }

    @Test("an offer that is accepted is asked of the handoff stage at its epoch, and confirmed")
    func accepted() throws {
        var floor = Floor()
        try floor.queue("q1", [ana])
        try floor.here(ana)
        try floor.arrives("c1", 7)
        let offer = try #require(floor.offer(to: ana))
        #expect(offer.epoch == 7 && offer.queue == "q1")
        try floor.ask(.answer(offer.id, ana, isAccepted: true), "mine")
        let wish = try #require(floor.wishes.last)
        #expect(wish.action == .accept(offer: offer.id, epoch: 7))
        #expect(wish.agent == ana && wish.conversation == "c1" && floor.ends.isEmpty)
        let told = try floor.news("c1", 8, .held(ana, name: "Ana"))
        let end = told.compactMap { $0 as? RoutingEvent }.first
        #expect(end?.change == .offerEnded(offerOf(floor, offer), .accepted))
        #expect(end?.reference == "mine")
    }

    /// An accepted offer stands until the handoff stage has answered.
    private func offerOf(_ floor: Floor, _ offer: RoutingOffer) -> RoutingOffer {
        floor.events.compactMap {
            if case .offerEnded(let ended, _) = $0.change, ended.id == offer.id {
                ended
            } else {
                nil
            }
        }.last ?? offer
    }

    @Test("what the handoff stage refuses is free again, and goes to somebody else")
    func refused() throws {
        var floor = Floor()
        try floor.queue("q1", [ana])
        try floor.here(ana)
        try floor.arrives("c1", 3)
        let offer = try #require(floor.offer(to: ana))
        try floor.ask(.answer(offer.id, ana, isAccepted: true), "mine")
        let told = try floor.news("c1", 5, .refused(reference: "offer/\(offer.id)"))
        #expect(floor.ends == [.taken])
        #expect(told.contains { ($0 as? RoutingEvent)?.reference == "mine" })
        #expect(floor.state.load(of: ana) == floor.state.sums[ana] ?? 0)
    }

    @Test("the handoff stage's silence keeps nobody for ever")
    func unanswered() throws {
        var floor = Floor()
        try floor.queue("q1", [ana])
        try floor.here(ana)
        try floor.arrives("c1")
        let offer = try #require(floor.offer(to: ana))
        try floor.ask(.answer(offer.id, ana, isAccepted: true))
        try floor.wait(40)
        #expect(floor.ends == [.taken])
        #expect(floor.offer(to: ana) != nil)
    }

    @Test("who has the smaller share of their capacity is offered first, then who is idle longer")
    func fairness() throws {
        var floor = Floor()
        try floor.queue("q1", [ana, ben])
        try floor.ask(.saveProfile(AgentProfile(agent: ana, capacity: 2)))
        try floor.ask(.saveProfile(AgentProfile(agent: ben, capacity: 6)))
        try floor.here(ana)
        try floor.wait(5)
        try floor.here(ben)
        for number in 1...8 {
            let id = ConversationID("c\(number)")
            try floor.arrives(id)
            let offer = try #require(floor.open.first { $0.conversation == id })
            try floor.accept(offer.agent)
            try floor.wait(1)
        }
        // A third of the capacity each time: one of Ana's is three of Ben's.
        #expect(floor.offered.count { $0 == ana } == 2)
        #expect(floor.offered.count { $0 == ben } == 6)
        #expect(floor.offered.first == ana)
        try floor.arrives("c9")
        #expect(floor.open.isEmpty, "both have as much as they can")
    }

    @Test("capacity counts weights, and what would exceed it is not offered")
    func weights() throws {
        var floor = Floor()
        try floor.queue("q1", [ana]) { $0.weight = 3 }
        try floor.here(ana)
        try floor.arrives("c1")
        try floor.accept(ana)
        try floor.arrives("c2")
        #expect(floor.open.isEmpty, "3 and 3 are more than 4")
        try floor.queue("q2", [ana]) {
            $0.takes = [RoutingRule(reasons: ["unreadable"])]
        }
        try floor.arrives("c3", reason: "unreadable")
        #expect(floor.offer(to: ana)?.conversation == "c3")
    }

    enum Freeing: String, CaseIterable {
        case closed, released, transferred, parked, status, member, profile, hours, permission
    }

    @Test("whatever frees an agent brings what waits to them", arguments: Freeing.allCases)
    func freeing(_ freeing: Freeing) throws {
        var floor = Floor()
        try floor.queue("q1", freeing == .member ? [ben] : [ana, ben])
        try floor.ask(.saveProfile(AgentProfile(agent: ana, capacity: 1)))
        if freeing != .permission { try floor.here(ana) }
        if freeing == .status { try floor.ask(.setStatus(ana, name: "Ana", .busy)) }
        if freeing == .hours { floor.hours = try RoutingHours.closedForAnHour(floor.now) }
        if [.closed, .released, .transferred, .parked, .profile].contains(freeing) {
            try floor.arrives("c1")
            try floor.accept(ana)
        }
        if freeing == .permission {
            try floor.ask(.appeared(ana, name: "Ana", mayAnswer: false))
        }
        try floor.arrives("c2")
        #expect(floor.open.isEmpty)
        switch freeing {
        case .closed: try floor.news("c1", 3, .ended)
        case .released:
            try floor.news("c1", 3, .waits(ArrivalFacts(previous: ana, isGivenBack: true)))
        case .transferred: try floor.news("c1", 3, .held(ben, name: "Ben"))
        case .parked: try floor.news("c1", 2, .parked(ana))
        case .status: try floor.ask(.setStatus(ana, name: "Ana", .available))
        case .member: try floor.queue("q1", [ana, ben])
        case .profile: try floor.ask(.saveProfile(AgentProfile(agent: ana, capacity: 2)))
        case .hours: try floor.wait(3_700)
        case .permission: try floor.here(ana)
        }
        #expect(floor.offer(to: ana)?.conversation == "c2")
    }

    @Test("only who may answer, belongs to it, is there, available and able is offered anything")
    func eligibility() throws {
        var floor = Floor()
        try floor.queue("q1", [ana, ben, eve]) { $0.skills = ["french"] }
        try floor.here(ana, ben, eve)
        try floor.ask(.saveProfile(AgentProfile(agent: ben, skills: ["french", "wine"])))
        try floor.arrives("c1")
        #expect(floor.offered == [ben])
        try floor.queue("q2", ["gus", "hal", "ida", "joe"]) {
            $0.takes = [RoutingRule(languages: ["fr"])]
        }
        try floor.ask(.appeared("gus", name: "Gus", mayAnswer: false))
        try floor.here("hal", "ida")
        try floor.ask(.setStatus("hal", name: "Hal", .away))
        try floor.ask(.vanished("ida"))
        try floor.arrives("c2", language: "fr")
        #expect(floor.offered == [ben], "gus may not, hal is away, ida is gone, joe never came")
    }

    @Test("the agent whom the customer knows is first, if they can take it now or soon")
    func previousAgent() throws {
        var floor = Floor()
        try floor.queue("q1", [ana, ben])
        try floor.here(ana)
        try floor.wait(10)
        try floor.here(ben)
        try floor.arrives("c1", previous: ben)
        #expect(floor.offered == [ben], "although Ana is idle for longer")
        try floor.arrives("c2", previous: ben)
        #expect(floor.offered == [ben], "Ben is waited for")
        try floor.wait(31)
        #expect(floor.offered.contains(ana), "but not for long")
        // Whoever cannot be is not waited for at all.
        var other = Floor()
        try other.queue("q1", [ana, ben])
        try other.here(ana, ben)
        try other.ask(.setStatus(ben, name: "Ben", .away))
        try other.arrives("c1", previous: ben)
        #expect(other.offered == [ana])
    }

    @Test("who does not answer is passed over; after two misses they are away, and told why")
    func misses() throws {
        var floor = Floor()
        try floor.queue("q1", [ana, ben])
        try floor.here(ana)
        try floor.wait(1)
        try floor.here(ben)
        try floor.arrives("c1")
        #expect(floor.offered == [ana])
        try floor.wait(31)
        #expect(floor.offered == [ana, ben] && floor.ends == [.missed])
        try floor.accept(ben)
        try floor.arrives("c2")
        #expect(floor.offered.last == ana)
        try floor.wait(31)
        let away = AgentStanding(
            agent: ana, name: "Ana", status: .away, isReachable: true, because: .missedOffers)
        #expect(floor.events.contains { $0.change == .agent(away) })
        #expect(floor.offered.last == ben)
        try floor.ask(.setStatus(ana, name: "Ana", .available))
        try floor.arrives("c3")
        #expect(floor.offer(to: ana)?.conversation == "c3")
    }

    @Test("who declines is asked again a minute later, if nobody took it; that is no miss")
    func declined() throws {
        var floor = Floor()
        try floor.queue("q1", [ana])
        try floor.here(ana)
        try floor.arrives("c1")
        for _ in 0..<3 {
            let offer = try #require(floor.offer(to: ana))
            try floor.ask(.answer(offer.id, ana, isAccepted: false))
            #expect(floor.open.isEmpty)
            try floor.wait(59)
            #expect(floor.open.isEmpty)
            try floor.wait(2)
        }
        #expect(floor.ends == [.declined, .declined, .declined])
        #expect(floor.offer(to: ana) != nil)
    }

    @Test("an answer to an offer that is over changes nothing")
    func lateAnswers() throws {
        var floor = Floor()
        try floor.queue("q1", [ana, ben])
        try floor.here(ana)
        try floor.arrives("c1")
        let offer = try #require(floor.offer(to: ana))
        #expect(floor.refusal(try floor.ask(.answer(offer.id, ben, isAccepted: true))) == .noOffer)
        try floor.wait(31)
        #expect(floor.refusal(try floor.ask(.answer(offer.id, ana, isAccepted: true))) == .noOffer)
        #expect(floor.wishes.isEmpty)
    }

    @Test("a claim from the list ends the offer, whoever claims")
    func claimed() throws {
        var floor = Floor()
        try floor.queue("q1", [ana, ben])
        try floor.here(ana)
        try floor.arrives("c1")
        try floor.news("c1", 2, .held(ben, name: "Ben"))
        #expect(floor.ends == [.taken])
        try floor.arrives("c2")
        try floor.news("c2", 2, .held(ana, name: "Ana"))
        #expect(floor.ends == [.taken, .accepted])
        #expect(floor.state.load(of: ana) == 1 && floor.state.load(of: ben) == 1)
    }
}
