/// What a chat model answered.
package struct ChatAnswer: Sendable, Hashable, Codable {
    /// Why the model stopped.
    package enum FinishReason: String, Sendable, Codable {
        case stop
        /// The limit of tokens, or a thought without an end: the text is cut off.
        case length
        case toolCalls
        case contentFilter
        /// The model will not answer; the text, if any, says so.
        case refusal
        /// The server does not say.
        case other
        /// Something that this program does not know: the text may be half.
        case unknown
    }

    /// What the server counted.
    package struct Usage: Sendable, Hashable, Codable {
        /// Tokens of the request.
        package var promptTokens: Int
        /// Tokens of the answer.
        package var completionTokens: Int

        /// Takes both counts.
        package init(promptTokens: Int, completionTokens: Int) {
            self.promptTokens = promptTokens
            self.completionTokens = completionTokens
        }
    }

    /// The text, without tool calls, thoughts and marks of the chat template.
    package var content: String
    /// The tools that the model wants to use.
    package var toolCalls: [ChatToolCall]
    /// Why it stopped.
    package var finishReason: FinishReason
    /// What the server counted, if it says.
    package var usage: Usage?
    /// The model as the server names it.
    package var model: String
    /// Whether the calls were found in the text, as small models write them.
    package var toolCallsWereText: Bool

    /// Takes all parts, for doubles.
    package init(
        content: String, toolCalls: [ChatToolCall] = [], finishReason: FinishReason = .stop,
        usage: Usage? = nil, model: String, toolCallsWereText: Bool = false
    ) {
        self.content = content
        self.toolCalls = toolCalls
        self.finishReason = finishReason
        self.usage = usage
        self.model = model
        self.toolCallsWereText = toolCallsWereText
    }

    /// The message to add to the chat before the tools' answers.
    package var message: ChatMessage {
        ChatMessage(.assistant, content, toolCalls: toolCalls)
    }
}
