import Conversation
import Cryptography
import EventLog
import HTTPClient
import HTTPServer
import Ingester
import PipelineTesting
import Records
import Synchronization
import Telemetry
import TenantDirectory
import TenantKeys
import Testing

/// A tenant of the tests, with its secrets in the clear.
struct TestTenant {
    var name: String
    var number: String
    var account: String
    var secret: String
    var verifyToken: String
}

/// A real webhook server on a free port, over a log in memory or an appender of the test.
final class WebhookServer: Sendable {
    static let tenants = [
        TestTenant(
            name: "sol", number: "N1", account: "A1", secret: "wa-test-secret-1",
            verifyToken: "token-sol"),
        TestTenant(
            name: "luna", number: "N2", account: "A2", secret: "wa-test-secret-1",
            verifyToken: "token-luna"),
        TestTenant(
            name: "mar", number: "N3", account: "A3", secret: "another-secret",
            verifyToken: "token-mar"),
    ]
    static let topics = [
        Topic.messagesInbound, .messagesHistory, .messagesStatus, .messagesUnplaced,
        .accountsUpdates, .handoffCommands,
    ]

    let log: InMemoryEventLog
    let metrics = Metrics()
    let client: HTTPClient
    let port: Int
    private let server: HTTPServer

    init(
        appender given: (any EventLogAppender)? = nil, keys givenKeys: KeyTable? = nil,
        logger: Logger = Logger(service: "test", to: LogSinks.discard)
    ) async throws {
        log = InMemoryEventLog { 0 }
        try await log.createTopics(
            (Self.topics + [.identitySightings]).map {
                TopicConfiguration(
                    name: $0.rawValue, partitions: 4, cleanup: .delete(retention: nil))
            })
        let opened = try await log.openAppender()
        let appender = given ?? opened
        let keys = try givenKeys ?? TestKeys.table(of: "sol", "luna", "mar", .installation)
        let route = WebhookRoute(
            tenants: try Self.directory(), keys: keys, appender: appender, envelope: .conversation,
            metrics: metrics,
            logger: logger,
            now: { Timestamp(seconds: 1_795_000_000) })
        var router = Router()
        route.add(to: &router)
        server = HTTPServer(configuration: HTTPServer.Configuration(loops: 2), router: router)
        port = try server.start()
        client = try HTTPClient()
    }

    func stop() async {
        await server.shutdown(within: .milliseconds(50))
    }

    private static func directory() throws -> TenantDirectory {
        let key = Cryptography.Base64.encode([UInt8](repeating: 7, count: 32))
        let ring = try KeyRing(text: "k1 \(key)", source: "test")
        let directory = TenantDirectory(keyRing: ring)
        for tenant in tenants {
            let id = TenantID(tenant.name)
            let secrets = TenantSecrets(keyRing: ring, tenant: id)
            directory.put(
                TenantSettings(
                    tenant: id, name: tenant.name, account: tenant.account,
                    numbers: [.init(id: BusinessNumberID(tenant.number))],
                    appSecret: try secrets.seal(tenant.secret, .appSecret),
                    verifyToken: try secrets.seal(tenant.verifyToken, .verifyToken),
                    accessToken: try secrets.seal("access", .accessToken),
                    graphURL: "http://127.0.0.1:1", graphVersion: "v26.0",
                    updatedAt: Timestamp(seconds: 0)))
        }
        return directory
    }

    static func signature(_ body: [UInt8], _ secret: String) throws -> String {
        "sha256=" + Hex.encode(try HMAC.sha256(key: Array(secret.utf8), body))
    }

    func get(_ target: String) async throws -> HTTPClientResponse {
        try await client.send(HTTPClientRequest(.get, "http://127.0.0.1:\(port)\(target)"))
    }

    /// Posts a body under a signature header, or none.
    func post(
        _ body: [UInt8], signature: String?, path: String = "/webhook"
    ) async throws -> HTTPClientResponse {
        var headers: HTTPClientHeaders = ["Content-Type": "application/json"]
        if let signature {
            headers.fields.append(.init(name: "X-Hub-Signature-256", value: signature))
        }
        return try await client.send(
            HTTPClientRequest(
                .post, "http://127.0.0.1:\(port)\(path)", headers: headers, body: body))
    }

    /// Posts a body that an app signed.
    func deliver(
        _ body: [UInt8], secret: String = "wa-test-secret-1", path: String = "/webhook"
    ) async throws -> HTTPClientResponse {
        try await post(body, signature: try Self.signature(body, secret), path: path)
    }

    /// How many records a topic holds.
    func count(_ topic: Topic) async throws -> Int64 {
        let described = try await log.describeTopics()
        let found = try #require(described.first { $0.name == topic.rawValue })
        return found.partitions.reduce(0) { $0 + $1.high }
    }

    func total() async throws -> Int64 {
        var sum: Int64 = 0
        for topic in Self.topics { sum += try await count(topic) }
        return sum
    }

    /// The line of a metric, without its name.
    func metric(_ line: String) -> String? {
        metrics.render().split(separator: "\n").first { $0.hasPrefix(line + " ") }
            .map { String($0.dropFirst(line.count + 1)) }
    }
}

/// An appender that a test completes, or that refuses.
final class HeldAppender: EventLogAppender {
    private struct State {
        var held: [@Sendable (Result<Void, EventLogError>) -> Void] = []
        var backlog: Int
        var arrival: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>
    private let failure: EventLogError?

    init(backlog: Int = 0, failure: EventLogError? = nil) {
        state = Mutex(State(backlog: backlog))
        self.failure = failure
    }

    func append(
        _ records: [Record],
        completion: @escaping @Sendable (Result<Void, EventLogError>) -> Void
    ) {
        if let failure { return completion(.failure(failure)) }
        let arrival = state.withLock { state in
            state.held.append(completion)
            defer { state.arrival = nil }
            return state.arrival
        }
        arrival?.resume()
    }

    var backlog: Int { state.withLock(\.backlog) }

    /// Waits until an append came.
    func arrived() async {
        await withCheckedContinuation { continuation in
            let came = state.withLock { state in
                if state.held.isEmpty { state.arrival = continuation }
                return !state.held.isEmpty
            }
            if came { continuation.resume() }
        }
    }

    /// Completes the appends that came.
    func complete(_ result: Result<Void, EventLogError> = .success(())) {
        let held = state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        for completion in held { completion(result) }
    }

    func close() async {}
}
