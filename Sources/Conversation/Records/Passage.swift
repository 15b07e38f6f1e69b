/// A piece of a document that can be found and cited.
///
/// Compacted. A ``PassageWithdrawal`` takes it out of searches; a tombstone takes it away for good,
/// once nothing that is kept can refer to it.
package struct Passage: Payload {
    package static let type = "parley.passage"
    package static let topic = Topic.knowledgePassages
    package static let personal: [FieldPath] = [
        "documentName", "headings", "sheet", "text",
        // A hash of a text tells whoever guesses it, and an embedding gives most of it back.
        "contentHash", "vector", "sentences", "asked",
    ]

    /// The passage; derived from document and text, so that unchanged text keeps its id.
    package var id: PassageID
    /// The tenant that the passage belongs to.
    package var tenant: TenantID
    /// The document that it comes from.
    package var document: DocumentID
    /// The document's name.
    package var documentName: String
    /// Its place among the document's passages, from 0.
    package var ordinal: Int
    /// The headings above it, outermost first.
    package var headings: [String]
    /// The page that it begins on, from 1.
    package var page: Int?
    /// The sheet that it stands on.
    package var sheet: String?
    /// The passage's text.
    package var text: String
    /// A hash of headings and text: what an answer's provenance names.
    package var contentHash: String
    /// The embedding, normalised to length 1; missing where no model was at hand.
    package var vector: Embedding?
    /// The name of the embedding's model.
    package var model: String?
    /// The embeddings of its sentences, by the same model; missing where it has only one, or was
    /// embedded by a version before.
    package var sentences: [CompactVector]?
    /// The questions that it is the typed answer to.
    package var asked: [String]?
    /// The version of its document with which it came, where that is not the first: it is not found
    /// before the document stands at that version.
    package var version: Int?

    /// Tenant and passage: a tombstone names the tenant too.
    package var key: String { "\(tenant.rawValue)/\(id.rawValue)" }

    /// Describes a passage.
    package init(
        id: PassageID, tenant: TenantID, document: DocumentID, documentName: String, ordinal: Int,
        headings: [String], page: Int?, sheet: String?, text: String, contentHash: String,
        vector: Embedding?, model: String?, sentences: [CompactVector]? = nil,
        asked: [String]? = nil, version: Int? = nil
    ) {
        self.asked = asked
        self.version = version
        self.id = id
        self.tenant = tenant
        self.document = document
        self.documentName = documentName
        self.ordinal = ordinal
        self.headings = headings
        self.page = page
        self.sheet = sheet
        self.text = text
        self.contentHash = contentHash
        self.vector = vector
        self.model = model
        self.sentences = sentences
    }
}

/// What vectors can be compared with each other: those of one model, of one length.
package struct VectorSpace: Hashable, Sendable, Codable {
    /// The model's name.
    package var model: String
    /// The number of components.
    package var dimensions: Int

    /// Names a space.
    package init(model: String, dimensions: Int) {
        self.model = model
        self.dimensions = dimensions
    }
}

/// A vector of meaning; in JSON the base64 of its little-endian 32-bit floats.
package struct Embedding: Hashable, Sendable, Codable {
    /// The components.
    package var values: [Float]

    /// Takes the components.
    package init(_ values: [Float]) { self.values = values }

    /// Reads base64.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let bytes = Base64.decode(text), bytes.count % 4 == 0 else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "an embedding is base64 of 32-bit floats")
        }
        values = stride(from: 0, to: bytes.count, by: 4).map { start in
            var bits: UInt32 = 0
            for index in 0..<4 { bits |= UInt32(bytes[start + index]) << UInt32(8 * index) }
            return Float(bitPattern: bits)
        }
        // One that is no number has no distance to any other, and upsets the order of a search.
        guard values.allSatisfy(\.isFinite) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "an embedding has finite components only")
        }
    }

    /// Writes base64.
    package func encode(to encoder: any Encoder) throws {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * 4)
        for value in values {
            let bits = value.bitPattern
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 24))
        }
        var container = encoder.singleValueContainer()
        try container.encode(Base64.encode(bytes))
    }
}
