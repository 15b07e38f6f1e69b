import AuditEndpoints
import ConversationView
import Endpoints
import SuggestionEndpoints
import Views

extension StageParts {
    /// Adds what can be asked of the bot's suggestions: they stand in the view of conversations.
    func suggestionEndpoints(
        _ process: ProcessContext, _ tools: CapabilityTools, _ audit: AuditWriter
    ) -> [Endpoint] {
        SuggestionEndpoints(
            over: { [views = process.views] in
                views.all.first { $0.view.name == ConversationView.view.name }
            }, noting: audit
        ) { try await Self.zone(of: $0, in: tools.organisations) }.endpoints
    }
}
