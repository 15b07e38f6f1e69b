import Cryptography

/// The client's side of the opening handshake (RFC 6455, 4.1).
struct ClientHandshake {
    /// Bytes that a server's response head may have.
    private static let headLimit = 16_384

    let key: String
    let request: [UInt8]
    private let offered: [String]

    init(
        host: String, port: Int, target: String, headers: [(name: String, value: String)],
        protocols: [String]
    ) {
        key = Base64.encode((0..<16).map { _ in UInt8.random(in: 0 ... .max) })
        offered = protocols
        var lines = [
            "GET \(target) HTTP/1.1", "Host: \(host.contains(":") ? "[\(host)]" : host):\(port)",
            "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: \(key)",
        ]
        if !protocols.isEmpty {
            lines.append("Sec-WebSocket-Protocol: " + protocols.joined(separator: ", "))
        }
        lines += headers.map { "\($0.name): \($0.value)" }
        request = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// What came of a response: the subprotocol, and bytes that follow the head.
    struct Outcome {
        let subprotocol: String?
        let rest: [UInt8]
    }

    /// Reads the response's head.
    ///
    /// - Throws: `WebSocketError.refused` with the status and why.
    func finish(_ read: () -> [UInt8]?) throws(WebSocketError) -> Outcome {
        var bytes: [UInt8] = []
        let blank = Array("\r\n\r\n".utf8)
        while true {
            if let end = bytes.indices.first(where: { bytes[$0...].starts(with: blank) }) {
                let head = String(decoding: bytes[..<end], as: UTF8.self)
                return try check(head, rest: Array(bytes[(end + 4)...]))
            }
            guard bytes.count <= Self.headLimit, let more = read() else {
                throw .refused(status: 0, reason: "no complete answer to the handshake")
            }
            bytes += more
        }
    }

    private func check(_ head: String, rest: [UInt8]) throws(WebSocketError) -> Outcome {
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
        let status = Int(lines[0].dropFirst(9).prefix(3)) ?? 0
        guard status == 101 else {
            throw .refused(
                status: status,
                reason: rest.isEmpty ? String(lines[0]) : String(decoding: rest, as: UTF8.self))
        }
        var accept: String?
        var subprotocol: String?
        for line in lines.dropFirst() {
            let name = line.prefix { $0 != ":" }
            let value = String(line.dropFirst(name.count + 1).drop { $0 == " " })
            switch name.lowercased() {
            case "sec-websocket-accept": accept = value
            case "sec-websocket-protocol": subprotocol = value
            case "sec-websocket-extensions":
                throw .refused(status: status, reason: "the server chose an extension not offered")
            default: break
            }
        }
        guard accept == Handshake.accept(forKey: key) else {
            throw .refused(status: status, reason: "the server's accept value is wrong")
        }
        if let subprotocol, !offered.contains(subprotocol) {
            throw .refused(status: status, reason: "the server chose a protocol not offered")
        }
        return Outcome(subprotocol: subprotocol, rest: rest)
    }
}
