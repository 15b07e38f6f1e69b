/// JSON kept as it was sent, as text within other JSON.
package struct RawJSON: Hashable, Sendable, Codable {
    /// The JSON text.
    package var text: String

    /// Keeps a JSON text.
    package init(_ text: String) { self.text = text }

    /// Reads the text.
    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
