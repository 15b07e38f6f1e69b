import Conversation
import DeskRecords
import FoundationEssentials
import OpeningHours
import Records
import RoutingRecords
import RoutingStage
import StageRuntime
import Testing
import ZoneDatabase

/// One tenant's routing, with a clock that the test sets.
struct Floor {
    var stage = RoutingStage()
    var state = RoutingState()
    var now = Timestamp(seconds: 1_800_000_000)
    var hours = RoutingHours()
    var count = 0
    /// The timer that is set.
    var timer: FiredTimer?
    /// All that was decided, in order.
    var payloads: [any Payload] = []
    /// Whether every step passes through the stored form.
    var storesState = true

    var events: [RoutingEvent] { payloads.compactMap { $0 as? RoutingEvent } }
    var settings: [RoutingSetting.Change] {
        payloads.compactMap { ($0 as? RoutingSetting)?.change }
    }
    var wishes: [HandoffCommand] { payloads.compactMap { $0 as? HandoffCommand } }

    @discardableResult
    mutating func put(_ record: any Payload) throws -> [any Payload] {
        count += 1
        let id = RecordID("record-\(count)")
        let headers = RecordHeaders(
            id: id, type: "t", source: "test", time: now, subject: "s", correlation: id,
            causation: id, tenant: "sol")
        return try step(
            .record(
                record, headers,
                position: RecordPosition(topic: "t", partition: 0, offset: Int64(count))))
    }

    /// Lets the clock go on, and fires what is due meanwhile.
    @discardableResult
    mutating func wait(_ seconds: Int64) throws -> [any Payload] {
        let end = now + .seconds(seconds)
        var told: [any Payload] = []
        while let due = timer, due.due <= end {
            now = max(now, due.due)
            timer = nil
            told += try step(.timer(due))
        }
        now = end
        return told
    }

    private mutating func step(_ input: StageInput) throws -> [any Payload] {
        if storesState {
            state = try RecordCodec.decode(RoutingState.self, from: RecordCodec.encode(state))
        }
        let context = StageContext(
            stage: stage.name, input: input, key: "sol", now: now, step: 0, settings: hours)
        guard case .finish(let effects) = try stage.begin(input, &state, context) else { return [] }
        for effect in effects.timers {
            if case .set(let set) = effect { timer = set } else { timer = nil }
        }
        let told = effects.outputs.compactMap(\.payload)
        payloads += told
        return told
    }

    // MARK: What happens

    @discardableResult
    mutating func ask(
        _ action: RoutingCommand.Action, _ reference: String? = nil
    ) throws -> [any Payload] {
        try put(
            RoutingCommand(
                tenant: "sol", action: action, reference: reference ?? "ask-\(count)", at: now))
    }

    @discardableResult
    mutating func news(
        _ conversation: ConversationID, _ epoch: Int, _ change: RoutingNews.Change
    ) throws -> [any Payload] {
        try put(
            RoutingNews(
                tenant: "sol", conversation: conversation, epoch: epoch, change: change, at: now))
    }

    /// A conversation comes into the queue.
    @discardableResult
    mutating func arrives(
        _ conversation: ConversationID, _ epoch: Int = 1, reason: String = "asked",
        language: String? = nil, number: BusinessNumberID? = nil, previous: AgentID? = nil
    ) throws -> [any Payload] {
        try news(
            conversation, epoch,
            .waits(
                ArrivalFacts(
                    reason: reason, language: language, number: number, previous: previous)))
    }

    mutating func here(_ agents: AgentID...) throws {
        for agent in agents {
            try ask(.appeared(agent, name: agent.rawValue.capitalized, mayAnswer: true))
        }
    }

    mutating func queue(
        _ id: RecordID = "q1", _ members: [AgentID], change: (inout RoutingQueue) -> Void = { _ in }
    ) throws {
        var queue = RoutingQueue(id: id, name: "Queue \(id)", members: members)
        change(&queue)
        try ask(.saveQueue(queue))
    }

    /// What an agent is offered now, as events say it.
    var open: [RoutingOffer] {
        events.reduce(into: [RoutingOffer]()) { open, event in
            switch event.change {
            case .offered(let offer): open.append(offer)
            case .offerEnded(let offer, _): open.removeAll { $0.id == offer.id }
            default: break
            }
        }
    }

    func offer(to agent: AgentID) -> RoutingOffer? { open.first { $0.agent == agent } }

    /// An agent accepts what is offered to them, and the handoff stage says yes.
    mutating func accept(_ agent: AgentID) throws {
        let offer = try #require(self.offer(to: agent))
        try ask(.answer(offer.id, agent, isAccepted: true))
        try news(
            offer.conversation, offer.epoch + 1, .held(agent, name: agent.rawValue.capitalized))
    }

    var ends: [RoutingOffer.End] {
        events.compactMap { if case .offerEnded(_, let end) = $0.change { end } else { nil } }
    }
    var offered: [AgentID] {
        events.compactMap { if case .offered(let offer) = $0.change { offer.agent } else { nil } }
    }
    var places: [RecordID?] {
        events.compactMap {
            if case .placed(_, let queue) = $0.change { .some(queue) } else { nil }
        }
    }
    func refusal(_ told: [any Payload]) -> RoutingRefusal? {
        told.compactMap { payload in
            if case .refused(let refusal) = (payload as? RoutingEvent)?.change { return refusal }
            if case .refused(let refusal) = (payload as? RoutingSetting)?.change { return refusal }
            return nil
        }.first
    }
}

extension RoutingHours {
    /// Hours that begin an hour after the clock of tests.
    static func closedForAnHour(_ now: Timestamp) throws -> RoutingHours {
        let zone = try ZoneDatabase.system.rules(of: "UTC")
        // 1,800,000,000 is a Friday, 08:00 UTC.
        let opening = OpeningHours(
            OpeningSchedule(
                week: (1...7).map { .init(day: $0, span: DaySpan(from: 9 * 60, to: 20 * 60)) }),
            in: zone)
        return RoutingHours(hours: .init(opening: opening))
    }
}
