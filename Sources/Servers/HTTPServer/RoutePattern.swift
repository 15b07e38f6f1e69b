/// The values that a path gave for the names in its route's pattern, decoded.
package struct PathParameters: Sendable, Equatable {
    private var values: [String: String]

    /// Parameters by name, as tests of handlers make them.
    package init(_ values: [String: String] = [:]) {
        self.values = values
    }

    /// The value for a name, or nil if the pattern has no such name.
    package subscript(_ name: String) -> String? { values[name] }

    /// The value for a name that the pattern has.
    ///
    /// - Throws: `Problem` 404 if it is missing.
    package func required(_ name: String) throws(Problem) -> String {
        guard let value = values[name] else {
            throw Problem(404, "not_found", "no \(name) in the path")
        }
        return value
    }
}

/// A path with names in braces: `/tenants/{id}/documents`; letters may stand before a name, as in
/// `/v{version}`, and `{rest...}` at the end takes any number of segments.
struct RoutePattern: Sendable {
    private enum Part: Sendable {
        case literal(String)
        case name(String, after: String)
        case rest(String)
    }

    private let parts: [Part]
    /// The path as it was written.
    let text: String
    /// The path itself, if the pattern has no names.
    let plain: String?

    init(_ text: String) {
        precondition(text.hasPrefix("/"), "a route's pattern begins with a slash")
        self.text = text
        parts = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            guard let brace = $0.firstIndex(of: "{"), $0.hasSuffix("}") else {
                return .literal(String($0))
            }
            let name = String($0[brace...].dropFirst().dropLast())
            return name.hasSuffix("...")
                ? .rest(String(name.dropLast(3))) : .name(name, after: String($0[..<brace]))
        }
        let isPlain = parts.allSatisfy { if case .literal = $0 { true } else { false } }
        plain = isPlain ? text : nil
    }

    /// The parameters if the segments fit; an empty segment is no value for a name.
    func match(_ segments: [String]) -> PathParameters? {
        var values: [String: String] = [:]
        for (index, part) in parts.enumerated() {
            guard index < segments.count else { return nil }
            switch part {
            case .rest(let name):
                values[name] = segments[index...].joined(separator: "/")
                return PathParameters(values)
            case .literal(let text): guard segments[index] == text else { return nil }
            case .name(let name, let letters):
                let segment = segments[index]
                guard segment.utf8.count > letters.utf8.count, segment.hasPrefix(letters) else {
                    return nil
                }
                values[name] = String(segment.dropFirst(letters.count))
            }
        }
        return segments.count == parts.count ? PathParameters(values) : nil
    }

    /// Whether some path fits both patterns.
    func overlaps(_ other: RoutePattern) -> Bool {
        for (index, part) in parts.enumerated() {
            if case .rest = part { return other.parts.count > index }
            guard index < other.parts.count else { return false }
            switch (part, other.parts[index]) {
            case (_, .rest): return true
            case (.literal(let mine), .literal(let theirs)):
                guard mine == theirs else { return false }
            case (.literal(let text), .name(_, let letters)),
                (.name(_, let letters), .literal(let text)):
                guard text.utf8.count > letters.utf8.count, text.hasPrefix(letters) else {
                    return false
                }
            case (.name(_, let mine), .name(_, let theirs)):
                guard mine.hasPrefix(theirs) || theirs.hasPrefix(mine) else { return false }
            case (.rest, _): return true
            }
        }
        return other.parts.count == parts.count
    }
}
