import Conversation
import EventLog
import HandoffStage
import JSON
import Records

@testable import OrchestratorStage
@testable import StageRuntime

/// Turns that ask another stage, which answers late, twice, out of order or never, while the
/// customer writes on.
final class ToolWorld: SimulatedWorld {
    let log: SimulatedLog
    private(set) var members: [any Member] = []
    let violations: [String] = []
    private let conversations: [ConversationID] = ["c1", "c2"]
    private var left: Int
    private var count = 0
    private var isKind = false
    private var hasWritten = false

    static let tools = [
        Tool(
            name: "stock", description: "Tells what is there.",
            arguments: .object([.required("article", .text())]), action: .request(changes: false)),
        Tool(
            name: "book", description: "Books.", arguments: .object([.required("day", .text())]),
            action: .request(changes: true)),
    ]

    init(_ prompts: PromptBook, _ tools: ToolRegistry, _ dice: inout Dice, flaw: Flaw?) {
        log = SimulatedLog(partitions: 2, from: Timestamp(seconds: 1_000_000), flaw: flaw)
        left = 10 + dice.below(10)
        var limits = OrchestratorSettings()
        limits.chatModel = "m"
        let stage = OrchestratorStage(prompts: prompts, settings: limits, tools: tools)
        let secret = TenantSettings.Sealed(keyID: "", box: "")
        let tenant = TenantSettings(
            tenant: "t", name: "Sol", account: "a", numbers: [], appSecret: secret,
            verifyToken: secret, accessToken: secret, graphURL: "", graphVersion: "",
            unknownOutcome: .atMostOnce, updatedAt: Timestamp(seconds: 0))
        let settings = RunnerSettings(recordsDecisions: false)
        for slot in ["0", "1"] {
            members.append(
                StageMember(
                    stage, reading: [InputTopic(.questionsGrounded), InputTopic(.toolsResults)],
                    from: log, slot: slot, settings: settings, tenants: { _ in tenant }
                ) { [weak self] call, _, dice in
                    self?.think(call, &dice) ?? .failure(.permanent(reason: "gone"))
                })
            members.append(
                StageMember(
                    ToolStage(), reading: [InputTopic(.toolsRequests)], from: log, slot: slot,
                    settings: settings, world: asksNothing))
            let gate = [
                InputTopic(.messagesInbound, repeatsWithin: .seconds(8 * 86_400)),
                InputTopic(.repliesProposed),
                InputTopic(.handoffCommands, repeatsWithin: .seconds(86_400)),
                InputTopic(.messagesDelivery),
            ]
            members.append(
                StageMember(
                    HandoffStage(), reading: gate, from: log, slot: slot, settings: settings,
                    tenants: { _ in tenant }, world: asksNothing))
        }
    }

    // MARK: The customer

    private static let words = [
        "When do you open on Saturday?", "Please book a repair for me", "yes please", "no",
        "I want to talk to a person", "thanks", "Do you have red bells?",
    ]

    func outsideEvent(unkind: Bool, _ dice: inout Dice) -> String? {
        isKind = !unkind
        // The stages have time in between: not all is written before the first turn.
        hasWritten.toggle()
        guard left > 0, unkind ? dice.once(in: 5) : hasWritten else { return nil }
        left -= 1
        let conversation = dice.pick(conversations)
        if dice.once(in: 10) { return agentActs(in: conversation, &dice) }
        let earlier = questions(of: conversation)
        var content = MessageContent.text(dice.pick(Self.words))
        // Also where the question never went: a person's may be the one that is answered.
        let isAsked =
            all(ProposedReply.self).last { $0.conversation == conversation }?.asks != nil
        if isAsked, !dice.once(in: 5) {
            content = .text("yes")
        } else if !earlier.isEmpty, dice.once(in: 4) {
            let other = dice.pick(earlier).message.message
            switch dice.below(3) {
            case 0:
                content = .edit(of: other, text: dice.pick(Self.words), raw: RawJSON("{}"))
            case 1: content = .revoke(of: other)
            default: content = .reaction(to: other, emoji: "👍")
            }
        }
        count += 1
        let message = InboundMessage(
            tenant: "t", conversation: conversation, number: "n",
            message: MessageID("wamid.\(count)"), contact: Contact(userID: "u"), sentAt: log.now,
            receivedAt: log.now, content: content)
        let question = GroundedQuestion(
            message: message, query: content.words ?? "", search: .textOnly,
            passages: [Self.passage])
        append(message, id: "m.\(count)")
        append(question, id: "q.\(count)")
        return "\(conversation) writes \(message.message): \(content)"
    }

    private func agentActs(in conversation: ConversationID, _ dice: inout Dice) -> String {
        count += 1
        let action = dice.pick([HandoffCommand.Action.claim, .takeOver, .release, .close, .close])
        append(
            HandoffCommand(
                tenant: "t", conversation: conversation, agent: "a", agentName: "Ana",
                action: action, reference: "r\(count)", at: log.now), id: "command.\(count)")
        return "\(conversation): an agent wants \(action)"
    }

    private func append(_ payload: some Payload, id name: String) {
        let id = RecordID(name)
        let headers = RecordHeaders(
            id: id, type: type(of: payload).type, source: "edge", time: log.now,
            subject: payload.key, correlation: id, causation: id, tenant: "t")
        // Text and numbers only: it can be written.
        if let record = try? log.envelope.record(payload, headers: headers) {
            log.append([record])
        }
    }

    private static let passage = RankedPassage(
        id: "hours", document: "d", documentName: "info.md", headings: ["Opening hours"],
        page: nil, sheet: nil, text: "On Saturday we open at 9:00 and close at 14:00.",
        contentHash: "h", score: 1, similarity: nil, overlap: nil)

    var isOutsideQuiet: Bool { left == 0 }

    func longestJump(_ dice: inout Dice) -> Duration { .seconds(15) }

    // MARK: The model

    private func think(
        _ call: OrchestratorCall, _ dice: inout Dice
    ) -> Result<OrchestratorAnswer, CallFailure> {
        switch call {
        case .search, .rows: return .success(.found([]))
        case .compare(_, let texts, _): return .success(.similarities(texts.map { _ in 0.9 }))
        case .complete:
            switch dice.below(isKind ? 8 : 10) {
            case 0, 1: return .success(Self.calls("stock", #"{"article":"bell"}"#))
            case 2, 3, 4, 5: return .success(Self.calls("book", #"{"day":"Friday"}"#))
            case 6: return .success(Self.says("On Saturday we open at 9:00 [1]."))
            case 7: return .success(Self.says("HANDOFF"))
            case 8: return .failure(.permanent(reason: "no model"))
            default: return .failure(.transient(reason: "busy", retryAfterMilliseconds: nil))
            }
        }
    }

    private static func says(_ text: String) -> OrchestratorAnswer {
        .completed(Completion(text: text, model: "m"))
    }

    private static func calls(_ tool: String, _ arguments: String) -> OrchestratorAnswer {
        let call = ToolCall(id: "t", name: tool, arguments: arguments)
        return .completed(Completion(text: "", toolCalls: [call], model: "m"))
    }

    // MARK: What must hold

    private func all<P: Payload>(_ type: P.Type) -> [P] {
        // What cannot be read is found by the ids that are missing.
        log.records(type.topic).compactMap { record -> P? in
            guard let (_, value) = try? log.envelope.decode(record),
                case .payload(let payload as P) = value
            else { return nil }
            return payload
        }
    }

    private func questions(of conversation: ConversationID) -> [GroundedQuestion] {
        all(GroundedQuestion.self).filter { $0.message.conversation == conversation }
    }

    func finalViolations() -> [String] {
        var found = log.records(.deadLetters).map {
            "\($0.header(HeaderName.id) ?? "") became a dead letter"
        }
        for conversation in conversations { found += unanswered(conversation) }
        return found + wrongRequests() + wrongEffects()
    }

    /// Each message is answered or handed over exactly once, in its order; one that was taken
    /// back, or what only says so, at most once.
    private func unanswered(_ conversation: ConversationID) -> [String] {
        let messages = questions(of: conversation).map(\.message)
        var times: [MessageID: Int] = [:]
        let answered = all(ProposedReply.self).filter { $0.conversation == conversation }
            .flatMap(\.answers)
        for message in answered { times[message, default: 0] += 1 }
        var revoked: Set<MessageID> = []
        for message in messages {
            if case .revoke(let of) = message.content { revoked.insert(of) }
        }
        var found: [String] = []
        for message in messages {
            let count = times[message.message] ?? 0
            guard count != 1, count != 0 || !revoked.contains(message.message) else { continue }
            found.append("\(conversation): \(message.message) was answered \(count) times")
        }
        let texts = messages.filter {
            if case .text = $0.content { true } else { false }
        }.map(\.message)
        let positions = answered.compactMap { texts.firstIndex(of: $0) }
        if positions != positions.sorted() {
            found.append("\(conversation): out of order \(answered)")
        }
        return found
    }

    /// Each request is made once, and what changes something only after a yes to just that.
    private func wrongRequests() -> [String] {
        let asked = Set(
            all(ToolConfirmation.self).filter { $0.standing == .asked }.map(\.request))
        let messages = Dictionary(
            all(GroundedQuestion.self).map { ($0.message.message, $0.message) },
            uniquingKeysWith: { first, _ in first })
        var found: [String] = []
        var seen: Set<RecordID> = []
        var yeses: Set<MessageID> = []
        for request in all(ToolRequest.self) {
            if !seen.insert(request.request).inserted {
                found.append("\(request.request) was asked for twice")
            }
            guard request.tool == "book" else { continue }
            guard let yes = request.confirmedBy, let message = messages[yes] else {
                found.append("\(request.request) was not confirmed")
                continue
            }
            if !yeses.insert(yes).inserted { found.append("\(yes) confirmed twice") }
            if !asked.contains(request.request) {
                found.append("nobody was asked whether \(request.request)")
            }
            // An edit may have made it a yes.
            let isYes = ["yes", "yes please"].contains(message.content.words ?? "")
            if !isYes, !isEdited(yes) {
                found.append("\(message.content) confirmed \(request.request)")
            }
        }
        return found
    }

    private func isEdited(_ message: MessageID) -> Bool {
        all(GroundedQuestion.self).contains {
            if case .edit(let of, _, _) = $0.message.content { of == message } else { false }
        }
    }

    /// What changes something had one effect for each confirmation.
    private func wrongEffects() -> [String] {
        let confirmed = all(ToolRequest.self).filter { $0.confirmedBy != nil }.map(\.request)
        let done = conversations.flatMap { conversation -> [RecordID] in
            let key = conversation.rawValue
            let partition = Partitioner.partition(of: Array(key.utf8), count: log.partitions)
            let position = StateKey(partition: partition, store: Store.state, key: key)
            let bytes = log.groups["tool"]?.state[position]?.bytes
            // No state: then nothing was done.
            return bytes.flatMap { try? RecordCodec.decode(ToolStage.State.self, from: $0) }?.done
                ?? []
        }
        return done.sorted() == confirmed.sorted()
            ? [] : ["confirmed were \(confirmed), done was \(done)"]
    }

    /// What a run tried, for knowing that the runs try everything.
    var tried: Set<String> {
        var tried: Set<String> = []
        for request in all(ToolRequest.self) {
            tried.insert("\(request.tool) \(ToolStage.Manner(request.request))")
        }
        return tried
    }
}
