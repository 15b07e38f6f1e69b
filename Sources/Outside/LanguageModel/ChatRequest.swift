package import JSON

/// A picture that a model is shown.
package struct ChatImage: Sendable, Hashable, Codable {
    /// The media type, such as `image/png`.
    package var mediaType: String
    /// The bytes in base64.
    package var base64: String

    /// Takes all parts.
    package init(mediaType: String, base64: String) {
        self.mediaType = mediaType
        self.base64 = base64
    }
}

/// One message of a chat with a model.
package struct ChatMessage: Sendable, Hashable, Codable {
    /// Who speaks.
    package enum Role: String, Sendable, Codable {
        case system
        case user
        case assistant
        case tool
    }

    /// Who speaks.
    package var role: Role
    /// What is said; empty in a message that only calls tools.
    package var content: String
    /// The calls that an assistant's message makes.
    package var toolCalls: [ChatToolCall]
    /// The call that a tool's message answers.
    package var toolCallID: String?
    /// The pictures that a user's message shows.
    package var images: [ChatImage]

    /// Takes all parts.
    package init(
        _ role: Role, _ content: String, toolCalls: [ChatToolCall] = [],
        toolCallID: String? = nil, images: [ChatImage] = []
    ) {
        self.role = role
        self.content = content
        self.toolCalls = toolCalls
        self.toolCallID = toolCallID
        self.images = images
    }
}

/// A model's wish to use a tool.
package struct ChatToolCall: Sendable, Hashable, Codable {
    /// The id that the tool's answer refers to.
    package var id: String
    /// The tool's name.
    package var name: String
    /// JSON as the model wrote it; it may break the tool's schema, or not be JSON at all.
    package var arguments: String

    /// Takes all parts.
    package init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// A tool that a model may call.
package struct ChatTool: Sendable, Hashable, Codable {
    /// Letters, digits, `_` and `-`, at most 64.
    package var name: String
    /// What it is for, in words for the model.
    package var description: String
    /// The JSON schema of its arguments.
    package var parameters: JSONValue

    /// Takes all parts.
    package init(name: String, description: String, parameters: JSONValue) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }
}

/// What to ask a chat model: a value, so that it can be recorded and asked again.
package struct ChatRequest: Sendable, Hashable, Codable {
    /// Whether the model may call tools.
    package enum ToolChoice: String, Sendable, Codable {
        case auto
        case none
        case required
    }

    /// The name the server knows the model by.
    package var model: String
    /// The chat so far, the oldest first.
    package var messages: [ChatMessage]
    /// The tools on offer.
    package var tools: [ChatTool]
    /// Whether they may or must be used; without tools it is not sent.
    package var toolChoice: ToolChoice = .auto
    /// 0 for the likeliest words, nil for the server's default.
    package var temperature: Double?
    /// The longest answer, in tokens; nil for the server's default.
    package var maximumTokens: Int?
    /// How long the answer may take.
    package var timeout: Duration = .seconds(60)

    /// Takes what a request always has; the rest are properties.
    package init(model: String, messages: [ChatMessage], tools: [ChatTool] = []) {
        self.model = model
        self.messages = messages
        self.tools = tools
    }
}
