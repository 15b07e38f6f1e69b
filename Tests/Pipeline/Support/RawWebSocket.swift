import WireCases

/// A WebSocket that sends and reads exactly what a test says.
struct RawWebSocket: ~Copyable {
    /// A frame of the server.
    struct Frame {
        var first: UInt8
        var payload: [UInt8]

        /// The code of a Close; 1005 where it has none.
        var closeCode: UInt16? {
            guard first == 0x88 else { return nil }
            guard payload.count >= 2 else { return payload.isEmpty ? 1_005 : nil }
            return UInt16(payload[0]) << 8 | UInt16(payload[1])
        }
    }

    /// The server answered with something else than an upgrade.
    struct Refused: Error {
        var answer: String
    }

    private let client: RawClient
    private var buffer: [UInt8] = []

    /// Connects and shakes hands.
    static func connect(
        port: Int, target: String, protocols: [String]
    ) throws -> RawWebSocket {
        var socket = RawWebSocket(try RawClient(port: port))
        try socket.shakeHands(port, target, protocols)
        return socket
    }

    private init(_ client: consuming RawClient) { self.client = client }

    private mutating func shakeHands(
        _ port: Int, _ target: String, _ protocols: [String]
    ) throws {
        client.send(
            "GET \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + "Sec-WebSocket-Protocol: \(protocols.joined(separator: ", "))\r\n\r\n")
        guard let answer = ReadResponse(from: client, &buffer), answer.status == 101,
            answer.head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        else { throw Refused(answer: String(decoding: buffer, as: UTF8.self)) }
    }

    /// Sends bytes as they are; false if the server is gone.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool { client.send(bytes) }

    /// The next frame; nil where the connection ends or nothing comes.
    mutating func next() -> Frame? {
        while true {
            if let frame = take() { return frame }
            guard let bytes = client.read() else { return nil }
            buffer += bytes
        }
    }

    /// Whether the server has closed the connection and sent nothing more.
    func isAtEnd() -> Bool { buffer.isEmpty && client.isAtEnd() }

    private mutating func take() -> Frame? {
        guard buffer.count >= 2 else { return nil }
        let short = Int(buffer[1])
        let extra = short == 127 ? 8 : short == 126 ? 2 : 0
        guard buffer.count >= 2 + extra else { return nil }
        let length =
            extra == 0 ? short : buffer[2..<(2 + extra)].reduce(0) { $0 << 8 | Int($1) }
        let end = 2 + extra + length
        guard buffer.count >= end else { return nil }
        let frame = Frame(first: buffer[0], payload: Array(buffer[(2 + extra)..<end]))
        buffer.removeFirst(end)
        return frame
    }
}

extension ReadResponse {
    /// Reads until a response is whole; what came after it stays in `buffer`.
    fileprivate init?(from client: borrowing RawClient, _ buffer: inout [UInt8]) {
        while true {
            if let response = ReadResponse(&buffer) {
                self = response
                return
            }
            guard let bytes = client.read() else { return nil }
            buffer += bytes
        }
    }
}
