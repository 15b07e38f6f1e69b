import AccountCommands
import AccountRecords
import AccountStage
import Conversation
import Cryptography
import Endpoints
import EventLog
import HTTPClient
import HTTPServer
import JSON
import NotificationEndpoints
import NotificationRecords
import NotificationStage
import NotificationView
import Permissions
import PipelineTesting
import Records
import StageRuntime
import Telemetry
import Testing
import Views

/// People's notifications over HTTP, on a log in memory: the stages, the view and the endpoints.
final class Lodge: Sendable {
    /// Who asks, by the header line `Who`: an account, or `agent` or `key`.
    struct Rules: AccessRules {
        func principal(of request: HTTPRequest) throws(Problem) -> Principal {
            switch request.headers.first(named: "Who") ?? "" {
            case "": throw Problem(401, "unauthorized", "say who you are")
            case "key": .key(Principal.KeyName("key/test"))
            case "agent": .agent(Principal.Agent(id: "a", name: "A", tenant: "sol"))
            case let account:
                .person(
                    Principal.Person(
                        account: AccountID(account), name: account, session: "s",
                        access: Access(isProven: true)))
            }
        }

        func agent(opening request: HTTPRequest) throws(Problem) -> Principal.Agent {
            throw Problem(401, "unauthorized", "there are no agents here")
        }

        func checkReadiness() {}

        func checkTenant(_ tenant: TenantID) {}

        func place(of tenant: TenantID) -> Access.Place {
            .tenant(tenant, .open, consents: false)
        }
    }

    struct Answer {
        let status: Int
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        /// What it says; nothing where it is no JSON.
        var json: JSONValue { (try? RecordCodec.decode(JSONValue.self, from: body)) ?? .null }
        /// The page's notifications.
        var rows: [JSONValue] {
            if case .array(let rows)? = json["notifications"] { rows } else { [] }
        }
    }

    let log: InMemoryEventLog
    let clock = OffsetClock()
    /// What links in mails hold.
    let tokens: RefusalTokens
    private let folder: TemporaryFolder
    private let view: StoredView
    private let appender: any EventLogAppender
    private let server: HTTPServer
    private let port: Int
    private let http: HTTPClient

    private init() async throws {
        let clock = clock
        log = InMemoryEventLog { clock.now }
        try await log.createTopics(
            RecordTypes.program.topics.values.map {
                TopicConfiguration(
                    name: $0.rawValue, partitions: 2, cleanup: .delete(retention: nil))
            })
        folder = try TemporaryFolder()
        let tokens = RefusalTokens(
            KeyRingStore(
                try KeyRing(
                    text: "k1 \(Cryptography.Base64.encode([UInt8](repeating: 7, count: 32)))",
                    source: "test")))
        self.tokens = tokens
        appender = try await log.openAppender()
        let answers = Commands<NotificationEvent>()
        view = ViewKeeping(
            folder: folder.path + "/views", log: log, reading: .program, metrics: Metrics(),
            logger: Logger(service: "test", to: LogSinks.discard)
        ).stored(NotificationView.view) { answers.hear($0) }
        let endpoints = EndpointList(
            "Test", document: "/api/v1/openapi.json",
            problems: .init(permitted: [.init(401, "unauthorized")] + Authorizer.refusals),
            NotificationEndpoints(
                over: view, answers,
                by: CommandWriter(
                    log, appender: try await log.openAppender(), envelope: .program,
                    now: { Timestamp(milliseconds: clock.now) }), tokens
            ).endpoints)
        var router = Router(from: SourceGuard(service: "test")) { _, _ in }
        endpoints.add(to: &router, Authorizer(Rules()))
        server = HTTPServer(configuration: .init(), router: router)
        port = try server.start()
        http = try HTTPClient()
    }

    /// Runs all of it around a test.
    static func open(_ body: @Sendable (Lodge) async throws -> Void) async throws {
        let lodge = try await Lodge()
        let runners: [any LodgeStage] = [
            lodge.runner(AddressStage()), lodge.runner(AnnouncementStage()),
            lodge.runner(NotificationStage()),
        ]
        let tasks =
            runners.map { runner in Task { try await runner.run() } }
            + [Task { [view = lodge.view] in try await view.run() }]
        let result: Result<Void, any Error>
        do {
            try await lodge.view.waitUntilCaughtUp()
            result = .success(try await body(lodge))
        } catch {
            result = .failure(error)
        }
        for runner in runners { await runner.drain() }
        for task in tasks { task.cancel() }
        await lodge.server.shutdown(within: .milliseconds(50))
        for task in tasks { _ = await task.result }
        try result.get()
    }

    private func runner<S: Stage>(_ stage: S) -> StageRunner<S>
    where S.Call == Never, S.Answer == Never {
        let clock = clock
        let topics = Set(stage.reads.map { $0.topic })
        return StageRunner(
            stage,
            reading: topics.sorted { $0.rawValue < $1.rawValue }.map {
                InputTopic($0, repeatsWithin: .seconds(60))
            }, from: log, by: .program, slot: "\(stage.name)-0", settings: RunnerSettings(),
            metrics: Metrics(), logger: Logger(service: stage.name, to: LogSinks.discard),
            now: { Timestamp(milliseconds: clock.now) },
            perform: { _, _ async throws(CallFailure) -> Never in })
    }

    var now: Timestamp { Timestamp(milliseconds: clock.now) }

    // MARK: Asking

    func ask(
        _ method: HTTPClientRequest.Method, _ target: String, _ body: String? = nil,
        as who: String = "ana"
    ) async throws -> Answer {
        var fields = [HTTPClientHeaders.Field(name: "Content-Type", value: "application/json")]
        if !who.isEmpty { fields.append(.init(name: "Who", value: who)) }
        let answer = try await http.send(
            HTTPClientRequest(
                method, "http://127.0.0.1:\(port)/api/v1/me/\(target)",
                headers: HTTPClientHeaders(fields), body: body.map { Array($0.utf8) }))
        return Answer(status: answer.status, body: answer.body)
    }

    /// What a mail program does with the link of a mail: it sends no cookie, and no more than this.
    func click(
        _ method: HTTPClientRequest.Method, _ token: String
    ) async throws -> (status: Int, target: String?) {
        let answer = try await http.send(
            HTTPClientRequest(
                method, "http://127.0.0.1:\(port)/api/v1/unsubscriptions/\(token)",
                headers: HTTPClientHeaders([
                    .init(name: "Content-Type", value: "application/x-www-form-urlencoded")
                ]),
                body: method == .post ? Array("List-Unsubscribe=One-Click".utf8) : nil))
        return (answer.status, answer.headers["Location"])
    }

    func unread(_ who: String = "ana") async throws -> Int? {
        try await ask(.get, "counts/notifications", as: who).json["unread"]?.integer
    }

    // MARK: What happens

    func put(_ payload: some Payload, as id: String) async throws {
        try await appender.append([
            RecordEnvelope.program.record(
                payload,
                headers: RecordHeaders(
                    id: RecordID(id), type: type(of: payload).type, source: "test", time: now,
                    subject: payload.key, correlation: RecordID(id), causation: RecordID(id),
                    tenant: payload.tenant))
        ])
    }

    /// Tells somebody so many things, all of one moment, and waits until they are there.
    func tell(_ account: AccountID, _ count: Int, _ kind: NotificationKind = "joined") async throws
    {
        let before = try await unread(account.rawValue) ?? 0
        let at = now
        for number in 0..<count {
            try await put(
                PersonalNews(
                    account: account, kind: kind, team: "sol",
                    values: ["organisation": "Sol \(number)"], at: at),
                as: "news-\(account)-\(at.milliseconds)-\(number)-\(kind.rawValue)")
        }
        try await eventually("\(account) is told") {
            try await self.unread(account.rawValue) == before + count
        }
    }

    /// What was written of a type.
    func payloads<Value: Payload>(_ type: Value.Type) async throws -> [Value] {
        let reader = try await log.openReader(of: [type.topic.rawValue], from: .beginning)
        let records = try await reader.poll(atMost: 10_000, waiting: .milliseconds(10))
        await reader.close()
        return try records.compactMap {
            guard
                case .payload(let value as Value) = try RecordEnvelope.program.decode($0.record)
                    .value
            else { return nil }
            return value
        }
    }
}

/// A runner of any stage.
protocol LodgeStage: Sendable {
    func run() async throws
    func drain() async
}

extension StageRunner: LodgeStage {}
