package import Conversation
import StageRuntime

/// What the orchestrator asks of the world.
package enum OrchestratorCall: Hashable, Sendable, Codable {
    /// A completion of the chat model.
    case complete(CompletionRequest)
    /// Another search of the tenant's passages, by the model's wish.
    case search(tenant: TenantID, query: String)
    /// How near in meaning texts are to a question, whose vector may be known already; asked only
    /// where embeddings are at hand.
    case compare(question: String, texts: [String], vector: QuestionVector?)
    /// All rows of a document's table, found by the words above them.
    case rows(tenant: TenantID, document: DocumentID, sheet: String?, query: String)
}

/// What the world answers.
package enum OrchestratorAnswer: Hashable, Sendable, Codable {
    /// The answer to ``OrchestratorCall/complete(_:)``.
    case completed(Completion)
    /// Another answer to ``OrchestratorCall/complete(_:)``: the model cannot read so much.
    case tooLong
    /// The answer to ``OrchestratorCall/search(tenant:query:)``, ranked as retrieval ranks; of
    /// versions before also to ``OrchestratorCall/rows(tenant:document:sheet:query:)``.
    case found([RankedPassage])
    /// The answer to ``OrchestratorCall/rows(tenant:document:sheet:query:)``: the table's passages
    /// in their order, and whether that is all of it.
    case rows([RankedPassage], isWhole: Bool)
    /// The answer to ``OrchestratorCall/compare(question:texts:vector:)``: a cosine for each text.
    case similarities([Double])
}

/// What the orchestrator wants to know of a tenant.
package struct OrchestratorTenant: SettingsPart {
    /// The business; `nil` where it is not known here.
    package var business: TurnSettings?

    /// A tenant that is not known.
    package init() {}

    /// A business.
    package init(_ business: TurnSettings) { self.business = business }
}

/// What a turn needs to know of the tenant, as it is when the turn begins.
package struct TurnSettings: Hashable, Sendable, Codable {
    /// The business's name.
    package var businessName: String
    /// What the business does, in a sentence.
    package var about: String?
    /// The chat model's name; `nil` where there is none and passages are quoted.
    package var model: String?
    /// How long to wait for more of a burst, in milliseconds; `nil` for the installation's pause.
    package var burstPauseMilliseconds: Int?
    /// Whether it is suspended or deleted, so that the bot says nothing.
    package var isClosed: Bool?
    /// The numbers that WhatsApp lets send nothing, so that no answer is made.
    package var stopped: [BusinessNumberID]?
    /// What becomes of media; `nil` in decisions from before there was anything of them but words.
    package var media: TurnMedia?
    /// When people answer, to be told by computing; `nil` where that is not set.
    package var hours: TenantSettings.Hours?
    /// How long the model has for a turn, in milliseconds; `nil` for as long as the installation
    /// says.
    package var turnMilliseconds: Int?

    /// Describes the tenant.
    package init(
        businessName: String, about: String?, model: String?, burstPauseMilliseconds: Int? = nil,
        isClosed: Bool? = nil, stopped: [BusinessNumberID]? = nil, media: TurnMedia? = nil,
        hours: TenantSettings.Hours? = nil, turnMilliseconds: Int? = nil
    ) {
        self.businessName = businessName
        self.about = about
        self.model = model
        self.burstPauseMilliseconds = burstPauseMilliseconds
        self.isClosed = isClosed
        self.stopped = stopped
        self.media = media
        self.hours = hours
        self.turnMilliseconds = turnMilliseconds
    }
}

/// A request to a chat model.
package struct CompletionRequest: Hashable, Sendable, Codable {
    /// The tenant, whose own model it may be.
    package var tenant: TenantID
    /// The model's name.
    package var model: String
    /// What was said so far.
    package var messages: [TurnMessage]
    /// The tools that the model may call.
    package var tools: [OfferedTool]
    /// The most tokens that the model may write.
    package var longestAnswer: Int
    /// When the turn's time is up: the call must end by then, and fail for good after it.
    package var deadline: Timestamp
}

/// One message of a turn to or from a chat model.
package struct TurnMessage: Hashable, Sendable, Codable {
    /// Who speaks, as the OpenAI API names them.
    package enum Role: String, Hashable, Sendable, Codable {
        case system, user, assistant, tool
    }

    /// Who speaks.
    package var role: Role
    /// What is said.
    package var content: String
    /// The tools that the model called with this message.
    package var toolCalls: [ToolCall] = []
    /// The call that this message answers.
    package var toolCallID: String?
    /// The customer's pictures that are shown with it; `nil` for none.
    package var images: [BlobReference]?
}

/// A model's wish to use a tool.
package struct ToolCall: Hashable, Sendable, Codable {
    /// The model's name of the call.
    package var id: String
    /// The tool.
    package var name: String
    /// The arguments as JSON text, as the model wrote them.
    package var arguments: String

    /// Describes a call.
    package init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// What a chat model answered.
package struct Completion: Hashable, Sendable, Codable {
    /// The text; empty if the model only called tools.
    package var text: String
    /// The tools that it called.
    package var toolCalls: [ToolCall]
    /// The tokens that it read.
    package var promptTokens: Int?
    /// The tokens that it wrote.
    package var completionTokens: Int?
    /// The model's own name of itself.
    package var model: String
    /// Why it stopped: `stop`, `length`, `tool_calls`, `content_filter`, `refusal`, or `unknown`;
    /// `nil` where the server did not say.
    package var finishReason: String?

    /// Describes an answer.
    package init(
        text: String, toolCalls: [ToolCall] = [], promptTokens: Int? = nil,
        completionTokens: Int? = nil, model: String, finishReason: String? = nil
    ) {
        self.text = text
        self.toolCalls = toolCalls
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.model = model
        self.finishReason = finishReason
    }
}
