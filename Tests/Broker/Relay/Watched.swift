import Foundation
import Synchronization

/// A value that threads wait for.
final class Watched<Value: Sendable>: Sendable {
    private let held: Mutex<Value>
    private let condition = NSCondition()

    init(_ value: Value) { held = Mutex(value) }

    var value: Value { held.withLock { $0 } }

    /// Changes the value, and wakes whoever waits for it.
    func change<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        defer { condition.broadcast() }
        return held.withLock { body(&$0) }
    }

    /// Waits until the value is so, or until the end, if there is one.
    func wait(until end: Date? = nil, for isSo: (Value) -> Bool) {
        condition.lock()
        defer { condition.unlock() }
        while !isSo(value) {
            guard let end else {
                condition.wait()
                continue
            }
            guard condition.wait(until: end) else { return }
        }
    }
}
