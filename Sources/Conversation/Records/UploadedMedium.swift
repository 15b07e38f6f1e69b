/// WhatsApp has a file to send, under an id that can be used again and again for 30 days.
///
/// Whoever sends looks here first. It is a memory, not a decision: where it is missing the file is
/// given to WhatsApp once more.
package struct UploadedMedium: Payload {
    package static let type = "parley.medium.uploaded"
    package static let topic = Topic.mediaUploads
    package static let personal: [FieldPath] = []

    /// The business.
    package var tenant: TenantID
    /// The business number: an id is good for no other.
    package var number: BusinessNumberID
    /// The SHA-256 of the bytes, in hexadecimal digits.
    package var sha256: String
    /// WhatsApp's id.
    package var id: String
    /// When WhatsApp was given the file.
    package var at: Timestamp

    /// The file at the number.
    package var key: String { Self.key(of: sha256, at: number, of: tenant) }

    /// How long an id is used: WhatsApp forgets it after 30 days (WhatsApp, "Media"), and a message
    /// may wait for a while.
    package static let life = Duration.seconds(28 * 86_400)

    /// Describes an upload.
    package init(
        tenant: TenantID, number: BusinessNumberID, sha256: String, id: String, at: Timestamp
    ) {
        self.tenant = tenant
        self.number = number
        self.sha256 = sha256
        self.id = id
        self.at = at
    }

    /// The key of a file at a number.
    package static func key(
        of sha256: String, at number: BusinessNumberID, of tenant: TenantID
    ) -> String { "\(tenant)/\(number)/\(sha256)" }
}
