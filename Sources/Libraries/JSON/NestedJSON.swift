/// JSON that stands within other JSON as it is, byte for byte: nothing is quoted for it, so that
/// a person can read it, and it costs no more than its bytes.
///
/// ``JSONDecoding`` and ``JSONEncoding`` alone read and write it.
package struct NestedJSON: Hashable, Sendable, Codable {
    /// The JSON, UTF-8.
    package let bytes: [UInt8]

    /// Takes JSON, which whoever gives it has made.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Takes JSON.
    package init(_ text: String) { self.init(Array(text.utf8)) }

    /// The JSON as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Takes what stands there, whatever it is.
    package init(from decoder: any Decoder) throws {
        guard let reader = decoder as? JSONValueReader else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "only our own decoder reads JSON within JSON"))
        }
        self.init(Array(reader.view.source))
    }

    /// Writes the bytes.
    package func encode(to encoder: any Encoder) throws {
        guard let writer = encoder as? JSONValueEncoder else {
            throw EncodingError.invalidValue(
                self,
                .init(
                    codingPath: encoder.codingPath,
                    debugDescription: "only our own encoder writes JSON within JSON"))
        }
        writer.encode(self)
    }
}
