package import Conversation
import DeskRecords
import RoutingRecords
package import StageRuntime

/// Decides to whom each conversation goes that waits for a person: the only writer of a tenant's
/// queues, of what agents have in hand, and of offers.
///
/// Every input may free somebody: after each one what is due is done, and what waits is offered to
/// whoever can take it. The handoff stage alone gives conversations away: what an agent accepts is
/// asked of it, at the epoch that was offered.
package struct RoutingStage: Stage {
    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never
    /// What it remembers per tenant.
    package typealias State = RoutingState
    /// What it wants to know of a tenant.
    package typealias Settings = RoutingHours

    /// The stage's name.
    package let name = "routing"
    package let reads: [any Payload.Type] = [
        RoutingCommand.self, RoutingNews.self, DeskEvent.self,
    ]

    /// Makes the stage.
    package init() {}

    /// When people answer.
    package func settings(from tenant: TenantSettings) -> RoutingHours {
        RoutingHours(hours: tenant.hours, isStopped: tenant.standing == nil ? nil : true)
    }

    /// Decides about a wish, news of a conversation, a label, or what is due.
    package func begin(
        _ input: StageInput, _ state: inout RoutingState, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        var decision = RoutingDecision(state: state, context: context)
        switch input {
        case .record(let command as RoutingCommand, _, _): decision.obey(command)
        case .record(let news as RoutingNews, _, _): decision.follow(news)
        case .record(let event as DeskEvent, _, _):
            guard decision.follow(event) else {
                return .ignore(because: "no conversation that waits bears it")
            }
        case .timer(let timer) where timer.name == RoutingDecision.timer: decision.wake()
        default: throw context.noUse
        }
        decision.settle()
        state = decision.state
        guard !decision.effects.outputs.isEmpty || !decision.effects.timers.isEmpty else {
            return .ignore(because: "nobody is offered anything")
        }
        return .finish(decision.effects)
    }
}

/// When people answer, as routing needs it.
package struct RoutingHours: SettingsPart {
    /// The hours; at any time where there are none.
    package var hours: TenantSettings.Hours?
    /// Whether the business is suspended or deleted: nobody answers.
    package var isStopped: Bool?

    /// At any time.
    package init() {}

    /// Describes a tenant.
    package init(hours: TenantSettings.Hours?, isStopped: Bool? = nil) {
        self.hours = hours
        self.isStopped = isStopped
    }
}

/// One decision under way.
struct RoutingDecision {
    static let timer = "look"

    var state: RoutingState
    var effects: Effects
    let context: StageContext
    private var offers = 0

    init(state: RoutingState, context: StageContext) {
        self.state = state
        self.context = context
        effects = context.effects
    }

    var now: Timestamp { context.now }
    var tenant: TenantID { context.input.tenant }

    // MARK: Writing

    mutating func tell(_ change: RoutingEvent.Change, reference: String? = nil) {
        effects.emit(
            RoutingEvent(tenant: tenant, change: change, reference: reference, at: now))
    }

    /// Tells in which queue a conversation is: views, and what is keyed by conversation.
    mutating func tell(
        _ conversation: ConversationID, isIn queue: RecordID?, hasEnded: Bool? = nil,
        reference: String? = nil
    ) {
        tell(.placed(conversation, queue), reference: reference)
        tell(placeOf: conversation, queue, hasEnded: hasEnded)
    }

    /// Tells what is keyed by conversation what its promises depend on.
    mutating func tell(
        placeOf conversation: ConversationID, _ queue: RecordID?, hasEnded: Bool? = nil
    ) {
        effects.emit(
            RoutingPlace(
                tenant: tenant, conversation: conversation,
                place: state.queue(queue).map { .init(queue: $0.id, priority: $0.priority) },
                hasEnded: hasEnded, at: now))
    }

    mutating func setUp(_ change: RoutingSetting.Change, reference: String? = nil) {
        effects.emit(
            RoutingSetting(tenant: tenant, change: change, reference: reference, at: now))
    }

    /// Wishes something of the handoff stage, in an agent's name.
    mutating func wish(
        _ action: HandoffCommand.Action, of conversation: ConversationID, for agent: AgentID,
        reference: String
    ) {
        effects.emit(
            HandoffCommand(
                tenant: tenant, conversation: conversation, agent: agent,
                agentName: state[agent: agent]?.name ?? agent.rawValue, action: action,
                reference: reference, at: now))
    }

    // MARK: Counts

    /// Lets a conversation take nothing of anybody's capacity.
    mutating func discharge(_ item: inout RoutingItem) {
        guard let charge = item.charge else { return }
        item.charge = nil
        state[agent: charge.agent]?.load -= charge.weight
    }

    /// Lets a conversation take of an agent's capacity what its queue says.
    mutating func charge(_ item: inout RoutingItem, to agent: AgentID) {
        let weight = item.charge?.weight ?? state.queue(item.queue)?.weight ?? 1
        guard item.charge?.agent != agent else { return }
        discharge(&item)
        if state[agent: agent] == nil {
            state[agent: agent] = RoutingAgent(name: agent.rawValue, idleSince: now)
        }
        item.charge = .init(agent: agent, weight: weight)
        state[agent: agent]?.load += weight
    }

    // MARK: Offers

    mutating func makeOffer(
        of conversation: ConversationID, to agent: AgentID, acceptedBy reference: String? = nil
    ) {
        guard var item = state[item: conversation] else { return }
        let queue = state.queue(item.queue)
        let offer = RoutingOffer(
            id: RecordID.derived(from: context.input.id, by: "routing/offer", index: offers),
            conversation: conversation, agent: agent, queue: item.queue, epoch: item.epoch,
            madeAt: now,
            expires: now
                + (reference == nil
                    ? .seconds(Int64(queue?.offerSeconds ?? 30)) : RoutingLimits.confirmation))
        offers += 1
        charge(&item, to: agent)
        item.holding = .offered(offer, acceptedBy: reference)
        state[item: conversation] = item
        state[agent: agent]?.offered = conversation
        if reference == nil {
            tell(.offered(offer))
        } else {
            wish(
                .accept(offer: offer.id, epoch: offer.epoch), of: conversation, for: agent,
                reference: Self.reference(of: offer))
        }
    }

    /// Ends an offer: the conversation waits, whatever becomes of it next.
    mutating func endOffer(_ item: inout RoutingItem, _ end: RoutingOffer.End) {
        guard case .offered(let offer, let reference) = item.holding else { return }
        item.holding = .waiting
        if end != .accepted { discharge(&item) }
        state[agent: offer.agent]?.offered = nil
        switch end {
        case .accepted:
            state[agent: offer.agent]?.misses = 0
        case .declined, .missed, .unreachable:
            item.passedBy = (item.passedBy ?? []).filter { $0 != offer.agent } + [offer.agent]
            item.roundEnds = now + RoutingLimits.round
        case .taken, .withdrawn: break
        }
        tell(.offerEnded(offer, end), reference: reference)
        if end == .missed { countMiss(of: offer.agent) }
    }

    private mutating func countMiss(of id: AgentID) {
        guard var agent = state[agent: id] else { return }
        agent.misses += 1
        if agent.misses >= RoutingLimits.misses {
            agent.misses = 0
            agent.status = .away
            tell(.agent(agent.standing(as: id, because: .missedOffers)))
        }
        state[agent: id] = agent
    }

    /// What the command bears by which the handoff stage is asked for what was accepted.
    static func reference(of offer: RoutingOffer) -> String { "offer/\(offer.id)" }
}
