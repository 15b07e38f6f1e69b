import Foundation
import Glibc
import Synchronization

/// A server on a free loopback port that answers, or misbehaves, as a test says; one thread a
/// connection.
final class ScriptedServer: Sendable {
    /// What to do once a request has been read.
    enum Reply: Sendable {
        /// These bytes, and go on reading requests.
        case bytes(String)
        /// These bytes in two writes, as a server without TCP_NODELAY sends head and body.
        case pieces(String, String)
        /// These bytes, then an orderly close.
        case bytesAndClose(String)
        /// These bytes, then a reset.
        case bytesAndReset(String)
        /// Nothing, until the client goes.
        case silence
    }

    private struct State {
        var connections = 0
        var requests: [String] = []
        var hangUps = 0
        var closes = 0
    }

    private let listener: Int32
    private let isAccepting: Bool
    let port: Int
    private let state = Mutex(State())
    private let reply: @Sendable (_ request: String, _ numberOnConnection: Int) -> Reply

    /// Without `accepting`, connections stay in the listen queue and are never accepted.
    init(
        accepting: Bool = true,
        reply: @escaping @Sendable (_ request: String, _ numberOnConnection: Int) -> Reply
    ) throws {
        self.reply = reply
        isAccepting = accepting
        (listener, port) = try Self.listen()
        if accepting {
            let listener = listener
            Thread.detachNewThread { [self] in
                // Closed here alone: were it closed elsewhere, this thread could accept from
                // another server's socket, which then has the same number.
                defer { close(listener) }
                while true {
                    let connection = accept(listener, nil, nil)
                    guard connection >= 0 else { return }
                    state.withLock { $0.connections += 1 }
                    Thread.detachNewThread { [self] in serve(connection) }
                }
            }
        }
    }

    /// A listening socket on a free port of the loopback address.
    private static func listen() throws -> (Int32, Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(listener, pointer, length) == 0 && Glibc.listen(listener, 512) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// Ends the accepting thread.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        if !isAccepting { close(listener) }
    }

    var url: String { "http://127.0.0.1:\(port)" }
    var connections: Int { state.withLock { $0.connections } }
    var requests: [String] { state.withLock { $0.requests } }
    var hangUps: Int { state.withLock { $0.hangUps } }
    /// How many connections it has closed.
    var closes: Int { state.withLock { $0.closes } }

    /// Whether a client's end of a connection still counts as open (proc(5), `/proc/net/tcp`: state
    /// 01 is ESTABLISHED).
    var isConnected: Bool {
        let lines = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .ascii)) ?? ""
        let remote = String(format: ":%04X", port)
        return lines.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            return fields.count > 3 && fields[2].hasSuffix(remote) && fields[3] == "01"
        }
    }

    /// Waits for a condition, for at most ten seconds.
    func wait(for condition: @Sendable (ScriptedServer) -> Bool) async throws -> Bool {
        for _ in 0..<1000 where !condition(self) {
            try await Task.sleep(for: .milliseconds(10))
        }
        return condition(self)
    }

    private func serve(_ connection: Int32) {
        defer {
            close(connection)
            state.withLock { $0.closes += 1 }
        }
        var buffer: [UInt8] = []
        var number = 0
        while let request = readRequest(connection, &buffer) {
            number += 1
            state.withLock { $0.requests.append(request) }
            switch reply(request, number) {
            case .bytes(let text):
                write(text, to: connection)
            case .pieces(let head, let body):
                write(head, to: connection)
                write(body, to: connection)
            case .bytesAndClose(let text):
                write(text, to: connection)
                return
            case .bytesAndReset(let text):
                write(text, to: connection)
                var linger = linger(l_onoff: 1, l_linger: 0)
                let size = socklen_t(MemoryLayout.size(ofValue: linger))
                _ = unsafe setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, size)
                return
            case .silence:
                var byte: UInt8 = 0
                _ = unsafe recv(connection, &byte, 1, 0)
                state.withLock { $0.hangUps += 1 }
                return
            }
        }
    }

    private func write(_ text: String, to connection: Int32) {
        let bytes = Array(text.utf8)
        _ = unsafe send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    private func readRequest(_ connection: Int32, _ buffer: inout [UInt8]) -> String? {
        while true {
            let text = String(decoding: buffer, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let head = text[..<end.upperBound]
                let length =
                    head.lowercased().components(separatedBy: "content-length: ").dropFirst().first?
                    .prefix { $0.isNumber }
                let total = head.utf8.count + (length.flatMap { Int($0) } ?? 0)
                if buffer.count >= total {
                    let request = String(decoding: buffer.prefix(total), as: UTF8.self)
                    buffer.removeFirst(total)
                    return request
                }
            }
            var chunk = [UInt8](repeating: 0, count: 65536)
            let count = unsafe recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            buffer.append(contentsOf: chunk.prefix(count))
        }
    }
}

/// A minimal answer.
func answer(_ body: String = "ok", status: String = "200 OK", headers: String = "") -> String {
    "HTTP/1.1 \(status)\r\ncontent-length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
}
