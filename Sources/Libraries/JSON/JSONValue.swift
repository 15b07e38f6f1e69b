/// Any JSON, as a value.
package enum JSONValue: Sendable, Hashable, Codable {
    /// Nothing.
    case null
    /// True or false.
    case bool(Bool)
    /// A whole number that fits.
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// A text.
    case string(String)
    /// A list.
    case array([JSONValue])
    /// An object.
    case object([String: JSONValue])

    /// Reads whatever comes.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let reader = container as? JSONValueReader {
            self = try Self.value(reader)
        } else if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {  // Each `try?` asks for a kind.
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {  // Another kind is no failure.
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {  // Another kind is no failure.
            self = .number(value)
        } else if let value = try? container.decode(String.self) {  // Another kind is no failure.
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {  // As above.
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Reads what is known to be of a kind: nothing is tried in vain.
    private static func value(_ reader: JSONValueReader) throws -> JSONValue {
        switch reader.view.node.kind {
        case .null: .null
        case .yes: .bool(true)
        case .no: .bool(false)
        case .string, .escapedString: .string(try reader.decode(String.self))
        case .array: .array(try reader.decode([JSONValue].self))
        case .object: .object(try reader.decode([String: JSONValue].self))
        case .number:
            // What fits no whole number is a number all the same.
            if let whole = try? reader.decode(Int.self) {
                .integer(whole)
            } else {
                .number(try reader.decode(Double.self))
            }
        }
    }

    /// Writes the plain JSON.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }

    /// The member of an object, or nil.
    package subscript(member: String) -> JSONValue? {
        if case .object(let members) = self { members[member] } else { nil }
    }

    /// The text, or nil for another kind.
    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The whole number, or nil for another kind.
    package var integer: Int? {
        if case .integer(let value) = self { value } else { nil }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A text.
    package init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    package init(integerLiteral value: Int) { self = .integer(value) }
    /// A truth value.
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A list.
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object; of repeated names the last counts.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { $1 })
    }
}
