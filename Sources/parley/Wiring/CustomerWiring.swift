import AccountCommands
import AuditEndpoints
import Conversation
import ConversationView
import CustomerEndpoints
import Endpoints
import Lifecycle
import Records
import TenantKeys
import Views

extension StageParts {
    /// Adds what can be asked and wished of customers: they stand in the view of conversations.
    func customerEndpoints(
        _ process: ProcessContext, _ audit: AuditWriter
    ) async throws -> [Endpoint] {
        let answers = CustomerEndpoints.Answers()
        process.views.listen { answers.hear($0) }
        return CustomerEndpoints(
            over: { [views = process.views] in
                views.all.first { $0.view.name == ConversationView.view.name }
            }, answers, by: try await process.commandWriter(), noting: audit
        ) { [table = process.tenantKeys.table] tenant, identity in
            // A tenant whose key is not there is asked for again.
            try? table.namingKey(of: tenant).name("customer", identity)
        }.endpoints
    }
}
