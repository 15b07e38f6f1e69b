import Conversation
import FoundationEssentials
import HTTPClient
import HTTPServer
import Records
import SenderStage
import Simulator
import StageRuntime
import Synchronization
import Testing
import WhatsAppCloudAPI

/// The sender stage, the Cloud API client and the simulator together: inputs one after another,
/// calls over real connections, statuses from real webhooks, and a clock that only timers move.
final class Pipe: Sendable {
    struct Memory {
        var state = SenderState()
        var now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        var deliveries: [Delivery] = []
        var timers: [String: FiredTimer] = [:]
        var sends: [AttemptID] = []
        var inputs = 0
        var done = 0
    }

    static let conversation = ConversationID("c0ffee")
    let memory = Mutex(Memory())
    let wish: TenantSettings.UnknownOutcome
    let http: HTTPClient
    let port: Int
    private let stage = SenderStage()
    private let inputs: AsyncStream<StageInput>
    private let queue: AsyncStream<StageInput>.Continuation
    private let endpoint: MessagesEndpoint

    private init(port: Int, _ wish: TenantSettings.UnknownOutcome, _ http: HTTPClient) {
        self.port = port
        self.wish = wish
        self.http = http
        endpoint = MessagesEndpoint(over: http, sendTimeout: .seconds(2))
        (inputs, queue) = AsyncStream.makeStream(of: StageInput.self)
    }

    /// Runs a body with a customer who has just written.
    static func run(
        wish: TenantSettings.UnknownOutcome = .atMostOnce,
        _ body: (Pipe) async throws -> Void
    ) async throws {
        var configuration = SimulatorConfiguration()
        configuration.seed = 1
        let simulator = try Simulator(configuration)
        let pipe = Pipe(port: try simulator.start(), wish, try HTTPClient())
        let receiver = HTTPServer(configuration: .init()) { pipe.receive($0, $1) }
        let hook = try receiver.start()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await simulator.run() }
            group.addTask { try await receiver.run() }
            group.addTask { try await pipe.work() }
            try await pipe.control(
                "businesses",
                """
                {"name":"sol","number_id":"n1","access_token":"token",
                "webhook_url":"http://127.0.0.1:\(hook)/"}
                """)
            try await pipe.control(
                "messages", "{\"business\":\"sol\",\"from\":\"34600111222\",\"text\":\"Hi\"}")
            try await body(pipe)
            group.cancelAll()
        }
    }

    // MARK: Inputs

    private func put(_ record: any Payload, id: RecordID) {
        let (now, count) = memory.withLock { memory in
            memory.inputs += 1
            return (memory.now, memory.inputs)
        }
        let headers = RecordHeaders(
            id: id, type: "t", source: "test", time: now, subject: "s", correlation: id,
            causation: id, tenant: "sol")
        let position = RecordPosition(topic: "t", partition: 0, offset: Int64(count))
        queue.yield(.record(record, headers, position: position))
    }

    func say(_ text: String) {
        let now = memory.withLock { $0.now }
        put(
            OutboundMessage(
                tenant: "sol", conversation: Self.conversation, number: "n1",
                recipient: Contact(phone: "34600111222"), epoch: 0, content: .text(text),
                author: .system, answers: [], windowAnchor: now, at: now),
            id: RecordID(text))
    }

    /// Lets the clock run to a timer.
    func fire(_ name: String) throws {
        let timer = memory.withLock { memory -> FiredTimer? in
            guard let timer = memory.timers.removeValue(forKey: name) else { return nil }
            memory.now = max(memory.now, timer.due)
            memory.inputs += 1
            return timer
        }
        queue.yield(.timer(try #require(timer)))
    }

    private func receive(_ request: HTTPRequest, _ writer: ResponseWriter) {
        if request.method == .get {
            writer.respond(.text(request.queryValue("hub.challenge") ?? ""))
            return
        }
        writer.respond(.text(""))
        // A body that is not a status is a customer's message, which is no matter here.
        guard let hook = try? JSONDecoder().decode(Hook.self, from: Data(request.body)) else {
            return
        }
        for status in hook.entry.flatMap({ $0.changes }).flatMap({ $0.value.statuses ?? [] }) {
            let now = memory.withLock { $0.now }
            put(
                MessageStatus(
                    tenant: "sol", conversation: Self.conversation, number: "n1",
                    message: MessageID("ours-\(status.id)"),
                    wamid: WhatsAppMessageID(status.id), progress: .init(rawValue: status.status),
                    at: now, receivedAt: now,
                    callbackData: status.biz_opaque_callback_data,
                    errors: status.errors?.map { PlatformError(code: $0.code) }),
                id: RecordID("\(status.id)-\(status.status)"))
        }
    }

    private struct Hook: Decodable {
        struct Entry: Decodable { var changes: [Change] }
        struct Change: Decodable { var value: Value }
        struct Value: Decodable { var statuses: [Status]? }
        struct Status: Decodable {
            var id: String
            var status: String
            var biz_opaque_callback_data: String?
            var errors: [Problem]?
        }
        struct Problem: Decodable { var code: Int }
        var entry: [Entry]
    }

    // MARK: Work

    private func work() async throws {
        for await input in inputs {
            var (state, now) = memory.withLock { ($0.state, $0.now) }
            var context = StageContext(
                stage: stage.name, input: input, key: Self.conversation.rawValue, now: now,
                step: 0, settings: SenderSettings(unknownOutcome: wish))
            var plan = try stage.begin(input, &state, context)
            while true {
                let call: SenderCall
                switch plan {
                case .finish(let effects): keep(effects, state)
                case .ignore: keep(nil, state)
                case .commit(let effects, _): keep(effects, state)
                case .call: break
                }
                switch plan {
                case .finish, .ignore: break
                case .commit(_, let next), .call(let next):
                    call = next
                    let answer = await perform(call)
                    now = memory.withLock { $0.now }
                    context.step += 1
                    context.now = now
                    plan = try stage.resume(answer, to: call, &state, context)
                    continue
                }
                break
            }
            memory.withLock { $0.done += 1 }
        }
    }

    private func keep(_ effects: Effects?, _ state: SenderState) {
        memory.withLock { memory in
            memory.state = state
            guard let effects else { return }
            memory.deliveries += effects.outputs.compactMap { $0.payload as? Delivery }
            for effect in effects.timers {
                switch effect {
                case .set(let timer): memory.timers[timer.name] = timer
                case .cancel(let name): memory.timers[name] = nil
                }
            }
        }
    }

    private func perform(_ call: SenderCall) async -> SenderAnswer {
        let access = GraphAccess(
            baseURL: "http://127.0.0.1:\(port)", version: "v26.0", number: "n1", token: "token")
        switch call {
        case .mark(let request):
            return .marked(
                await endpoint.mark(request.message, typing: request.typing, through: access))
        case .send(let request):
            memory.withLock { $0.sends.append(request.attempt) }
            let outcome = await endpoint.send(
                request.content, to: request.recipient,
                callbackData: request.attempt.description, through: access)
            return switch outcome {
            case .accepted(let wamid): .accepted(MessageID("ours-\(wamid)"), wamid: wamid)
            case .refused(let error): .refused(error)
            case .notSent(let reason): .notSent(because: reason)
            case .unknown(let reason): .unknown(because: reason)
            }
        }
    }

    // MARK: Looking

    @discardableResult
    func control(_ path: String, _ body: String? = nil) async throws -> [UInt8] {
        try await http.send(
            HTTPClientRequest(
                body == nil ? .get : .post, "http://127.0.0.1:\(port)/api/v1/\(path)",
                headers: ["Content-Type": "application/json"], body: body.map { Array($0.utf8) })
        ).body
    }

    /// What the customer saw.
    func seen() async throws -> [String] {
        struct View: Decodable {
            struct Message: Decodable { var text: String }
            var messages: [Message]
        }
        let bytes = try await control("conversations/sol/34600111222")
        return try JSONDecoder().decode(View.self, from: Data(bytes)).messages.map(\.text)
    }

    var deliveries: [Delivery] { memory.withLock { $0.deliveries } }

    func has(_ outbound: RecordID, _ word: String, attempt: Int? = nil) -> Bool {
        deliveries.contains {
            $0.outbound == outbound && $0.outcome.word == word
                && (attempt == nil || attempt == $0.attempt)
        }
    }

    func until(_ outbound: RecordID, _ word: String, attempt: Int? = nil) async throws {
        let deadline = ContinuousClock.now + .seconds(15)
        while !has(outbound, word, attempt: attempt) {
            guard ContinuousClock.now < deadline else {
                Issue.record("\(outbound) was never \(word): \(deliveries.map(\.outcome))")
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

extension Delivery.Outcome {
    var word: String {
        switch self {
        case .accepted: "accepted"
        case .progressed(_, let progress): progress.rawValue
        case .failed: "failed"
        case .unknown: "unknown"
        case .dropped: "dropped"
        case .held: "held"
        }
    }
}
