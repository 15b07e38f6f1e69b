import Console
import Conversation
import Endpoints
import HTTPClient
import JSON
import Live
import Testing
import Views
import WebSocket

/// Live updates over a real socket.
@Suite("Live updates", .timeLimit(.minutes(5)))
struct LiveTests {
    private static let rooms = [
        LiveRoom("audit", tenant: .init("audit:read"), installation: .init("audit:readAll")),
        LiveRoom("handoffs", tenant: .init("handoffs:read", isForAgents: true)),
        LiveRoom(ofEverybody: "notifications"),
    ]

    private func open(
        _ limits: LiveLimits = LiveLimits(),
        _ body: @Sendable (Office, LiveHub) async throws -> Void
    ) async throws {
        let hub = LiveHub(Self.rooms, run: "test", limits: limits) {
            Timestamp(seconds: 1_800_000_000)
        }
        var options = ConsoleOptions()
        options.live = hub
        try await Office.open(options) { office in
            try await office.addTenant()
            try await body(office, hub)
        }
    }

    /// A page's end of a live socket.
    private struct Page {
        let client: WebSocketClient

        init(_ office: Office, headers: [(String, String)] = []) async throws {
            client = try await WebSocketClient.connect(
                host: "127.0.0.1", port: office.port, target: "/api/v1/live", headers: headers)
        }

        func say(_ message: JSONValue) async throws {
            let bytes = try RecordCodec.encode(message)
            try await client.send(.text(String(decoding: bytes, as: UTF8.self)))
        }

        func hear() async throws -> JSONValue {
            guard case .text(let text)? = await client.next() else {
                throw Socket.Closed(close: client.close)
            }
            return try RecordCodec.decode(JSONValue.self, from: Array(text.utf8))
        }

        /// The ids of the changes in the next frame.
        func changes() async throws -> [String] {
            let message = try await hear()
            #expect(message["type"] == "changes", "\(message)")
            guard case .array(let events)? = message["events"] else { return [] }
            return events.compactMap { $0["id"]?.string }
        }

        /// The code with which the console closes, after all that it still says.
        func closing() async -> UInt16? {
            while await client.next() != nil {}
            return client.close?.code
        }
    }

    private func token(_ office: Office, key: String = Office.key) async throws -> JSONValue {
        let answer = try await office.ask(.post, "/api/v1/live/tokens", key: key)
        try #require(answer.status == 201, "\(answer.text)")
        return try answer.value(JSONValue.self)["token"] ?? .null
    }

    private func hello(
        _ token: JSONValue, _ rooms: JSONValue, cursor: JSONValue? = nil
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "type": "hello", "token": token, "protocol": 1, "rooms": rooms,
        ]
        members["cursor"] = cursor
        return .object(members)
    }

    @Test("a hello with a token is welcomed, and hears what changes in its rooms and no others")
    func rooms() async throws {
        try await open { office, hub in
            let page = try await Page(office)
            try await page.say(
                hello(
                    try await token(office),
                    [["room": "audit", "tenant": "sol"], ["room": "nothing"]]))
            let welcome = try await page.hear()
            #expect(welcome["type"] == "welcome")
            #expect(welcome["features"] == ["ping", "rooms"])
            #expect(welcome["refused"] == [["room": "nothing", "code": "no_room"]])
            hub.hear([
                RowChanged("audit", .tenant("luna"), id: "other"),
                RowChanged("handoffs", .tenant("sol"), id: "other"),
                RowChanged("audit", .tenant("sol"), id: "mine", json: #"{"by":"ana"}"#),
            ])
            let heard = try await page.hear()
            #expect(
                heard["events"] == [
                    [
                        "room": "audit", "tenant": "sol", "id": "mine", "kind": "changed",
                        "data": ["by": "ana"],
                    ]
                ])
            try await page.say(["type": "subscribe", "cmdId": "1", "room": "audit"])
            #expect(try await page.hear()["type"] == "accepted")
            hub.hear([RowChanged("audit", .tenant("luna"), id: "now")])
            #expect(try await page.changes() == ["now"])
            try await page.say(["type": "unsubscribe", "cmdId": "2", "room": "audit"])
            #expect(try await page.hear()["cmdId"] == "2")
            hub.hear([
                RowChanged("audit", .tenant("luna"), id: "not"),
                RowChanged("audit", .tenant("sol"), id: "still"),
            ])
            #expect(try await page.changes() == ["still"])
            try await page.say(["type": "ping"])
            #expect(try await page.hear()["type"] == "pong")
            try await page.say(["type": "dance", "cmdId": "3"])
            #expect(try await page.hear()["code"] == "bad_request")
        }
    }

    @Test("whoever comes back with a cursor misses nothing; with one that is of no use they reset")
    func cursor() async throws {
        try await open { office, hub in
            let rooms: JSONValue = [["room": "audit"]]
            let page = try await Page(office)
            try await page.say(hello(try await token(office), rooms))
            let cursor = try await page.hear()["cursor"]
            page.client.close()
            hub.hear([
                RowChanged("audit", .tenant("sol"), id: "a"),
                RowChanged("audit", .installation, id: "b"),
            ])
            let again = try await Page(office)
            try await again.say(hello(try await token(office), rooms, cursor: cursor))
            #expect(try await again.hear()["type"] == "welcome")
            #expect(try await again.changes() == ["a", "b"])
            let late = try await Page(office)
            try await late.say(hello(try await token(office), rooms, cursor: "before.7"))
            #expect(try await late.hear()["type"] == "welcome")
            #expect(try await late.hear()["type"] == "reset")
        }
    }

    @Test("a token opens one socket, a key opens one by itself, and nobody opens none")
    func tokens() async throws {
        try await open { office, _ in
            let used = try await token(office)
            let first = try await Page(office)
            try await first.say(hello(used, []))
            #expect(try await first.hear()["type"] == "welcome")
            let second = try await Page(office)
            try await second.say(hello(used, []))
            #expect(await second.closing() == 4_003)
            let nobody = try await Page(office)
            try await nobody.say(["type": "hello", "protocol": 1])
            #expect(await nobody.closing() == 4_003)
            let program = try await Page(
                office, headers: [("Authorization", "Bearer \(Office.key)")])
            try await program.say(["type": "hello", "protocol": 1])
            #expect(try await program.hear()["type"] == "welcome")
            let other = try await Page(
                office, headers: [("Authorization", "Bearer \(Office.key)")])
            try await other.say(["type": "hello", "protocol": 2])
            #expect(await other.closing() == 1_008)
            #expect(try await office.ask(.post, "/api/v1/live/tokens", key: nil).status == 401)
            await #expect(throws: WebSocketError.self) {
                _ = try await Page(office, headers: [("Origin", "https://evil.example")])
            }
        }
    }

    @Test("an agent hears of their own tenant alone, and no more once the tenant ends")
    func agents() async throws {
        try await open { office, hub in
            try await office.addTenant("luna", number: "102")
            let ticket = try await office.ticket("ana", "Ana", tenant: "sol").ticket
            let page = try await Page(office)
            try await page.say(
                hello(
                    try await token(office, key: ticket),
                    [
                        ["room": "handoffs", "tenant": "sol"],
                        ["room": "handoffs", "tenant": "luna"], ["room": "handoffs"],
                        ["room": "audit", "tenant": "sol"], ["room": "notifications"],
                    ]))
            guard case .array(let refused)? = try await page.hear()["refused"] else {
                Issue.record("nothing was refused")
                return
            }
            #expect(
                refused.map { $0["code"]?.string } == [
                    "no_tenant", "no_room", "forbidden", "no_room",
                ])
            hub.hear([
                RowChanged("handoffs", .tenant("luna"), id: "other"),
                RowChanged("handoffs", .tenant("sol"), id: "mine"),
            ])
            #expect(try await page.changes() == ["mine"])
            hub.end(.tenant("sol"))
            #expect(await page.closing() == 4_001)
            try await office.eventually("its socket is gone") { hub.socketCount == 0 }
        }
    }

    @Test("who says nothing, or too much, is let go")
    func manners() async throws {
        var limits = LiveLimits()
        limits.helloWait = .milliseconds(50)
        limits.messages = 3
        try await open(limits) { office, _ in
            let silent = try await Page(office)
            #expect(await silent.closing() == 4_003)
            let loud = try await Page(
                office, headers: [("Authorization", "Bearer \(Office.key)")])
            try await loud.say(["type": "hello", "protocol": 1])
            for _ in 0..<4 { try await loud.say(["type": "ping"]) }
            #expect(await loud.closing() == 1_008)
        }
    }
}
