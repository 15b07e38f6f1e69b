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
) async throws -> StageRunner<OrchestratorStage> {
    let edge = OrchestratorEdge(
        knowledge, ChatModels(process, counting: try await TokenCounting(process)))
    return process.runner(try process.designs.orchestrator()) { call, _ throws(CallFailure) in
        try await edge.perform(call)
    }
}

/// The orchestrator's edge.
struct OrchestratorEdge: Sendable {
    /// The passages that the model's own search offers.
    private static let searchLimit = 6
    /// The most passages of a table that are read: some tens of thousands of rows, which a decision
    /// can still hold.
    private static let mostRows = 4_000

    private let knowledge: KnowledgeSearch
    private let models: ChatModels

    init(_ knowledge: KnowledgeSearch, _ models: ChatModels) {
        self.knowledge = knowledge
        self.models = models
    }

    func perform(_ call: OrchestratorCall) async throws(CallFailure) -> OrchestratorAnswer {
        switch call {
        case .complete(let request): try await models.complete(request)
        case .search(let tenant, let query):
            .found(try await knowledge.passages(tenant, query, limit: Self.searchLimit))
        case .rows(let tenant, let document, let sheet, _):
            await rows(of: document, sheet, tenant)
        case .compare(let question, let texts, let vector):
            .similarities(
                try await knowledge.similarities(of: texts, to: question, known: vector))
        }
    }

    /// All of a table, or its first part.
    private func rows(
        of document: DocumentID, _ sheet: String?, _ tenant: TenantID
    ) async -> OrchestratorAnswer {
        let found = await knowledge.rows(
            tenant, of: document, sheet: sheet, limit: Self.mostRows)
        return .rows(found.passages, isWhole: found.isWhole)
    }
}
