import AccountAccess
import AccountCommands
import AccountEndpoints
import AccountRecords
import AuditView
import Conversation
import ConversationView
import DocumentView
import Endpoints
import HTTPServer
import LanguageModel
import OrganisationEndpoints
import TenantDirectory
import TenantKeys
import Views

extension ProcessContext {
    /// What organisations can be asked.
    ///
    /// `keeper` makes tenants' keys; it is there once the console is.
    func organisationEndpoints(
        _ tools: CapabilityTools, _ keeper: @escaping @Sendable () -> KeyKeeper?
    ) -> [Endpoint] {
        let (access, tenants, views) = (tools.access, tenants, views)
        func kept(_ name: String) -> @Sendable () -> StoredView? {
            // The console's own views are made after its endpoints.
            { views.all.first { $0.view.name == name } }
        }
        return OrganisationEndpoints(
            .init(
                view: tools.organisations, channel: tools.channel, naming: tools.naming,
                links: tools.entrance.parts.tokens, passwords: tools.hasher, blobs: blobs,
                installation: { try await access.installation() },
                ensureKey: { try await Self.ensureKey(of: $0, by: keeper()) }, now: Self.now),
            sources: OrganisationSources(
                isConnected: { tenants.tenant($0)?.settings.numbers.isEmpty == false },
                documents: kept(DocumentView.view.name),
                conversations: kept(ConversationView.view.name),
                audit: kept(AuditView.view.name),
                tokens: { [self] tenant in
                    (tokens.used(by: tenant, at: Self.now()), tokensPerDay(of: tenant))
                })
        ).endpoints
    }

    /// A tenant's key is durable before anything of it is: nothing of its is ever written unsealed.
    private static func ensureKey(
        of tenant: TenantID, by keeper: KeyKeeper?
    ) async throws(Problem) {
        guard let keeper else {
            throw Problem(.notStored, "the console has just started; try again in a moment")
        }
        do throws(KeyProblem) {
            try await keeper.ensureKey(of: tenant)
        } catch {
            throw Problem(.notStored, "nothing was stored: \(error.description)")
        }
    }
}
