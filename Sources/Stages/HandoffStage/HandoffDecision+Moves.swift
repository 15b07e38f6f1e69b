import Conversation
import StageRuntime

/// How a conversation goes on in another one, as both turned out to be one customer's.
///
/// Each decides for itself in the order of its own records: the one that moves hands over once, and
/// passes on whatever comes to it afterwards; the other takes it in.
extension HandoffDecision {
    /// Why a record of a conversation that moved has no further effect here; `because` is `nil`
    /// where it went on.
    struct Passed {
        var because: String?
    }

    /// Passes on what comes to a conversation that moved; `nil` for what it decides itself.
    mutating func forward(
        _ record: any Payload, to conversation: ConversationID, _ headers: RecordHeaders
    ) -> Passed? {
        switch record {
        case var message as InboundMessage:
            message.cameFrom = message.cameFrom ?? message.conversation
            message.conversation = conversation
            effects.emit(message)
        case var echo as EchoedMessage:
            echo.conversation = conversation
            effects.emit(echo)
        case var preference as CustomerPreference:
            preference.conversation = conversation
            effects.emit(preference)
        case var reply as ProposedReply:
            if case .silence = reply.proposal { return Passed(because: "nothing is to be said") }
            reply.conversation = conversation
            effects.emit(reply, correlation: headers.correlation)
        case var delivery as Delivery:
            delivery.conversation = conversation
            effects.emit(delivery, correlation: headers.correlation)
        case let command as HandoffCommand: refuse(command, .movedConversation)
        case var join as ConversationJoin:
            join.conversation = conversation
            effects.emit(join)
        default: return nil
        }
        return Passed()
    }

    /// Hands the conversation over to another one, or lets it go on by itself.
    mutating func follow(_ move: ConversationMove) -> String? {
        guard move.order > state.moveOrder ?? -1 else { return "a later move is known" }
        state.moveOrder = move.order
        state.movedInto = move.into
        guard let into = move.into else { return "the conversation goes on by itself" }
        guard let number = state.number else { return "nothing was said in it" }
        effects.emit(
            ConversationJoin(
                tenant: tenant, conversation: into, from: conversation, number: number,
                contact: state.contact, mode: state.owner.mode, queuedSince: state.queuedSince,
                transcript: state.transcript.compactMap(\.entry), anchor: state.anchor,
                awaiting: state.awaiting, spoken: state.recent.map(\.text),
                optedOut: state.optedOut, optedIn: state.optedIn,
                toldOfOpening: state.toldOfOpening, at: now))
        let wasHandedOff = state.owner.mode != .bot
        for early in state.early {
            var reply = early.reply
            reply.conversation = into
            effects.emit(reply, correlation: early.correlation)
        }
        state.early = []
        effects.cancelTimer(HandoffTimer.early)
        state.owner.leave()
        ownerChanged()
        state.transcript = []
        if wasHandedOff { tell(.moved(into: into)) }
        return "nobody has to do with it"
    }

    /// Takes over what a conversation that goes on here hands over.
    mutating func takeOver(from join: ConversationJoin) -> String? {
        if state.number == nil {
            state.tenant = join.tenant
            state.number = join.number
            state.contact = join.contact
        }
        state.contact.userID = state.contact.userID ?? join.contact.userID
        state.contact.phone = state.contact.phone ?? join.contact.phone
        if let anchor = join.anchor { state.anchor = max(state.anchor ?? anchor, anchor) }
        let known = Set(state.transcript.compactMap { $0.entry?.id })
        let lines =
            state.transcript.compactMap(\.entry)
            + join.transcript.filter { !known.contains($0.id) }
        state.transcript = []
        for line in lines.enumerated().sorted(by: { ($0.1.at, $0.0) < ($1.1.at, $1.0) }) {
            state.transcript.append(
                TranscriptLine(line.1), keeping: HandoffLimits.transcriptLines)
        }
        for mark in join.spoken {
            state.recent.append(SentMark(text: mark), keeping: HandoffLimits.recentOutbound)
        }
        for message in join.awaiting where !state.awaiting.contains(message) {
            state.awaiting.append(message, keeping: HandoffLimits.awaitedMessages)
        }
        if let moment = join.optedOut { follow(.stop, at: moment) }
        if let moment = join.optedIn { follow(.resume, at: moment) }
        state.toldOfOpening = join.toldOfOpening ?? state.toldOfOpening
        joinOwners(join)
        return "the bot answers both"
    }

    /// A person's conversation stays a person's: with whoever has either of them.
    private mutating func joinOwners(_ join: ConversationJoin) {
        let awaited = join.awaiting
        guard join.mode != .bot else { return }
        if case .bot = state.owner.mode {
            enqueue(
                because: .asked,
                summary: "The conversation goes on here: WhatsApp names the customer otherwise "
                    + "now.")
            if let since = join.queuedSince { state.queuedSince = since }
        }
        if case .claimed(let agent, let name) = join.mode, case .queued = state.owner.mode,
            (try? state.owner.claim(by: agent, name: name)) == true  // it is in the queue
        {
            ownerChanged()
            tell(.claimed(by: agent, name: name))
            announceOwner()
        }
        // Their replies are suggestions to whoever has it, and not those of an earlier owner.
        state.stale.removeAll { awaited.contains($0) }
        for message in awaited where !state.awaiting.contains(message) {
            state.awaiting.append(message, keeping: HandoffLimits.awaitedMessages)
        }
    }
}

extension ConversationMode.Refusal {
    /// What is said of a conversation that goes on in another one.
    static let movedConversation = Self(
        because: "this conversation goes on in another one of the same customer", holder: nil)
}
