import Conversation
import JSON

/// A server's answer with embeddings, in the shapes that servers give it: OpenAI's, with numbers
/// or with base64 of little-endian 32-bit floats (its `encoding_format`), and the older ones of
/// llama.cpp's server, a bare list, each vector in a list of its own.
struct EmbeddingResponseBody {
    /// A vector and which text it is of.
    struct Item {
        var index: Int?
        var embedding: [Float]
    }

    /// The vectors.
    var data: [Item] = []
    /// The model's name as the server has it.
    var model: String?
    /// What went wrong, said with a 200.
    var error: JSONValue?

    init(reading bytes: [UInt8]) throws(RecordError) {
        let numbers = NumberLists(in: bytes)
        // Small, as the numbers are gone: they would take a general decoder far too long.
        let outline = try RecordCodec.decode(JSONValue.self, from: numbers.rest)
        model = outline["model"]?.string
        if let error = outline["error"], error != .null { self.error = error }
        let items: [JSONValue]? =
            switch outline["data"] ?? outline {
            case .array(let items): items
            default: nil
            }
        guard let items else {
            if error != nil { return }
            throw RecordError(type: "embeddings", problem: "there is no list of embeddings")
        }
        for item in items {
            let vector = item["embedding"].flatMap { Self.vector($0, numbers) }
            guard let vector else {
                throw RecordError(type: "embeddings", problem: "an embedding cannot be read")
            }
            data.append(Item(index: item["index"]?.integer, embedding: vector))
        }
    }

    /// The numbers of one embedding.
    private static func vector(_ value: JSONValue, _ numbers: NumberLists) -> [Float]? {
        switch value {
        case .string(let text): numbers[text] ?? base64(text)
        // One vector in a list; several are one for each token, which nobody asked for.
        case .array(let lists) where lists.count == 1: vector(lists[0], numbers)
        case .array(let values) where values.isEmpty: []
        default: nil
        }
    }

    private static func base64(_ text: String) -> [Float]? {
        guard let bytes = Base64.decode(text), !bytes.isEmpty, bytes.count % 4 == 0 else {
            return nil
        }
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            var bits: UInt32 = 0
            for index in 0..<4 { bits |= UInt32(bytes[start + index]) << UInt32(8 * index) }
            return Float(bitPattern: bits)
        }
    }
}
