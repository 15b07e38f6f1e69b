import Conversation
import HandoffStage
import Records
import RoutingRecords
import RoutingStage
import StageRuntime

/// One conversation at the handoff stage.
struct Talk {
    let id: ConversationID
    var state = HandoffState()
    var timers: [String: FiredTimer] = [:]
    var mode = Mode.bot
    var epoch = 0
    var owners: [Int: Mode] = [0: .bot]
    var asked: [MessageID] = []
    /// What is on its way from here to routing, in order.
    var events: [HandoffEvent] = []
    /// What is on its way from routing and agents to here, in order.
    var commands: [HandoffCommand] = []
    /// What routing says of its place, on its way to here, in order.
    var places: [RoutingPlace] = []
    /// Suggestions of which nothing has become, the newest last, with their words.
    var suggestions: [(id: RecordID, text: String)] = []
    /// Suggestions of which something has become.
    var ended: Set<RecordID> = []
}

/// Conversations, agents and routing, to which everything happens in any order, and between which
/// everything is late.
struct Tangle {
    static let agents: [AgentID] = ["ana", "ben", "eve", "gus"]
    static let queues: [RecordID] = ["q1", "q2"]
    static let capacity = 2

    var floor = Floor()
    var talks: [Talk] = (1...4).map { Talk(id: ConversationID("c\($0)")) }
    var chance: Chance
    var commands: [RoutingCommand] = []
    var offers: [RoutingOffer] = []
    var here: Set<AgentID> = []
    var count = 0
    var accepted = 0
    var echoes = 0
    var outcomes: [SuggestionEnd.Outcome: Int] = [:]
    /// How long an answer from the phone counts as a claim, as the tenant rules, in seconds.
    let phoneClaim: Int?
    var problems: [String] = []

    init(seed: UInt64) throws {
        chance = Chance(seed)
        phoneClaim = [nil, 0, 60, 900][Int(seed % 4)]
        // The stored form is tried once in a while: it costs more than all else.
        floor.storesState = seed % 8 == 0
        try floor.queue("q1", ["ana", "ben", "gus"]) { $0.overflowAfter = 400 }
        try floor.queue("q2", ["ben", "eve"]) { $0.weight = 2 }
        for agent in Self.agents {
            try floor.ask(.saveProfile(AgentProfile(agent: agent, capacity: Self.capacity)))
        }
        try look()
    }

    // MARK: What happens

    mutating func step() throws {
        count += 1
        floor.now = floor.now + .milliseconds(chance.pick([0, 1, 500, 2_000, 20_000, 90_000]))
        switch chance.below(14) {
        case 12: try echo(chance.below(talks.count))
        case 13: suggestion(chance.below(talks.count))
        case 0, 1: try customer(chance.below(talks.count))
        case 2, 3: try command(chance.below(talks.count))
        case 4, 5, 6: try deliver()
        case 7: try fire()
        case 8, 9: try answer()
        case 10: try presence()
        default: try setUp()
        }
    }

    private mutating func customer(_ at: Int) throws {
        let message = MessageID("w\(count)")
        talks[at].asked.append(message)
        try handoff(
            InboundMessage(
                tenant: "sol", conversation: talks[at].id, number: "n1", message: message,
                contact: Contact(userID: "ES.1", phone: "34600"), sentAt: floor.now,
                receivedAt: floor.now, content: .text("hello")), at)
        guard chance.below(2) == 0 else { return }
        let proposals: [ProposedReply.Proposal] = [
            .answer(text: "bot \(count)", citations: []),
            .handoff(reason: .asked, summary: "s", notice: "Soon."),
            .handoff(reason: .asked, summary: "s", notice: "Soon."),
        ]
        try handoff(
            ProposedReply(
                tenant: "sol", conversation: talks[at].id, answers: [message],
                proposal: chance.pick(proposals), language: "es",
                provenance: Provenance(passages: [], model: "built-in"), at: floor.now), at)
    }

    private mutating func command(_ at: Int) throws {
        let (agent, other) = (chance.pick(Self.agents), chance.pick(Self.agents))
        let actions: [HandoffCommand.Action] = [
            .claim, .release, .close, .send(.text("agent \(count)")), .takeOver, .renew,
            .transfer(.agent(other, name: "N"), note: nil), .relieve(other, because: nil),
            .transfer(.team(chance.pick(Self.queues), name: "T"), note: nil), .returnTo,
            .park(until: floor.now + .seconds(600)), .resume,
            // Offers of long ago, and of none.
            .accept(offer: "old", epoch: max(0, talks[at].epoch - chance.below(3))),
            .vacate(epoch: talks[at].epoch - chance.below(2), because: "gone"),
        ]
        let command = HandoffCommand(
            tenant: "sol", conversation: talks[at].id, agent: agent, agentName: agent.rawValue,
            action: chance.pick(actions),
            reference: chance.below(10) == 0 ? "again" : "r\(count)",
            actsFor: chance.below(5) == 0 ? other : nil, at: floor.now)
        talks[at].commands.append(command)
    }

    /// Something arrives that was on its way; what has one key keeps its order.
    private mutating func deliver() throws {
        let at = chance.below(talks.count)
        if chance.below(3) == 0, !talks[at].places.isEmpty {
            try handoff(talks[at].places.removeFirst(), at)
        } else if chance.below(2) == 0, !talks[at].commands.isEmpty {
            let command = talks[at].commands.removeFirst()
            try handoff(command, at)
        } else if !talks[at].events.isEmpty {
            let event = talks[at].events.removeFirst()
            try arrive(event)
        } else if !commands.isEmpty {
            try floor.put(commands.removeFirst())
            try look()
        }
    }

    private mutating func fire() throws {
        let at = chance.below(talks.count)
        if let timer = talks[at].timers.values.min(by: { ($0.due, $0.name) < ($1.due, $1.name) }),
            timer.due <= floor.now + .seconds(1_000)
        {
            floor.now = max(floor.now, timer.due)
            talks[at].timers[timer.name] = nil
            try handoff(.timer(timer), at)
        }
        try floor.wait(Int64(chance.pick([0, 1, 35, 80, 300])))
        try look()
    }

    private mutating func answer() throws {
        // Also those that are over.
        guard !offers.isEmpty else { return }
        let offer = chance.below(4) == 0 ? chance.pick(offers) : offers[offers.count - 1]
        commands.append(
            RoutingCommand(
                tenant: "sol",
                action: .answer(offer.id, offer.agent, isAccepted: chance.below(5) > 0),
                reference: "a\(count)", at: floor.now))
    }

    private mutating func presence() throws {
        let agent = chance.pick(Self.agents)
        let action: RoutingCommand.Action
        switch chance.below(4) {
        case 0:
            here.remove(agent)
            action = .vanished(agent)
        case 1:
            action = .setStatus(
                agent, name: agent.rawValue, chance.pick([.available, .available, .busy]))
        case 2: action = .next(agent, name: agent.rawValue)
        default:
            here.insert(agent)
            action = .appeared(agent, name: agent.rawValue, mayAnswer: chance.below(6) > 0)
        }
        commands.append(
            RoutingCommand(tenant: "sol", action: action, reference: "p\(count)", at: floor.now))
    }

    private mutating func setUp() throws {
        switch chance.below(6) {
        case 0: try floor.ask(.move(chance.pick(talks).id, to: chance.pick(Self.queues)))
        case 1:
            let members = Self.agents.filter { _ in chance.below(3) > 0 }
            try floor.queue(chance.pick(Self.queues), members) { $0.weight = 1 + chance.below(2) }
        case 2: try floor.ask(.removeQueue(chance.pick(Self.queues)))
        default: return
        }
        try look()
    }

    // MARK: The stages

    mutating func handoff(_ record: any Payload, _ at: Int) throws {
        let id = RecordID("h\(count)-\(talks[at].epoch)-\(type(of: record).type)")
        let headers = RecordHeaders(
            id: id, type: "t", source: "test", time: floor.now, subject: "s", correlation: id,
            causation: id, tenant: "sol")
        try handoff(
            .record(
                record, headers,
                position: RecordPosition(topic: "t", partition: 0, offset: Int64(count))), at)
    }

    private mutating func handoff(_ input: StageInput, _ at: Int) throws {
        let before = talks[at].mode
        let context = StageContext(
            stage: "handoff", input: input, key: talks[at].id.rawValue, now: floor.now, step: 0,
            settings: HandoffSettings(serviceLevelSeconds: nil, phoneClaimSeconds: phoneClaim))
        let plan = try HandoffStage().begin(input, &talks[at].state, context)
        guard case .finish(let effects) = plan else { return }
        for effect in effects.timers {
            switch effect {
            case .set(let timer): talks[at].timers[timer.name] = timer
            case .cancel(let name): talks[at].timers[name] = nil
            }
        }
        for output in effects.outputs {
            guard let event = output.payload as? HandoffEvent else { continue }
            follow(event, at)
            followSuggestion(event, output.id, at)
        }
        if talks[at].mode == .bot, !talks[at].suggestions.isEmpty {
            problems.append("the bot has it, and of its suggestions nothing has become")
        }
        if before == .bot, case .claimed("@phone", _) = talks[at].mode, phoneClaim == 0 {
            problems.append("the phone claims where the tenant says that it does not")
        }
        for case let message as OutboundMessage in effects.outputs.compactMap(\.payload) {
            guard message.content.message != nil else { continue }
            switch message.author {
            case .bot where before != .bot || talks[at].mode != .bot:
                problems.append("the bot speaks in \(before), \(talks[at].mode)")
            case .agent(let agent, _):
                guard case .claimed(agent, _) = talks[at].mode else {
                    problems.append("\(agent) speaks in \(talks[at].mode)")
                    continue
                }
            default: break
            }
        }
        if case .claimed = talks[at].mode, talks[at].timers["lease"] == nil {
            problems.append("a claim without end")
        }
    }

    private mutating func follow(_ event: HandoffEvent, _ at: Int) {
        if event.epoch < talks[at].epoch { problems.append("the epoch goes back") }
        if let owner = talks[at].owners[event.epoch], owner != event.mode {
            problems.append("epoch \(event.epoch) is \(owner)'s and \(event.mode)'s")
        }
        talks[at].owners[event.epoch] = event.mode
        (talks[at].epoch, talks[at].mode) = (event.epoch, event.mode)
        talks[at].events.append(event)
        if case .claimed = event.change, event.reference?.hasPrefix("offer/") == true {
            accepted += 1
        }
    }

    /// An event goes through the stage that brings it to routing.
    private mutating func arrive(_ event: HandoffEvent) throws {
        let id = RecordID("e\(count)")
        let headers = RecordHeaders(
            id: id, type: "t", source: "test", time: floor.now, subject: "s", correlation: id,
            causation: id, tenant: "sol")
        let input = StageInput.record(
            event, headers, position: RecordPosition(topic: "t", partition: 0, offset: 0))
        let context = StageContext(
            stage: "arrivals", input: input, key: event.key, now: floor.now, step: 0)
        var none = NoState()
        guard case .finish(let effects) = try ArrivalStage().begin(input, &none, context) else {
            return
        }
        for case let news as RoutingNews in effects.outputs.compactMap(\.payload) {
            try floor.put(news)
        }
        try look()
    }

    /// Looks at what routing did, and passes on what it wishes.
    private mutating func look() throws {
        for payload in floor.payloads {
            if let wish = payload as? HandoffCommand {
                let at = talks.firstIndex { $0.id == wish.conversation }
                if let at { talks[at].commands.append(wish) }
            }
            if let place = payload as? RoutingPlace {
                let at = talks.firstIndex { $0.id == place.conversation }
                if let at { talks[at].places.append(place) }
            }
            guard case .offered(let offer)? = (payload as? RoutingEvent)?.change else { continue }
            offers.append(offer)
            if floor.state.load(of: offer.agent) > Self.capacity {
                // Whoever takes from the list may have more; an offer may not bring that about.
                let others = floor.state.sums[offer.agent] ?? 0
                if others > Self.capacity { problems.append("\(offer.agent) is offered too much") }
            }
        }
        floor.payloads = []
        for agent in Self.agents where floor.state.load(of: agent) != floor.state.sums[agent] ?? 0 {
            problems.append(
                "\(agent) has \(floor.state.load(of: agent)), and "
                    + "\(floor.state.sums[agent] ?? 0) in all conversations")
        }
        for (agent, sum) in floor.state.sums where sum < 0 {
            problems.append("\(agent) has \(sum)")
        }
    }

    // MARK: The end

    /// All that is on its way arrives, until nothing is.
    mutating func settle() throws {
        for _ in 0..<400 {
            var isStill = true
            for at in talks.indices {
                while !talks[at].commands.isEmpty {
                    isStill = false
                    let command = talks[at].commands.removeFirst()
                    try handoff(command, at)
                }
                while !talks[at].events.isEmpty {
                    isStill = false
                    try arrive(talks[at].events.removeFirst())
                }
                while !talks[at].places.isEmpty {
                    isStill = false
                    try handoff(talks[at].places.removeFirst(), at)
                }
            }
            while !commands.isEmpty {
                isStill = false
                try floor.put(commands.removeFirst())
                try look()
            }
            if isStill { return }
        }
        problems.append("it never comes to rest")
    }

    mutating func end() throws {
        try settle()
        for talk in talks {
            let known = floor.state.holding(of: talk.id)
            switch talk.mode {
            case .bot where known != nil: problems.append("\(talk.id) waits in routing alone")
            case .queued where known == nil || known?.agent != nil:
                problems.append("\(talk.id) waits, and routing does not know")
            case .claimed(let agent, _) where known?.agent != agent:
                problems.append("\(talk.id) is \(agent)'s, and \(String(describing: known))")
            default: break
            }
        }
        // Whoever supervises can end every one of them, whoever has it.
        for at in talks.indices where talks[at].mode != .bot {
            var holder: AgentID?
            if case .claimed(let agent, _) = talks[at].mode { holder = agent }
            try handoff(
                HandoffCommand(
                    tenant: "sol", conversation: talks[at].id, agent: "zoe", agentName: "Zoe",
                    action: .close, reference: "end", actsFor: holder, at: floor.now), at)
            if talks[at].mode != .bot { problems.append("nobody can end \(talks[at].id)") }
        }
        try settle()
        if !floor.state.conversations.isEmpty { problems.append("something is left") }
        for agent in Self.agents where floor.state.load(of: agent) != 0 {
            problems.append("\(agent) has \(floor.state.load(of: agent)) of nothing")
        }
    }
}
