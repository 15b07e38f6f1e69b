import Configuration
import Console
import Conversation
import ConversationView
import Cryptography
import Dispatch
import FoundationEssentials
import HTTPClient
import WebSocket

/// A terminal for a person who answers customers, over the WebSocket that browsers use too.
enum AgentCommand: Command {
    static let specification = ArgumentSpecification(
        "parley agent", summary: "Answers customers from the terminal: shows the queue, live.",
        options: [
            .option("name", "NAME", "your name, as others see it"),
            .option("id", "ID", "your id (default: made of the name)"),
            .flag("supervise", "you may take conversations from colleagues"),
        ] + ConsoleClient.tenantOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard let name = arguments.value("name") else {
            throw ConfigurationError("parley agent", "--name is missing: who are you?")
        }
        let id = arguments.value("id") ?? slug(name)
        let console = try ConsoleClient(arguments)
        let ticket = try await console.call(
            .post, ConsoleClient.path("tenants", try await console.tenant(arguments), "tickets"),
            body: RecordCodec.encode(
                TicketRequest(
                    agent: id, name: name, supervises: arguments.has("supervise") ? true : nil)),
            as: TicketAnswer.self)
        let (host, port) = try address(console.url)
        let socket: WebSocketClient
        do throws(WebSocketError) {
            socket = try await WebSocketClient.connect(
                host: host, port: port, target: "/api/v1/agent", protocols: ticket.protocols)
        } catch {
            throw APIClient.Silence(description: words(for: error, console.url))
        }
        return await AgentTerminal(agent: AgentID(id), socket: socket).run(typedLines())
    }

    /// Why there is no connection, in a person's words.
    private static func words(for error: WebSocketError, _ url: String) -> String {
        switch error {
        case .cannotConnect(_, _, let reason):
            "the console at \(url) cannot be reached: is `parley up` running? (\(reason))"
        case .refused(_, let reason):
            "the console at \(url) did not let this terminal in; try again (\(reason))"
        case .closed: "the console at \(url) closed the connection"
        }
    }

    /// A name as an id: `Ana María` becomes `ana-mar-a`.
    private static func slug(_ name: String) -> String {
        let parts = name.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return parts.isEmpty ? "agent" : String(parts.joined(separator: "-").prefix(63))
    }

    private static func address(_ url: String) throws(ConfigurationError) -> (String, Int) {
        guard let parts = URLComponents(string: url), let host = parts.host else {
            throw ConfigurationError(url, "is not the URL of a console")
        }
        return (host, parts.port ?? 80)
    }

    /// The lines of standard input, read on a thread of their own.
    private static func typedLines() -> AsyncStream<String> {
        AsyncStream { continuation in
            DispatchQueue(label: "typed lines").async {
                while let line = readLine() { continuation.yield(line) }
                continuation.finish()
            }
        }
    }
}

/// An agent's open socket and terminal; one command at a time, so that a script can be piped in.
private actor AgentTerminal {
    private let socket: WebSocketClient
    private var shell: AgentShell
    private var isWelcome = false
    private var welcome: CheckedContinuation<Void, Never>?
    private var waiting: (ref: String, continuation: CheckedContinuation<Void, Never>)?
    private var answered: String?
    private var isOpen = true
    private var wantsToLeave = false

    init(agent: AgentID, socket: WebSocketClient) {
        self.socket = socket
        shell = AgentShell(agent: agent)
    }

    /// Serves until the lines end, the person leaves, or the console does.
    func run(_ lines: AsyncStream<String>) async -> Int32 {
        let listening = Task { await listen() }
        let typing = Task { await obey(lines) }
        await listening.value
        typing.cancel()
        guard !wantsToLeave else { return 0 }
        let reason = socket.close.map { $0.reason.isEmpty ? "code \($0.code)" : $0.reason }
        Terminal.complain("parley: the console closed the connection: \(reason ?? "it is gone")")
        return 1
    }

    // MARK: What the console says

    private func listen() async {
        while case .text(let text)? = await socket.next() {
            do throws(RecordError) {
                receive(try RecordCodec.decode(AgentMessage.self, from: Array(text.utf8)))
            } catch {
                // A newer console may say what this client does not know.
                Terminal.complain("parley: a message was passed over: \(error)")
            }
        }
        isOpen = false
        release()
        welcome?.resume()
        welcome = nil
    }

    private func receive(_ message: AgentMessage) {
        Terminal.say(shell.receive(message, at: SystemClock.now()))
        switch message {
        case .queue(_, let ref?):
            answered = ref
            if waiting?.ref == ref { release() }
        case .queue(_, nil):
            isWelcome = true
            welcome?.resume()
            welcome = nil
        case .done(let ref, _), .refused(let ref, _, _, _), .transcript(let ref, _),
            .error(let ref?, _, _), .overtaken(let ref, _, _, _), .agents(let ref, _):
            answered = ref
            if waiting?.ref == ref { release() }
        default: break
        }
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
        socket.close()
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

    /// Sends a request under a fresh `ref`, and waits for its answer.
    private func ask(_ request: AgentRequest) async {
        do {
            var request = request
            request.ref = Hex.encode(try RandomBytes.make(count: 8))
            let bytes = try RecordCodec.encode(request)
            try await socket.send(.text(String(decoding: bytes, as: UTF8.self)))
            await answer(to: request.ref)
        } catch {
            Terminal.complain(error)
        }
    }

    private func answer(to ref: String) async {
        guard isOpen, answered != ref else { return }
        await withCheckedContinuation { waiting = (ref, $0) }
    }
}
