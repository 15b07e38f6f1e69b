import Console
import Conversation
import HTTPServer
import OrchestratorStage
import StageRuntime
import TenantDirectory

extension ProcessContext {
    /// The longest that a model may take for a turn of a trial: nobody waits for a customer's turn
    /// so long that it would tell more.
    private static let trialTurn = 20_000

    /// What tries models.
    func modelTrying() async throws -> @Sendable (Tenant) async throws -> ModelTrialResult {
        let counting = try await TokenCounting(self)
        return { try await tryModel(of: $0, counting: counting) }
    }

    /// Tries the model that answers a tenant's customers, with its prompt and the stage that
    /// answers them; what that costs is the tenant's.
    ///
    /// - Throws: `Problem` where there is no model, or it does not answer.
    private func tryModel(
        of tenant: Tenant, counting: TokenCounting
    ) async throws -> ModelTrialResult {
        let stage = try designs.orchestrator()
        var settings = tenant.settings
        settings.modelTrial = nil
        guard var business = stage.settings(from: settings).business, business.model != nil else {
            throw Problem(.noModel, "there is no chat model: the built-in answerer answers")
        }
        business.turnMilliseconds = min(business.turnMilliseconds ?? .max, Self.trialTurn)
        // What keeps customers from being answered is no matter of the model.
        business.isClosed = nil
        business.stopped = nil
        business.hours = nil
        let models = ChatModels(self, counting: counting)
        var trial = ModelTrial(stage, of: settings.tenant, business)
        var next = try trial.begin(at: Self.now())
        while let call = next {
            let answer: Result<OrchestratorAnswer, CallFailure>
            do throws(CallFailure) {
                guard case .complete(let request) = call else {
                    throw .permanent(reason: "a trial has no documents but its own")
                }
                answer = .success(try await models.complete(request))
            } catch {
                answer = .failure(error)
            }
            next = try trial.resume(answer, at: Self.now())
        }
        if let failure = trial.silence {
            throw Problem(.modelFailed, "the model does not answer: \(failure)")
        }
        return trial.result(at: settings.model?.url, Self.now())
    }
}
