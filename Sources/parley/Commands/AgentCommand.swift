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
        let path = ConsoleClient.path("tenants", try await console.tenant(arguments), "tickets")
        let body = try RecordCodec.encode(
            TicketRequest(
                agent: id, name: name, supervises: arguments.has("supervise") ? true : nil))
        let terminal = AgentTerminal(agent: AgentID(id)) {
            try await connect(to: console, path, body)
        }
        try await terminal.connect()
        return await terminal.run(typedLines())
    }

    /// Opens a socket by a fresh ticket.
    private static func connect(
        to console: ConsoleClient, _ path: String, _ body: [UInt8]
    ) async throws -> WebSocketClient {
        let ticket = try await console.call(.post, path, body: body, as: TicketAnswer.self)
        let (host, port) = try address(console.url)
        do throws(WebSocketError) {
            return try await WebSocketClient.connect(
                host: host, port: port, target: "/api/v1/agent", protocols: ticket.protocols)
        } catch {
            throw APIClient.Silence(description: words(for: error, console.url))
        }
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
