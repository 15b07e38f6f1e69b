/// The value of a field of a log line.
///
/// There is no way to make one from a message's text, a name, a phone number or a secret but to
/// call it an identifier, which a reader sees: customers' words never belong into a log.
package struct LogValue: Sendable, Hashable, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByStringLiteral
{
    enum Content: Sendable, Hashable {
        case string(String)
        case integer(Int64)
        case number(Double)
        case boolean(Bool)
    }

    let content: Content

    private init(_ content: Content) { self.content = content }

    /// An opaque identifier: of a record, a conversation, a tenant, a topic, a stage.
    package static func identifier(_ value: some CustomStringConvertible) -> Self {
        Self(.string(value.description))
    }

    /// An error, as it describes itself; errors carry no message texts and no secrets.
    package static func error(_ error: any Error) -> Self {
        Self(.string(String(describing: error)))
    }

    /// Words of the program itself, such as the reason of a rejection.
    package static func reason(_ words: String) -> Self { Self(.string(words)) }

    /// A whole number.
    package static func count(_ value: some BinaryInteger) -> Self {
        Self(.integer(Int64(clamping: value)))
    }

    /// A length of time, written in seconds.
    package static func duration(_ value: Duration) -> Self { Self(.number(value.seconds)) }

    /// A whole number.
    package init(integerLiteral value: Int64) { self.init(.integer(value)) }
    /// True or false.
    package init(booleanLiteral value: Bool) { self.init(.boolean(value)) }
    /// Words that stand in the source; interpolation does not compile.
    package init(stringLiteral value: StaticString) { self.init(.string(value.description)) }
}

extension Duration {
    /// The duration in seconds.
    package var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
