import AccountCommands
import AccountRecords
import AccountStage
import AccountView
import AuditEndpoints
import AuditRecords
import AuditView
import Conversation
import Cryptography
import Endpoints
import EventLog
import HTTPClient
import HTTPServer
import InstallationEndpoints
import InstallationView
import Mail
import OrganisationStage
import OrganisationView
import OutboxEndpoints
import Permissions
import PipelineTesting
import Records
import StageRuntime
import Synchronization
import Telemetry
import Testing
import UserEndpoints
import Views

/// The operator's rooms on a log in memory, with a real server: stages, views and endpoints.
final class Rooms: Sendable {
    /// Who asks, by the header line `Who`.
    struct Rules: AccessRules {
        let isReady: @Sendable () -> Bool

        func principal(of request: HTTPRequest) throws(Problem) -> Principal {
            let who = request.headers.first(named: "Who") ?? ""
            switch who {
            case "": throw Problem(401, "unauthorized", "say who you are")
            case "key": return .key(Principal.KeyName("key/test"))
            default:
                // An operator, or with `name:a,b` somebody who may just that.
                let parts = who.split(separator: "=", maxSplits: 1)
                let all = AccessMatrix.permissions(ofInstallationRole: .operator, [:])
                let some =
                    parts.count == 2
                    ? Set(parts[1].split(separator: ",").map { Permission(String($0)) }) : all
                return .person(
                    Principal.Person(
                        account: AccountID(String(parts[0])), name: "Olga", session: "s1",
                        access: Access(everywhere: some, isProven: true)))
            }
        }

        func agent(opening request: HTTPRequest) throws(Problem) -> Principal.Agent {
            throw Problem(401, "unauthorized", "there are no agents here")
        }

        func checkReadiness() throws(Problem) {
            guard isReady() else { throw Problem(503, "starting", "not yet") }
        }

        func checkTenant(_ tenant: TenantID) {}

        func place(of tenant: TenantID) -> Access.Place {
            .tenant(tenant, .open, consents: false)
        }
    }

    let log: InMemoryEventLog
    let clock = OffsetClock()
    let folder: TemporaryFolder
    let accounts: StoredView
    let installation: StoredView
    let organisations: StoredView
    let audit: StoredView
    let channel: CommandChannel
    let mails: MailFolder
    let removed = RemovedMails()
    let endpoints: EndpointList
    let server: HTTPServer
    let port: Int
    let http: HTTPClient
    let appender: any EventLogAppender
    let trial = Trial()

    /// The mail settings that were tried last.
    final class Trial: Sendable {
        let mail = Mutex<InstallationPart.Mail?>(nil)
    }

    private init() async throws {
        let clock = clock
        log = InMemoryEventLog { clock.now }
        try await log.createTopics(
            RecordTypes.program.topics.values.map {
                TopicConfiguration(
                    name: $0.rawValue, partitions: 2, cleanup: .delete(retention: nil))
            })
        folder = try TemporaryFolder()
        appender = try await log.openAppender()
        let now: @Sendable () -> Timestamp = { Timestamp(milliseconds: clock.now) }
        let channel = CommandChannel(
            CommandWriter(
                log, appender: appender, envelope: .program, wait: .seconds(30), now: now))
        self.channel = channel
        let keeping = ViewKeeping(
            folder: folder.path + "/views", log: log, reading: .program, metrics: Metrics(),
            logger: Logger(service: "test", to: LogSinks.discard))
        let hear: @Sendable ([any ViewChange]) -> Void = { channel.hear($0) }
        accounts = keeping.stored(AccountView.view, hear: hear)
        installation = keeping.stored(InstallationView.view, hear: hear)
        organisations = keeping.stored(OrganisationView.view, hear: hear)
        audit = keeping.stored(AuditView.view)
        mails = MailFolder(folder.path + "/mails")
        let removed = removed
        let writer = AuditWriter(appender: appender, envelope: .program, now: now)
        let trial = trial
        endpoints = Self.endpoints(
            .init(
                accounts: accounts, installation: installation, organisations: organisations,
                audit: audit, channel: channel, writer: writer, mails: mails,
                removed: removed, now: now),
            tryMail: { mail, _ in
                trial.mail.withLock { $0 = mail }
                return MailTrial(outcome: "kept", detail: "kept")
            })
        let views = [accounts, installation, organisations, audit]
        var router = Router(from: SourceGuard(service: "test")) { _, _ in }
        endpoints.add(
            to: &router, Authorizer(Rules { views.allSatisfy(\.isCaughtUp) }))
        server = HTTPServer(configuration: .init(), router: router)
        port = try server.start()
        http = try HTTPClient()
    }

    private struct Parts {
        let accounts: StoredView
        let installation: StoredView
        let organisations: StoredView
        let audit: StoredView
        let channel: CommandChannel
        let writer: AuditWriter
        let mails: MailFolder
        let removed: RemovedMails
        let now: @Sendable () -> Timestamp
    }

    private static func endpoints(
        _ parts: Parts,
        tryMail: @escaping @Sendable (InstallationPart.Mail, EmailAddress) async -> MailTrial
    ) -> EndpointList {
        let claim: @Sendable (EmailAddress) throws(Problem) -> AddressClaim = { address in
            AddressClaim(key: AddressKey(SHA256.hex(address.text)), text: address.text)
        }
        let writer = parts.writer
        return EndpointList(
            "Test", document: "/api/v1/openapi.json",
            problems: .init(
                permitted: [.init(401, "unauthorized"), .init(503, "starting")]
                    + Authorizer.refusals),
            UserEndpoints(
                .init(
                    accounts: parts.accounts, installation: parts.installation,
                    organisations: parts.organisations, audit: parts.audit,
                    channel: parts.channel, claim: claim,
                    token: { account, end in
                        OneTimeToken(hash: SHA256.hex("token of \(account)"), expires: end)
                    },
                    noteExport: { asker, form throws(Problem) in
                        try await writer.write(
                            "account.export", on: AuditTarget("users", "installation"),
                            in: .installation, for: asker,
                            changes: [AuditChange("form", nil, form)])
                    }, now: parts.now)
            ).endpoints
                + InstallationEndpoints(
                    .init(
                        view: parts.installation, accounts: parts.accounts, channel: parts.channel,
                        addressKey: { address throws(Problem) in try claim(address).key },
                        seal: { Sealed(keyID: "k1", box: "sealed \($0.count)") },
                        tryMail: tryMail,
                        connection: { request throws(Problem) in
                            SeenConnection(
                                peer: request.remoteAddress, forwarded: [],
                                address: request.remoteAddress)
                        }, now: parts.now)
                ).endpoints
                + OutboxEndpoints(
                    .init(
                        folder: parts.mails, isSending: { false }, now: parts.now,
                        remove: { asker, event throws(Problem) in
                            try await writer.write(
                                "mail.delete", on: AuditTarget("mail", event.about),
                                in: event.tenant, for: asker, doing: event)
                        }, removed: parts.removed)
                ).endpoints)
    }

    /// Runs stages and views around a test.
    static func open(_ body: @Sendable (Rooms) async throws -> Void) async throws {
        let rooms = try await Rooms()
        let stages = rooms.stages()
        let tasks = stages.map { stage in Task { try? await stage.run() } }
        let views = [rooms.accounts, rooms.installation, rooms.organisations, rooms.audit].map {
            view in Task { try? await view.run() }
        }
        let result: Result<Void, any Error>
        do {
            for view in [rooms.accounts, rooms.installation, rooms.organisations, rooms.audit] {
                try await view.waitUntilCaughtUp()
            }
            result = .success(try await body(rooms))
        } catch {
            result = .failure(error)
        }
        for stage in stages { await stage.drain() }
        for task in tasks + views { task.cancel() }
        await rooms.server.shutdown(within: .milliseconds(50))
        for task in tasks + views { _ = await task.value }
        try result.get()
    }

    private struct Runner: Sendable {
        let run: @Sendable () async throws -> Void
        let drain: @Sendable () async -> Void
    }

    private func stages() -> [Runner] {
        [
            runner(AccountStage(), [.accountsCommands, .accountsReservations, .accountsNotices]),
            runner(AddressStage(), AddressStage().reads.map { $0.topic }),
            runner(
                OrganisationStage(), [.organisationsCommands, .organisationsRequests]),
            runner(
                InstallationStage(), [.installationCommands, .installationRequests]),
        ]
    }

    private func runner<S: Stage>(_ stage: S, _ topics: [Topic]) -> Runner
    where S.Call == Never, S.Answer == Never {
        let clock = clock
        let runner = StageRunner(
            stage, reading: topics.map { InputTopic($0, repeatsWithin: .seconds(60)) }, from: log,
            by: .program, slot: "\(stage.name)-0", settings: RunnerSettings(), metrics: Metrics(),
            logger: Logger(service: stage.name, to: LogSinks.discard),
            now: { Timestamp(milliseconds: clock.now) }, perform: Self.asksNothing)
        return Runner(run: { try await runner.run() }, drain: { await runner.drain() })
    }

    /// These stages have no calls.
    @Sendable private static func asksNothing(
        _ call: Never, _ context: StageContext
    ) async throws(CallFailure) -> Never {}
}

// MARK: - Asking

extension Rooms {
    struct Answer {
        let status: Int
        let body: [UInt8]
        let version: String?

        var text: String { String(decoding: body, as: UTF8.self) }
        /// What it says; nothing where it is no JSON.
        var json: JSON { (try? JSON(body)) ?? .null }
    }

    /// Asks, as whoever has the installation's key unless said.
    func ask(
        _ method: HTTPClientRequest.Method, _ target: String, _ body: String? = nil,
        as who: String = "key", version: String? = nil
    ) async throws -> Answer {
        var fields = [HTTPClientHeaders.Field(name: "Who", value: who)]
        if body != nil { fields.append(.init(name: "Content-Type", value: "application/json")) }
        if let version { fields.append(.init(name: "If-Match", value: version)) }
        let answer = try await http.send(
            HTTPClientRequest(
                method, "http://127.0.0.1:\(port)/api/v1\(target)",
                headers: HTTPClientHeaders(who.isEmpty ? Array(fields.dropFirst()) : fields),
                body: body.map { Array($0.utf8) }))
        return Answer(
            status: answer.status, body: answer.body,
            version: answer.headers["ETag"])
    }

    /// Makes an account, and gives its id.
    func make(_ name: String, _ address: String) async throws -> String {
        let answer = try await ask(
            .post, "/users", #"{"name": "\#(name)", "address": "\#(address)"}"#)
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer.json["id"].string)
    }

    /// Makes an account that can sign in.
    func makeActive(_ name: String, _ address: String) async throws -> String {
        let id = try await make(name, address)
        let asker = Asker(
            AuditActor(.link, "link"), origin: AuditOrigin(), reference: "reset of \(id)")
        try await channel.ask(
            AccountID(id), .reset(tokenHash: SHA256.hex("token of \(id)"), passwordHash: "hash"),
            for: asker)
        return id
    }

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
