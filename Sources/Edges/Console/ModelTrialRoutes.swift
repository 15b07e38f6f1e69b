import AccountCommands
import AuditRecords
import Conversation
import Endpoints
package import HTTPServer
import JSON
import TenantDirectory

/// Trying a business's model, and what follows from it.
extension TenantRoutes {
    var modelTrial: [Endpoint] { [tryModel, forgetTrial] }

    private var tryModel: Endpoint {
        .tenant(
            .at(
                .post, "/api/v1/tenants/{tenant}/model-trial", "models.try",
                "Tries the model that answers a business's customers on a small set of questions; "
                    + "one that is weaker than the built-in answerer is not asked any more."),
            may: .writeSettings,
            .init(
                gives: Reply<ModelTrialListing>.self,
                problems: [.noModel, .modelFailed] + Problem.Kind.writing, repeating: .once)
        ) { call in
            let id = call.scope.tenant
            let trial = try await context.options.tryModel(try context.tenant(call.scope))
            try await keep(
                trial, of: id, "model.try", for: Asker(call, in: id))
            return Reply(ModelTrialListing(trial))
        }
    }

    private var forgetTrial: Endpoint {
        .tenant(
            .at(
                .delete, "/api/v1/tenants/{tenant}/model-trial", "models.forgetTrial",
                "Forgets what came of trying a business's model, which is asked again then."),
            may: .writeSettings,
            .init(gives: NoContent.self, [204], problems: Problem.Kind.writing)
        ) { call in
            let id = call.scope.tenant
            try await keep(nil, of: id, "model.forgetTrial", for: Asker(call, in: id))
            return NoContent()
        }
    }

    private func keep(
        _ trial: ModelTrialResult?, of id: TenantID, _ action: String, for asker: Asker
    ) async throws {
        try await turnstile.pass {
            let old = try context.tenants.served(id).settings
            var settings = old
            settings.modelTrial = trial
            settings.updatedAt = context.records.now()
            let record = try context.records.freshID()
            try await context.write(
                [
                    context.records.record(settings, id: record),
                    context.records.audit(
                        action, on: AuditTarget("tenant", id.rawValue, name: settings.name),
                        in: id, for: asker, changes: settings.changes(since: old)),
                ], visible: record, in: context.appliedTenants)
        }
    }
}

extension TenantPermission {
    static let writeSettings = Self("settings:write")
}

extension Problem.Kind {
    /// A business has no model.
    package static let noModel = Self(409, "no_model")
    /// A model does not answer.
    package static let modelFailed = Self(502, "model_failed")
}
