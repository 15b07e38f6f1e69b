package import Conversation

/// What the media stage asks of the world.
package enum MediaCall: Hashable, Sendable, Codable {
    /// To fetch a medium from WhatsApp and keep it.
    case fetch(FetchRequest)
    /// To read what is said or written in a medium that is kept.
    case read(ReadRequest)
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
    /// What can be read in it; `nil` where there are no words.
    package var words: MediumWords?
    /// A document's name.
    package var filename: String?

    /// Describes a medium.
    package init(
        inbound: RecordID, tenant: TenantID, number: BusinessNumberID, id: String,
        mediaType: String?, sha256: String?, limit: Int, words: MediumWords? = nil,
        filename: String? = nil
    ) {
        self.inbound = inbound
        self.tenant = tenant
        self.number = number
        self.id = id
        self.mediaType = mediaType
        self.sha256 = sha256
        self.limit = limit
        self.words = words
        self.filename = filename
    }
}

/// What words a medium may hold.
package enum MediumWords: String, Hashable, Sendable, Codable {
    /// What is said in a sound.
    case spoken
    /// What is written in a document.
    case written
}

/// A medium to read.
package struct ReadRequest: Hashable, Sendable, Codable {
    /// The medium, as it was fetched.
    package var medium: FetchRequest
    /// Its file among the tenant's media.
    package var blob: BlobReference

    /// Describes a medium.
    package init(medium: FetchRequest, blob: BlobReference) {
        self.medium = medium
        self.blob = blob
    }
}

/// What the world answers.
package enum MediaAnswer: Hashable, Sendable, Codable {
    /// The medium is kept among the tenant's blobs.
    case kept(BlobReference)
    /// It will never be there.
    case lost(MediumProblem)
    /// The words that were read; `nil` where they cannot be: nobody here reads such, or there are
    /// none.
    case read(String?)
    /// The file is removed.
    case removed
}
