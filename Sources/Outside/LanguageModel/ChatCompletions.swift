import FoundationEssentials
package import HTTPClient
import JSON

/// Asks a chat model over OpenAI's chat completions interface.
package struct ChatCompletions: Sendable {
    private let endpoint: LanguageModelEndpoint
    private let client: HTTPClient

    /// Takes where to ask and over which client.
    package init(_ endpoint: LanguageModelEndpoint, over client: HTTPClient) {
        self.endpoint = endpoint
        self.client = client
    }

    /// Asks once and waits for the whole answer; no retries.
    package func complete(
        _ request: ChatRequest
    ) async throws(LanguageModelError) -> ChatAnswer {
        let body: [UInt8]
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            body = Array(try encoder.encode(ChatRequestBody(request, isOpenAI: endpoint.isOpenAI)))
        } catch {
            throw .permanent(.invalidRequest, detail: "the request cannot be written as JSON")
        }
        let bytes = try await endpoint.post(
            "/chat/completions", body, timeout: request.timeout, model: request.model, over: client)
        return try ChatAnswer(response: bytes, to: request, hiding: endpoint.key)
    }
}

/// The JSON of a request, as OpenAI's API reference names its fields.
struct ChatRequestBody: Encodable {
    private enum CodingKeys: String, CodingKey {
        case model, messages, tools, temperature
        case toolChoice = "tool_choice"
        case maxTokens = "max_tokens"
        case maxCompletionTokens = "max_completion_tokens"
    }

    private let model: String
    private let messages: [JSONValue]
    private let tools: [JSONValue]?
    private let toolChoice: String?
    private let temperature: Double?
    private let maxTokens: Int?
    private let maxCompletionTokens: Int?

    /// OpenAI itself has replaced `max_tokens`, which is all that others know.
    init(_ request: ChatRequest, isOpenAI: Bool) {
        model = request.model
        messages = request.messages.map(Self.message)
        tools = request.tools.isEmpty ? nil : request.tools.map(Self.tool)
        toolChoice = request.tools.isEmpty ? nil : request.toolChoice.rawValue
        temperature = request.temperature
        maxTokens = isOpenAI ? nil : request.maximumTokens
        maxCompletionTokens = isOpenAI ? request.maximumTokens : nil
    }

    private static func message(_ message: ChatMessage) -> JSONValue {
        var members: [String: JSONValue] = ["role": .string(message.role.rawValue)]
        let isOnlyCalls = message.content.isEmpty && !message.toolCalls.isEmpty
        members["content"] =
            isOnlyCalls ? .null : message.images.isEmpty ? .string(message.content) : parts(message)
        members["tool_call_id"] = message.toolCallID.map(JSONValue.string)
        if !message.toolCalls.isEmpty {
            members["tool_calls"] = .array(
                message.toolCalls.map { call in
                    [
                        "id": .string(call.id), "type": "function",
                        "function": [
                            "name": .string(call.name), "arguments": .string(call.arguments),
                        ],
                    ]
                })
        }
        return .object(members)
    }

    /// Words and pictures side by side (OpenAI, "Images and vision").
    private static func parts(_ message: ChatMessage) -> JSONValue {
        let words: JSONValue = ["type": "text", "text": .string(message.content)]
        return .array(
            [words]
                + message.images.map { image in
                    let url = "data:\(image.mediaType);base64,\(image.base64)"
                    return ["type": "image_url", "image_url": ["url": .string(url)]]
                })
    }

    private static func tool(_ tool: ChatTool) -> JSONValue {
        [
            "type": "function",
            "function": [
                "name": .string(tool.name), "description": .string(tool.description),
                "parameters": tool.parameters,
            ],
        ]
    }
}
