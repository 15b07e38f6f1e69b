import Testing
import WebSocket

/// Frames as a client writes them by hand, so that wrong ones can be made.
func clientFrame(
    _ first: UInt8, _ payload: [UInt8], masked: Bool = true, length: [UInt8]? = nil
) -> [UInt8] {
    let mask: [UInt8] = [0x11, 0x22, 0x33, 0x44]
    var size = length ?? [UInt8(min(payload.count, 125))]
    if length == nil, payload.count > 125 {
        size = [126, UInt8(payload.count >> 8), UInt8(truncatingIfNeeded: payload.count)]
    }
    if masked { size[0] |= 0x80 }
    let body = payload.indices.map { masked ? payload[$0] ^ mask[$0 % 4] : payload[$0] }
    return [first] + size + (masked ? mask : []) + body
}

/// Bytes from a client and what the server makes of them, by section of Autobahn's list.
struct WireCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let wire: [UInt8]
    let delivered: [WebSocketMessage]
    /// The code of the disconnect, or nil if the connection stays open.
    let code: UInt16?

    init(
        _ name: String, _ wire: [UInt8], _ delivered: [WebSocketMessage] = [], code: UInt16? = nil
    ) {
        testDescription = name
        self.wire = wire
        self.delivered = delivered
        self.code = code
    }

    private static func text(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x2A, count: count) }

    private static func closing(_ payload: [UInt8], _ code: UInt16) -> WireCase {
        WireCase("7 close \(payload)", clientFrame(0x88, payload), code: code)
    }

    static let framing =
        [0, 1, 125, 126, 127, 128, 65_535].map { count in
            WireCase(
                "1 text of \(count)", clientFrame(0x81, text(count)),
                [.text(String(repeating: "*", count: count))])
        } + [
            WireCase("1 binary", clientFrame(0x82, [0, 255]), [.binary([0, 255])]),
            WireCase("2 ping too long", clientFrame(0x89, text(126)), code: 1_002),
            WireCase("2 unsolicited pong", clientFrame(0x8A, [1])),
            WireCase("3 reserved bit 1", clientFrame(0xC1, text(1)), code: 1_002),
            WireCase("3 reserved bit 3", clientFrame(0x91, text(1)), code: 1_002),
            WireCase("4 opcode 3", clientFrame(0x83, []), code: 1_002),
            WireCase("4 opcode 11", clientFrame(0x8B, []), code: 1_002),
            WireCase("unmasked", clientFrame(0x81, text(1), masked: false), code: 1_002),
            WireCase("long form", clientFrame(0x81, text(1), length: [126, 0, 1]), code: 1_002),
            WireCase(
                "top bit", clientFrame(0x82, [], length: [127, 128, 0, 0, 0, 0, 0, 0, 0]),
                code: 1_002),
            WireCase(
                "9 too big", clientFrame(0x82, [], length: [127, 0, 0, 0, 0, 0, 16, 0, 1]),
                code: 1_009),
        ]

    static let fragments = [
        WireCase("5 fragmented ping", clientFrame(0x09, []), code: 1_002),
        WireCase("5 two fragments", clientFrame(1, [65]) + clientFrame(0x80, [66]), [.text("AB")]),
        WireCase(
            "5 ping between", clientFrame(1, [65]) + clientFrame(0x89, [1]) + clientFrame(0x80, []),
            [.text("A")]),
        WireCase("5 continuation alone", clientFrame(0x80, [66]), code: 1_002),
        WireCase("5 new inside", clientFrame(1, [65]) + clientFrame(0x81, [66]), code: 1_002),
        WireCase(
            "9 too many fragments",
            clientFrame(2, []) + (0..<1_024).flatMap { _ in clientFrame(0, []) }, code: 1_009),
    ]

    static let unicode = [
        WireCase(
            "6 split character", clientFrame(1, [0xCE]) + clientFrame(0x80, [0xBA]), [.text("κ")]),
        WireCase("6 surrogate", clientFrame(0x81, [0xED, 0xA0, 0x80]), code: 1_007),
        WireCase("6 overlong", clientFrame(0x81, [0xC0, 0xAF]), code: 1_007),
        WireCase("6 beyond", clientFrame(0x81, [0xF4, 0x90, 0x80, 0x80]), code: 1_007),
        WireCase("6 cut short", clientFrame(0x81, [0xE2, 0x82]), code: 1_007),
        WireCase(
            "6 fails before the frame's end", clientFrame(1, [65, 0xFF], length: [9]), code: 1_007),
        WireCase("6 highest", clientFrame(0x81, [0xF4, 0x8F, 0xBF, 0xBF]), [.text("\u{10FFFF}")]),
    ]

    static let closes = [
        closing([], 1_005), closing([3], 1_002), closing([3, 0xE8], 1_000),
        closing([3, 0xE8, 0xFF], 1_007), closing([0x0B, 0xB8, 65], 3_000),
        closing([3, 0xEC], 1_002), closing([3, 0xED], 1_002), closing([3, 0xEE], 1_002),
        closing([3, 0xF7], 1_002), closing([0, 0], 1_002), closing([0x13, 0x88], 1_002),
        WireCase(
            "7 nothing after close", clientFrame(0x88, []) + clientFrame(0x81, [65]), code: 1_005),
    ]

    static let all = framing + fragments + unicode + closes
}

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
        #expect(delivered == wire.delivered)
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
