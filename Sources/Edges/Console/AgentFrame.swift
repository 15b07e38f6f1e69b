package import Conversation
package import ConversationView
import WebSocket

/// A text frame of the agents' socket, as a client reads it: one message, or changes in their order
/// with the cursor after them.
package struct AgentFrame: Decodable, Sendable {
    /// What it says.
    package var messages: [AgentMessage]
    /// Where the client stands once it has taken them in.
    package var cursor: String?
    /// What it is to know of the connection, with `welcome`.
    package var isResumed: Bool?
    /// The cursor by which what a command did was told, with `accepted`.
    package var position: String?
    /// A word for programs, with `refused`.
    package var code: String?
    /// The handoff as it is, with `refused`.
    package var state: Handoff?

    private enum Field: String, CodingKey {
        case type, cursor, events, isResumed, position, code, state
    }

    /// Reads a frame; changes of a kind that is not known are passed over.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Field.self)
        cursor = try box.decodeIfPresent(String.self, forKey: .cursor)
        isResumed = try box.decodeIfPresent(Bool.self, forKey: .isResumed)
        position = try box.decodeIfPresent(String.self, forKey: .position)
        code = try box.decodeIfPresent(String.self, forKey: .code)
        state = try box.decodeIfPresent(Handoff.self, forKey: .state)
        if try box.decode(String.self, forKey: .type) == Self.events {
            messages = try box.decode([Known].self, forKey: .events).compactMap(\.message)
        } else {
            messages = [try AgentMessage(from: decoder)]
        }
    }

    /// The type of a frame of changes.
    static let events = "events"

    private struct Known: Decodable {
        let message: AgentMessage?

        init(from decoder: any Decoder) throws {
            // A newer console may tell what this client does not know.
            message = try? AgentMessage(from: decoder)
        }
    }
}

/// What goes out with a message besides its own words.
struct AgentNews: Encodable, Sendable {
    var message: AgentMessage
    var cursor: String?
    var features: [String]?
    var isResumed: Bool?
    var version: Int?
    var serverTime: Int64?
    var position: String?
    var code: String?
    var state: Handoff?

    init(_ message: AgentMessage) { self.message = message }

    private enum Field: String, CodingKey {
        case cursor, features, isResumed, serverTime, position, code, state
        case version = "protocol"
    }

    func encode(to encoder: any Encoder) throws {
        try message.encode(to: encoder)
        var box = encoder.container(keyedBy: Field.self)
        try box.encodeIfPresent(cursor, forKey: .cursor)
        try box.encodeIfPresent(features, forKey: .features)
        try box.encodeIfPresent(isResumed, forKey: .isResumed)
        try box.encodeIfPresent(version, forKey: .version)
        try box.encodeIfPresent(serverTime, forKey: .serverTime)
        try box.encodeIfPresent(position, forKey: .position)
        try box.encodeIfPresent(code, forKey: .code)
        try box.encodeIfPresent(state, forKey: .state)
    }

    /// The frame on the wire, never larger than any may be.
    var wire: WebSocketMessage? {
        // No number that is not finite is in it.
        guard let bytes = try? RecordCodec.encode(self), bytes.count <= FrameLimits.frame else {
            return message.message
        }
        return .text(String(decoding: bytes, as: UTF8.self))
    }
}

extension AgentMessage {
    /// Bytes of the JSON around changes in a frame.
    private static let around = 256

    /// The message as JSON, no longer than ``FrameLimits/frame`` less what stands around changes;
    /// `nil` only if a number in it is not finite, and none can be.
    var bytes: [UInt8]? {
        guard let bytes = try? RecordCodec.encode(self) else { return nil }
        guard bytes.count <= FrameLimits.frame - Self.around else {
            let instead = AgentMessage.error(
                ref: reference.flatMap { $0.utf8.count <= FrameLimits.id ? $0 : nil },
                code: "too_large",
                message: "the answer is larger than \(FrameLimits.frame / 1024) KiB")
            return try? RecordCodec.encode(instead)  // no number is in it
        }
        return bytes
    }

    /// The message on the wire; see ``bytes``.
    var message: WebSocketMessage? { bytes.map { .text(String(decoding: $0, as: UTF8.self)) } }

    /// The message in a frame of its own.
    var frame: SharedFrame? { bytes.map { SharedFrame(text: $0) } }

    /// What it is the newest word of; `nil` for what stands for itself.
    var row: String? {
        switch self {
        case .updated(let handoff): "handoff \(handoff.conversation)"
        case .ended(let conversation, _): "handoff \(conversation)"
        case .suggestion(let conversation, _), .suggestionEnded(let conversation, _):
            "suggestion \(conversation)"
        case .delivery(_, let report): "delivery \(report.message)"
        case .clockChanged(let news): "clocks \(news.conversation)"
        default: nil
        }
    }

    /// The `cmdId` of the request that it answers.
    private var reference: String? {
        switch self {
        case .queue(_, let ref), .error(let ref, _, _): ref
        case .transcript(let ref, _), .done(let ref, _), .refused(let ref, _, _, _),
            .overtaken(let ref, _, _, _), .agents(let ref, _):
            ref
        default: nil
        }
    }
}

/// What a client says that is no command: nothing of it is kept, and most of it has no answer.
package struct AgentNotice: Hashable, Sendable, Codable {
    /// What it says.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// Who it is and what it knows, first of all.
        case hello
        /// Whether the line lives.
        case ping
        /// That its messages are read.
        case here
        /// That somebody writes in a conversation, or looks at it.
        case sign
    }

    /// What it says.
    package var type: Kind
    /// The version of the protocol that it speaks, with `hello`.
    package var version: Int?
    /// The cursor of what it took in last, with `hello`.
    package var cursor: String?
    /// What it can besides, with `hello`: `probe`.
    package var features: [String]?
    /// The conversation that it shows, with `hello`; that of the sign, with `sign`.
    package var conversation: ConversationID?
    /// What somebody does, with `sign`.
    package var doing: AgentSign.Doing?

    private enum CodingKeys: String, CodingKey {
        case type, cursor, features, conversation, doing
        case version = "protocol"
    }

    /// The version of the protocol that is spoken here.
    package static let spoken = 2

    /// Describes a notice.
    package init(
        _ type: Kind, version: Int? = nil, cursor: String? = nil, features: [String]? = nil,
        conversation: ConversationID? = nil, doing: AgentSign.Doing? = nil
    ) {
        self.type = type
        self.version = version
        self.cursor = cursor
        self.features = features
        self.conversation = conversation
        self.doing = doing
    }

    /// The first thing that a client says.
    package static func hello(
        after cursor: String? = nil, features: [String]? = nil, showing: ConversationID? = nil
    ) -> Self {
        Self(
            .hello, version: spoken, cursor: cursor, features: features, conversation: showing)
    }
}
