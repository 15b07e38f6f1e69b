import Blobs
import Conversation
import Cryptography
import HTTPClient
import JSON
import KnowledgeSearch
import LanguageModel
import OrchestratorStage
import StageRuntime
import TenantDirectory

/// The chat models: the installation's, and those that tenants bring.
struct ChatModels: Sendable {
    private let process: ProcessContext
    private let counting: TokenCounting

    init(_ process: ProcessContext, counting: TokenCounting) {
        self.process = process
        self.counting = counting
    }

    /// Asks the tenant's model, within the turn's time.
    func complete(_ turn: CompletionRequest) async throws(CallFailure) -> OrchestratorAnswer {
        let left = turn.deadline.since(ProcessContext.now())
        guard left > .zero else {
            throw .permanent(reason: "the turn's time was over before the model answered")
        }
        var messages: [ChatMessage] = []
        for message in turn.messages {
            messages.append(try await self.message(message, of: turn.tenant))
        }
        var request = ChatRequest(
            model: turn.model, messages: messages, tools: turn.tools.map(Self.tool))
        request.temperature = 0
        request.maximumTokens = turn.longestAnswer
        request.timeout = left
        let now = ProcessContext.now()
        do throws(LanguageModelError) {
            guard !counting.isExhausted(for: turn.tenant, at: now) else {
                throw .permanent(
                    .budgetExhausted, detail: "the business has used up its tokens of the day")
            }
            let endpoint = try endpoint(of: turn.tenant)
            let (http, asked) = (process.http, request)
            let answer = try await process.modelHealth.call("chat", at: endpoint.description) {
                () async throws(LanguageModelError) in
                try await ChatCompletions(endpoint, over: http).complete(asked)
            }
            await counting.count(answer.usage, of: turn.tenant, at: now)
            return .completed(Self.completion(answer))
        } catch {
            if case .permanent(.contextTooLong, _) = error { return .tooLong }
            throw error.callFailure
        }
    }

    /// The tenant's own server, reached only where tenants' URLs may lead, else ours.
    private func endpoint(
        of tenant: TenantID
    ) throws(LanguageModelError) -> LanguageModelEndpoint {
        if let tenant = process.tenants.tenant(tenant), let model = tenant.settings.model {
            var endpoint = LanguageModelEndpoint(baseURL: model.url, key: tenant.modelKey)
            endpoint.addressRule = process.addressRule
            return endpoint
        }
        guard let url = process.models.chatURL else {
            throw .permanent(.invalidURL, detail: "no chat server is set up; use --model-url")
        }
        return LanguageModelEndpoint(baseURL: url, key: process.models.chatKey)
    }

    private func message(
        _ message: TurnMessage, of tenant: TenantID
    ) async throws(CallFailure) -> ChatMessage {
        var images: [ChatImage] = []
        for blob in message.images ?? [] {
            do throws(BlobError) {
                let bytes = try await process.blobs.get(blob.sha256, of: tenant, on: .media)
                images.append(
                    ChatImage(
                        mediaType: blob.mediaType, base64: Cryptography.Base64.encode(bytes)))
            } catch {
                // A picture that is gone is not seen; the words are still answered.
                guard error.isTransient else { continue }
                throw .transient(reason: error.description, retryAfterMilliseconds: nil)
            }
        }
        let role: ChatMessage.Role =
            switch message.role {
            case .system: .system
            case .user: .user
            case .assistant: .assistant
            case .tool: .tool
            }
        return ChatMessage(
            role, message.content,
            toolCalls: message.toolCalls.map {
                ChatToolCall(id: $0.id, name: $0.name, arguments: $0.arguments)
            }, toolCallID: message.toolCallID, images: images)
    }

    private static func tool(_ tool: OfferedTool) -> ChatTool {
        ChatTool(name: tool.name, description: tool.description, parameters: tool.parameters)
    }

    private static func completion(_ answer: ChatAnswer) -> Completion {
        let reason: String? =
            switch answer.finishReason {
            case .stop: "stop"
            case .length: "length"
            case .toolCalls: "tool_calls"
            case .contentFilter: "content_filter"
            case .refusal: "refusal"
            case .unknown: "unknown"
            case .other: nil
            }
        return Completion(
            text: answer.content,
            toolCalls: answer.toolCalls.map {
                .init(id: $0.id, name: $0.name, arguments: $0.arguments)
            }, promptTokens: answer.usage?.promptTokens,
            completionTokens: answer.usage?.completionTokens, model: answer.model,
            finishReason: reason)
    }
}
