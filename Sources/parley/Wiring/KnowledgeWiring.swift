import AnswerTrial
import AuditEndpoints
import Conversation
import ConversationView
import DocumentView
import Endpoints
import HTTPServer
import KnowledgeEndpoints
import KnowledgeSearch
import Lifecycle
import OrchestratorStage
import RetrievalStage
import StageRuntime
import TenantDirectory
import Views

extension StageParts {
    /// Adds what can be asked of what the bot knows: passages, questions without an answer, trials.
    func knowledgeEndpoints(
        _ process: ProcessContext, _ knowledge: KnowledgeSearch, _ audit: AuditWriter
    ) async throws -> [Endpoint] {
        let views = process.views
        func view(_ name: String) -> @Sendable () -> StoredView? {
            { views.all.first { $0.view.name == name } }
        }
        let passages = PassageEndpoints(over: view(DocumentView.view.name)) {
            await knowledge.passages(of: $0, $1)
        }
        let unanswered = UnansweredEndpoints(
            over: view(ConversationView.view.name), noting: audit, now: ProcessContext.now)
        return passages.endpoints + unanswered.endpoints
            + TrialEndpoints(try await process.trial(over: knowledge)).endpoints
    }
}

extension ProcessContext {
    /// What tries questions, as the stages would answer them.
    fileprivate func trial(
        over knowledge: KnowledgeSearch
    ) async throws -> TrialEndpoints.Try {
        let models = ChatModels(self, counting: try await TokenCounting(self))
        let edge = OrchestratorEdge(knowledge, models)
        let trial = AnswerTrial(
            designs.retrieval(), try designs.orchestrator(),
            in: .init(
                search: { call throws(CallFailure) in
                    switch call {
                    case .search(let request): .found(try await knowledge.search(request))
                    }
                }, perform: { call throws(CallFailure) in try await edge.perform(call) },
                now: Self.now))
        return { [tenants] scope, form in
            guard let tenant = tenants.tenant(scope.tenant)?.settings else {
                throw Problem(
                    .notTried, "the business is not connected yet: it can be tried once it is")
            }
            let outcome: AnswerTrial.Outcome?
            do throws(Rejection) {
                outcome = try await trial.ask((form.before ?? []) + [form.question], of: tenant)
            } catch {
                throw Problem(.notTried, "it cannot be tried: \(error.reason)")
            }
            guard let outcome else { throw Problem(.notTried, "there is nothing to answer in it") }
            return TriedAnswer(outcome)
        }
    }
}
