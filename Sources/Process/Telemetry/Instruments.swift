import Synchronization

/// A number that only grows.
package final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    /// Made by ``Metrics`` only.
    init() {}

    /// Adds to the count.
    package func increment(by amount: Int = 1) {
        precondition(amount >= 0, "a counter only grows")
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    /// The count so far.
    package var value: Int { count.load(ordering: .relaxed) }
}

/// A number that goes up and down.
package final class Gauge: Sendable {
    private let bits = Atomic<UInt64>(Double.zero.bitPattern)

    /// Made by ``Metrics`` only.
    init() {}

    /// Sets the number.
    package func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    /// Adds to the number; a negative amount takes away.
    package func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(
                expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = original
        }
    }

    /// The number now.
    package var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
}

/// How often something took how long.
package final class Histogram: Sendable {
    /// From half a millisecond to a minute: a stage's step, a model's answer.
    package static let standardBuckets: [Double] = [
        0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]

    /// The counts of one histogram.
    struct Counts {
        /// How many fell into each bucket, not added up; the last is above all bounds.
        var buckets: [Int]
        var sum: Double = 0
    }

    /// The upper bounds in seconds, rising.
    let bounds: [Double]
    private let counts: Mutex<Counts>

    /// Made by ``Metrics`` only.
    init(bounds: [Double]) {
        precondition(
            bounds.allSatisfy(\.isFinite) && zip(bounds, bounds.dropFirst()).allSatisfy(<),
            "a histogram's buckets are finite and rise")
        self.bounds = bounds
        self.counts = Mutex(Counts(buckets: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Counts one more that took this long.
    package func observe(_ duration: Duration) {
        let seconds = duration.seconds
        let bucket = bounds.firstIndex { seconds <= $0 } ?? bounds.count
        counts.withLock { counts in
            counts.buckets[bucket] += 1
            counts.sum += seconds
        }
    }

    /// How many were counted so far.
    package var count: Int { snapshot.buckets.reduce(0, +) }

    var snapshot: Counts { counts.withLock { $0 } }
}
