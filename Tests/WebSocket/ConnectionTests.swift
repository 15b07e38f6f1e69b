import HTTPServer
import Testing
import WebSocket

@Suite("WebSocket connections over the server", .timeLimit(.minutes(5)))
struct ConnectionTests {
    private func serve(
        _ policy: Handshake.Policy = Handshake.Policy(protocols: ["chat"]),
        session: @escaping WebSocketConnection.Session
    ) throws -> (HTTPServer, Int) {
        var router = Router()
        router.on(.get, "/socket") { request, _ in
            WebSocketConnection.upgrade(request, policy: policy, session: session)
        }
        let server = HTTPServer(configuration: .init(), router: router)
        return (server, try server.start())
    }

    @Test("echoes messages of all sizes and closes with the client's code")
    func echo() async throws {
        let (server, port) = try serve { connection in
            for await message in connection.messages { try? await connection.send(message) }
        }
        let client = try await WebSocketClient.connect(
            host: "127.0.0.1", port: port, target: "/socket", protocols: ["x", "chat"])
        #expect(client.subprotocol == "chat")
        for count in [0, 1, 125, 126, 65_535, 65_536, 1_000_000] {
            let message = WebSocketMessage.binary([UInt8](repeating: 7, count: count))
            try await client.send(message)
            #expect(await client.next() == message)
        }
        try await client.send(.text("grüße"))
        #expect(await client.next() == .text("grüße"))
        client.close(code: 3_001)
        #expect(await client.next() == nil)
        #expect(client.close?.code == 3_001)
        await server.shutdown(within: .milliseconds(100))
    }

    @Test("pushes back on a peer that sends faster than the session reads, losing nothing")
    func backPressure() async throws {
        let (server, port) = try serve { connection in
            for index in 0..<500 { try? await connection.send(.text("\(index)")) }
            var count = 0
            for await _ in connection.messages {
                count += 1
                if count == 500 { break }
            }
            connection.close(code: 4_000, reason: "\(count)")
        }
        let client = try await WebSocketClient.connect(
            host: "127.0.0.1", port: port, target: "/socket")
        for _ in 0..<500 { try await client.send(.text("x")) }
        var received: [WebSocketMessage] = []
        for await message in client.messages { received.append(message) }
        #expect(received == (0..<500).map { .text("\($0)") })
        #expect(client.close == WebSocketClose(code: 4_000, reason: "500"))
        await server.shutdown(within: .milliseconds(100))
    }

    @Test("says going away when the server shuts down")
    func shutdown() async throws {
        let (server, port) = try serve { connection in
            for await _ in connection.messages {}
        }
        let client = try await WebSocketClient.connect(
            host: "127.0.0.1", port: port, target: "/socket")
        await server.shutdown(within: .seconds(5))
        #expect(await client.next() == nil)
        #expect(client.close?.code == 1_001)
    }

    @Test("refuses a foreign origin")
    func origin() async throws {
        let (server, port) = try serve { _ in }
        await #expect(throws: WebSocketError.self) {
            _ = try await WebSocketClient.connect(
                host: "127.0.0.1", port: port, target: "/socket",
                headers: [("Origin", "https://evil.example")])
        }
        await server.shutdown(within: .milliseconds(100))
    }
}
