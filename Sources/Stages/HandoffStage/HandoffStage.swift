package import Conversation
import RoutingRecords
package import StageRuntime

/// The single gate to the customer, and the owner of each conversation's mode.
///
/// Bot replies pass in bot mode only; while a conversation is queued or claimed they become
/// suggestions. A reply to messages of an earlier epoch is never sent, however late it comes.
package struct HandoffStage: Stage {
    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never
    /// What it remembers per conversation.
    package typealias State = HandoffState
    /// What it wants to know of a tenant.
    package typealias Settings = HandoffSettings

    /// The stage's name.
    package let name = "handoff"
    package let reads: [any Payload.Type] = [
        InboundMessage.self, EchoedMessage.self, ProposedReply.self, HandoffCommand.self,
        Delivery.self, CustomerPreference.self, ConversationMove.self, ConversationJoin.self,
        RoutingPlace.self,
    ]
    private let limits: HandoffLimits

    /// Makes the stage.
    package init(limits: HandoffLimits = HandoffLimits()) {
        self.limits = limits
    }

    /// Decides about a customer's message, a proposed reply, an agent's command, a delivery or a
    /// timer.
    ///
    /// A command is never set aside: who gave it hears of its refusal.
    ///
    /// - Throws: ``Rejection`` if another record belongs to another tenant than its conversation.
    package func begin(
        _ input: StageInput, _ state: inout HandoffState, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        if let refused = refusal(of: input, state, context) { return .finish(refused) }
        try requireTenant(input.tenant, of: state)
        var decision = HandoffDecision(state: state, context: context, limits: limits)
        let silence = try decision.decide(input)
        state = decision.state
        if let silence, decision.isEmpty { return .ignore(because: silence) }
        return .finish(decision.effects)
    }

    /// How long the tenant lets a conversation wait, and whether it is served.
    package func settings(from tenant: TenantSettings) -> HandoffSettings {
        HandoffSettings(
            serviceLevelSeconds: tenant.serviceLevels?.queueWaitSeconds
                ?? tenant.handoffServiceLevelSeconds, standing: tenant.standing,
            phoneClaimSeconds: tenant.phoneClaimSeconds, reopening: tenant.reopening,
            hours: tenant.hours, targets: tenant.serviceLevels?.targets)
    }

    /// The answer to a command about another tenant's conversation: the same as to one about a
    /// conversation that does not exist, to its sender alone, and with nothing of the other's.
    private func refusal(
        of input: StageInput, _ state: HandoffState, _ context: StageContext
    ) -> Effects? {
        guard case .record(let command as HandoffCommand, _, _) = input,
            let owner = state.tenant, owner != command.tenant
        else { return nil }
        var decision = HandoffDecision(state: HandoffState(), context: context, limits: limits)
        decision.refuse(command, .unknownConversation)
        return decision.effects
    }

    /// A conversation belongs to one tenant for ever: whoever names another is mistaken.
    private func requireTenant(
        _ tenant: TenantID, of state: HandoffState
    ) throws(Rejection) {
        guard let owner = state.tenant, owner != tenant else { return }
        throw Rejection("the conversation belongs to another tenant")
    }
}

/// One decision under way: the state as it becomes, and the effects so far.
struct HandoffDecision {
    var state: HandoffState
    var effects: Effects
    let context: StageContext
    let limits: HandoffLimits
    /// The language of the reply that is decided about, if it is one's.
    var language: String?

    init(state: HandoffState, context: StageContext, limits: HandoffLimits) {
        self.state = state
        self.effects = context.effects
        self.context = context
        self.limits = limits
    }

    var now: Timestamp { context.now }
    /// How long a conversation may wait in the queue before it is overdue; `nil` for ever.
    var serviceLevel: Duration? {
        context.settings(HandoffSettings.self).serviceLevel(in: state.facts?.place)
    }
    var tenant: TenantID { context.input.tenant }
    var conversation: ConversationID { ConversationID(context.key) }
    var isEmpty: Bool { effects.outputs.isEmpty && effects.timers.isEmpty }

    /// Decides, and says why nothing was to be done where that is so.
    ///
    /// - Throws: ``Rejection`` of a record that the stage says it reads and does not.
    mutating func decide(_ input: StageInput) throws(Rejection) -> String? {
        switch input {
        case .timer where state.movedInto != nil: return "the conversation goes on in another one"
        case .timer(let timer): return fire(timer)
        case .record(let record, let headers, _):
            if let into = state.movedInto, let silence = forward(record, to: into, headers) {
                return silence.because
            }
            switch record {
            case let move as ConversationMove: return follow(move)
            case let join as ConversationJoin: return takeOver(from: join)
            case let message as InboundMessage: return receive(message, id: headers.id)
            case let echo as EchoedMessage: return receive(echo, id: headers.id)
            case let reply as ProposedReply:
                return consider(reply, correlation: headers.correlation)
            case let command as HandoffCommand: return obey(command)
            case let delivery as Delivery: return note(delivery)
            case let preference as CustomerPreference: return note(preference)
            case let place as RoutingPlace: return note(place)
            default: throw context.noUse
            }
        case .passedOver: throw context.noUse
        }
    }
}

// MARK: - Writing

extension HandoffDecision {
    /// Lets something go to the customer in the current epoch.
    @discardableResult
    mutating func send(
        _ content: OutboundMessage.Content, by author: OutboundMessage.Author,
        answering answers: [MessageID] = [], correlation: RecordID? = nil,
        instead lost: RecordID? = nil
    ) -> RecordID? {
        guard let number = state.number, let anchor = state.anchor else { return nil }
        return effects.emit(
            OutboundMessage(
                tenant: tenant, conversation: conversation, number: number,
                recipient: state.contact, epoch: state.owner.epoch, content: content,
                author: author, answers: answers, windowAnchor: anchor, at: now, repeats: lost),
            correlation: correlation)
    }

    /// Lets something go to the customer, words in as many messages as they need, and notes it;
    /// answers those messages.
    @discardableResult
    mutating func say(
        _ content: OutboundContent, by author: OutboundMessage.Author,
        answering answers: [MessageID] = [], correlation: RecordID? = nil,
        reference: String? = nil, instead lost: RecordID? = nil
    ) -> [RecordID] {
        var sent: [RecordID] = []
        for piece in MessageText.split(content) {
            let id = send(
                .message(piece), by: author, answering: answers, correlation: correlation,
                instead: lost)
            guard let id else { continue }
            sent.append(id)
            let speaker: TranscriptEntry.Speaker
            switch author {
            case .bot:
                speaker = .bot
                remember(.bot, id)
            case .agent(let agent, let name):
                speaker = .agent(agent, name: name)
                remember(.agent, id)
            case .system:
                speaker = .system
                remember(.system, id)
            }
            let entry = TranscriptEntry(
                id: id, speaker: speaker, text: piece.transcriptText, at: now,
                content: piece.transcript)
            state.transcript.append(
                TranscriptLine(entry), keeping: HandoffLimits.transcriptLines)
            if state.owner.mode != .bot { tell(.said(entry), reference: reference) }
        }
        return sent
    }

    /// Tells the console what happened; answers the event's id.
    @discardableResult
    mutating func tell(
        _ change: HandoffEvent.Change, reference: String? = nil, to queue: RecordID? = nil,
        origin: SuggestionOrigin? = nil, correlation: RecordID? = nil
    ) -> RecordID {
        effects.emit(
            HandoffEvent(
                tenant: tenant, conversation: conversation, contact: state.contact,
                epoch: state.owner.epoch, mode: state.owner.mode, change: change,
                reference: reference, routing: routing(of: change, to: queue), origin: origin,
                at: now),
            correlation: correlation)
    }

    /// Tells the sender that the owner changed, so that it drops what is void now.
    mutating func announceOwner() {
        effects.emit(
            OwnershipChange(
                tenant: tenant, conversation: conversation, epoch: state.owner.epoch,
                mode: state.owner.mode, at: now))
    }

    private mutating func remember(_ speaker: SentMark.Speaker, _ id: RecordID) {
        state.recent.append(SentMark(speaker, id), keeping: HandoffLimits.recentOutbound)
    }
}

// MARK: - Changes of owner

extension HandoffDecision {
    /// What every change of owner brings with it: replies under way are void, clocks begin anew.
    mutating func ownerChanged() {
        for message in state.awaiting {
            state.stale.append(message, keeping: HandoffLimits.awaitedMessages)
        }
        state.awaiting = []
        // A person speaks from now on: a yes may be the answer to anything.
        withdrawQuestion()
        state.queuedSince = nil
        state.leaseUntil = nil
        forgetParking()
        state.desk = nil
        state.change { $0.asked = nil }
        switch state.owner.mode {
        case .bot:
            effects.cancelTimer(HandoffTimer.serviceLevel)
            effects.cancelTimer(HandoffTimer.lease)
            ignoreSuggestions(because: .closed)
        case .queued:
            state.queuedSince = now
            setServiceTimer(since: now)
            effects.cancelTimer(HandoffTimer.lease)
        case .claimed(let agent, _):
            if agent != .phone { state.lastAgent = agent }
            effects.cancelTimer(HandoffTimer.serviceLevel)
            renewLease()
        }
    }

    /// The agent gave a sign; what is laid aside stays theirs beyond the time until then.
    mutating func renewLease() {
        holdLease(until: max(now, state.parkedUntil ?? now) + limits.lease)
    }

    /// The claim lasts until then without another sign.
    mutating func holdLease(until: Timestamp) {
        state.leaseUntil = until
        effects.setTimer(HandoffTimer.lease, at: until)
    }

    /// Puts a conversation of the bot into the queue; the customer is told, if there is a notice.
    mutating func enqueue(
        because reason: HandoffReason, summary: String, notice: String? = nil,
        answering answers: [MessageID] = [], origin: SuggestionOrigin? = nil,
        correlation: RecordID? = nil
    ) {
        do throws(ConversationMode.Refusal) {
            try state.owner.enqueue()
        } catch {
            return
        }
        ownerChanged()
        sayNotice(
            noticeOfHours(after: notice, because: reason), answering: answers,
            correlation: correlation)
        tell(
            .queued(
                reason: reason, summary: summary, transcript: state.transcript.compactMap(\.entry)),
            origin: origin, correlation: correlation)
        announceOwner()
    }

    /// Sends the notice of a handoff; it bears the new epoch, or the sender would drop it.
    mutating func sayNotice(
        _ notice: String?, answering answers: [MessageID], correlation: RecordID?
    ) {
        guard let text = notice.flatMap({ MessageText.split($0).first }) else { return }
        let id = send(.text(text), by: .system, answering: answers, correlation: correlation)
        guard let id else { return }
        remember(.system, id)
        let entry = TranscriptEntry(id: id, speaker: .system, text: text, at: now)
        state.transcript.append(TranscriptLine(entry), keeping: HandoffLimits.transcriptLines)
    }
}

/// The names of the stage's timers.
enum HandoffTimer {
    static let serviceLevel = "service-level"
    static let lease = "lease"
    static let early = "early"
    static let echo = "echo"
    static let parking = "parking"
}
