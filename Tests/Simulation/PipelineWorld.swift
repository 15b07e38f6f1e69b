import Conversation
import EventLog
import Foundation
import HandoffStage
import Records
import RetrievalStage

@testable import OrchestratorStage
@testable import SenderStage
@testable import StageRuntime

/// The stages of the pipeline between customers, agents and a WhatsApp that loses answers.
final class PipelineWorld: SimulatedWorld {
    /// A send that WhatsApp took.
    struct Accepted {
        var attempt: AttemptID
        var text: String
    }

    let log: SimulatedLog
    private(set) var members: [any Member] = []
    private(set) var violations: [String] = []
    private let tenant: TenantSettings
    private let conversations: [ConversationID] = ["c1", "c2"]
    private var toCome: [Record] = []
    private var written: [Record] = []
    private var statuses: [Record] = []
    private var accepted: [Accepted] = []
    private var isKind = false
    private var hasPassedDays = false
    private var count = 0

    static let prompts: PromptBook? = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Prompts")
        var texts: [String: String] = [:]
        for name in PromptBook.names {
            // A prompt that is missing shows as no book at all.
            texts[name] = try? String(contentsOf: folder.appending(path: name), encoding: .utf8)
        }
        return try? PromptBook(texts)  // as above
    }()

    init(
        _ prompts: PromptBook, _ dice: inout Dice, flaw: Flaw?,
        by envelope: RecordEnvelope = .conversation
    ) {
        log = SimulatedLog(partitions: 2, from: Timestamp(seconds: 1_000_000), flaw: flaw)
        log.envelope = envelope
        tenant = Self.tenant(wish: dice.once(in: 3) ? .atLeastOnce : .atMostOnce)
        let week = Duration.seconds(8 * 86_400)
        for slot in ["0", "1"] {
            add(RetrievalStage(), [InputTopic(.messagesInbound, repeatsWithin: week)], slot) {
                [weak self] call, _, dice in self?.search(call, &dice) ?? Self.gone()
            }
            add(OrchestratorStage(prompts: prompts), [InputTopic(.questionsGrounded)], slot) {
                [weak self] call, _, dice in self?.think(call, &dice) ?? Self.gone()
            }
            let gate = [
                InputTopic(.messagesInbound, repeatsWithin: week), InputTopic(.repliesProposed),
                InputTopic(.handoffCommands, repeatsWithin: .seconds(86_400)),
                InputTopic(.messagesDelivery),
            ]
            add(HandoffStage(), gate, slot, asksNothing)
            let sends = [
                InputTopic(.messagesOutbound), InputTopic(.messagesStatus, repeatsWithin: week),
            ]
            add(SenderStage(), sends, slot) { [weak self] call, _, dice in
                .success(self?.send(call, &dice) ?? .unknown(because: "gone"))
            }
        }
        log.onCommit = { [weak self] group, commit in
            if group == "sender" { self?.checkIntents(commit) }
        }
        write(4 + dice.below(3), &dice)
    }

    private static func tenant(wish: TenantSettings.UnknownOutcome) -> TenantSettings {
        let secret = TenantSettings.Sealed(keyID: "", box: "")
        return TenantSettings(
            tenant: "t", name: "Sol", account: "a", numbers: [], appSecret: secret,
            verifyToken: secret, accessToken: secret, graphURL: "", graphVersion: "",
            unknownOutcome: wish, updatedAt: Timestamp(seconds: 0))
    }

    private static func gone<Answer>() -> Result<Answer, CallFailure> {
        .failure(.permanent(reason: "the world is gone"))
    }

    private func add<S: Stage>(
        _ stage: S, _ inputs: [InputTopic], _ slot: String,
        _ world: @escaping StageMember<S>.World
    ) {
        let tenant = tenant
        members.append(
            StageMember(
                stage, reading: inputs, from: log, slot: slot,
                settings: RunnerSettings(recordsDecisions: false), tenants: { _ in tenant },
                world: world))
    }

    // MARK: Customers and agents

    private static let words = [
        "When do you open on Saturday?", "I want to talk to a person", "hello", "ok thanks",
        "When do you open on Sunday?", "Where can I park my boat?",
    ]

    private func write(_ number: Int, _ dice: inout Dice) {
        for index in 0..<number {
            let conversation = dice.pick(conversations)
            let message = InboundMessage(
                tenant: "t", conversation: conversation, number: "n",
                message: MessageID("wamid.\(index)"), contact: Contact(userID: "u"),
                sentAt: log.now, receivedAt: log.now,
                content: .text(dice.pick(Self.words)))
            toCome.append(record(message, id: "wamid.\(index)"))
            guard dice.once(in: 3) else { continue }
            let actions: [HandoffCommand.Action] = [
                .claim, .takeOver, .send(.text("A person writes \(index)")), .release, .close,
            ]
            let chosen = dice.below(actions.count)
            // Two agents, of whom the second does what agents do among themselves.
            let among: [HandoffCommand.Action] = [
                .transfer(.agent("a", name: "Ana"), note: "n"), .relieve("a", because: nil),
                .claim, .returnTo, .conclude(HandoffOutcome("done")),
            ]
            let isSecond = index % 2 == 1
            let command = HandoffCommand(
                tenant: "t", conversation: conversation, agent: isSecond ? "b" : "a",
                agentName: "Ana", action: isSecond ? among[chosen] : actions[chosen],
                reference: "r\(index)", at: log.now)
            if index % 4 == 3 {
                let note = HandoffCommand(
                    tenant: "t", conversation: conversation, agent: "b", agentName: "Ben",
                    action: .note("never sent"), reference: "n\(index)", at: log.now)
                toCome.append(record(note, id: "note.\(index)"))
            }
            toCome.append(record(command, id: "command.\(index)"))
        }
    }

    private func record(_ payload: some Payload, id: String) -> Record {
        let id = RecordID(id)
        let headers = RecordHeaders(
            id: id, type: type(of: payload).type, source: "edge", time: log.now,
            subject: payload.key, correlation: id, causation: id, tenant: payload.tenant)
        // Text and numbers only: it can be written.
        return (try? log.envelope.record(payload, headers: headers))
            ?? log.envelope.tombstone(
                topic: type(of: payload).topic, key: payload.key, headers: headers)
    }

    func outsideEvent(unkind: Bool, _ dice: inout Dice) -> String? {
        isKind = !unkind
        if unkind, !written.isEmpty, dice.once(in: 3) {
            let again = dice.pick(written)
            log.append([again])
            return "again \(again.header(HeaderName.id) ?? "")"
        }
        if !statuses.isEmpty, !unkind || dice.once(in: 2) {
            let status = statuses.remove(at: dice.below(statuses.count))
            log.append([status])
            written.append(status)
            return "status \(status.header(HeaderName.id) ?? "")"
        }
        guard !toCome.isEmpty else { return nil }
        let record = toCome.removeFirst()
        log.append([record])
        written.append(record)
        return "write \(record.header(HeaderName.id) ?? "")"
    }

    var isOutsideQuiet: Bool { toCome.isEmpty && statuses.isEmpty }

    func longestJump(_ dice: inout Dice) -> Duration {
        guard !hasPassedDays, dice.once(in: 8) else { return .seconds(20) }
        hasPassedDays = true
        return .seconds(7 * 86_400)
    }

    // MARK: Models, passages and WhatsApp

    private func search(
        _ call: RetrievalCall, _ dice: inout Dice
    ) -> Result<RetrievalAnswer, CallFailure> {
        guard case .search(let request) = call else { return Self.gone() }
        if !isKind, dice.once(in: 6) {
            return .failure(.transient(reason: "busy", retryAfterMilliseconds: nil))
        }
        let found = SearchAnswer.Found(
            id: "hours", document: "d", documentName: "info.md", headings: ["Opening hours"],
            page: nil, sheet: nil, text: "On Saturday we open at 9:00 and close at 14:00.",
            contentHash: "h")
        return .success(
            .found(
                SearchAnswer(
                    rankings: request.queries.map { _ in .init(text: ["hours"], vectors: nil) },
                    passages: [found])))
    }

    private func think(
        _ call: OrchestratorCall, _ dice: inout Dice
    ) -> Result<OrchestratorAnswer, CallFailure> {
        if !isKind, dice.once(in: 6) {
            return .failure(.transient(reason: "busy", retryAfterMilliseconds: nil))
        }
        switch call {
        case .search, .rows: return .success(.found([]))
        case .compare(_, let texts, _): return .success(.similarities(texts.map { _ in 0.9 }))
        case .complete: return .failure(.permanent(reason: "no model"))
        }
    }

    private func send(_ call: SenderCall, _ dice: inout Dice) -> SenderAnswer {
        switch call {
        case .mark: return .marked(true)
        case .send(let request):
            if !isKind {
                switch dice.below(10) {
                case 0: return .refused(PlatformError(code: 131056))
                case 1: return .refused(PlatformError(code: 131000))
                case 2: return .refused(PlatformError(code: 131026))
                case 3: return .notSent(because: "no connection")
                case 4: return .unknown(because: "it never arrived")
                default: break
                }
            }
            return accept(request, isLost: !isKind && dice.once(in: 3))
        }
    }

    private func accept(_ request: SendRequest, isLost: Bool) -> SenderAnswer {
        count += 1
        let attempt = request.attempt
        if tenant.unknownOutcome == .atMostOnce,
            accepted.contains(where: { $0.attempt.outbound == attempt.outbound })
        {
            violations.append("\(attempt.outbound) reached the customer twice")
        }
        accepted.append(Accepted(attempt: attempt, text: request.content.transcriptText))
        let name = MessageID("out.\(count)")
        if log.flaw != .losesStatuses || !isLost {
            for progress in [MessageStatus.Progress.sent, .delivered, .read] {
                let status = MessageStatus(
                    tenant: request.tenant, conversation: attempt.conversation,
                    number: request.number, message: name, progress: progress, at: log.now,
                    receivedAt: log.now, callbackData: attempt.description)
                statuses.append(record(status, id: "\(name).\(progress.rawValue)"))
            }
        }
        return isLost ? .unknown(because: "the answer was lost") : .accepted(name)
    }

    // MARK: What must hold

    /// No intent is made for a bot's words that the sender knows to be of an earlier epoch.
    private func checkIntents(_ commit: Commit) {
        for change in commit.state where change.key.store == Store.state {
            guard let bytes = change.value,
                let state = try? RecordCodec.decode(SenderState.self, from: bytes),
                state.phase == .calling, let head = state.queue.first
            else { continue }  // no intent
            if head.epoch < state.epoch, !head.isFromAgent {
                violations.append("the bot speaks during a claim: \(head.id)")
            }
        }
    }

    private func payloads(_ topic: Topic) -> [(RecordHeaders, RecordValue)] {
        // What cannot be read is found by the ids that are missing.
        log.records(topic).compactMap { try? log.envelope.decode($0) }
    }

    func finalViolations() -> [String] {
        var found = repeatedIDs()
        let replies = payloads(.repliesProposed).compactMap { payload -> ProposedReply? in
            if case .payload(let reply as ProposedReply) = payload.1 { reply } else { nil }
        }
        for conversation in conversations {
            let inbound = messages(of: conversation)
            let answered = replies.filter { $0.conversation == conversation }.flatMap(\.answers)
            if answered != inbound {
                found.append("\(conversation) wrote \(inbound), proposals answer \(answered)")
            }
        }
        for text in texts where text.message.content.message?.plainText == "never sent" {
            found.append("a note went out: \(text.id)")
        }
        return found + unsettled() + misordered()
    }

    /// The messages of a conversation, each once, in the order of their coming.
    private func messages(of conversation: ConversationID) -> [MessageID] {
        var seen: Set<MessageID> = []
        return payloads(.messagesInbound).compactMap { payload in
            guard case .payload(let message as InboundMessage) = payload.1,
                message.conversation == conversation, seen.insert(message.message).inserted
            else { return nil }
            return message.message
        }
    }

    /// What a stage wrote is written once.
    private func repeatedIDs() -> [String] {
        var found: [String] = []
        for topic in [
            Topic.questionsGrounded, .repliesProposed, .messagesOutbound, .messagesDelivery,
            .handoffEvents, .deadLetters,
        ] {
            var seen: Set<String> = []
            for record in log.records(topic) {
                let id = record.header(HeaderName.id) ?? ""
                if !seen.insert(id).inserted { found.append("\(topic) holds \(id) twice") }
                if topic == .deadLetters { found.append("\(id) became a dead letter") }
            }
        }
        return found
    }

    private var texts: [(id: RecordID, message: OutboundMessage)] {
        payloads(.messagesOutbound).compactMap { headers, payload in
            guard case .payload(let message as OutboundMessage) = payload,
                message.content.message != nil
            else { return nil }
            return (headers.id, message)
        }
    }

    /// Every message has an end, and what WhatsApp took is known to have been taken.
    private func unsettled() -> [String] {
        var ends: [RecordID: Set<String>] = [:]
        for case (_, .payload(let delivery as Delivery)) in payloads(.messagesDelivery) {
            switch delivery.outcome {
            case .accepted: ends[delivery.outbound, default: []].insert("accepted")
            case .failed, .dropped: ends[delivery.outbound, default: []].insert("ended")
            case .progressed, .unknown, .held: break
            }
        }
        var found = texts.filter { ends[$0.id] == nil }.map { "\($0.id) has no end" }
        for send in accepted where ends[send.attempt.outbound]?.contains("accepted") != true {
            found.append("nobody knows that \(send.attempt.outbound) arrived")
        }
        return found
    }

    /// Words leave in the order in which the gate let them pass.
    private func misordered() -> [String] {
        // A log with a flaw may hold one twice: that is told elsewhere.
        let order = Dictionary(texts.enumerated().map { ($1.id, $0) }) { first, _ in first }
        return conversations.compactMap { conversation in
            var seen: Set<RecordID> = []
            let positions = accepted.filter { $0.attempt.conversation == conversation }
                .compactMap { send in
                    seen.insert(send.attempt.outbound).inserted
                        ? order[send.attempt.outbound] : nil
                }
            return positions == positions.sorted()
                ? nil : "\(conversation): out of order, \(positions)"
        }
    }
}
