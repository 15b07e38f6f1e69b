import KnowledgeSearch
import RetrievalStage
import StageRuntime

/// Wires retrieval to the passages of this process.
func retrievalRunner(
    _ process: ProcessContext, over knowledge: KnowledgeSearch
) -> StageRunner<RetrievalStage> {
    process.runner(process.designs.retrieval()) { call, _ throws(CallFailure) in
        switch call {
        case .search(let request): .found(try await knowledge.search(request))
        }
    }
}
