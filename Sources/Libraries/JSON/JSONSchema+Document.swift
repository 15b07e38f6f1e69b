extension JSONSchema {
    /// The schema in one piece, as models read it: what has a name is written out where it is used.
    package var document: JSONValue {
        var shared: [String: JSONValue] = [:]
        return withoutNames.document(sharing: &shared)
    }

    private var withoutNames: JSONSchema {
        var copy = self
        copy.name = nil
        switch form {
        case .list(let element, let counts): copy.form = .list(element.withoutNames, counts)
        case .map(let schema): copy.form = .map(schema.withoutNames)
        case .object(let fields):
            copy.form = .object(
                fields.map { Field($0.name, $0.schema.withoutNames, isRequired: $0.isRequired) })
        case .any, .boolean, .integer, .number, .text, .words: break
        }
        return copy
    }

    /// The schema as documents hold it; schemas with names go into `shared` and are referred to.
    package func document(sharing shared: inout [String: JSONValue]) -> JSONValue {
        guard let name else { return .object(members(sharing: &shared)) }
        if shared[name] == nil {
            // Known from now on, also to schemas within it.
            shared[name] = .null
            shared[name] = .object(members(sharing: &shared))
        }
        return ["$ref": .string("#/components/schemas/\(name)")]
    }

    private func members(sharing shared: inout [String: JSONValue]) -> [String: JSONValue] {
        var members = formMembers(sharing: &shared)
        let words = [note, rule.map { "It is \($0)." }].compactMap(\.self)
        if !words.isEmpty { members["description"] = .string(words.joined(separator: " ")) }
        if !examples.isEmpty { members["examples"] = .array(examples) }
        if let standard { members["default"] = standard }
        return members
    }

    private func formMembers(sharing shared: inout [String: JSONValue]) -> [String: JSONValue] {
        switch form {
        case .any: return [:]
        case .boolean: return ["type": "boolean"]
        case .number: return ["type": "number"]
        case .integer(let bounds):
            var members: [String: JSONValue] = ["type": "integer"]
            if bounds.lowerBound != .min {
                members["minimum"] = .integer(bounds.lowerBound)
            }
            if bounds.upperBound != .max {
                members["maximum"] = .integer(bounds.upperBound)
            }
            return members
        case .text(let lengths, let pattern):
            var members: [String: JSONValue] = ["type": "string"]
            if let lengths {
                members["minLength"] = .integer(lengths.lowerBound)
                if lengths.upperBound != .max {
                    members["maxLength"] = .integer(lengths.upperBound)
                }
            }
            if let pattern { members["pattern"] = .string("^(?:\(pattern))$") }
            return members
        case .words(let words):
            return ["type": "string", "enum": .array(words.map { .string($0) })]
        case .list(let element, let counts):
            var members: [String: JSONValue] = [
                "type": "array", "items": element.document(sharing: &shared),
            ]
            if let counts {
                members["minItems"] = .integer(counts.lowerBound)
                if counts.upperBound != .max {
                    members["maxItems"] = .integer(counts.upperBound)
                }
            }
            return members
        case .map(let schema):
            return ["type": "object", "additionalProperties": schema.document(sharing: &shared)]
        case .object(let fields):
            return objectMembers(fields, sharing: &shared)
        }
    }

    private func objectMembers(
        _ fields: [Field], sharing shared: inout [String: JSONValue]
    ) -> [String: JSONValue] {
        var properties: [String: JSONValue] = [:]
        for field in fields { properties[field.name] = field.schema.document(sharing: &shared) }
        var members: [String: JSONValue] = [
            "type": "object", "properties": .object(properties), "additionalProperties": false,
        ]
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { members["required"] = .array(required) }
        return members
    }
}
