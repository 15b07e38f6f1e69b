/// Names a field of a record's JSON, with all that is below it: `contact`, `message.content`.
package struct FieldPath: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The names of the fields, from the outermost.
    package let names: [String]

    /// Takes names that are joined by full stops.
    package init(stringLiteral path: String) {
        names = path.split(separator: ".").map(String.init)
    }
}
