import Synchronization

/// What a pure function made of texts lately: customers ask about the same few passages again and
/// again, and reading one takes longer than all else about a turn.
package final class Memo<Text: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Generations {
        var young: [Text: Value] = [:]
        var old: [Text: Value] = [:]
    }

    /// Two generations of this many texts are kept: passages of some kilobytes, a few megabytes.
    private static var generation: Int { 500 }

    private let make: @Sendable (Text) -> Value
    private let made = Mutex(Generations())

    /// Takes the function, which gives the same for the same text.
    package init(_ make: @escaping @Sendable (Text) -> Value) {
        self.make = make
    }

    /// What the function makes of a text.
    package func callAsFunction(_ text: Text) -> Value {
        let known = made.withLock { made -> Value? in
            if let value = made.young[text] { return value }
            guard let value = made.old[text] else { return nil }
            Self.keep(value, of: text, in: &made)
            return value
        }
        if let known { return known }
        let value = make(text)
        made.withLock { Self.keep(value, of: text, in: &$0) }
        return value
    }

    private static func keep(_ value: Value, of text: Text, in made: inout Generations) {
        if made.young.count >= generation {
            made.old = made.young
            made.young = [:]
        }
        made.young[text] = value
    }
}
