/// A file of a conversation is kept among the tenant's blobs, and was of use at a time: it is
/// removed when messages of that time are.
///
/// Its key is the file, not the conversation: the same picture may be in several.
package struct KeptMedium: Payload {
    package static let type = "parley.medium.kept"
    package static let topic = Topic.mediaKept
    package static let personal: [FieldPath] = []

    /// The business.
    package var tenant: TenantID
    /// The SHA-256 of the bytes, in hexadecimal digits.
    package var sha256: String
    /// When it was sent or received.
    package var at: Timestamp
    /// Until when it is kept, of a part of a file that is being put in; `nil` for as long as
    /// messages are.
    package var until: Timestamp?

    /// The tenant and the file.
    package var key: String { "\(tenant)/\(sha256)" }

    /// Describes a file.
    package init(tenant: TenantID, sha256: String, at: Timestamp, until: Timestamp? = nil) {
        self.tenant = tenant
        self.sha256 = sha256
        self.at = at
        self.until = until
    }
}
