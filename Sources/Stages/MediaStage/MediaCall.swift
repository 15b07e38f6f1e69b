package import Conversation

/// What the media stage asks of the world.
package enum MediaCall: Hashable, Sendable, Codable {
    /// To fetch a medium from WhatsApp and keep it.
    case fetch(FetchRequest)
    /// To remove a file whose time is over.
    case remove(tenant: TenantID, sha256: String)
}

/// A medium to fetch.
package struct FetchRequest: Hashable, Sendable, Codable {
    /// The record of the message that it came with.
    package var inbound: RecordID
    /// The business.
    package var tenant: TenantID
    /// The business number that was written to.
    package var number: BusinessNumberID
    /// WhatsApp's media id.
    package var id: String
    /// The media type, as WhatsApp says it.
    package var mediaType: String?
    /// The SHA-256 of the bytes, as WhatsApp writes it.
    package var sha256: String?
    /// The most bytes that are taken.
    package var limit: Int

    /// Describes a medium.
    package init(
        inbound: RecordID, tenant: TenantID, number: BusinessNumberID, id: String,
        mediaType: String?, sha256: String?, limit: Int
    ) {
        self.inbound = inbound
        self.tenant = tenant
        self.number = number
        self.id = id
        self.mediaType = mediaType
        self.sha256 = sha256
        self.limit = limit
    }
}

/// What the world answers.
package enum MediaAnswer: Hashable, Sendable, Codable {
    /// The medium is kept among the tenant's blobs.
    case kept(BlobReference)
    /// It will never be there.
    case lost(MediumProblem)
    /// The file is removed.
    case removed
}
