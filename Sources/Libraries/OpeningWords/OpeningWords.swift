package import OpeningHours
import TimeZones

/// Says to a customer that a business is closed, and when it opens, as a person would: a day's name
/// for this week, a date for later, the time in the business's zone.
package enum OpeningWords {
    /// The language where a customer's own has no words here.
    package static let fallback = "en"

    /// The languages that have words.
    package static var languages: [String] { Phrases.all.keys.sorted() }

    /// What a customer is told who writes `now` while it is closed until `opening`, in the zone of
    /// these hours.
    ///
    /// The language is a BCP 47 code, of which the first part counts: `pt` of `pt-BR`.
    package static func closed(
        until opening: OpeningHours.Moment, now: Int64, _ hours: OpeningHours,
        in language: String?
    ) -> String {
        let code = language?.split(separator: "-").first.map(String.init) ?? fallback
        guard let phrases = Phrases.all[code] ?? Phrases.all[fallback] else { return "" }
        guard case .at(let instant) = opening else { return phrases.openEnd }
        return fill(
            phrases.closed, ["when": when(instant, now: now, hours.zone, phrases)])
    }

    /// An instant, as far from now as people name it.
    static func when(
        _ instant: Int64, now: Int64, _ zone: ZoneRules, _ phrases: Phrases
    ) -> String {
        let local = zone.local(at: instant)
        let today = zone.local(at: now).flooredQuotient(86_400)
        let day = local.flooredQuotient(86_400)
        let date = CivilDate(dayNumber: day)
        let minutes = Int(local.remainder(86_400) / 60)
        let values = [
            "weekday": phrases.weekdays[date.weekday - 1], "day": String(date.day),
            "month": phrases.months[date.month - 1], "time": time(minutes, phrases),
        ]
        switch day - today {
        case ...0: return fill(phrases.today, values)
        case 1: return fill(phrases.tomorrow, values)
        case 2...6: return fill(phrases.soon, values)
        default: return fill(phrases.later, values)
        }
    }

    private static func time(_ minutes: Int, _ phrases: Phrases) -> String {
        let (hour, minute) = (minutes / 60, minutes % 60)
        let padded = minute < 10 ? "0\(minute)" : "\(minute)"
        switch phrases.clock {
        case .halves:
            let twelfth = hour % 12 == 0 ? 12 : hour % 12
            return "\(twelfth):\(padded) \(hour < 12 ? "am" : "pm")"
        case .french: return minute == 0 ? "\(hour) h" : "\(hour) h \(padded)"
        case .whole(let mark, let words, let one):
            // One o'clock is singular in some languages.
            let lead = hour == 1 ? one ?? words : words
            return fill(lead, ["clock": "\(hour)\(mark)\(padded)"])
        }
    }

    /// A text with its names in braces replaced.
    static func fill(_ text: String, _ values: [String: String]) -> String {
        var filled = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            filled += rest[..<open]
            filled += values[String(rest[rest.index(after: open)..<close])] ?? ""
            rest = rest[rest.index(after: close)...]
        }
        return filled + rest
    }
}

/// The words of a language.
struct Phrases {
    /// How it writes times.
    enum Clock {
        /// `9:00 am`.
        case halves
        /// `9 h 30`.
        case french
        /// Hours to 23: what stands between hour and minute, the time within its words (`{clock}`),
        /// and these at one o'clock where they are others.
        case whole(String, String, one: String? = nil)
    }

    /// `{when}` it opens again.
    var closed: String
    /// It opens no more, as far as is known.
    var openEnd: String
    /// `{time}` of today.
    var today: String
    /// `{time}` of tomorrow.
    var tomorrow: String
    /// `{weekday}` of the next days, `{time}`.
    var soon: String
    /// `{weekday}`, `{day}`, `{month}`, `{time}`.
    var later: String
    /// From Monday, as they stand in the sentences.
    var weekdays: [String]
    /// From January, as they stand behind a day.
    var months: [String]
    /// How it writes times.
    var clock: Clock

    init(
        _ closed: String, _ openEnd: String, today: String, tomorrow: String, soon: String,
        later: String, weekdays: String, months: String, _ clock: Clock
    ) {
        self.closed = closed
        self.openEnd = openEnd
        self.today = today
        self.tomorrow = tomorrow
        self.soon = soon
        self.later = later
        self.weekdays = weekdays.split(separator: ",").map(String.init)
        self.months = months.split(separator: ",").map(String.init)
        self.clock = clock
    }
}
