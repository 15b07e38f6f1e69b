import Cryptography
import FoundationEssentials
import HTTPClient
import HTTPServer
import JSON
import Synchronization
import Testing

@testable import Simulator

/// A running simulator with one business, a webhook receiver, and a client.
final class Lab: Sendable {
    struct Received: Sendable {
        var body: [UInt8]
        var isSigned: Bool
    }

    let port: Int
    let http: HTTPClient
    let name = "sol"
    let token = "EAAtoken"
    let number = "106540352242922"
    private let received = Mutex<[Received]>([])
    /// What the receiver answers to its next webhooks; 200 with none left.
    private let answers = Mutex<[Int]>([])

    private init(port: Int, http: HTTPClient) {
        self.port = port
        self.http = http
    }

    /// Runs a body against a fresh simulator.
    static func run(
        _ change: (inout SimulatorConfiguration) -> Void = { _ in },
        answering: [Int] = [], _ body: (Lab) async throws -> Void
    ) async throws {
        var configuration = SimulatorConfiguration()
        configuration.seed = 1
        configuration.retryTimeScale = 0.001
        change(&configuration)
        let simulator = try Simulator(configuration)
        let lab = Lab(port: try simulator.start(), http: try HTTPClient())
        lab.answers.withLock { $0 = answering }
        let receiver = HTTPServer(configuration: .init()) { lab.receive($0, $1) }
        let hook = try receiver.start()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await simulator.run() }
            group.addTask { try await receiver.run() }
            let business = try await lab.control(
                "businesses",
                """
                {"name":"sol","number_id":"\(lab.number)","access_token":"\(lab.token)",
                "app_secret":"secret","verify_token":"v t","account_id":"4711",
                "webhook_url":"http://127.0.0.1:\(hook)/webhook"}
                """)
            #expect(business.bool("verified") == true)
            try await body(lab)
            group.cancelAll()
        }
    }

    private func receive(_ request: HTTPRequest, _ writer: ResponseWriter) {
        if request.method == .get {
            #expect(request.queryValue("hub.verify_token") == "v t")
            writer.respond(.text(request.queryValue("hub.challenge") ?? ""))
            return
        }
        let header = request.headers.first(named: "X-Hub-Signature-256") ?? ""
        // A failure of the library counts as unsigned.
        let code = try? HMAC.sha256(key: Array("secret".utf8), request.body)
        let isSigned = code.map { "sha256=" + Hex.encode($0) } == header
        received.withLock { $0.append(Received(body: request.body, isSigned: isSigned)) }
        let status = answers.withLock { $0.isEmpty ? 200 : $0.removeFirst() }
        writer.respond(.text("", status: status))
    }

    /// The webhooks so far.
    var webhooks: [Received] { received.withLock { $0 } }

    /// All `messages` or `statuses` of the webhooks so far, in order.
    func updates(_ kind: String) throws -> [JSON] {
        try webhooks.flatMap { webhook -> [JSON] in
            let body = try JSON(webhook.body)
            return body.list("entry").flatMap { $0.list("changes") }.compactMap { $0["value"] }
                .flatMap { $0.list(kind) }
        }
    }

    /// Waits until something is so.
    func until(_ what: String, _ isSo: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while try await !isSo() {
            guard ContinuousClock.now < deadline else {
                Issue.record("it never happened: \(what)")
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @discardableResult
    func control(_ path: String, _ body: String? = nil) async throws -> JSON {
        let url = "http://127.0.0.1:\(port)/api/v1/\(path)"
        let request = HTTPClientRequest(
            body == nil ? .get : .post, url, headers: ["Content-Type": "application/json"],
            body: body.map { Array($0.utf8) })
        return try JSON(try await http.send(request).body)
    }

    func graph(
        _ path: String, _ body: String?, token: String? = nil
    ) async throws -> (status: Int, body: JSON) {
        let request = HTTPClientRequest(
            body == nil ? .get : .post, "http://127.0.0.1:\(port)/v26.0/\(path)",
            headers: ["Authorization": "Bearer \(token ?? self.token)"],
            body: body.map { Array($0.utf8) })
        let response = try await http.send(request)
        return (response.status, try JSON(response.body))
    }

    func text(
        _ text: String, to: String = "+34600111222", data: String = "p1.c.o.1"
    ) async throws -> (status: Int, body: JSON) {
        try await graph(
            "\(number)/messages",
            """
            {"messaging_product":"whatsapp","to":"\(to)","type":"text","text":{"body":"\(text)"},
            "biz_opaque_callback_data":"\(data)"}
            """)
    }

    @discardableResult
    func customer(_ text: String, from: String = "+34600111222") async throws -> JSON {
        try await control(
            "messages", "{\"business\":\"sol\",\"from\":\"\(from)\",\"text\":\"\(text)\"}")
    }
}

/// JSON to look into.
struct JSON: Sendable {
    var value: JSONValue

    init(_ bytes: [UInt8]) throws {
        value = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    }
    init(value: JSONValue) { self.value = value }

    subscript(_ key: String) -> JSON? {
        guard case .object(let object) = value else { return nil }
        return object[key].map(JSON.init(value:))
    }
    func list(_ key: String) -> [JSON] {
        guard case .array(let list)? = self[key]?.value else { return [] }
        return list.map(JSON.init(value:))
    }
    func string(_ key: String) -> String? { self[key]?.value.string }
    func int(_ key: String) -> Int? { self[key]?.value.integer }
    func bool(_ key: String) -> Bool? {
        guard case .bool(let flag)? = self[key]?.value else { return nil }
        return flag
    }
    /// The code of a Graph error.
    var code: Int? { self["error"]?.int("code") }
}
