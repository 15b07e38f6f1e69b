/// What a question means, as an embedding: made once, for the search, and taken along for whoever
/// compares sentences with the question later.
///
/// In JSON its components are the base64 of little-endian 16-bit floats: their eleven bits are
/// more than a cosine needs.
package struct QuestionVector: Hashable, Sendable, Codable {
    /// The name of the model that made it; vectors of two models cannot be compared.
    package var model: String
    /// The components, to 16 bits.
    package var values: [Float]

    private enum CodingKeys: String, CodingKey {
        case model, values
    }

    /// Takes the components, and rounds them to 16 bits, as they are after they were written.
    package init(_ values: [Float], model: String) {
        self.model = model
        self.values = values.map { Float(Float16($0)) }
    }

    /// Reads a vector.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        model = try container.decode(String.self, forKey: .model)
        let text = try container.decode(String.self, forKey: .values)
        guard let bytes = Base64.decode(text), bytes.count % 2 == 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .values, in: container,
                debugDescription: "a question's vector is base64 of 16-bit floats")
        }
        values = (0..<bytes.count / 2).map { index in
            let bits = UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8
            return Float(Float16(bitPattern: bits))
        }
    }

    /// Writes a vector.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(model, forKey: .model)
        try container.encode(components, forKey: .values)
    }

    /// Writes the vector as a field.
    package func write(_ name: String, to json: inout JSONText) {
        json.object(name) { json in
            json.field("model", model)
            json.field("values", components)
        }
    }

    private var components: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * 2)
        for value in values {
            let bits = Float16(value).bitPattern
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
        }
        return Base64.encode(bytes)
    }
}
