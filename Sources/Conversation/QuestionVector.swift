/// What a question means, as an embedding: made once, for the search, and taken along for whoever
/// compares sentences with the question later.
package struct QuestionVector: Hashable, Sendable, Codable {
    /// The name of the model that made it; vectors of two models cannot be compared.
    package let model: String
    private let components: Components

    /// How the components are kept.
    private enum Components: Hashable, Sendable {
        case steps(CompactVector)
        /// The base64 of little-endian 16-bit floats, as versions before wrote them.
        case floats(String)
    }

    private enum CodingKeys: String, CodingKey {
        case model, steps
        case floats = "values"
    }

    /// Takes the components, and rounds them.
    package init(_ values: [Float], model: String) {
        self.model = model
        components = .steps(CompactVector(values))
    }

    /// Reads a vector.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        model = try container.decode(String.self, forKey: .model)
        if let steps = try container.decodeIfPresent(CompactVector.self, forKey: .steps) {
            components = .steps(steps)
            return
        }
        let floats = try container.decode(String.self, forKey: .floats)
        guard let bytes = Base64.decode(floats), bytes.count % 2 == 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .floats, in: container,
                debugDescription: "a question's vector is base64 of 16-bit floats")
        }
        components = .floats(floats)
    }

    /// Writes the components as they are kept.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(model, forKey: .model)
        switch components {
        case .steps(let steps): try container.encode(steps, forKey: .steps)
        case .floats(let floats): try container.encode(floats, forKey: .floats)
        }
    }

    /// The components of the vector of length 1 in its direction.
    package var values: [Float] {
        let values = kept
        let length = values.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
        return length > 0 && length.isFinite ? values.map { $0 / length } : values
    }

    private var kept: [Float] {
        // Checked when they were read.
        switch components {
        case .steps(let steps): return steps.steps.map { Float($0) }
        case .floats(let floats):
            let bytes = Base64.decode(floats) ?? []
            return (0..<bytes.count / 2).map { index in
                let bits = UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8
                return Float(Float16(bitPattern: bits))
            }
        }
    }
}
