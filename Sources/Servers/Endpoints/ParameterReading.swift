import Conversation
import HTTPServer
import JSON

/// Reads an endpoint's parameters: what is unknown, repeated or of another form is refused.
struct ParameterReading: Sendable {
    let fields: [JSONSchema.Field]
    /// Names that stand in the path.
    let inPath: Set<String>

    /// The parameters of a request as a value of their type.
    func value<Parameters: Decodable>(
        _ type: Parameters.Type, _ request: HTTPRequest, _ path: PathParameters
    ) throws(Problem) -> Parameters {
        var values: [String: JSONValue] = [:]
        var parts: [Problem.Part] = []
        for field in fields where inPath.contains(field.name) {
            values[field.name] = path[field.name].map { Self.value($0, field.schema) }
        }
        for item in request.query {
            guard let field = fields.first(where: { $0.name == item.name }),
                !inPath.contains(item.name)
            else {
                parts.append(unknown(item.name))
                continue
            }
            if values[item.name] != nil {
                parts.append(
                    .init(.parameter(item.name), "repeated", "\(item.name) stands there twice"))
            }
            values[item.name] = Self.value(item.value, field.schema)
        }
        parts += JSONSchema(.object(fields)).findings(in: .object(values)).map {
            .init(.parameter($0.path.first ?? ""), $0.code, $0.detail)
        }
        guard parts.isEmpty else { throw Problem.invalid(parts) }
        do throws(RecordError) {
            let json = try RecordCodec.encode(JSONValue.object(values))
            return try RecordCodec.decode(type, from: json)
        } catch {
            throw Problem(.invalidRequest, error.problem)
        }
    }

    private func unknown(_ name: String) -> Problem.Part {
        let known = fields.map(\.name).filter { !inPath.contains($0) }
        return .init(
            .parameter(name), "unknown",
            "\(name) is no parameter of this endpoint; "
                + (known.isEmpty ? "it has none" : "there are: \(known.joined(separator: ", "))"))
    }

    /// A text as the value that its schema wants; one that is none stays text and is found wrong.
    private static func value(_ text: String, _ schema: JSONSchema) -> JSONValue {
        switch schema.form {
        case .integer:
            // Only as numbers are written: no plus, no leading zeros.
            if let number = Int(text), String(number) == text {
                .integer(number)
            } else {
                .string(text)
            }
        case .number: Double(text).flatMap { $0.isFinite ? .number($0) : nil } ?? .string(text)
        case .boolean: text == "true" ? .bool(true) : text == "false" ? .bool(false) : .string(text)
        default: .string(text)
        }
    }
}
