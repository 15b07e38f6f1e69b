/// What a question means, as an embedding: made once, for the search, and taken along for whoever
/// compares sentences with the question later.
///
/// Its components are kept as they stand in JSON, the base64 of little-endian 16-bit floats, as it
/// goes through more hands than look at it; their eleven bits are more than a cosine needs.
package struct QuestionVector: Hashable, Sendable, Codable {
    /// The name of the model that made it; vectors of two models cannot be compared.
    package let model: String
    private let components: String

    private enum CodingKeys: String, CodingKey {
        case model
        case components = "values"
    }

    /// Takes the components, and rounds them to 16 bits.
    package init(_ values: [Float], model: String) {
        self.model = model
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * 2)
        for value in values {
            let bits = Float16(value).bitPattern
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
        }
        components = Base64.encode(bytes)
    }

    /// Reads a vector.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        model = try container.decode(String.self, forKey: .model)
        components = try container.decode(String.self, forKey: .components)
        guard let bytes = Base64.decode(components), bytes.count % 2 == 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .components, in: container,
                debugDescription: "a question's vector is base64 of 16-bit floats")
        }
    }

    /// The components, to 16 bits.
    package var values: [Float] {
        // Checked when it was read.
        let bytes = Base64.decode(components) ?? []
        return (0..<bytes.count / 2).map { index in
            let bits = UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8
            return Float(Float16(bitPattern: bits))
        }
    }
}
