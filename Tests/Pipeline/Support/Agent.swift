import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing
import WebSocket

/// An agent at a terminal or browser: one WebSocket of the console.
actor Agent {
    private let socket: WebSocketClient
    private var heard: [JSON] = []
    private var reader: Task<Void, Never>?
    /// An agent who comes back must not ask under references that were used before.
    private let visit = UUID().uuidString.prefix(8)
    private var references = 0
    private let id: String

    /// Asks for a ticket and connects.
    static func connect(
        _ id: String, name: String, of tenant: String, in installation: RunningInstallation
    ) async throws -> Agent {
        let answer = try await installation.console.call(
            .post, "/api/v1/tenants/\(tenant)/tickets",
            try jsonBytes(["agent": id, "name": name]))
        let protocols = answer["protocols"].elements.compactMap(\.string)
        let socket = try await WebSocketClient.connect(
            host: "127.0.0.1", port: installation.base + 1, target: "/api/v1/agent",
            protocols: protocols)
        let agent = Agent(id, socket)
        await agent.listen()
        try await agent.greet()
        _ = try await agent.hear("welcome") { $0["type"].string == "welcome" }
        return agent
    }

    /// Comes in as whoever is signed in, by the ticket that a page takes.
    static func connect(
        as person: Person, of tenant: String, in installation: RunningInstallation
    ) async throws -> Agent {
        let ticket = try await person.api.call(
            .post, "/api/v1/tenants/\(tenant)/desk/tickets")
        let socket = try await WebSocketClient.connect(
            host: "127.0.0.1", port: installation.base + 1, target: "/api/v1/agent",
            protocols: ticket["protocols"].elements.compactMap(\.string))
        let agent = Agent(person.account, socket)
        await agent.listen()
        try await agent.greet()
        _ = try await agent.hear("welcome") { $0["type"].string == "welcome" }
        return agent
    }

    private func greet() async throws {
        try await socket.send(.text(#"{"type":"hello","protocol":2}"#))
    }

    /// Waits until the console has closed the socket.
    func closed() async throws {
        let reader = reader
        try await eventually("the socket of \(id) is closed") { isClosed }
        await reader?.value
    }

    private var isClosed = false

    private init(_ id: String, _ socket: WebSocketClient) {
        self.id = id
        self.socket = socket
    }

    private func listen() {
        reader = Task {
            while let message = await socket.next() {
                // What is no JSON is no message of the console: the test misses it and fails.
                if case .text(let text) = message, let json = try? JSON(Array(text.utf8)) {
                    // Changes come together, each as if it had come alone.
                    heard += json["type"].string == "events" ? json["events"].elements : [json]
                }
            }
            isClosed = true
        }
    }

    /// Waits for a message, among those that came and those to come.
    func hear(_ what: String, _ matches: @Sendable (JSON) -> Bool) async throws -> JSON {
        try await eventually("\(id) hears \(what); heard \(heard.map { $0["type"] })") {
            heard.first(where: matches)
        }
    }

    /// The messages of a kind that came.
    func all(_ matches: @Sendable (JSON) -> Bool) -> [JSON] { heard.filter(matches) }

    /// How often such a message came.
    func count(_ matches: @Sendable (JSON) -> Bool) -> Int { heard.count(where: matches) }

    /// Asks for something and waits for the answer to it.
    func ask(
        _ type: String, _ conversation: String, text: String? = nil,
        _ more: [String: String] = [:]
    ) async throws -> JSON {
        references += 1
        let reference = "\(id)-\(visit)-\(references)"
        var body = ["type": type, "cmdId": reference, "conversation": conversation]
        body["text"] = text
        body.merge(more) { $1 }
        try await socket.send(.text(String(decoding: try jsonBytes(body), as: UTF8.self)))
        return try await hear("the answer to \(type)") { $0["cmdId"].string == reference }
    }

    func leave() {
        socket.close()
        reader?.cancel()
    }
}
