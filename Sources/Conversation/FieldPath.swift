/// Names a field of a record's JSON, with all that is below it: `contact`, `message.content`.
package struct FieldPath: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The names of the fields, from the outermost.
    package let names: [String]
    /// The outermost name in UTF-8: what is looked for in each record that is sealed.
    package let outermost: [UInt8]

    /// Takes names that are joined by full stops.
    package init(stringLiteral path: String) {
        names = path.split(separator: ".").map(String.init)
        outermost = Array((names.first ?? "").utf8)
    }
}
