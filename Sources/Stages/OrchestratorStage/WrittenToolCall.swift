import Conversation
import FoundationEssentials

/// A tool call, whether the model made it properly or wrote it as text, as small models do.
struct WrittenToolCall: Hashable {
    /// The tool.
    var name: String
    /// The arguments that are text.
    var arguments: [String: String]

    /// Reads a proper call.
    init?(_ call: ToolCall) {
        name = call.name
        guard let arguments = Self.texts(call.arguments) else { return nil }
        self.arguments = arguments
    }

    /// Finds a call in a text: JSON with `name` and `arguments`, alone, fenced or tagged.
    init?(in text: String, tools: [ChatTool]) {
        var body = text.trimmingSpaces
        for mark in ["```json", "```", "<tool_call>", "</tool_call>"] {
            body = body.replacing(mark, with: "")
        }
        body = body.trimmingSpaces
        guard body.first == "{", body.last == "}",
            let call = Self.decode(Form.self, body),
            tools.contains(where: { $0.name == call.name })
        else { return nil }
        name = call.name
        arguments = (call.arguments ?? call.parameters)?.texts ?? [:]
    }

    private struct Form: Decodable {
        var name: String
        var arguments: Arguments?
        var parameters: Arguments?
    }

    /// An object whose text values count, or such an object as text.
    private struct Arguments: Decodable {
        var texts: [String: String]

        private struct Field: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            texts = [:]
            // A field that is not text is passed over: no tool has such an argument.
            if let box = try? decoder.container(keyedBy: Field.self) {
                for key in box.allKeys {
                    // The same.
                    texts[key.stringValue] = try? box.decode(String.self, forKey: key)
                }
            } else {
                let text = try decoder.singleValueContainer().decode(String.self)
                texts = WrittenToolCall.texts(text) ?? [:]
            }
        }
    }

    private static func texts(_ json: String) -> [String: String]? {
        decode(Arguments.self, json)?.texts
    }

    /// Decodes what a model wrote, or says that it cannot be read.
    private static func decode<Value: Decodable>(_ type: Value.Type, _ json: String) -> Value? {
        // A model's broken JSON is no error of ours: it is asked again.
        try? JSONDecoder().decode(type, from: Data(json.utf8))
    }
}
