import Conversation
import DeskRecords
import NotificationRecords
import RoutingRecords
import RoutingStage
import Testing

@Suite("What waits, and for whom")
struct QueueTests {
    private let ana: AgentID = "ana"
    private let ben: AgentID = "ben"
    private let eve: AgentID = "eve"

    @Test("queues are served by priority, then by who waits longest")
    func order() throws {
        var floor = Floor()
        try floor.queue("q1", [ana])
        try floor.queue("q2", [ana]) {
            $0.priority = 1
            $0.takes = [RoutingRule(reasons: ["missedCall"])]
        }
        try floor.arrives("c1")
        try floor.wait(1)
        try floor.arrives("c2")
        try floor.wait(1)
        try floor.arrives("c3", reason: "missedCall")
        try floor.here(ana)
        for id: ConversationID in ["c3", "c1", "c2"] {
            #expect(floor.offer(to: ana)?.conversation == id)
            try floor.accept(ana)
        }
    }

    @Test("rules of reason, language, number and label say which queue takes a conversation")
    func rules() throws {
        var floor = Floor()
        try floor.queue("all", [])
        try floor.queue("calls", []) { $0.takes = [RoutingRule(reasons: ["missedCall"])] }
        try floor.queue("english", []) {
            $0.takes = [RoutingRule(languages: ["en"], numbers: ["n2"])]
        }
        try floor.queue("vip", []) {
            $0.priority = 1
            $0.takes = [RoutingRule(labels: ["gold"])]
        }
        try floor.arrives("c1")
        try floor.arrives("c2", reason: "missedCall")
        try floor.arrives("c3", language: "en", number: "n1")
        try floor.arrives("c4", language: "en", number: "n2")
        #expect(floor.places == ["all", "calls", "all", "english"])
        try floor.put(
            DeskEvent(
                tenant: "sol", change: .labelled("c3", "gold", true), reference: nil, at: floor.now)
        )
        #expect(floor.places.last == .some("vip"))
        try floor.put(
            DeskEvent(
                tenant: "sol", change: .labelled("c3", "gold", false), reference: nil,
                at: floor.now))
        #expect(floor.places.last == .some("all"))
    }

    @Test("age drops skills, then lets another team have it, then alerts supervisors")
    func thresholds() throws {
        var floor = Floor()
        try floor.queue("q2", [eve]) { $0.takes = [RoutingRule(reasons: ["stopped"])] }
        try floor.queue("q1", [ana]) {
            $0.skills = ["french"]
            $0.isDefault = true
            $0.widenAfter = 60
            $0.overflowAfter = 200
            $0.overflow = "q2"
            $0.alertAfter = 300
        }
        try floor.here(ana)
        try floor.arrives("c1")
        #expect(floor.offered.isEmpty, "Ana knows no French")
        try floor.wait(61)
        #expect(floor.offered == [ana], "now anybody will do")
        try floor.ask(.setStatus(ana, name: "Ana", .away))
        try floor.wait(140)
        #expect(floor.places == ["q1", "q2"])
        try floor.wait(100)
        #expect(floor.events.contains { $0.change == .alerted("c1", "q1") })
        let news = floor.payloads.compactMap { $0 as? TeamNews }
        #expect(news.map(\.kind) == ["queueAge"] && news.first?.values["queue"] == "Queue q1")
        try floor.here(eve)
        #expect(floor.offer(to: eve)?.conversation == "c1")
        try floor.accept(eve)
        try floor.wait(100_000)
        #expect(floor.payloads.compactMap { $0 as? TeamNews }.count == 1, "once")
    }

    @Test("closed hours neither offer nor age anything")
    func hours() throws {
        var floor = Floor()
        floor.hours = try RoutingHours.closedForAnHour(floor.now)
        try floor.queue("q1", [ana]) { $0.alertAfter = 120 }
        try floor.here(ana)
        try floor.arrives("c1")
        try floor.ask(.setStatus(ana, name: "Ana", .busy))
        try floor.wait(3_600)
        #expect(floor.payloads.compactMap { $0 as? TeamNews }.isEmpty)
        try floor.wait(125)
        #expect(floor.payloads.compactMap { $0 as? TeamNews }.count == 1)
    }

    @Test("what is laid aside weighs nothing, and is its agent's again when it is time")
    func parking() throws {
        var floor = Floor()
        try floor.queue("q1", [ana])
        try floor.ask(.saveProfile(AgentProfile(agent: ana, capacity: 1)))
        try floor.here(ana)
        try floor.arrives("c1")
        try floor.accept(ana)
        try floor.news("c1", 2, .parked(ana))
        #expect(floor.state.load(of: ana) == 0)
        try floor.news("c1", 2, .resumed(ana))
        #expect(floor.state.load(of: ana) == 1)
        try floor.arrives("c2")
        #expect(floor.open.isEmpty)
        // A claim's renewal while it is laid aside takes it up for nobody.
        try floor.news("c1", 2, .parked(ana))
        try floor.news("c1", 2, .held(ana, name: "Ana"))
        #expect(floor.state.load(of: ana) == 1, "c2 is offered, c1 is laid aside")
    }

    @Test("a reload is no absence; who is gone loses what they have not answered, and says so")
    func presence() throws {
        var floor = Floor()
        try floor.queue("q1", [ana, ben])
        try floor.here(ana)
        try floor.arrives("c1")
        try floor.accept(ana)
        try floor.ask(.vanished(ana))
        try floor.wait(30)
        try floor.here(ana)
        try floor.wait(1_000)
        #expect(floor.wishes.count == 1 && floor.wishes.allSatisfy { $0.action.isAccept })
        try floor.ask(.vanished(ana))
        try floor.wait(74)
        let gone = AgentStanding(agent: ana, name: "Ana", status: .available, isReachable: false)
        #expect(!floor.events.contains { $0.change == .agent(gone) })
        try floor.wait(2)
        #expect(floor.events.contains { $0.change == .agent(gone) })
        try floor.wait(120)
        let wish = try #require(floor.wishes.last)
        #expect(wish.action == .vacate(epoch: 2, because: "Ana left and had not answered"))
        try floor.wait(100_000)
        #expect(floor.wishes.count == 2, "once")
        // The handoff stage puts it back: it is still the customer's turn, and Ana is not there.
        try floor.news("c1", 3, .waits(ArrivalFacts(previous: ana)))
        try floor.here(ben)
        #expect(floor.offer(to: ben)?.conversation == "c1")
    }

    @Test("next gives what is next, within the same bounds, and a claim is as an accepted offer")
    func next() throws {
        var floor = Floor()
        try floor.queue("q1", [ana])
        try floor.ask(.saveProfile(AgentProfile(agent: ana, capacity: 1)))
        try floor.ask(.setStatus(ana, name: "Ana", .busy))
        try floor.here(ana)
        #expect(floor.refusal(try floor.ask(.next(ana, name: "Ana"))) == .nothingWaits)
        try floor.arrives("c1")
        try floor.arrives("c2")
        #expect(floor.refusal(try floor.ask(.next(eve, name: "Eve"))) == .nothingWaits)
        try floor.ask(.next(ana, name: "Ana"), "mine")
        #expect(floor.wishes.last?.conversation == "c1")
        let told = try floor.news("c1", 2, .held(ana, name: "Ana"))
        #expect(told.contains { ($0 as? RoutingEvent)?.reference == "mine" })
        #expect(floor.refusal(try floor.ask(.next(ana, name: "Ana"))) == .full)
    }

    @Test("a conversation that waits can be moved to another queue, and one that somebody has not")
    func moved() throws {
        var floor = Floor()
        try floor.queue("q1", [ana])
        try floor.queue("q2", [ben])
        try floor.here(ana, ben)
        try floor.arrives("c1")
        #expect(floor.offer(to: ana) != nil)
        try floor.ask(.move("c1", to: "q2"))
        #expect(floor.ends == [.withdrawn] && floor.offer(to: ben) != nil)
        #expect(floor.refusal(try floor.ask(.move("c1", to: "q3"))) == .unknown)
        try floor.accept(ben)
        #expect(floor.refusal(try floor.ask(.move("c1", to: "q1"))) == .notWaiting)
    }

    @Test("queues have names of their own, one takes the rest, and none is lost with its waiting")
    func queues() throws {
        var floor = Floor()
        try floor.arrives("c1")
        try floor.queue("q1", [ana])
        #expect(floor.places == ["q1"])
        let same = RoutingQueue(id: "q2", name: "queue Q1")
        #expect(floor.refusal(try floor.ask(.saveQueue(same))) == .taken)
        try floor.queue("q2", [ben]) { $0.isDefault = true }
        #expect(floor.places.last == .some("q2"))
        #expect(floor.refusal(try floor.ask(.removeQueue("q2"))) == .isDefault)
        #expect(floor.refusal(try floor.ask(.removeQueue("q9"))) == .unknown)
        try floor.ask(.removeQueue("q1"))
        try floor.ask(.removeQueue("q2"))
        #expect(floor.places.last == .some(nil), "one queue for everybody again")
        let alone = RoutingQueue(id: "q4", name: "x", overflow: "q4")
        #expect(floor.refusal(try floor.ask(.saveQueue(alone))) == .unknown)
    }
}

extension HandoffCommand.Action {
    var isAccept: Bool { if case .accept = self { true } else { false } }
}
