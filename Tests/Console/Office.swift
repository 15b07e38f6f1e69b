import AccountCommands
import AuditEndpoints
import AuditView
import Blobs
import Console
import Conversation
import ConversationView
import Cryptography
import DeskRecords
import Endpoints
import EventLog
import HTTPClient
import HTTPServer
import HandoffStage
import PipelineTesting
import Records
import RoutingRecords
import RoutingStage
import RoutingView
import StageRuntime
import Synchronization
import Telemetry
import TenantDirectory
import Testing
import Views
import WebSocket

/// A running console on a log in memory, with a real server, and what stands around it.
final class Office: Sendable {
    static let key = "pk_test-key-of-this-installation"
    /// The pages, read once: they are many.
    private static let pages = Result { () throws(PageFilesError) in
        try PageFiles(folder: sources + "/Capabilities")
    }
    /// The repository's sources.
    static let sources =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Sources"

    let log: InMemoryEventLog
    let clock = OffsetClock()
    let folder: TemporaryFolder
    let tenants: TenantDirectory
    let appender: any EventLogAppender
    let audit: StoredView
    let routing: RoutingDesk?
    let service: ConsoleService
    let server: HTTPServer
    let port: Int
    let http: HTTPClient

    /// A line of a key file.
    static func keyLine(_ id: String, _ byte: UInt8) -> String {
        "\(id) \(Cryptography.Base64.encode([UInt8](repeating: byte, count: 32)))"
    }

    /// `olderKey` is the line of a key that secrets may lie under besides the newest.
    init(
        options: ConsoleOptions = ConsoleOptions(), olderKey: String? = nil, isRouted: Bool = false
    ) async throws {
        let clock = clock
        log = InMemoryEventLog { clock.now }
        try await log.createTopics(
            RecordTypes.program.topics.values.map {
                TopicConfiguration(
                    name: $0.rawValue, partitions: 2, cleanup: .delete(retention: nil))
            })
        folder = try TemporaryFolder()
        let ring = try KeyRing(
            text: ([Self.keyLine("k1", 7)] + (olderKey.map { [$0] } ?? []))
                .joined(separator: "\n"), source: "test")
        tenants = TenantDirectory(keyRing: ring)
        appender = try await log.openAppender()
        let metrics = Metrics()
        let logger = Logger(service: "console", to: LogSinks.discard)
        let views = ViewKeeping(
            folder: folder.path + "/views", log: log, reading: .program, metrics: metrics,
            logger: logger)
        audit = views.stored(AuditView.view)
        var options = options
        if isRouted {
            options.routing = RoutingDesk(
                CommandWriter(
                    log, appender: appender, envelope: .program,
                    now: { Timestamp(milliseconds: clock.now) })
            ) { views.stored(RoutingView.view, hear: $0) }
        }
        routing = options.routing
        if options.pages.paths.isEmpty {
            options.pages = try Self.pages.get()
        }
        options.naming = try TestKeys.table(of: "sol", "luna")
        let writer = AuditWriter(
            appender: appender, envelope: .program,
            now: { Timestamp(milliseconds: clock.now) })
        options.endpoints +=
            AuditEndpoints(over: audit, writer: writer).endpoints
        service = ConsoleService(
            log: log, envelope: .program, views: views, tenants: tenants,
            keys: KeyRingStore(ring), appender: appender,
            blobs: BlobFolder(folder.path + "/blobs"), apiKey: Self.key,
            search: { wanted in
                FoundPassages(
                    passages: [
                        Self.passage("\(wanted.tenant) \(wanted.question) \(wanted.limit)")
                    ])
            },
            options: options, metrics: metrics, logger: logger,
            now: { Timestamp(milliseconds: clock.now) })
        server = HTTPServer(configuration: .init(), router: service.router())
        port = try server.start()
        http = try HTTPClient()
    }

    /// Runs a console, and what else is wanted, around a test.
    static func open(
        _ options: ConsoleOptions = ConsoleOptions(), handingOff: Bool = false,
        olderKey: String? = nil, isRouted: Bool = false,
        _ body: @Sendable (Office) async throws -> Void
    ) async throws {
        let office = try await Office(options: options, olderKey: olderKey, isRouted: isRouted)
        let router = isRouted ? office.routingStage() : nil
        let arrivals = isRouted ? office.arrivalStage() : nil
        let routed = [
            Task { try await router?.run() }, Task { try await arrivals?.run() },
            Task { try await office.routing?.view.run() },
        ]
        let stage = handingOff ? office.handoffStage() : nil
        let table = Task { try await office.service.run() }
        let audit = Task { try await office.audit.run() }
        let handoff = Task { try await stage?.run() }
        let result: Result<Void, any Error>
        do {
            try await office.service.waitUntilReady()
            try await office.audit.waitUntilCaughtUp()
            try await office.routing?.view.waitUntilCaughtUp()
            result = .success(try await body(office))
        } catch {
            result = .failure(error)
        }
        await stage?.drain()
        await router?.drain()
        await arrivals?.drain()
        routed[2].cancel()
        table.cancel()
        audit.cancel()
        await office.server.shutdown(within: .milliseconds(50))
        // A cancelled table may say so in its own way.
        _ = await (table.result, handoff.result, audit.result)
        for task in routed { _ = await task.result }
        try result.get()
    }

    private func handoffStage() -> StageRunner<HandoffStage> {
        let clock = clock
        return StageRunner(
            HandoffStage(),
            reading: [
                .messagesInbound, .repliesProposed, .handoffCommands, .messagesDelivery,
                .routingPlaces,
            ]
            .map { InputTopic($0, repeatsWithin: .seconds(60)) },
            from: log, by: .program, slot: "handoff-0", settings: RunnerSettings(),
            metrics: Metrics(),
            logger: Logger(service: "handoff", to: LogSinks.discard),
            now: { Timestamp(milliseconds: clock.now) }, perform: Self.asksNothing)
    }

    private func routingStage() -> StageRunner<RoutingStage> {
        runner(RoutingStage(), reading: [.routingCommands, .routingNews, .deskEvents])
    }

    private func arrivalStage() -> StageRunner<ArrivalStage> {
        runner(ArrivalStage(), reading: [.handoffEvents])
    }

    private func runner<S: Stage>(
        _ stage: S, reading topics: [Conversation.Topic]
    ) -> StageRunner<S> where S.Call == Never, S.Answer == Never {
        let clock = clock
        return StageRunner(
            stage, reading: topics.map { InputTopic($0, repeatsWithin: .seconds(60)) },
            from: log, by: .program, slot: "\(stage.name)-0", settings: RunnerSettings(),
            metrics: Metrics(), logger: Logger(service: stage.name, to: LogSinks.discard),
            now: { Timestamp(milliseconds: clock.now) }, perform: Self.asksNothing)
    }

    /// The handoff stage has no calls.
    @Sendable private static func asksNothing(
        _ call: Never, _ context: StageContext
    ) async throws(CallFailure) -> Never {}

    static func passage(_ text: String) -> RankedPassage {
        RankedPassage(
            id: "p1", document: "doc_1", documentName: "prices.pdf", headings: ["Prices"], page: 3,
            sheet: nil, text: text, contentHash: "c1", score: 0.5, similarity: nil, overlap: 1)
    }

    var now: Timestamp { Timestamp(milliseconds: clock.now) }
}

// MARK: - Asking

extension Office {
    struct Answer {
        let status: Int
        let headers: HTTPClientHeaders
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }

        func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try RecordCodec.decode(type, from: body)
        }
    }

    func ask(
        _ method: HTTPClientRequest.Method, _ target: String, key: String? = Office.key,
        headers: [HTTPClientHeaders.Field] = [], body: [UInt8]? = nil
    ) async throws -> Answer {
        var fields = headers
        if body != nil { fields.append(.init(name: "Content-Type", value: "application/json")) }
        if let key { fields.append(.init(name: "Authorization", value: "Bearer \(key)")) }
        // Each is an act of its own, unless a test says otherwise.
        if method == .post, !fields.contains(where: { $0.name == "Idempotency-Key" }) {
            fields.append(.init(name: "Idempotency-Key", value: try RandomBytes.token(bytes: 16)))
        }
        let answer = try await http.send(
            HTTPClientRequest(
                method, "http://127.0.0.1:\(port)\(target)", headers: HTTPClientHeaders(fields),
                body: body))
        return Answer(status: answer.status, headers: answer.headers, body: answer.body)
    }

    /// A tenant that the API has added.
    func addTenant(_ id: String = "sol", number: String = "101") async throws {
        let answer = try await ask(
            .post, "/api/v1/tenants", body: RecordCodec.encode(Self.tenant(id, number: number)))
        try #require(answer.status == 201, "\(answer.text)")
    }

    /// What another installation's key left behind in the log.
    func addTenantOfAnotherKey(_ id: String, number: String) async throws {
        try await append(
            settings(id, number: number, under: Self.keyLine("k1", 8)),
            id: RecordID("settings-of-\(id)"))
        while tenants.problems[TenantID(id)] == nil {
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// A tenant's settings with secrets that lie under a key.
    func settings(
        _ id: String, number: String, under keyLine: String
    ) throws -> TenantSettings {
        let ring = try KeyRing(text: keyLine, source: "another installation")
        let secrets = TenantSecrets(keyRing: ring, tenant: TenantID(id))
        return TenantSettings(
            tenant: TenantID(id), name: "Bicicletas \(id)", account: "9\(number)",
            numbers: [.init(id: BusinessNumberID(number))],
            appSecret: try secrets.seal("a", .appSecret),
            verifyToken: try secrets.seal("v", .verifyToken),
            accessToken: try secrets.seal("t", .accessToken),
            graphURL: TenantSettings.metaGraphURL,
            graphVersion: TenantSettings.currentGraphVersion, updatedAt: now)
    }

    static func tenant(_ id: String, number: String) -> TenantRequest {
        var request = TenantRequest()
        request.id = id
        request.name = "Bicicletas \(id)"
        request.account = "9\(number)"
        request.numbers = [.init(id: number)]
        request.appSecret = "app-secret-of-\(id)"
        request.verifyToken = "verify-token-of-\(id)"
        request.accessToken = "access-token-of-\(id)"
        return request
    }

    /// An agent's open socket, which has said hello.
    func socket(
        _ agent: String, _ name: String, tenant: String = "sol", hello: AgentNotice = .hello()
    ) async throws -> Socket {
        let ticket = try await self.ticket(agent, name, tenant: tenant)
        let client = try await WebSocketClient.connect(
            host: "127.0.0.1", port: port, target: "/api/v1/agent", protocols: ticket.protocols)
        let socket = Socket(client: client, hello: hello)
        try await socket.greet()
        return socket
    }

    func ticket(_ agent: String, _ name: String, tenant: String) async throws -> TicketAnswer {
        let answer = try await ask(
            .post, "/api/v1/tenants/\(tenant)/tickets",
            body: RecordCodec.encode(TicketRequest(agent: agent, name: name)))
        try #require(answer.status == 201, "\(answer.text)")
        return try answer.value(TicketAnswer.self)
    }
}

// MARK: - The log

extension Office {
    func append(_ payload: any Payload, id: RecordID) async throws {
        let headers = RecordHeaders(
            id: id, type: type(of: payload).type, source: "test", time: now,
            subject: payload.key, correlation: id, causation: id, tenant: payload.tenant)
        try await appender.append([RecordEnvelope.program.record(payload, headers: headers)])
    }

    /// What a stage does with the records of a topic that it cannot handle.
    func setAside(_ topic: Topic) async throws {
        let reader = try await log.openReader(of: [topic.rawValue], from: .beginning)
        let records = try await reader.poll(atMost: 1_000, waiting: .milliseconds(10))
        await reader.close()
        try await appender.append(
            records.map { consumed in
                Record(
                    topic: Topic.deadLetters.rawValue, key: consumed.record.key,
                    value: consumed.record.value, headers: consumed.record.headers,
                    timestamp: consumed.record.timestamp)
            })
    }

    /// A customer writes, and the bot wants a person to take over.
    func handOff(
        _ conversation: ConversationID, tenant: TenantID = "sol", number: BusinessNumberID = "101"
    ) async throws {
        let message = MessageID("wamid.\(conversation)")
        try await append(
            InboundMessage(
                tenant: tenant, conversation: conversation, number: number, message: message,
                contact: Contact(phone: "34600111222", name: "Luz"), sentAt: now,
                receivedAt: now, content: .text("Is Ana there?")),
            id: RecordID("in-\(conversation)"))
        try await append(
            ProposedReply(
                tenant: tenant, conversation: conversation, answers: [message],
                proposal: .handoff(
                    reason: .asked, summary: "Luz wants to talk to Ana.",
                    notice: "One moment, please."), language: "en",
                provenance: Provenance(passages: [], model: "built-in"), at: now),
            id: RecordID("reply-\(conversation)"))
    }

    func payloads(in topic: Topic) async throws -> [RecordValue] {
        let reader = try await log.openReader(of: [topic.rawValue], from: .beginning)
        let records = try await reader.poll(atMost: 1_000, waiting: .milliseconds(10))
        await reader.close()
        return try records.map { try RecordEnvelope.program.decode($0.record).value }
    }

    /// Waits until something is so.
    func eventually(
        _ what: String, _ isSo: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(150)
        while ContinuousClock.now < deadline {
            if try await isSo() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("never: \(what)")
    }
}

/// The scope of a tenant, as tests of tables ask with it.
func tenantScope(_ tenant: TenantID) throws -> TenantScope {
    try Authorizer.scope(
        of: tenant, for: .key(Principal.KeyName("key/test")), needing: TenantPermission("test"))
}
