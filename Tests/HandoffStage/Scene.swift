import Conversation
import FoundationEssentials
import HandoffStage
import Records
import StageRuntime
import Testing

/// One conversation at the handoff stage, with a clock that the test sets.
struct Scene {
    var stage = HandoffStage()
    var state = HandoffState()
    var now = Timestamp(seconds: 1_800_000_000)
    var count = 0
    var settings = HandoffSettings()
    static let conversation = ConversationID("c0ffee")
    static let ana = AgentID("ana")
    static let ben = AgentID("ben")

    struct Step {
        var payloads: [any Payload] = []
        var timers: [Effects.TimerEffect] = []
        var ids: [RecordID] = []
        var ignored: String?

        var outbound: [OutboundMessage] { payloads.compactMap { $0 as? OutboundMessage } }
        var texts: [String] {
            outbound.compactMap { $0.content.message?.transcriptText }
        }
        var owners: [OwnershipChange] { payloads.compactMap { $0 as? OwnershipChange } }
        var events: [HandoffEvent] { payloads.compactMap { $0 as? HandoffEvent } }
        var changes: [HandoffEvent.Change] { events.map(\.change) }
        func timer(_ name: String) -> FiredTimer? {
            timers.reduce(into: FiredTimer?.none) { found, effect in
                if case .set(let timer) = effect, timer.name == name { found = timer }
                if effect == .cancel(name: name) { found = nil }
            }
        }
    }

    @discardableResult
    mutating func put(
        _ record: any Payload, tenant: TenantID = "sol", id: RecordID? = nil
    ) throws -> Step {
        count += 1
        let id = id ?? RecordID("record-\(count)")
        let headers = RecordHeaders(
            id: id, type: "t", source: "test", time: now, subject: "s", correlation: id,
            causation: id, tenant: tenant)
        let position = RecordPosition(topic: "t", partition: 0, offset: Int64(count))
        return try step(.record(record, headers, position: position))
    }

    mutating func fire(_ timer: FiredTimer?) throws -> Step {
        let timer = try #require(timer)
        now = max(now, timer.due)
        return try step(.timer(timer))
    }

    private mutating func step(_ input: StageInput) throws -> Step {
        let context = StageContext(
            stage: stage.name, input: input, key: Self.conversation.rawValue, now: now, step: 0,
            settings: settings)
        // Every step passes through the stored form, so that nothing depends on memory.
        state = try RecordCodec.decode(HandoffState.self, from: RecordCodec.encode(state))
        switch try stage.begin(input, &state, context) {
        case .finish(let effects):
            return Step(
                payloads: effects.outputs.compactMap(\.payload), timers: effects.timers,
                ids: effects.outputs.map(\.id))
        case .ignore(let reason): return Step(ignored: reason)
        case .call, .commit: return Step()
        }
    }

    @discardableResult
    mutating func customer(
        _ content: MessageContent, _ wamid: MessageID, sentAt: Timestamp? = nil
    ) throws -> Step {
        try put(
            InboundMessage(
                tenant: "sol", conversation: Self.conversation, number: "n1",
                message: wamid, contact: Contact(userID: "ES.1", phone: "34600"),
                sentAt: sentAt ?? now, receivedAt: now, content: content))
    }

    @discardableResult
    mutating func bot(
        _ proposal: ProposedReply.Proposal, to answers: [MessageID], followUp: String? = nil
    ) throws -> Step {
        try put(
            ProposedReply(
                tenant: "sol", conversation: Self.conversation, answers: answers,
                proposal: proposal, language: "es",
                provenance: Provenance(passages: [], model: "built-in"), at: now,
                followUp: followUp))
    }

    @discardableResult
    mutating func agent(
        _ agent: AgentID, _ action: HandoffCommand.Action, reference: String? = nil
    ) throws -> Step {
        try put(
            HandoffCommand(
                tenant: "sol", conversation: Self.conversation, agent: agent,
                agentName: agent.rawValue.capitalized, action: action,
                reference: reference ?? "ref-\(count)", at: now))
    }

    @discardableResult
    mutating func delivery(of outbound: RecordID, _ outcome: Delivery.Outcome) throws -> Step {
        try put(
            Delivery(
                tenant: "sol", conversation: Self.conversation, outbound: outbound, epoch: 0,
                attempt: 1, outcome: outcome, answers: [], at: now))
    }

    /// A conversation in the queue.
    static func queued() throws -> Scene {
        var scene = Scene()
        try scene.customer(.text("I want a person"), "w1")
        try scene.bot(
            .handoff(reason: .asked, summary: "wants a person", notice: "Soon."), to: ["w1"])
        return scene
    }

    /// A conversation that Ana has claimed.
    static func claimed() throws -> Scene {
        var scene = try queued()
        try scene.agent(ana, .claim)
        return scene
    }
}
