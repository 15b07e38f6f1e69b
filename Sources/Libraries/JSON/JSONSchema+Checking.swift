/// What a schema finds wrong with a value, and where.
package struct SchemaFinding: Hashable, Sendable {
    /// Names and places from the outermost value to the wrong one.
    package var path: [String]
    /// `missing`, `unknown` or `invalid`.
    package var code: String
    /// What would be right, in words.
    package var detail: String

    /// The path as a JSON pointer (RFC 6901).
    package var pointer: String {
        path.map { name in
            "/"
                + name.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }
                .joined()
        }.joined()
    }
}

extension JSONSchema {
    /// How many findings are reported of one value.
    private static let mostFindings = 50

    /// Whether a value is what the schema says.
    package func accepts(_ value: JSONValue) -> Bool { findings(in: value).isEmpty }

    /// All that is wrong with a value; empty if nothing is.
    package func findings(in value: JSONValue) -> [SchemaFinding] {
        var findings: [SchemaFinding] = []
        check(value, at: [], into: &findings)
        return findings
    }

    private func check(
        _ value: JSONValue, at path: [String], into findings: inout [SchemaFinding]
    ) {
        guard findings.count < Self.mostFindings else { return }
        switch (form, value) {
        case (.object(let fields), .object(let values)):
            check(values, fields, at: path, into: &findings)
        case (.map(let schema), .object(let values)):
            for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                schema.check(value, at: path + [name], into: &findings)
            }
        case (.list(let element, let counts), .array(let values)):
            guard counts?.contains(values.count) ?? true else {
                return findings.append(finding(at: path))
            }
            for (index, value) in values.enumerated() {
                element.check(value, at: path + [String(index)], into: &findings)
            }
        default:
            guard !fits(value) else { return }
            findings.append(finding(at: path))
        }
    }

    private func check(
        _ values: [String: JSONValue], _ fields: [Field], at path: [String],
        into findings: inout [SchemaFinding]
    ) {
        for field in fields {
            if let value = values[field.name] {
                field.schema.check(value, at: path + [field.name], into: &findings)
            } else if field.isRequired {
                findings.append(
                    .init(
                        path: path + [field.name], code: "missing",
                        detail: "\(Self.spoken(path + [field.name])) is missing"))
            }
        }
        for name in values.keys.sorted() where !fields.contains(where: { $0.name == name }) {
            let known = fields.map(\.name).joined(separator: ", ")
            findings.append(
                .init(
                    path: path + [name], code: "unknown",
                    detail: "\(Self.spoken(path + [name])) is not known here; "
                        + (known.isEmpty ? "there is nothing to say" : "there are: \(known)")))
        }
    }

    /// Whether a value that holds no others fits.
    private func fits(_ value: JSONValue) -> Bool {
        switch (form, value) {
        case (.any, _), (.boolean, .bool), (.number, .number), (.number, .integer): true
        case (.integer(let bounds), .integer(let number)):
            bounds.contains(number)
        case (.text(let lengths, let pattern), .string(let text)):
            (lengths?.contains(text.unicodeScalars.count) ?? true)
                && (pattern.map { Self.matches(text, $0) } ?? true)
        case (.words(let words), .string(let text)): words.contains(text)
        default: false
        }
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        do {
            let expression = try Regex(pattern).matchingSemantics(.unicodeScalar)
            return try expression.wholeMatch(in: text) != nil
        } catch {
            return false
        }
    }

    private func finding(at path: [String]) -> SchemaFinding {
        SchemaFinding(path: path, code: "invalid", detail: "\(Self.spoken(path)) is \(wanted)")
    }

    private static func spoken(_ path: [String]) -> String {
        path.isEmpty ? "the body" : path.joined(separator: ".")
    }

    /// What would be right, in words.
    private var wanted: String {
        if let rule { return rule }
        func bounds(_ range: ClosedRange<Int>, _ unit: String) -> String {
            range.upperBound == .max
                ? "at least \(range.lowerBound)\(unit)"
                : "\(range.lowerBound) to \(range.upperBound)\(unit)"
        }
        return switch form {
        case .any: "anything"
        case .boolean: "true or false"
        case .integer(let range): "a whole number from \(bounds(range, ""))"
        case .number: "a number"
        case .text(let lengths?, _): "text of \(bounds(lengths, " characters"))"
        case .text(nil, _): "text"
        case .words(let words): "one of \(words.joined(separator: ", "))"
        case .list(_, let counts?): "a list of \(bounds(counts, ""))"
        case .list(_, nil): "a list"
        case .object, .map: "an object"
        }
    }
}
