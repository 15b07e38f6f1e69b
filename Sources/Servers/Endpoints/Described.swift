package import JSON

/// A type that says what its JSON looks like: bodies and answers of endpoints, their parameters.
package protocol Described: Sendable {
    /// What its JSON looks like.
    static var schema: JSONSchema { get }
}

extension Array: Described where Element: Described {
    package static var schema: JSONSchema { .list(Element.schema) }
}
