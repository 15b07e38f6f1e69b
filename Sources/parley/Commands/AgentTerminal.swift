import Console
import Conversation
import ConversationView
import Cryptography
import WebSocket

/// An agent's open socket and terminal; one command at a time, so that a script can be piped in.
///
/// A line that breaks is made anew, and goes on where it was: what was missed is shown once, and
/// what had no answer is asked again under its own name, which does it once.
actor AgentTerminal {
    /// Opens a socket.
    typealias Connect = @Sendable () async throws -> WebSocketClient

    /// Tries to connect again before it gives up: about five minutes.
    private static let tries = 14

    private let connectAnew: Connect
    private var socket: WebSocketClient?
    private var shell: AgentShell
    private var cursor: String?
    private var askedPause: Duration?
    private var isWelcome = false
    private var welcome: CheckedContinuation<Void, Never>?
    private var waiting: (request: AgentRequest, continuation: CheckedContinuation<Void, Never>)?
    private var isOpen = true
    private var wantsToLeave = false

    init(agent: AgentID, connect: @escaping Connect) {
        connectAnew = connect
        shell = AgentShell(agent: agent)
    }

    /// Opens the line, and says where it goes on.
    func connect() async throws {
        let socket = try await connectAnew()
        let hello = try RecordCodec.encode(
            AgentNotice.hello(after: cursor, features: ["probe"], showing: shell.mine))
        try await socket.send(.text(String(decoding: hello, as: UTF8.self)))
        self.socket = socket
    }

    /// Serves until the lines end, the person leaves, or the console is gone for long.
    func run(_ lines: AsyncStream<String>) async -> Int32 {
        let listening = Task { await listen() }
        let typing = Task { await obey(lines) }
        await listening.value
        typing.cancel()
        guard !wantsToLeave else { return 0 }
        let reason = socket?.close.map { $0.reason.isEmpty ? "code \($0.code)" : $0.reason }
        Terminal.complain("parley: the console closed the connection: \(reason ?? "it is gone")")
        return 1
    }

    // MARK: What the console says

    private func listen() async {
        while let socket {
            while case .text(let text)? = await socket.next() {
                do throws(RecordError) {
                    await receive(try RecordCodec.decode(AgentFrame.self, from: Array(text.utf8)))
                } catch {
                    // A newer console may say what this client does not know.
                    Terminal.complain("parley: a message was passed over: \(error)")
                }
            }
            guard await comeBack(from: socket) else { break }
        }
        isOpen = false
        release()
        welcome?.resume()
        welcome = nil
    }

    /// Makes the line anew, unless the console said that this agent may not be here.
    private func comeBack(from socket: WebSocketClient) async -> Bool {
        guard !wantsToLeave, isWelcome, socket.close?.code != 1_008 else { return false }
        Terminal.complain("parley: the line is broken; connecting again …")
        for number in 0..<Self.tries {
            let longest = Double(min(30_000, 500 << min(number, 8)))
            let pause = askedPause ?? .milliseconds(Int(longest * Double.random(in: 0.5...1)))
            askedPause = nil
            // A cancelled sleep means that the person left.
            guard (try? await Task.sleep(for: pause)) != nil, !wantsToLeave else { return false }
            do {
                try await connect()
                Terminal.complain("parley: connected again")
                if let waiting { try await send(waiting.request) }
                return true
            } catch is WebSocketError {
                continue
            } catch is APIClient.Silence {
                continue
            } catch {
                Terminal.complain(error)
                return false
            }
        }
        return false
    }

    private func receive(_ frame: AgentFrame) async {
        for message in frame.messages { await receive(message) }
        // Only what was taken in is not asked for again.
        cursor = frame.cursor ?? cursor
    }

    private func receive(_ message: AgentMessage) async {
        Terminal.say(shell.receive(message, at: SystemClock.now()))
        switch message {
        case .queue(_, nil):
            isWelcome = true
            welcome?.resume()
            welcome = nil
        case .queue(_, let ref?): release(ref)
        case .done(let ref, _), .refused(let ref, _, _, _), .transcript(let ref, _),
            .error(let ref?, _, _), .overtaken(let ref, _, _, _), .agents(let ref, _):
            release(ref)
        case .probe: await say(AgentNotice(.here))
        case .goodbye(_, let seconds): askedPause = .seconds(seconds)
        default: break
        }
    }

    private func release(_ ref: String) {
        if waiting?.request.ref == ref { release() }
    }

    private func release() {
        waiting?.continuation.resume()
        waiting = nil
    }

    // MARK: What the person says

    private func obey(_ lines: AsyncStream<String>) async {
        if !isWelcome, isOpen { await withCheckedContinuation { welcome = $0 } }
        for await line in lines {
            guard isOpen, await obey(line) else { break }
        }
        wantsToLeave = isOpen
        socket?.close()
    }

    private func obey(_ line: String) async -> Bool {
        switch shell.read(line, at: SystemClock.now()) {
        case .quit: return false
        case .show(let lines):
            Terminal.say(lines)
        case .ask(let kind, let conversation, let text):
            await ask(AgentRequest(type: kind, ref: "", conversation: conversation, text: text))
        case .again(let conversation, let line):
            await ask(AgentRequest(type: .resend, ref: "", conversation: conversation, line: line))
        case .desk(let request): await ask(request)
        case .turn(let kind, let conversation, let cursor):
            await ask(
                AgentRequest(type: kind, ref: "", conversation: conversation, cursor: cursor))
        }
        return true
    }

    /// Sends a request under a fresh `cmdId`, and waits for its answer, also over a broken line.
    private func ask(_ request: AgentRequest) async {
        do {
            var request = request
            request.ref = Hex.encode(try RandomBytes.make(count: 8))
            guard isOpen else { return }
            await withCheckedContinuation { continuation in
                waiting = (request, continuation)
                // What does not go out now goes out once the line is there again.
                Task { try? await send(request) }
            }
        } catch {
            Terminal.complain(error)
        }
    }

    private func send(_ request: AgentRequest) async throws {
        let bytes = try RecordCodec.encode(request)
        try await socket?.send(.text(String(decoding: bytes, as: UTF8.self)))
    }

    private func say(_ notice: AgentNotice) async {
        do {
            let bytes = try RecordCodec.encode(notice)
            try await socket?.send(.text(String(decoding: bytes, as: UTF8.self)))
        } catch {
            // The line is broken: that is seen by whoever reads it.
        }
    }
}
