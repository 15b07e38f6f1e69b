import Conversation

/// Moments as mails say them (RFC 5322, 3.3), in UTC.
enum MailDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Such as `Sun, 29 Nov 2026 09:30:00 +0000`.
    static func text(_ moment: Timestamp) -> String {
        // 1970-01-01 was a Thursday.
        let day = Int((moment.milliseconds / 86_400_000) % 7)
        // 2026-11-29T09:30:00.000Z
        let text = Array(moment.rfc3339)
        let month = Int(String(text[5..<7])) ?? 1
        return "\(days[(day + 7) % 7]), \(String(text[8..<10])) \(months[month - 1]) "
            + "\(String(text[0..<4])) \(String(text[11..<19])) +0000"
    }
}
