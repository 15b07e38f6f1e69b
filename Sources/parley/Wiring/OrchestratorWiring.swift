import Conversation
import KnowledgeSearch
import OrchestratorStage
import RetrievalStage
import StageRuntime
import TenantDirectory

/// Wires the orchestrator to the chat model, the passages and the tenants.
///
/// - Throws: `PromptError` or `ConfigurationError` if a prompt is missing or broken.
func orchestratorRunner(
    _ process: ProcessContext, over knowledge: KnowledgeSearch
) throws -> StageRunner<OrchestratorStage> {
    let edge = OrchestratorEdge(process, knowledge)
    return process.runner(try process.designs.orchestrator()) { call, _ throws(CallFailure) in
        try await edge.perform(call)
    }
}

/// The orchestrator's edge.
struct OrchestratorEdge: Sendable {
    /// The passages that the model's own search offers.
    private static let searchLimit = 6
    /// The most passages among which a table's rows are looked for.
    private static let mostRows = 500

    private let knowledge: KnowledgeSearch
    private let models: ChatModels

    init(_ process: ProcessContext, _ knowledge: KnowledgeSearch) {
        self.knowledge = knowledge
        models = ChatModels(process)
    }

    func perform(_ call: OrchestratorCall) async throws(CallFailure) -> OrchestratorAnswer {
        switch call {
        case .complete(let request): try await models.complete(request)
        case .search(let tenant, let query):
            .found(try await knowledge.passages(tenant, query, limit: Self.searchLimit))
        case .rows(let tenant, let document, let sheet, let query):
            .found(
                try await knowledge.passages(tenant, query, limit: Self.mostRows).filter {
                    $0.document == document && $0.sheet == sheet
                })
        case .compare(let question, let texts, let vector):
            .similarities(
                try await knowledge.similarities(of: texts, to: question, known: vector))
        }
    }
}
