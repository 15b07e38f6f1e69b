import Console
import Conversation
import ConversationView
import HTTPServer
import Records
import Synchronization
import WebSocket

/// An agent's end of a socket, which says hello with the first thing that is said or heard.
final class Socket: Sendable {
    private struct State {
        var saidHello = false
        var heard: [AgentMessage] = []
        var cursor: String?
    }

    let client: WebSocketClient
    private let hello: AgentNotice
    private let state = Mutex(State())

    init(client: WebSocketClient, hello: AgentNotice = .hello()) {
        self.client = client
        self.hello = hello
    }

    /// The cursor of what was taken in last.
    var cursor: String? { state.withLock { $0.cursor } }

    /// Says hello, once.
    func greet() async throws {
        let isFirst = state.withLock { state in
            defer { state.saidHello = true }
            return !state.saidHello
        }
        if isFirst { try await say(hello) }
    }

    func say(_ value: some Encodable) async throws {
        try await client.send(
            .text(String(decoding: try RecordCodec.encode(value), as: UTF8.self)))
    }

    func send(
        _ kind: AgentRequest.Kind, _ conversation: ConversationID, ref: String,
        text: String? = nil, content: OutboundContent? = nil, line: RecordID? = nil
    ) async throws {
        try await greet()
        try await say(
            AgentRequest(
                type: kind, ref: ref, conversation: conversation, text: text, content: content,
                line: line))
    }

    /// The next frame, whole.
    func frame() async throws -> AgentFrame {
        try await greet()
        guard case .text(let text)? = await client.next() else {
            throw Closed(close: client.close)
        }
        let frame = try RecordCodec.decode(AgentFrame.self, from: Array(text.utf8))
        state.withLock { $0.cursor = frame.cursor ?? $0.cursor }
        return frame
    }

    /// The next message, whichever frame it stands in.
    func next() async throws -> AgentMessage {
        while true {
            let first = state.withLock { state in
                state.heard.isEmpty ? nil : state.heard.removeFirst()
            }
            if let first { return first }
            let messages = try await frame().messages
            state.withLock { $0.heard += messages }
        }
    }

    /// Reads on until a message fits.
    func next<Value>(_ pick: (AgentMessage) -> Value?) async throws -> Value {
        while true {
            if let value = pick(try await next()) { return value }
        }
    }

    struct Closed: Error {
        let close: WebSocketClose?
    }
}
