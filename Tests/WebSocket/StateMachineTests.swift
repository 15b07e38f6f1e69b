import Testing
import WebSocket
import WireCases

@Suite("The WebSocket state machine")
struct StateMachineTests {
    private func run(_ pieces: [[UInt8]]) -> [WebSocketStateMachine.Action] {
        var machine = WebSocketStateMachine(role: .server)
        return pieces.flatMap { machine.receive($0) }
    }

    @Test("follows RFC 6455, whole and byte by byte", arguments: WireCase.all)
    func wire(_ wire: WireCase) {
        let actions = run([wire.wire])
        if wire.wire.count < 10_000 { #expect(run(wire.wire.map { [$0] }) == actions) }
        let delivered = actions.compactMap { action -> WebSocketMessage? in
            if case .deliver(let message) = action { message } else { nil }
        }
        let codes = actions.compactMap { action -> UInt16? in
            if case .disconnect(let close) = action { close.code } else { nil }
        }
        let pongs = actions.compactMap { action -> [UInt8]? in
            guard case .send(let frame) = action, frame[0] == 0x8A else { return nil }
            return Array(frame[2...])
        }
        #expect(delivered == wire.delivered)
        #expect(pongs == wire.pongs)
        #expect(codes == (wire.code.map { [$0] } ?? []))
    }

    @Test("answers a ping with its payload, unmasked")
    func ping() {
        #expect(run([clientFrame(0x89, [1, 2])]) == [.send([0x8A, 2, 1, 2])])
    }

    @Test("two ends close with one Close each")
    func closeHandshake() throws {
        var server = WebSocketStateMachine(role: .server)
        var client = WebSocketStateMachine(role: .client)
        let closing = client.close(WebSocketClose(code: 1_000, reason: "bye"))
        let first = try #require(closing)
        let answers = server.receive(first)
        #expect(answers.last == .disconnect(WebSocketClose(code: 1_000, reason: "bye")))
        guard case .send(let reply) = answers.first else {
            Issue.record("no Close in answer")
            return
        }
        #expect(client.receive(reply).count == 1)
        #expect(client.frame(.text("late")) == nil)
    }

    @Test("makes the accept value of RFC 6455, 1.3")
    func acceptValue() {
        #expect(
            Handshake.accept(forKey: "dGhlIHNhbXBsZSBub25jZQ==")
                == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }
}
