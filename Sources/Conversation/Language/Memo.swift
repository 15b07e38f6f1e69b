import Synchronization

/// What a pure function made of texts lately: customers ask about the same few passages again and
/// again, and reading one takes longer than all else about a turn.
package final class Memo<Value: Sendable>: Sendable {
    private struct Generations {
        // By bytes: texts that only look alike are different texts.
        var young: [[UInt8]: Value] = [:]
        var old: [[UInt8]: Value] = [:]
    }

    /// Two generations of this many texts are kept: passages of some kilobytes, a few megabytes.
    private static var generation: Int { 500 }

    private let make: @Sendable (String) -> Value
    private let made = Mutex(Generations())

    /// Takes the function, which gives the same for the same text.
    package init(_ make: @escaping @Sendable (String) -> Value) {
        self.make = make
    }

    /// What the function makes of a text.
    package func callAsFunction(_ text: String) -> Value {
        let name = Array(text.utf8)
        let known = made.withLock { made -> Value? in
            if let value = made.young[name] { return value }
            guard let value = made.old[name] else { return nil }
            Self.keep(value, of: name, in: &made)
            return value
        }
        if let known { return known }
        let value = make(text)
        made.withLock { Self.keep(value, of: name, in: &$0) }
        return value
    }

    private static func keep(_ value: Value, of name: [UInt8], in made: inout Generations) {
        if made.young.count >= generation {
            made.old = made.young
            made.young = [:]
        }
        made.young[name] = value
    }
}
