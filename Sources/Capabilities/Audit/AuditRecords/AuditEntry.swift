package import Conversation

/// Who did what.
package struct AuditEntry: Payload {
    package static let type = "parley.audit"
    package static let topic = Topic.audit
    package static let personal: [FieldPath] = ["actor", "subject"]

    /// The tenant concerned.
    package var tenant: TenantID
    /// Who did it: `key/1a2b3c4d`, whoever has the installation's key with a hash that begins so.
    package var actor: String
    /// What was done, such as `tenant.add` or `document.remove`.
    package var action: String
    /// What it was done to.
    package var subject: String
    /// When.
    package var at: Timestamp

    /// The tenant.
    package var key: String { tenant.rawValue }

    /// Describes an act.
    package init(
        tenant: TenantID, actor: String, action: String, subject: String, at: Timestamp
    ) {
        self.tenant = tenant
        self.actor = actor
        self.action = action
        self.subject = subject
        self.at = at
    }
}
