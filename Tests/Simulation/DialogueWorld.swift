import Conversation
import EventLog
import Foundation
import HandoffStage
import OpeningHours
import Records
import RetrievalStage
import TimeZones
import ZoneDatabase

@testable import OrchestratorStage
@testable import StageRuntime

/// One customer and a business: retrieval, orchestrator and gate over the simulated log, with a
/// clock of its own, the business's documents in memory, and nothing outside.
final class DialogueWorld {
    /// What the business answered to one line of the customer's.
    struct Outcome: Hashable, CustomStringConvertible {
        var kind: String
        var text: String
        var language: String?
        /// What the customer reads; empty for nothing.
        var said = ""

        var description: String { "\(kind) (\(language ?? "-")): \(text)" }
    }

    private let log = SimulatedLog(
        partitions: 1, from: Timestamp(seconds: 1_781_514_000), flaw: nil)
    private var members: [any Member] = []
    private var dice = Dice(seed: 1)
    private var count = 0
    private var seen = 0
    private let passages: [SearchAnswer.Found]
    private let vocabularies: [Vocabulary]
    /// What an obedient model says next; `nil` for no model at all.
    private let model: ((CompletionRequest) -> Completion)?

    /// The clock begins on Monday, 15 June 2026, at 11:00 in Madrid.
    init(
        _ prompts: PromptBook, documents: [String: String], hours: OpeningHours? = nil,
        tools: ToolRegistry = .standard,
        model: ((CompletionRequest) -> Completion)? = nil
    ) {
        self.model = model
        passages = Self.passages(documents)
        vocabularies = passages.map {
            Vocabulary(of: ($0.headings + [$0.documentName, $0.text]).joined(separator: " "))
        }
        let secret = TenantSettings.Sealed(keyID: "", box: "")
        let tenant = TenantSettings(
            tenant: "t", name: "Sol", account: "a", numbers: [], appSecret: secret,
            verifyToken: secret, accessToken: secret, graphURL: "", graphVersion: "",
            model: model == nil ? nil : TenantSettings.Model(url: "http://none", name: "m"),
            hours: hours.map { TenantSettings.Hours(opening: $0) },
            updatedAt: Timestamp(seconds: 0))
        let week = Duration.seconds(8 * 86_400)
        add(RetrievalStage(), [InputTopic(.messagesInbound, repeatsWithin: week)], tenant) {
            [weak self] call, _, _ in self?.search(call) ?? .failure(.permanent(reason: "gone"))
        }
        add(
            OrchestratorStage(prompts: prompts, tools: tools), [InputTopic(.questionsGrounded)],
            tenant
        ) {
            [weak self] call, _, _ in self?.think(call) ?? .failure(.permanent(reason: "gone"))
        }
        add(
            HandoffStage(),
            [
                InputTopic(.messagesInbound, repeatsWithin: week), InputTopic(.repliesProposed),
                InputTopic(.handoffCommands, repeatsWithin: .seconds(86_400)),
                InputTopic(.messagesDelivery),
            ], tenant, asksNothing)
    }

    private func add<S: Stage>(
        _ stage: S, _ inputs: [InputTopic], _ tenant: TenantSettings,
        _ world: @escaping StageMember<S>.World
    ) {
        members.append(
            StageMember(
                stage, reading: inputs, from: log, slot: "0",
                settings: RunnerSettings(recordsDecisions: false), tenants: { _ in tenant },
                world: world))
    }

    /// Documents by name: `## ` heads a passage, a blank line ends one; `| ` begins a table's row.
    private static func passages(_ documents: [String: String]) -> [SearchAnswer.Found] {
        documents.sorted { $0.key < $1.key }.flatMap { name, text in
            var heading = ""
            var found: [SearchAnswer.Found] = []
            for block in text.split(separator: "\n\n") {
                var lines = block.split(separator: "\n").map(String.init)
                if let first = lines.first, first.hasPrefix("## ") {
                    heading = String(first.dropFirst(3))
                    lines.removeFirst()
                }
                guard !lines.isEmpty else { continue }
                let isTable = lines[0].hasPrefix("| ")
                let body = lines.map { isTable ? String($0.dropFirst(2)) : $0 }
                    .joined(separator: "\n")
                found.append(
                    SearchAnswer.Found(
                        id: PassageID("\(name)/\(found.count)"), document: DocumentID(name),
                        documentName: name, headings: heading.isEmpty ? [] : [heading], page: nil,
                        sheet: isTable ? heading : nil, text: body,
                        contentHash: NameHash.hex(body)))
            }
            return found
        }
    }

    // MARK: The world

    /// The passages by the share of the question's words that they hold; the rest behind, as an
    /// index of many passages always finds some.
    private func ranked(_ query: String) -> [PassageID] {
        let overlap = WordOverlap(question: query, among: vocabularies)
        var found: [(id: PassageID, share: Double)] = []
        for (passage, words) in zip(passages, vocabularies) {
            let share = overlap.share(in: words)
            found.append((passage.id, share))
        }
        found.sort { $0.share == $1.share ? $0.id < $1.id : $0.share > $1.share }
        return found.prefix(20).map(\.id)
    }

    private func found(_ queries: [String]) -> SearchAnswer {
        let rankings = queries.map { SearchAnswer.Ranking(text: ranked($0), vectors: nil) }
        let named = Set(rankings.flatMap(\.text))
        return SearchAnswer(
            rankings: rankings, passages: passages.filter { named.contains($0.id) })
    }

    private func search(_ call: RetrievalCall) -> Result<RetrievalAnswer, CallFailure> {
        guard case .search(let request) = call else {
            return .failure(.permanent(reason: "not asked here"))
        }
        return .success(.found(found(request.queries)))
    }

    private func think(_ call: OrchestratorCall) -> Result<OrchestratorAnswer, CallFailure> {
        switch call {
        case .search(_, let query):
            return .success(.found(PassageRanking.rank(found([query]), for: [query])))
        case .rows(_, let document, let sheet, let query):
            let all = PassageRanking.rank(found([query]), for: [query])
            return .success(.found(all.filter { $0.document == document && $0.sheet == sheet }))
        case .compare: return .failure(.permanent(reason: "no embeddings"))
        case .complete(let request):
            guard let model else { return .failure(.permanent(reason: "no model")) }
            return .success(.completed(model(request)))
        }
    }

    // MARK: The talk

    /// The customer writes some messages, one right after the other.
    func write(_ messages: [String]) {
        for text in messages {
            count += 1
            let message = InboundMessage(
                tenant: "t", conversation: "c", number: "n", message: MessageID("wamid.\(count)"),
                contact: Contact(userID: "u"), sentAt: log.now, receivedAt: log.now,
                content: .text(text))
            append(message, id: "wamid.\(count)")
            run(until: log.now)
            log.now = log.now + .milliseconds(400)
        }
        run(until: log.now + .seconds(60))
        log.now = log.now + .seconds(20)
    }

    /// A person takes the conversation over, says something and gives it back.
    func agent(says text: String) {
        for action: HandoffCommand.Action in [.takeOver, .send(.text(text)), .close] {
            count += 1
            let command = HandoffCommand(
                tenant: "t", conversation: "c", agent: "a", agentName: "Ana", action: action,
                reference: "r\(count)", at: log.now)
            append(command, id: "command.\(count)")
            run(until: log.now)
            log.now = log.now + .seconds(1)
        }
    }

    /// Lets time go by.
    func wait(_ time: Duration) { log.now = log.now + time }

    /// What was proposed since this was asked last.
    func outcomes() -> [Outcome] {
        let all = log.records(.repliesProposed).compactMap { record -> ProposedReply? in
            guard let decoded = try? log.envelope.decode(record),  // shows as missing
                case .payload(let reply as ProposedReply) = decoded.1
            else { return nil }
            return reply
        }
        defer { seen = all.count }
        return all.dropFirst(seen).map { reply in
            switch reply.proposal {
            case .answer(let text, _):
                Outcome(kind: "answer", text: text, language: reply.language, said: text)
            case .courtesy(let text):
                Outcome(kind: "courtesy", text: text, language: reply.language, said: text)
            case .handoff(let reason, let summary, let notice):
                Outcome(
                    kind: "handoff", text: "\(reason.rawValue). \(notice) \(summary)",
                    language: reply.language, said: notice)
            case .silence(let because):
                Outcome(kind: "silence", text: because, language: reply.language)
            }
        }
    }

    /// What other stages were asked to do.
    var toolRequests: [String] {
        log.records(.toolsRequests).map { $0.header(HeaderName.id) ?? "" }
    }

    private func append(_ payload: some Payload, id: String) {
        let id = RecordID(id)
        let headers = RecordHeaders(
            id: id, type: type(of: payload).type, source: "edge", time: log.now,
            subject: payload.key, correlation: id, causation: id, tenant: payload.tenant)
        // Text and numbers only: it can be written.
        guard let record = try? log.envelope.record(payload, headers: headers) else { return }
        log.append([record])
    }

    /// Lets the stages work, and timers fire that are due by then.
    private func run(until end: Timestamp) {
        for _ in 0..<200 {
            var isIdle = true
            for member in members {
                let before = log.groups[member.group]?.positions
                var hasPolled = false
                for _ in 0..<100 {
                    let moves = member.moves(unkind: false).filter { $0 != .poll || !hasPolled }
                    guard let move = moves.first else { break }
                    if move == .poll { hasPolled = true } else { isIdle = false }
                    member.make(move, &dice)
                }
                if before != log.groups[member.group]?.positions { isIdle = false }
            }
            guard isIdle else { continue }
            let due = log.groups["orchestrator"]?.timers.values.map(\.due).min()
                .map { Timestamp(milliseconds: $0) }
            guard let due, due <= end else { return }
            log.now = max(log.now, due)
        }
    }
}
