import Glibc

/// The value of the `Date` header, made anew once a second (RFC 9110, 5.6.7 and 6.6.1).
struct DateHeader {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The octets of the value.
    private(set) var value: [UInt8] = []
    private var madeAt: UInt64 = 0

    /// Makes the value anew if the last one is a second old; `now` is monotonic nanoseconds.
    mutating func refresh(_ now: UInt64) {
        guard value.isEmpty || now - madeAt >= 1_000_000_000 else { return }
        madeAt = now
        var seconds = time(nil)
        var parts = unsafe tm()
        guard unsafe gmtime_r(&seconds, &parts) != nil else { return }
        let (weekday, day, month) = unsafe (parts.tm_wday, parts.tm_mday, parts.tm_mon)
        let (year, hour) = unsafe (parts.tm_year + 1_900, parts.tm_hour)
        let (minute, second) = unsafe (parts.tm_min, parts.tm_sec)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let text =
            "\(Self.days[Int(weekday)]), \(two(day)) \(Self.months[Int(month)]) \(year) "
            + "\(two(hour)):\(two(minute)):\(two(second)) GMT"
        value = Array(text.utf8)
    }
}
