/// A moment of wall-clock time, in milliseconds since 1970-01-01 UTC; in JSON a number.
package struct Timestamp: Hashable, Sendable, Comparable, Codable {
    /// Milliseconds since 1970-01-01 UTC.
    package var milliseconds: Int64

    /// Takes milliseconds since 1970-01-01 UTC.
    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Takes seconds since 1970-01-01 UTC, as WhatsApp counts.
    package init(seconds: Int64) { self.milliseconds = seconds &* 1000 }

    /// The years 0 to 9999, which RFC 3339 can write: what was read can be reckoned with, no wait
    /// takes it past the last number there is.
    private static let readable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// Whether a record may hold it.
    var isReadable: Bool { Self.readable.contains(milliseconds) }

    /// Reads a number of milliseconds within the years 0 to 9999.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        milliseconds = try container.decode(Int64.self)
        guard isReadable else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a moment is within the years 0 to 9999")
        }
    }

    /// Writes a number of milliseconds.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    /// Orders by time.
    package static func < (left: Self, right: Self) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// A later moment.
    package static func + (moment: Self, wait: Duration) -> Self {
        Self(milliseconds: moment.milliseconds + wait.wholeMilliseconds)
    }

    /// An earlier moment.
    package static func - (moment: Self, wait: Duration) -> Self {
        Self(milliseconds: moment.milliseconds - wait.wholeMilliseconds)
    }

    /// The time that passed from `earlier` to this moment; negative if it is later.
    package func since(_ earlier: Self) -> Duration {
        .milliseconds(milliseconds - earlier.milliseconds)
    }

    /// RFC 3339 in UTC with milliseconds, such as `2026-11-21T09:30:00.000Z`.
    package var rfc3339: String {
        let days = Int64((Double(milliseconds) / 86_400_000).rounded(.down))
        let inDay = milliseconds - days * 86_400_000
        let (year, month, day) = Self.civil(fromDays: days)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        func put(_ value: Int64, width: Int, then mark: Unicode.Scalar) {
            let digits = String(value).utf8
            for _ in digits.count..<max(width, digits.count) { text.append(0x30) }
            text.append(contentsOf: digits)
            text.append(UInt8(ascii: mark))
        }
        put(year, width: 4, then: "-")
        put(month, width: 2, then: "-")
        put(day, width: 2, then: "T")
        put(inDay / 3_600_000, width: 2, then: ":")
        put(inDay / 60_000 % 60, width: 2, then: ":")
        put(inDay / 1000 % 60, width: 2, then: ".")
        put(inDay % 1000, width: 3, then: "Z")
        return String(decoding: text, as: UTF8.self)
    }

    /// The Gregorian date of a number of days since 1970-01-01.
    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension Duration {
    /// The duration in milliseconds, the rest dropped.
    package var wholeMilliseconds: Int64 {
        components.seconds &* 1000 &+ components.attoseconds / 1_000_000_000_000_000
    }
}
