/// Times that something took, summed up.
struct Latencies: Codable, Sendable, Equatable {
    var count = 0
    /// Milliseconds.
    var p50 = 0.0
    var p90 = 0.0
    var p95 = 0.0
    var p99 = 0.0
    var max = 0.0

    /// Sums up nanoseconds.
    init(_ nanoseconds: [UInt64]) {
        let sorted = nanoseconds.sorted()
        guard let last = sorted.last else { return }
        func quantile(_ part: Double) -> Double {
            // The nearest rank: the least value that `part` of all values do not exceed.
            let rank = Int((part * Double(sorted.count)).rounded(.up))
            return Double(sorted[Swift.max(0, rank - 1)]) / 1e6
        }
        count = sorted.count
        p50 = quantile(0.5)
        p90 = quantile(0.9)
        p95 = quantile(0.95)
        p99 = quantile(0.99)
        max = Double(last) / 1e6
    }

    /// The figures as people read them.
    var text: String {
        "p50 \(rounded(p50)) ms, p90 \(rounded(p90)) ms, p99 \(rounded(p99)) ms, "
            + "max \(rounded(max)) ms"
    }
}

/// A number with two decimals, or none if it is large.
func rounded(_ number: Double) -> String {
    guard number.magnitude < 1000 else { return "\(Int(number.rounded()))" }
    let hundredths = Int((number * 100).rounded())
    let rest = abs(hundredths % 100)
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
}
