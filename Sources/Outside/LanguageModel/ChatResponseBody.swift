import FoundationEssentials

/// The parts of a server's answer that matter here; everything is optional, as servers differ.
private struct ChatResponseBody: Decodable {
    struct Choice: Decodable {
        var message: Message?
        var finish_reason: String?
    }

    struct Message: Decodable {
        var content: JSONValue?
        var refusal: String?
        var tool_calls: [Call]?
    }

    struct Call: Decodable {
        var id: String?
        var function: Function?
    }

    struct Function: Decodable {
        var name: String?
        var arguments: JSONValue?
    }

    struct Usage: Decodable {
        var prompt_tokens: Int?
        var completion_tokens: Int?
    }

    var model: String?
    var choices: [Choice]?
    var usage: Usage?
}

extension ChatAnswer {
    /// Reads the body of a 200; throws `malformedAnswer`.
    init(response bytes: [UInt8], to request: ChatRequest) throws(LanguageModelError) {
        let body: ChatResponseBody
        do {
            body = try JSONDecoder().decode(ChatResponseBody.self, from: Data(bytes))
        } catch {
            throw .malformedAnswer(detail: "it is not a chat completion in JSON")
        }
        guard let choice = body.choices?.first, let message = choice.message else {
            throw .malformedAnswer(detail: "it holds no choice with a message")
        }
        let text = Self.text(of: message.content) ?? message.refusal ?? ""
        self.init(
            content: ToolCallText.withoutThoughts(text), toolCalls: try Self.calls(of: message),
            finishReason: Self.finishReason(choice.finish_reason),
            model: body.model ?? request.model)
        if let counted = body.usage {
            usage = Usage(
                promptTokens: counted.prompt_tokens ?? 0,
                completionTokens: counted.completion_tokens ?? 0)
        }
        if toolCalls.isEmpty, !request.tools.isEmpty, request.toolChoice != .none {
            takeCallsFromText(tools: Set(request.tools.map(\.name)))
        }
        if !toolCalls.isEmpty, finishReason != .length { finishReason = .toolCalls }
    }

    private mutating func takeCallsFromText(tools: Set<String>) {
        let found = ToolCallText(content, tools: tools)
        guard !found.calls.isEmpty else { return }
        toolCalls = found.calls
        content = found.rest
        toolCallsWereText = true
    }

    private static func calls(
        of message: ChatResponseBody.Message
    ) throws(LanguageModelError) -> [ChatToolCall] {
        var calls: [ChatToolCall] = []
        for (index, call) in (message.tool_calls ?? []).enumerated() {
            guard let function = call.function, let name = function.name, !name.isEmpty else {
                throw .malformedAnswer(detail: "a tool call has no name")
            }
            let id = call.id.flatMap { $0.isEmpty ? nil : $0 } ?? "call_\(index + 1)"
            calls.append(
                ChatToolCall(
                    id: id, name: name, arguments: ToolCallText.arguments(function.arguments)))
        }
        return calls
    }

    /// The text, which some servers split into parts.
    private static func text(of content: JSONValue?) -> String? {
        switch content {
        case .string(let text): text
        case .array(let parts): parts.compactMap { $0["text"]?.string }.joined()
        default: nil
        }
    }

    private static func finishReason(_ text: String?) -> FinishReason {
        switch text {
        case "stop", "end_turn", "eos": .stop
        case "length", "max_tokens": .length
        case "tool_calls", "function_call": .toolCalls
        case "content_filter": .contentFilter
        default: .other
        }
    }
}
