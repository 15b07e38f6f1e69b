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
    /// - Throws: `HTTPError` 404 if it is missing.
    package func required(_ name: String) throws(HTTPError) -> String {
        guard let value = values[name] else {
            throw HTTPError(404, code: "not_found", message: "no \(name) in the path")
        }
        return value
    }
}

/// A path with names in braces: `/tenants/{id}/documents`; `{rest...}` at the end takes any
/// number of segments.
struct RoutePattern: Sendable {
    private enum Part: Sendable {
        case literal(String)
        case name(String)
        case rest(String)
    }

    private let parts: [Part]
    /// The path itself, if the pattern has no names.
    let plain: String?

    init(_ text: String) {
        precondition(text.hasPrefix("/"), "a route's pattern begins with a slash")
        parts = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            guard $0.hasPrefix("{"), $0.hasSuffix("}") else { return .literal(String($0)) }
            let name = String($0.dropFirst().dropLast())
            return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .name(name)
        }
        let isPlain = parts.allSatisfy { if case .literal = $0 { true } else { false } }
        plain = isPlain ? text : nil
    }

    /// The parameters if the segments fit; an empty segment is no value for a name.
    func match(_ segments: [String]) -> PathParameters? {
        var values: [String: String] = [:]
        for (index, part) in parts.enumerated() {
            if case .rest(let name) = part {
                guard index < segments.count else { return nil }
                values[name] = segments[index...].joined(separator: "/")
                return PathParameters(values)
            }
            guard index < segments.count else { return nil }
            switch part {
            case .literal(let text): guard segments[index] == text else { return nil }
            case .name(let name):
                guard !segments[index].isEmpty else { return nil }
                values[name] = segments[index]
            case .rest: break
            }
        }
        return segments.count == parts.count ? PathParameters(values) : nil
    }
}
