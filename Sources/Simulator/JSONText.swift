import FoundationEssentials

/// Writes JSON by hand where it is written thousands of times a second.
enum JSONText {
    /// A JSON string literal.
    static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c }
        if isPlain { return "\"\(text)\"" }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// Any JSON value, for message objects that a test gives whole.
enum JSONValue: Codable, Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        // Each form is tried in turn; that one fails only means that it is another.
        if box.decodeNil() {
            self = .null
        } else if let value = try? box.decode(Bool.self) {  // each asks for a kind
            self = .bool(value)
        } else if let value = try? box.decode(Double.self) {  // as above
            self = .number(value)
        } else if let value = try? box.decode(String.self) {  // as above
            self = .string(value)
        } else if let value = try? box.decode([JSONValue].self) {  // as above
            self = .array(value)
        } else {
            self = .object(try box.decode([String: JSONValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        switch self {
        case .null: try box.encodeNil()
        case .bool(let value): try box.encode(value)
        case .number(let value):
            if let whole = Int64(exactly: value) {
                try box.encode(whole)
            } else {
                try box.encode(value)
            }
        case .string(let value): try box.encode(value)
        case .array(let value): try box.encode(value)
        case .object(let value): try box.encode(value)
        }
    }
}
