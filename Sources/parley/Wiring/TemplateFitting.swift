import Console
import Conversation
import SQLite
import TemplateView
import TenantDirectory
import Views

/// Compares what an agent wants sent with the templates that there are.
struct TemplateFitting: Sendable {
    let views: ViewKeeping
    let tenants: TenantDirectory
    let channels: ChannelTable

    /// The template in the form that there is for its language, or why it cannot go.
    func fit(
        _ message: TemplateMessage, of tenant: TenantID
    ) async -> Result<TemplateMessage, TemplateRefusal> {
        var fitting = message
        // Whoever sends it does not say what WhatsApp's text is.
        fitting.words = nil
        if let restriction = channels.restriction(of: tenant, at: ProcessContext.now()) {
            return .failure(TemplateRefusal(restriction))
        }
        // What cannot be looked up is for WhatsApp to judge.
        guard let view = views.all.first(where: { $0.view.name == TemplateView.view.name }),
            let all = try? await view.read({ rows throws(SQLiteError) in
                try TemplateView.templates(of: tenant, rows)
            }), !all.isEmpty
        else { return .success(fitting) }
        // The customer's language, then the business's own.
        let own = tenants.tenant(tenant)?.settings.reopening?.language
        let languages = [message.language] + (own.map { [$0] } ?? [])
        guard let template = MessageTemplate.choose(message.name, in: languages, among: all)
        else {
            return .failure(
                TemplateRefusal(
                    "there is no template “\(message.name)” at WhatsApp, as far as is known: "
                        + "synchronise the templates if it is new"))
        }
        if let problem = template.problems(of: message).first {
            return .failure(TemplateRefusal(problem.sentence))
        }
        fitting.language = template.language
        fitting.words = template.text(of: message)
        return .success(fitting)
    }
}
