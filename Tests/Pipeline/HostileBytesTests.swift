import HTTPClient
import Testing
import WebSocket
import WireCases

/// Wrong and hostile bytes against the processes of a running installation.
@Suite("A running installation", .installation())
struct HostileBytesTests {
    private let installation: RunningInstallation

    init() throws { installation = try #require(RunningInstallation.shared) }

    /// The processes that face the world.
    private var faces: [Int32?] {
        ["ingester", "console"].map { installation.child($0)?.pid }
    }

    /// The same processes still turn a customer's message into an answer, and an agent is let in.
    private func servesStill(_ faces: [Int32?], _ business: String) async throws {
        #expect(self.faces == faces && !faces.contains(nil), "a process was started again")
        _ = try await installation.connect(business, documents: Facts.documents)
        let customer = Customer(of: business, in: installation)
        #expect(try await customer.ask(Facts.questions[1]).text.contains("3 euros"))
        let agent = try await Agent.connect(
            "after", name: "After", of: business, in: installation)
        await agent.leave()
    }

    @Test("answers every attack on framing once and closes, at the webhook and at the console")
    func framing() async throws {
        let before = faces
        for port in [installation.base, installation.base + 1] {
            try await blocking {
                for attack in Attack.all {
                    let client = try RawClient(port: port)
                    client.send(attack.wire + Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
                    client.finishSending()
                    let answer = client.readToEnd()
                    let words: Comment = "\(attack) at \(port): \(answer.prefix(200))"
                    #expect(answer.hasPrefix("HTTP/1.1 \(attack.status) "), words)
                    #expect(answer.contains("\r\nConnection: close\r\n"), words)
                    #expect(answer.ranges(of: "\r\nContent-Length: ").count == 1, words)
                    let good = try RawClient(port: port)
                    good.send("GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                    #expect(good.readResponses().first?.status == 404, words)
                }
            }
        }
        try await servesStill(before, "after-attacks")
    }

    @Test("follows RFC 6455 with every agent, whatever it sends")
    func frames() async throws {
        let before = faces
        for wire in WireCase.all {
            let protocols = try await ticket()
            let port = installation.base + 1
            try await blocking {
                var socket = try RawWebSocket.connect(
                    port: port, target: "/api/v1/agent", protocols: protocols)
                let outcome = Outcome(of: wire, over: &socket)
                #expect(outcome == Outcome(expectedOf: wire), "\(wire)")
            }
        }
        try await servesStill(before, "after-frames")
    }

    @Test("cuts off an agent that pings and never reads")
    func unread() async throws {
        let before = faces
        let protocols = try await ticket()
        let port = installation.base + 1
        let isCutOff = try await blocking {
            let socket = try RawWebSocket.connect(
                port: port, target: "/api/v1/agent", protocols: protocols)
            let ping = clientFrame(0x89, [UInt8](repeating: 1, count: 125))
            let pings = [[UInt8]](repeating: ping, count: 500).flatMap { $0 }
            // 64 MiB: several times what the kernel and the server keep for a peer.
            for _ in 0..<(64 << 20) / pings.count where !socket.send(pings) { return true }
            return false
        }
        #expect(isCutOff)
        try await servesStill(before, "after-pings")
    }

    private func ticket() async throws -> [String] {
        let answer = try await installation.console.call(
            .post, "/api/v1/tenants/\(RunningInstallation.demo)/tickets",
            try jsonBytes(["agent": "raw", "name": "Raw"]))
        return answer["protocols"].elements.compactMap(\.string)
    }
}

/// What a console makes of a client's bytes.
private struct Outcome: Equatable {
    /// The codes of its answers to messages.
    var answers: [String] = []
    var pongs: [[UInt8]] = []
    /// Frames that no server sends.
    var others: [UInt8] = []
    /// The code of its Close.
    var close: UInt16?
    /// Whether the connection ended in order after it.
    var isAtEnd = false

    private static let probe = Array("still there?".utf8)

    /// No message of the list is a request of an agent; one that leaves the connection open is
    /// followed by a ping, and by a Close when all is answered.
    init(expectedOf wire: WireCase) {
        answers = wire.delivered.map {
            switch $0 {
            case .text: "bad_request"
            case .binary: "not_text"
            }
        }
        pongs = wire.pongs + (wire.code == nil ? [Self.probe] : [])
        close = wire.code ?? 1_000
        isAtEnd = true
    }

    init(of wire: WireCase, over socket: inout RawWebSocket) {
        let expected = Outcome(expectedOf: wire)
        socket.send(wire.wire + (wire.code == nil ? clientFrame(0x89, Self.probe) : []))
        var isEnding = wire.code != nil
        while close == nil, let frame = socket.next() {
            take(frame)
            if !isEnding, answers.count >= expected.answers.count, pongs.last == Self.probe {
                isEnding = true
                socket.send(clientFrame(0x88, [3, 0xE8]))
            }
        }
        isAtEnd = socket.isAtEnd()
    }

    private mutating func take(_ frame: RawWebSocket.Frame) {
        switch frame.first {
        case 0x81:
            // What is no JSON is told with the frames that no server sends.
            guard let json = try? JSON(frame.payload) else { return others.append(0x81) }
            if json["type"].string == "error" { answers.append(json["code"].string ?? "none") }
        case 0x8A: pongs.append(frame.payload)
        case 0x88: close = frame.closeCode ?? 0
        default: others.append(frame.first)
        }
    }
}
