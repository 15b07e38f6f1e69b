import FoundationEssentials
import JSON

/// The parts of a server's answer that matter here; everything is optional, as servers differ.
private struct ChatResponseBody: Decodable {
    struct Choice: Decodable {
        var message: Message?
        var finish_reason: String?
        var error: JSONValue?
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
    /// Gateways send the failure of the server behind them with a 200.
    var error: JSONValue?
}

extension ChatAnswer {
    /// Reads the body of a 200; throws `malformedAnswer`, or the failure that the body tells of.
    init(
        response bytes: [UInt8], to request: ChatRequest, hiding key: String? = nil
    ) throws(LanguageModelError) {
        let body: ChatResponseBody
        do {
            body = try JSONDecoder().decode(ChatResponseBody.self, from: Data(bytes))
        } catch {
            throw .malformedAnswer(detail: "it is not a chat completion in JSON")
        }
        let choice = body.choices?.first
        if let error = Self.said(body.error) ?? Self.said(choice?.error) {
            throw LanguageModelError(inside: error, key: key)
        }
        guard let choice, let message = choice.message else {
            throw .malformedAnswer(detail: "it holds no choice with a message")
        }
        let reason = Self.finishReason(choice.finish_reason)
        guard reason != nil else {
            throw .transient(
                .serverError, retryAfter: nil, detail: "the model's answer ended with an error")
        }
        let refusal = message.refusal.flatMap { $0.isEmpty ? nil : $0 }
        let text = AnswerText(Self.text(of: message.content) ?? "")
        self.init(
            content: text.text, toolCalls: try Self.calls(of: message),
            finishReason: refusal == nil ? reason ?? .other : .refusal,
            model: body.model ?? request.model)
        if text.isBroken, finishReason != .refusal { finishReason = .length }
        if let counted = body.usage {
            usage = Usage(
                promptTokens: counted.prompt_tokens ?? 0,
                completionTokens: counted.completion_tokens ?? 0)
        }
        if toolCalls.isEmpty, !request.tools.isEmpty, request.toolChoice != .none {
            takeCallsFromText(tools: Set(request.tools.map(\.name)))
        }
        let isWhole = [.stop, .other, .unknown].contains(finishReason)
        if !toolCalls.isEmpty, isWhole { finishReason = .toolCalls }
    }

    /// An error that is one: not `null`, not `{}`.
    private static func said(_ error: JSONValue?) -> JSONValue? {
        switch error {
        case nil, .null: nil
        case .string(let text): text.isEmpty ? nil : error
        case .object(let members): members.isEmpty ? nil : error
        default: error
        }
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

    /// Why the model stopped, as servers name it; `nil` if it failed.
    private static func finishReason(_ text: String?) -> FinishReason? {
        switch text?.lowercased() {
        case nil, "": .other
        case "stop", "end_turn", "eos", "eos_token", "stop_sequence", "complete", "completed",
            "done", "end":
            .stop
        case "length", "max_tokens", "model_length", "max_output_tokens", "incomplete": .length
        case "tool_calls", "function_call", "tool_use", "tool_call": .toolCalls
        case "content_filter", "safety", "blocked", "prohibited_content", "recitation":
            .contentFilter
        case "refusal": .refusal
        case "error": nil
        default: .unknown
        }
    }
}
