package import JSON

/// A tool as a request to a chat model describes it.
package struct OfferedTool: Hashable, Sendable {
    /// The tool's name.
    package var name: String
    /// What it does, for the model.
    package var description: String
    /// The JSON Schema of its arguments.
    package var parameters: JSONValue

    /// Describes a tool.
    init(_ tool: Tool) {
        name = tool.name
        description = tool.description
        parameters = tool.arguments.document
    }
}

/// The JSON form: a schema stands in `parameters`. Where every argument is a text that must be
/// there, `arguments` holds what each of them is instead: so it was before there were schemas,
/// and decisions are repeated to the byte.
extension OfferedTool: Codable {
    private enum Field: String, CodingKey {
        case name, description, arguments, parameters
    }

    /// Reads either form.
    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Field.self)
        name = try box.decode(String.self, forKey: .name)
        description = try box.decode(String.self, forKey: .description)
        if let texts = try box.decodeIfPresent([String: String].self, forKey: .arguments) {
            parameters = Self.schema(of: texts)
        } else {
            parameters = try box.decode(JSONValue.self, forKey: .parameters)
        }
    }

    /// Writes the form that fits.
    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Field.self)
        try box.encode(name, forKey: .name)
        try box.encode(description, forKey: .description)
        if let texts {
            try box.encode(texts, forKey: .arguments)
        } else {
            try box.encode(parameters, forKey: .parameters)
        }
    }

    /// What each argument is, where all of them are texts and nothing more is said.
    private var texts: [String: String]? {
        guard case .object(let properties)? = parameters["properties"] else { return nil }
        let texts = properties.compactMapValues { $0["description"]?.string }
        return Self.schema(of: texts) == parameters ? texts : nil
    }

    private static func schema(of texts: [String: String]) -> JSONValue {
        JSONSchema.object(
            texts.sorted { $0.key < $1.key }.map { .required($0.key, .text($0.value)) }
        ).document
    }
}
