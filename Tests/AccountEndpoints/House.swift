import AccountAccess
import AccountCommands
import AccountEndpoints
import AccountRecords
import AccountStage
import AccountView
import AuditRecords
import AuditView
import Blobs
import Console
import Conversation
import Cryptography
import Endpoints
import EventLog
import HTTPClient
import HTTPServer
import Idempotency
import InstallationView
import OrganisationStage
import OrganisationView
import PipelineTesting
import Records
import StageRuntime
import Synchronization
import Telemetry
import TenantDirectory
import TenantKeys
import Testing
import Views

/// A console with people, and the stages that decide about them, on a log in memory.
final class House: Sendable {
    static let key = "pk_test-key-of-this-installation"
    static let password = "a long sentence of mine"

    let log: InMemoryEventLog
    let clock = OffsetClock()
    let folder: TemporaryFolder
    let ring: KeyRingStore
    let naming: AddressNaming
    let tokens: LinkTokens
    let access: AccountAccess
    let entrance: Entrance
    let audit: StoredView
    let service: ConsoleService
    let server: HTTPServer
    let port: Int
    let http: HTTPClient
    private let stages: [any HouseStage]

    init() async throws {
        let clock = clock
        let now: @Sendable () -> Timestamp = { Timestamp(milliseconds: clock.now) }
        log = InMemoryEventLog { clock.now }
        try await log.createTopics(
            RecordTypes.program.topics.values.map {
                TopicConfiguration(
                    name: $0.rawValue, partitions: 1, cleanup: .delete(retention: nil))
            })
        folder = try TemporaryFolder()
        ring = KeyRingStore(
            try KeyRing(
                text: "k1 \(Cryptography.Base64.encode([UInt8](repeating: 7, count: 32)))",
                source: "test"))
        naming = AddressNaming(try TestKeys.table(of: .installation))
        tokens = LinkTokens(ring)
        let (metrics, logger) = (Metrics(), Logger(service: "console", to: LogSinks.discard))
        let views = ViewKeeping(
            folder: folder.path + "/views", log: log, reading: .program, metrics: metrics,
            logger: logger)
        let channel = CommandChannel(
            CommandWriter(
                log, appender: try await log.openAppender(), envelope: .program, now: now))
        let watch = AccountWatch()
        let hear: @Sendable ([any ViewChange]) -> Void = { changes in
            channel.hear(changes)
            watch.hear(changes)
        }
        access = AccountAccess(
            .init(
                accounts: views.stored(AccountView.view, hear: hear),
                installation: views.stored(InstallationView.view, hear: hear),
                organisations: views.stored(OrganisationView.view, hear: hear),
                channel: channel, watch: watch, now: now))
        entrance = Entrance(
            .init(
                access: access, naming: naming, tokens: tokens, ring: ring,
                hasher: try PasswordHasher(cost: .init(logN: 4, r: 8, p: 1)),
                picture: { _ in nil }))
        var options = ConsoleOptions()
        options.accounts = access
        options.idempotency = IdempotencyStore(path: folder.path + "/idempotency.sqlite")
        audit = views.stored(AuditView.view)
        options.endpoints =
            AccountEndpoints(entrance).endpoints
            + Self.rooms(
                entrance, audit: audit, views: views,
                blobs: BlobFolder(folder.path + "/blobs"), now: now)
        service = ConsoleService(
            log: log, envelope: .program, views: views,
            tenants: TenantDirectory(keyRing: ring.current),
            keys: ring, appender: try await log.openAppender(),
            blobs: BlobFolder(folder.path + "/blobs"), apiKey: Self.key,
            search: { _ in FoundPassages(passages: []) }, options: options, metrics: metrics,
            logger: logger,
            now: now)
        server = HTTPServer(configuration: .init(), router: service.router())
        port = try server.start()
        http = try HTTPClient()
        stages = [
            Self.runner(AccountStage(), log, now), Self.runner(AddressStage(), log, now),
            Self.runner(OrganisationStage(), log, now), Self.runner(InstallationStage(), log, now),
        ]
    }

    private static func runner<S: Stage>(
        _ stage: S, _ log: InMemoryEventLog, _ now: @escaping @Sendable () -> Timestamp
    ) -> StageRunner<S> where S.Call == Never, S.Answer == Never {
        StageRunner(
            stage, reading: stage.reads.map { InputTopic($0.topic, repeatsWithin: .seconds(60)) },
            from: log, by: .program, slot: "\(stage.name)-0", settings: RunnerSettings(),
            metrics: Metrics(), logger: Logger(service: stage.name, to: LogSinks.discard),
            now: now, perform: { _, _ async throws(CallFailure) -> Never in })
    }

    /// Runs all of it around a test.
    static func open(_ body: @Sendable (House) async throws -> Void) async throws {
        let house = try await House()
        let tasks =
            house.stages.map { stage in Task { try await stage.run() } }
            + [Task { try await house.service.run() }]
            + [
                house.access.parts.accounts, house.access.parts.installation,
                house.access.parts.organisations, house.audit,
            ].map { view in Task { try await view.run() } }
        let result: Result<Void, any Error>
        do {
            try await house.service.waitUntilReady()
            while !house.access.isReady { try await Task.sleep(for: .milliseconds(2)) }
            result = .success(try await body(house))
        } catch {
            result = .failure(error)
        }
        for stage in house.stages { await stage.drain() }
        for task in tasks { task.cancel() }
        await house.server.shutdown(within: .milliseconds(50))
        for task in tasks { _ = await task.result }
        try result.get()
    }

    var now: Timestamp { Timestamp(milliseconds: clock.now) }

    /// Who is who in another console's process, with views of its own on the same log.
    func withSecondConsole(_ body: (AccountAccess) async throws -> Void) async throws {
        let views = ViewKeeping(
            folder: folder.path + "/second", log: log, reading: .program, metrics: Metrics(),
            logger: Logger(service: "console", to: LogSinks.discard))
        let parts = access.parts
        let second = AccountAccess(
            .init(
                accounts: views.stored(AccountView.view),
                installation: views.stored(InstallationView.view),
                organisations: views.stored(OrganisationView.view), channel: parts.channel,
                watch: AccountWatch(), now: parts.now))
        let tasks = [
            second.parts.accounts, second.parts.installation, second.parts.organisations,
        ].map { view in Task { try await view.run() } }
        defer { for task in tasks { task.cancel() } }
        for view in [
            second.parts.accounts, second.parts.installation, second.parts.organisations,
        ] { try await view.waitUntilCaughtUp() }
        try await body(second)
    }
}

/// A runner of any stage.
protocol HouseStage: Sendable {
    func run() async throws
    func drain() async
}

extension StageRunner: HouseStage {}

// MARK: - Asking

extension House {
    struct Answer {
        let status: Int
        let body: [UInt8]
        /// What the answer's `Set-Cookie` lines set, by name.
        let cookies: [String: String]
        /// The lines as they are.
        let lines: [String]
        /// The names of all header lines.
        var names: Set<String> = []

        var text: String { String(decoding: body, as: UTF8.self) }

        func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try RecordCodec.decode(type, from: body)
        }

        /// Whether it is a problem of that code.
        func isProblem(_ code: String) -> Bool { text.contains(#""code":"\#(code)""#) }
    }

    /// Asks as a page of the console does, with its cookies.
    func ask(
        _ method: HTTPClientRequest.Method, _ path: String, _ body: String? = nil,
        cookies: [String: String] = [:], headers: [HTTPClientHeaders.Field]? = nil
    ) async throws -> Answer {
        var fields =
            headers ?? [
                .init(name: "Origin", value: "http://127.0.0.1:\(port)"),
                .init(name: "Sec-Fetch-Site", value: "same-origin"),
            ]
        if body != nil { fields.append(.init(name: "Content-Type", value: "application/json")) }
        if method == .post, !fields.contains(where: { $0.name == "Idempotency-Key" }) {
            fields.append(.init(name: "Idempotency-Key", value: try RandomBytes.token(bytes: 16)))
        }
        if !cookies.isEmpty {
            let line = cookies.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")
            fields.append(.init(name: "Cookie", value: line))
        }
        let answer = try await http.send(
            HTTPClientRequest(
                method, "http://127.0.0.1:\(port)/api/v1/\(path)",
                headers: HTTPClientHeaders(fields), body: body.map { Array($0.utf8) }))
        let lines = answer.headers.fields.filter {
            $0.name.lowercased() == "set-cookie"
        }.map(\.value)
        var set: [String: String] = [:]
        for line in lines {
            let pair = line.prefix { $0 != ";" }.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { set[String(pair[0])] = String(pair[1]) }
        }
        return Answer(
            status: answer.status, body: answer.body, cookies: set, lines: lines,
            names: Set(answer.headers.fields.map { $0.name.lowercased() }))
    }

    /// Asks as a program does, with a key or token.
    func ask(
        _ method: HTTPClientRequest.Method, _ path: String, _ body: String? = nil, bearer: String,
        _ more: [String: String] = [:]
    ) async throws -> Answer {
        try await ask(
            method, path, body,
            headers: [.init(name: "Authorization", value: "Bearer \(bearer)")]
                + more.map { .init(name: $0.key, value: $0.value) })
    }

    /// Offers a link to set the installation up; what it holds.
    func offerLink() async throws -> String {
        let token = try RandomBytes.token()
        let end = now + .seconds(1_800)
        try await access.parts.channel.ask(
            .offerSetUp(OneTimeToken(hash: SHA256.hex(token), expires: end)), for: asker(.system))
        return token
    }

    func asker(_ actor: AuditActor) throws -> Asker {
        Asker(
            actor, origin: AuditOrigin(),
            reference: Hex.encode(try RandomBytes.make(count: 16)))
    }

    /// Sets the installation up; the owner's cookies.
    func setUp(_ email: String = "ana@example.org") async throws -> [String: String] {
        let token = try await offerLink()
        let answer = try await ask(.post, "setup", Self.setUp(token, email))
        try #require(answer.status == 201, "\(answer.text)")
        return answer.cookies
    }

    static func setUp(_ token: String, _ email: String = "ana@example.org") -> String {
        #"{"token":"\#(token)","name":"Ana","email":"\#(email)","password":"\#(password)"}"#
    }

    static func signIn(
        _ email: String = "ana@example.org", _ password: String = House.password,
        code: String? = nil
    ) -> String {
        let code = code.map { #","code":"\#($0)""# } ?? ""
        return #"{"email":"\#(email)","password":"\#(password)"\#(code)}"#
    }

    /// The mails that were asked for.
    func mails() async throws -> [MailRequest] {
        try await payloads(in: .mailRequests).compactMap { $0 as? MailRequest }
    }

    /// The token in the last mail of a kind.
    func token(_ kind: MailRequest.Kind) async throws -> String {
        for _ in 0..<2_000 {
            if let sealed = try await mails().last(where: { $0.kind == kind })?.token?.sealed {
                return try tokens.open(sealed)
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw Missing(what: "a mail of the kind \(kind)")
    }

    struct Missing: Error { let what: String }

    /// All payloads of a topic.
    func payloads(in topic: Topic) async throws -> [any Payload] {
        try await records(in: topic).compactMap {
            guard case .payload(let payload) = try RecordEnvelope.program.decode($0).value else {
                return nil
            }
            return payload
        }
    }

    /// All records of a topic, as they stand in the log.
    func records(in topic: Topic) async throws -> [Record] {
        let reader = try await log.openReader(of: [topic.rawValue], from: .beginning)
        let records = try await reader.poll(atMost: 10_000, waiting: .milliseconds(10))
        await reader.close()
        return records.map(\.record)
    }
}
