package import HTTPServer
import Synchronization

/// The server's end of a WebSocket connection; usable from any task.
package final class WebSocketConnection: RawConnectionHandler {
    /// Serves a connection from its first message; when it returns, the connection is closed.
    package typealias Session = @Sendable (WebSocketConnection) async -> Void

    private struct State {
        var machine: WebSocketStateMachine
        var raw: RawConnection?
        var missedPongs = 0
        var close: WebSocketClose?
        var isGone = false
        var roomWaiters: [CheckedContinuation<Void, Never>] = []
        var tasks: [Task<Void, Never>] = []
    }

    /// The subprotocol that was agreed on.
    package let subprotocol: String?
    private let limits: WebSocketLimits
    private let session: Session
    private let state: Mutex<State>
    private let queue: MessageQueue

    private init(subprotocol: String?, limits: WebSocketLimits, session: @escaping Session) {
        self.subprotocol = subprotocol
        self.limits = limits
        self.session = session
        state = Mutex(State(machine: WebSocketStateMachine(role: .server, limits: limits)))
        let link = ReadingSwitch()
        reading = link
        queue = MessageQueue(capacity: limits.waitingMessages) { link.setPaused($0) }
    }

    /// Answers a handshake: 101 and a session, or the refusal.
    package static func upgrade(
        _ request: HTTPRequest, policy: Handshake.Policy,
        limits: WebSocketLimits = WebSocketLimits(), session: @escaping Session
    ) -> HTTPResponse {
        do throws(Problem) {
            let acceptance = try Handshake.check(request, policy)
            let connection = WebSocketConnection(
                subprotocol: acceptance.subprotocol, limits: limits, session: session)
            return .upgrade(headers: acceptance.headers, to: connection)
        } catch {
            return Handshake.response(for: error)
        }
    }

    private let reading: ReadingSwitch

    /// The messages of the peer, for one reader; reading too slowly pushes back on the peer.
    package var messages: WebSocketMessages { WebSocketMessages(queue: queue) }

    /// How the connection ended, or nil while it is open.
    package var close: WebSocketClose? { state.withLock { $0.close } }

    /// Sends a message; waits while the peer reads too slowly.
    ///
    /// - Throws: `WebSocketError.closed` if the connection is closed before the message is queued.
    package func send(_ message: WebSocketMessage) async throws(WebSocketError) {
        while true {
            switch enqueue(message) {
            case .accepted: return
            case .closed: throw .closed
            case .full: await room()
            }
        }
    }

    /// Sends a message without waiting, as for a broadcast: a peer that reads too slowly is cut
    /// off, so that it delays nobody else.
    package func post(_ message: WebSocketMessage) {
        if enqueue(message) == .full { state.withLock { $0.raw }?.abort() }
    }

    /// Sends a shared frame unless so many bytes wait for the peer already; never waits.
    package func offer(_ frame: SharedFrame, ifFewerWaitThan most: Int) -> Offer {
        let raw = state.withLock { $0.machine.isOpen ? $0.raw : nil }
        guard let raw else { return .closed }
        guard raw.bufferedCount < most else { return .full }
        return switch raw.send(frame.bytes) {
        case .accepted: .accepted
        case .full: .full
        case .closed: .closed
        }
    }

    /// Waits until nothing waits for the peer any more, or the connection is gone.
    package func emptied() async { await room() }

    /// Begins the closing handshake; the connection is cut if the peer does not answer in time.
    package func close(code: UInt16 = 1_000, reason: String = "") {
        let (raw, frame) = state.withLock { state in
            (state.raw, state.machine.close(WebSocketClose(code: code, reason: reason)))
        }
        guard let raw, let frame else { return }
        _ = raw.send(frame)
        let deadline = limits.closeDeadline
        let cutOff = Task {
            // A cancelled sleep means that the peer answered.
            guard (try? await Task.sleep(for: deadline)) != nil else { return }
            raw.close()
        }
        keep(cutOff)
    }

    private func enqueue(_ message: WebSocketMessage) -> RawConnection.SendOutcome {
        let (raw, frame) = state.withLock { ($0.raw, $0.machine.frame(message)) }
        guard let raw, let frame else { return .closed }
        return raw.send(frame)
    }

    /// Waits until the output buffer was emptied or the connection is gone.
    private func room() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.isGone || state.raw?.bufferedCount == 0 { return true }
                state.roomWaiters.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func keep(_ task: Task<Void, Never>) {
        let isGone = state.withLock { state in
            if !state.isGone { state.tasks.append(task) }
            return state.isGone
        }
        if isGone { task.cancel() }
    }

    // MARK: - Called on the event loop's thread

    /// Starts the session and the pings.
    package func connected(_ connection: RawConnection) {
        state.withLock { $0.raw = connection }
        reading.connect(connection)
        keep(Task { await self.keepAlive(connection) })
        Task {
            await session(self)
            close()
        }
    }

    /// Feeds the state machine and does what it says.
    package func received(_ bytes: [UInt8]) {
        let (raw, actions) = state.withLock { ($0.raw, $0.machine.receive(bytes)) }
        guard let raw else { return }
        for action in actions {
            switch action {
            case .deliver(let message): queue.push(message)
            case .send(let frame): answer(frame, on: raw)
            case .pong: state.withLock { $0.missedPongs = 0 }
            case .disconnect(let close):
                state.withLock { $0.close = close }
                raw.close()
                queue.finish()
            }
        }
    }

    /// A peer that pings and never reads the pongs is cut off.
    private func answer(_ frame: [UInt8], on raw: RawConnection) {
        if raw.send(frame) == .full { raw.abort() }
    }

    /// Lets senders go on.
    package func drained() { wakeSenders(isGone: false) }

    /// Says 1001, going away.
    package func shuttingDown() { close(code: 1_001, reason: "the server is restarting") }

    /// Ends the messages, senders and timers.
    package func closed() {
        let tasks = state.withLock { state in
            state.isGone = true
            if state.close == nil { state.close = .vanished }
            defer { state.tasks = [] }
            return state.tasks
        }
        for task in tasks { task.cancel() }
        queue.finish()
        wakeSenders(isGone: true)
    }

    private func wakeSenders(isGone: Bool) {
        let waiters = state.withLock { state in
            if isGone { state.raw = nil }
            defer { state.roomWaiters = [] }
            return state.roomWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Pings, and cuts the peer off after too many without a pong.
    private func keepAlive(_ raw: RawConnection) async {
        // A cancelled sleep means that the connection is gone.
        while (try? await Task.sleep(for: limits.pingInterval)) != nil {
            let (isDead, frame) = state.withLock { state in
                state.missedPongs += 1
                return (state.missedPongs > limits.missedPongs, state.machine.ping())
            }
            if isDead {
                raw.abort()
                return
            }
            if let frame { answer(frame, on: raw) }
        }
    }
}

/// Pauses and resumes reading from the peer, once there is a connection.
private final class ReadingSwitch: Sendable {
    private let raw = Mutex<RawConnection?>(nil)

    func connect(_ connection: RawConnection) {
        raw.withLock { $0 = connection }
    }

    func setPaused(_ isPaused: Bool) {
        raw.withLock { $0 }?.setReading(!isPaused)
    }
}
