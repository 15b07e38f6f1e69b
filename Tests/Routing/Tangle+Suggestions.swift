import Conversation
import HandoffStage
import StageRuntime

/// What the owner writes on the phone, and what becomes of what the bot would say.
extension Tangle {
    /// The owner writes on the phone, or WhatsApp tells late of what was written there.
    mutating func echo(_ at: Int) throws {
        echoes += 1
        let age = chance.pick([0, 1, 30, 700])
        let before = talks[at].mode
        let isSaid = chance.below(5) > 0
        try handoff(
            EchoedMessage(
                tenant: "sol", conversation: talks[at].id, number: "n1",
                message: MessageID("e\(count)"), wamid: WhatsAppMessageID("wamid.e\(count)"),
                recipient: Contact(userID: "ES.1", phone: "34600"),
                sentAt: floor.now - .seconds(age), receivedAt: floor.now,
                content: isSaid
                    ? .text("owner \(count)") : .reaction(to: "w1", emoji: "👍")), at)
        // A word of the owner's is a claim for as long as the tenant rules, unless an agent has it.
        let counts = isSaid && (phoneClaim ?? 3_600) > age
        var wanted = before
        if counts, before == .bot || before == .queued {
            wanted = .claimed(by: "@phone", name: "the business's phone")
        }
        if talks[at].mode != wanted {
            problems.append("after the owner's word it is \(talks[at].mode), not \(wanted)")
        }
    }

    /// Somebody makes something of what the bot would say, whoever has the conversation, or of
    /// what is none any more.
    mutating func suggestion(_ at: Int) {
        guard let known = talks[at].suggestions.last else { return }
        let id = chance.below(6) == 0 ? RecordID("gone") : known.id
        let agent: AgentID
        if case .claimed(let holder, _) = talks[at].mode, chance.below(4) > 0 {
            agent = holder
        } else {
            agent = chance.pick(Self.agents)
        }
        let actions: [HandoffCommand.Action] = [
            .dismiss(id), .send(.text(known.text)), .send(.text(known.text + " and more")),
            .send(.text("something else \(count)")),
        ]
        talks[at].commands.append(
            HandoffCommand(
                tenant: "sol", conversation: talks[at].id, agent: agent,
                agentName: agent.rawValue, action: chance.pick(actions), reference: "g\(count)",
                suggestion: chance.below(3) == 0 ? nil : id, at: floor.now))
    }

    /// Of each suggestion one thing becomes, and only while people have the conversation.
    mutating func followSuggestion(_ event: HandoffEvent, _ id: RecordID, _ at: Int) {
        switch event.change {
        case .suggested(let text, _):
            if event.mode == .bot { problems.append("something is suggested to nobody") }
            talks[at].suggestions.append((id, text))
        case .suggestionEnded(let end):
            guard let index = talks[at].suggestions.firstIndex(where: { $0.id == end.suggestion })
            else {
                problems.append("\(end.outcome) becomes of what is no suggestion any more")
                return
            }
            let words = talks[at].suggestions.remove(at: index).text
            if !talks[at].ended.insert(end.suggestion).inserted {
                problems.append("two things become of one suggestion")
            }
            outcomes[end.outcome, default: 0] += 1
            if (end.outcome == .edited) != (end.edit != nil) || words.isEmpty {
                problems.append("an edit without a difference")
            }
            if [.sent, .edited].contains(end.outcome), end.messages?.isEmpty != false {
                problems.append("a suggestion is sent by no message")
            }
        default: return
        }
    }
}
