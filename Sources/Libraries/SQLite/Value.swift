/// A value as SQLite stores it.
package enum Value: Hashable, Sendable {
    /// No value.
    case null
    /// A 64-bit integer.
    case integer(Int64)
    /// A double.
    case real(Double)
    /// UTF-8 text.
    case text(String)
    /// Bytes; empty bytes differ from `null`.
    case blob([UInt8])

    /// Bytes, or `null` for `nil`.
    package static func blob(orNull bytes: [UInt8]?) -> Value {
        bytes.map(Value.blob) ?? .null
    }

    /// An integer, or `null` for `nil`.
    package static func integer(orNull number: Int64?) -> Value {
        number.map(Value.integer) ?? .null
    }

    /// Text, or `null` for `nil`.
    package static func text(orNull text: String?) -> Value {
        text.map(Value.text) ?? .null
    }
}

extension Value: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    /// Takes a literal number.
    package init(integerLiteral value: Int64) { self = .integer(value) }
    /// Takes literal text.
    package init(stringLiteral value: String) { self = .text(value) }
    /// Takes `nil`.
    package init(nilLiteral: ()) { self = .null }
}
