import FoundationEssentials

/// Moments as operators type them.
package enum MomentText {
    /// Milliseconds since 1970 of `2026-11-21T09:30:00Z`, of a date alone (its midnight in UTC),
    /// or of a time ago: `90s`, `15m`, `2h`, `3d`; `nil` for anything else.
    package static func parse(_ text: String, now: Int64) -> Int64? {
        if let ago = ago(text) { return now - ago }
        let full = text.count == 10 ? text + "T00:00:00Z" : text
        for fractional in [false, true] {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: fractional)
            // Not this form: the next, or none.
            if let date = try? Date(full, strategy: style) {
                return Int64((date.timeIntervalSince1970 * 1_000).rounded())
            }
        }
        return nil
    }

    private static func ago(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            (0...1_000_000).contains(count)
        else { return nil }
        return count * unit
    }
}
