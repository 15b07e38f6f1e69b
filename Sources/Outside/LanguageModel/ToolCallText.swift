import FoundationEssentials
import JSON

/// Tool calls that a small model wrote into its text instead of calling.
///
/// Known shapes: `<tool_call>{…}</tool_call>` (Qwen, Hermes; the closing tag may be missing), a
/// fenced block, or the whole text being one object or a list of objects. An object counts only
/// when it names a tool that was on offer.
struct ToolCallText {
    /// More calls in one answer are a model that runs in circles.
    private static let mostCalls = 16
    /// Longer texts than any call are not searched.
    private static let mostCharacters = 100_000

    /// The calls found, in their order.
    private(set) var calls: [ChatToolCall] = []
    /// The text without them.
    private(set) var rest: String

    init(_ text: String, tools: Set<String>) {
        rest = text
        guard text.utf8.count <= Self.mostCharacters else { return }
        for (open, close) in [("<tool_call>", "</tool_call>"), ("```", "```")] {
            takeEnclosed(from: open, to: close, tools)
            if !calls.isEmpty { return }
        }
        takeBare(tools)
    }

    /// The arguments as the text of a JSON object, whatever form they came in.
    static func arguments(_ value: JSONValue?) -> String {
        switch value {
        case .string(let text): text.isEmpty ? "{}" : text
        case nil, .null: "{}"
        case .some(let value):
            // Encoding a value that was just decoded cannot fail; "{}" would be safe if it did.
            (try? Self.encoded(value)) ?? "{}"
        }
    }

    private mutating func takeEnclosed(from open: String, to close: String, _ tools: Set<String>) {
        var kept = ""
        var left = rest[...]
        while let start = left.firstRange(of: open) {
            let after = left[start.upperBound...]
            let end = after.firstRange(of: close)
            let inner = after[..<(end?.lowerBound ?? after.endIndex)]
            let found = Self.calls(in: Self.withoutLanguage(inner), tools)
            kept += left[..<start.lowerBound]
            if found.isEmpty { kept += left[start.lowerBound..<(end?.upperBound ?? left.endIndex)] }
            add(found)
            left = end.map { after[$0.upperBound...] } ?? ""
        }
        if !calls.isEmpty { rest = Self.trim(kept + left) }
    }

    private mutating func takeBare(_ tools: Set<String>) {
        let found = Self.calls(in: rest, tools)
        guard !found.isEmpty else { return }
        add(found)
        rest = ""
    }

    private mutating func add(_ found: [(name: String, arguments: String)]) {
        for call in found where calls.count < Self.mostCalls {
            let id = "text_call_\(calls.count + 1)"
            calls.append(ChatToolCall(id: id, name: call.name, arguments: call.arguments))
        }
    }

    /// The calls that a text consists of: one object, a list of them, or one a line.
    private static func calls(
        in text: some StringProtocol, _ tools: Set<String>
    ) -> [(name: String, arguments: String)] {
        let text = trim(text)
        guard text.hasPrefix("{") || text.hasPrefix("[") else { return [] }
        if let value = decoded(text) {
            let values = if case .array(let values) = value { values } else { [value] }
            let found = values.compactMap { call(in: $0, tools) }
            return found.count == values.count ? found : []
        }
        let lines = text.split(whereSeparator: \.isNewline).map { decoded(String($0)) }
        let found = lines.compactMap { $0.flatMap { call(in: $0, tools) } }
        return found.count == lines.count ? found : []
    }

    private static func call(
        in value: JSONValue, _ tools: Set<String>
    ) -> (name: String, arguments: String)? {
        let function = value["function"].flatMap { $0.string == nil ? $0 : nil } ?? value
        guard let name = (function["name"] ?? function["function"])?.string, tools.contains(name),
            let arguments = function["arguments"] ?? function["parameters"]
        else { return nil }
        return (name, self.arguments(arguments))
    }

    /// Without the `json` that follows an opening fence.
    private static func withoutLanguage(_ text: Substring) -> Substring {
        text.drop { $0.isLetter || $0 == "_" }
    }

    private static func decoded(_ text: String) -> JSONValue? {
        // Not being JSON is the usual case: most answers are text.
        try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    private static func encoded(_ value: JSONValue) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private static func trim(_ text: some StringProtocol) -> String {
        var text = text[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text.drop { $0.isWhitespace })
    }
}
