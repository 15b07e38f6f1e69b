/// Spans of time for people.
package enum DurationText {
    /// The two largest units that matter: `350 ms`, `12.4 s`, `3 min 5 s`, `2 h 10 min`, `30 d`.
    package static func short(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        if milliseconds < 0 { return "-" + short(.milliseconds(-milliseconds)) }
        if milliseconds < 1_000 { return "\(milliseconds) ms" }
        if milliseconds < 60_000 {
            return "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100) s"
        }
        let seconds = milliseconds / 1_000
        if seconds < 3_600 { return pair(seconds / 60, "min", seconds % 60, "s") }
        if seconds < 86_400 { return pair(seconds / 3_600, "h", seconds % 3_600 / 60, "min") }
        return pair(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h")
    }

    private static func pair(_ large: Int64, _ unit: String, _ small: Int64, _ smallUnit: String)
        -> String
    {
        small == 0 ? "\(large) \(unit)" : "\(large) \(unit) \(small) \(smallUnit)"
    }
}
