import AccountCommands
package import Conversation
import Endpoints
import HTTPServer
import Permissions
package import Views

/// What is known of a tenant elsewhere: for the first steps, and for exports.
package struct OrganisationSources: Sendable {
    /// Whether a WhatsApp number is connected.
    package var isConnected: @Sendable (TenantID) -> Bool
    /// The rows of documents, once they are kept.
    package var documents: @Sendable () -> StoredView?
    /// The rows of conversations, once they are kept.
    package var conversations: @Sendable () -> StoredView?
    /// The rows of the audit log, once they are kept.
    package var audit: @Sendable () -> StoredView?
    /// The tokens that answers by a model cost today, and the most that they may.
    package var tokens: @Sendable (TenantID) -> (used: Int, most: Int?)

    /// Names them all.
    package init(
        isConnected: @escaping @Sendable (TenantID) -> Bool,
        documents: @escaping @Sendable () -> StoredView?,
        conversations: @escaping @Sendable () -> StoredView?,
        audit: @escaping @Sendable () -> StoredView?,
        tokens: @escaping @Sendable (TenantID) -> (used: Int, most: Int?)
    ) {
        self.isConnected = isConnected
        self.documents = documents
        self.conversations = conversations
        self.audit = audit
        self.tokens = tokens
    }
}
