import AccountCommands
import AccountRecords
import AccountStage
import AccountView
import AuditRecords
import AuditView
import Blobs
import Conversation
import ConversationView
import Cryptography
import DocumentView
import Endpoints
import EventLog
import HTTPClient
import HTTPServer
import OrganisationEndpoints
import OrganisationStage
import OrganisationView
import Permissions
import PipelineTesting
import Records
import SQLite
import StageRuntime
import Synchronization
import Telemetry
import TenantKeys
import Testing
import Views

/// The endpoints of organisations with the stages that decide and the views that show, on a log in
/// memory, behind a real server.
final class House: Sendable {
    let log: InMemoryEventLog
    let clock = OffsetClock()
    let folder: TemporaryFolder
    let channel: CommandChannel
    let views: [StoredView]
    let organisations: StoredView
    let rules: Rules
    let ring: KeyRingStore
    let server: HTTPServer
    let port: Int
    let http: HTTPClient

    private let stages: [@Sendable () async throws -> Void]

    init() async throws {
        let clock = clock
        log = InMemoryEventLog { clock.now }
        try await log.createTopics(
            RecordTypes.program.topics.values.map {
                TopicConfiguration(
                    name: $0.rawValue, partitions: 1, cleanup: .delete(retention: nil))
            })
        folder = try TemporaryFolder()
        ring = KeyRingStore(
            try KeyRing(
                text: "k1 " + Cryptography.Base64.encode([UInt8](repeating: 7, count: 32)),
                source: "test"))
        let now: @Sendable () -> Timestamp = { Timestamp(milliseconds: clock.now) }
        let metrics = Metrics()
        let logger = Logger(service: "console", to: LogSinks.discard)
        let channel = CommandChannel(
            CommandWriter(
                log, appender: try await log.openAppender(), envelope: .program,
                wait: .seconds(60), now: now))
        self.channel = channel
        let keeping = ViewKeeping(
            folder: folder.path + "/views", log: log, reading: .program, metrics: metrics,
            logger: logger)
        let accounts = keeping.stored(AccountView.view) { channel.hear($0) }
        organisations = keeping.stored(OrganisationView.view) { channel.hear($0) }
        let others = [AuditView.view, ConversationView.view, DocumentView.view].map {
            keeping.stored($0)
        }
        views = [accounts, organisations] + others
        rules = Rules(organisations, now)
        stages = [
            Self.runs(
                AccountStage(), [.accountsCommands, .accountsReservations, .accountsNotices], log,
                now),
            Self.runs(AddressStage(), AddressStage().reads.map { $0.topic }, log, now),
            Self.runs(
                OrganisationStage(), [.organisationsCommands, .organisationsRequests], log, now),
        ]
        let rules = rules
        let endpoints = OrganisationEndpoints(
            .init(
                view: organisations, channel: channel,
                naming: AddressNaming(try TestKeys.table(of: .installation)),
                links: LinkTokens(ring),
                passwords: try PasswordHasher(cost: .init(logN: 4, r: 8, p: 1)),
                blobs: BlobFolder(folder.path + "/blobs"),
                installation: { rules.installation }, ensureKey: { _ in }, now: now),
            sources: OrganisationSources(
                isConnected: { $0 == "sol" }, documents: { others[2] },
                conversations: { others[1] }, audit: { others[0] },
                tokens: { _ in (1_200, 50_000) })
        ).endpoints
        var router = Router(from: SourceGuard(service: "console", hosts: [])) { error, _ in
            Issue.record("a request failed: \(error)")
        }
        EndpointList(
            "Test", document: "/api/v1/openapi.json",
            problems: .init(
                anyone: [.init(403, "origin"), .init(421, "wrong_host")],
                permitted: [Rules.unknown] + Authorizer.refusals, tenant: [Authorizer.noTenant]),
            endpoints
        ).add(to: &router, Authorizer(rules))
        server = HTTPServer(configuration: .init(), router: router)
        port = try server.start()
        http = try HTTPClient()
    }

    private static func runs<S: Stage>(
        _ stage: S, _ topics: [Topic], _ log: InMemoryEventLog,
        _ now: @escaping @Sendable () -> Timestamp
    ) -> @Sendable () async throws -> Void where S.Call == Never {
        let runner = StageRunner(
            stage, reading: topics.map { InputTopic($0, repeatsWithin: .seconds(60)) },
            from: log, by: .program, slot: "\(stage.name)-0", settings: RunnerSettings(),
            metrics: Metrics(), logger: Logger(service: stage.name, to: LogSinks.discard),
            now: now, perform: asksNothing)
        return { try await runner.run() }
    }

    /// These stages have no calls.
    @Sendable private static func asksNothing<Answer>(
        _ call: Never, _ context: StageContext
    ) async throws(CallFailure) -> Answer {}

    var now: Timestamp { Timestamp(milliseconds: clock.now) }

    /// Runs everything around a test.
    static func open(_ body: @Sendable (House) async throws -> Void) async throws {
        let house = try await House()
        let tasks =
            house.stages.map { run in Task { try await run() } }
            + house.views.map { view in Task { try await view.run() } }
        let result: Result<Void, any Error>
        do {
            for view in house.views { try await view.waitUntilCaughtUp() }
            result = .success(try await body(house))
        } catch {
            result = .failure(error)
        }
        for task in tasks { task.cancel() }
        await house.server.shutdown(within: .milliseconds(50))
        // A cancelled one may say so in its own way.
        for task in tasks { _ = await task.result }
        try result.get()
    }
}

/// Who is who in tests: whoever asks says so, and may what the view of organisations says.
final class Rules: AccessRules {
    static let unknown = Problem.Kind(401, "unauthorized")

    private let view: StoredView
    private let now: @Sendable () -> Timestamp
    private let state = Mutex((people: [String: Person](), facts: InstallationFacts()))

    init(_ view: StoredView, _ now: @escaping @Sendable () -> Timestamp) {
        self.view = view
        self.now = now
    }

    var installation: InstallationFacts {
        get { state.withLock { $0.facts } }
        set { state.withLock { $0.facts = newValue } }
    }

    func note(_ person: Person) { state.withLock { $0.people[person.name] = person } }

    func principal(of request: HTTPRequest) async throws(Problem) -> Principal {
        let word = request.headers.first(named: "Authorization")?.split(separator: " ").last
        switch word {
        case "key": return .key(Principal.KeyName("key/test"))
        case "operator":
            return .person(
                .init(
                    account: "operator", name: "Olga", session: "s",
                    access: Access(
                        everywhere: AccessMatrix.permissions(
                            ofInstallationRole: .operator, [:]), isProven: true)))
        default: break
        }
        guard let word, let person = state.withLock({ $0.people[String(word)] }) else {
            throw Problem(Self.unknown, "nobody is known by that name")
        }
        do throws(SQLiteError) {
            let teams = try await view.read { rows throws(SQLiteError) in
                try OrganisationLookup(rows).memberships(of: person.account)
            }
            return .person(
                .init(
                    account: person.account, name: person.name, session: person.session,
                    access: Access(
                        tenants: Dictionary(
                            uniqueKeysWithValues: teams.map { ($0.tenant, $0.permissions) }),
                        isProven: person.isProven)))
        } catch {
            throw Problem(Self.unknown, "\(error)")
        }
    }

    func agent(opening request: HTTPRequest) async throws(Problem) -> Principal.Agent {
        throw Problem(Self.unknown, "no tickets here")
    }

    func checkReadiness() {}

    func checkTenant(_ tenant: TenantID) {}

    func place(of tenant: TenantID) async throws(Problem) -> Access.Place {
        do throws(SQLiteError) {
            let facts = try await view.read { rows throws(SQLiteError) in
                try OrganisationLookup(rows).organisation(tenant)
            }
            return facts?.place(of: tenant, at: now())
                ?? .tenant(tenant, .closed, consents: false)
        } catch {
            throw Problem(Self.unknown, "\(error)")
        }
    }
}

/// A person with an account and a session.
struct Person: Sendable {
    let name: String
    let account: AccountID
    let session: SessionID
    var isProven = true

    var address: String { "\(name)@example.org" }
}
