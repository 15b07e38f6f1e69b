/// The direction of an embedding in a byte for each component.
///
/// A cosine needs the direction only, and seven bits of each component are more than it can show:
/// of 384 components it changes by some 0.00005. In JSON the base64 of signed bytes, of which the
/// largest is 127 or -127; it is kept so, as a vector goes through more hands than look at it.
package struct CompactVector: Hashable, Sendable, Codable {
    private let text: String

    /// Takes the components, and rounds them.
    package init(_ values: [Float]) {
        let largest = values.reduce(0) { max($0, abs($1)) }
        let scale = largest > 0 && largest.isFinite ? 127 / largest : 0
        text = Base64.encode(
            values.map { value in
                let step = (value * scale).rounded()
                return UInt8(bitPattern: Int8(step.isFinite ? step : 0))
            })
    }

    /// Reads base64.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        text = try container.decode(String.self)
        guard Base64.decode(text) != nil else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a compact vector is base64 of signed bytes")
        }
    }

    /// Writes base64.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// The components, up to a factor.
    package var steps: [Int8] {
        // Checked when it was read.
        (Base64.decode(text) ?? []).map { Int8(bitPattern: $0) }
    }
}
