/// Names a field of a record's JSON, with all that is below it: `contact`, `message.content`.
package struct FieldPath: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The names of the fields, from the outermost.
    package let names: [String]
    /// The outermost name in UTF-8: what is looked for in each record that is sealed.
    package let outermost: [UInt8]
    /// Its first eight bytes as a number, the first byte the lowest: what tells most names apart.
    package let beginning: UInt64

    /// Takes names that are joined by full stops.
    package init(stringLiteral path: String) {
        names = path.split(separator: ".").map(String.init)
        outermost = Array((names.first ?? "").utf8)
        beginning = outermost.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
