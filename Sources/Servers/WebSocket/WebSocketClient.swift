import Dispatch
import Synchronization

/// A WebSocket client over plain TCP (`ws:`), for terminal programs and tests.
///
/// It reads on a thread of its own and writes on a queue of its own.
package final class WebSocketClient: Sendable {
    private struct State {
        var machine: WebSocketStateMachine
        var close: WebSocketClose?
    }

    /// Seconds that a server may take to answer the handshake.
    private static let handshakeSeconds = 10

    /// The subprotocol that the server chose, or nil.
    package let subprotocol: String?
    private let stream: TCPStream
    private let state: Mutex<State>
    private let queue: MessageQueue
    private let reads = DispatchQueue(label: "websocket client reads")
    private let writes = DispatchQueue(label: "websocket client writes")
    private let limits: WebSocketLimits

    /// Connects and shakes hands; `target` is a path with an optional query.
    ///
    /// - Throws: `WebSocketError` with the host and port, or the server's refusal.
    package static func connect(
        host: String, port: Int, target: String = "/",
        headers: [(name: String, value: String)] = [], protocols: [String] = [],
        limits: WebSocketLimits = WebSocketLimits()
    ) async throws(WebSocketError) -> WebSocketClient {
        let handshake = ClientHandshake(
            host: host, port: port, target: target, headers: headers, protocols: protocols)
        let result: Result<WebSocketClient, WebSocketError> = await withCheckedContinuation {
            continuation in
            DispatchQueue(label: "websocket client connect").async {
                continuation.resume(
                    returning: Result { () throws(WebSocketError) in
                        let stream = try TCPStream(host: host, port: port)
                        stream.setReadDeadline(seconds: handshakeSeconds)
                        stream.write(handshake.request)
                        let outcome = try handshake.finish(stream.read)
                        stream.setReadDeadline(seconds: nil)
                        return WebSocketClient(stream, outcome, limits)
                    })
            }
        }
        let client = try result.get()
        client.start()
        return client
    }

    private let rest: [UInt8]

    private init(
        _ stream: TCPStream, _ outcome: ClientHandshake.Outcome, _ limits: WebSocketLimits
    ) {
        self.stream = stream
        self.limits = limits
        rest = outcome.rest
        subprotocol = outcome.subprotocol
        state = Mutex(State(machine: WebSocketStateMachine(role: .client, limits: limits)))
        let reads = reads
        queue = MessageQueue(capacity: limits.waitingMessages) { isPaused in
            // Reading happens on this queue, one read at a time: suspending it pauses the peer.
            isPaused ? reads.suspend() : reads.resume()
        }
    }

    private func start() {
        reads.async { self.receive(self.rest) }
    }

    /// Handles bytes, then waits for the next on the reading queue, so that it can be suspended.
    private func receive(_ bytes: [UInt8]?) {
        guard let bytes else {
            end(.vanished)
            return
        }
        let actions = state.withLock { $0.machine.receive(bytes) }
        for action in actions {
            switch action {
            case .deliver(let message): queue.push(message)
            case .send(let frame): writes.async { self.stream.write(frame) }
            case .pong: break
            case .disconnect(let close):
                end(close)
                return
            }
        }
        reads.async { self.receive(self.stream.read()) }
    }

    private func end(_ close: WebSocketClose) {
        state.withLock { $0.close = $0.close ?? close }
        queue.finish()
        writes.async { self.stream.cut() }
    }

    /// The messages of the server, for one reader; ends when the connection closes.
    package var messages: WebSocketMessages { WebSocketMessages(queue: queue) }

    /// How the connection ended, or nil while it is open.
    package var close: WebSocketClose? { state.withLock { $0.close } }

    /// The next message, or nil once the connection is closed.
    package func next() async -> WebSocketMessage? { await queue.next() }

    /// Sends a message; returns once the system has taken it.
    ///
    /// - Throws: `WebSocketError.closed` if the connection is closed.
    package func send(_ message: WebSocketMessage) async throws(WebSocketError) {
        guard let frame = state.withLock({ $0.machine.frame(message) }) else { throw .closed }
        let isSent = await withCheckedContinuation { continuation in
            writes.async { continuation.resume(returning: self.stream.write(frame)) }
        }
        guard isSent else { throw .closed }
    }

    /// Begins the closing handshake; the connection is cut if the server does not answer.
    package func close(code: UInt16 = 1_000, reason: String = "") {
        let close = WebSocketClose(code: code, reason: reason)
        guard let frame = state.withLock({ $0.machine.close(close) }) else { return }
        writes.async { self.stream.write(frame) }
        let deadline = limits.closeDeadline
        Task { [weak self] in
            // Nothing cancels this sleep; a throw would only mean to cut at once.
            try? await Task.sleep(for: deadline)
            self?.stream.cut()
        }
    }
}
