package import Conversation
package import OpeningHours
import TimeZones

/// The time in which a business answers: all of it, where it has no opening hours.
package struct OpenTime: Sendable {
    /// The hours; `nil` for around the clock.
    let hours: OpeningHours?

    /// Takes hours.
    package init(_ hours: OpeningHours?) { self.hours = hours }

    /// The open seconds between two moments.
    package func elapsed(_ from: Timestamp, _ to: Timestamp) -> Int64 {
        guard let hours else { return max(0, (to.milliseconds - from.milliseconds) / 1_000) }
        return hours.elapsed(from.secondFromThere, to.second)
    }

    /// When so many open seconds have passed; `nil` where it does not open.
    package func deadline(from moment: Timestamp, _ seconds: Int64) -> Timestamp? {
        guard seconds > 0 else { return moment }
        guard let hours else { return moment + .seconds(seconds) }
        return hours.deadline(from: moment.secondFromThere, budget: seconds).instant
            .map { Timestamp(seconds: $0) }
    }

    /// Whether somebody can be told of something: it is open, or was until a moment ago, as a
    /// promise may run out just as the business closes.
    func isForNews(at moment: Timestamp) -> Bool {
        guard let hours else { return true }
        return hours.isOpen(at: moment.second) || hours.isOpen(at: moment.second - 60)
    }

    /// When it opens next; `nil` where it does not.
    func nextOpening(after moment: Timestamp) -> Timestamp? {
        hours?.nextOpening(after: moment.second).instant.map { Timestamp(seconds: $0) }
    }

    /// By which hours and rules is reckoned: the data's version and a name of the rest.
    var version: String {
        guard let hours else { return "always" }
        // Whole numbers and words: it can always be written.
        let words = (try? RecordCodec.encode(hours)) ?? []
        return "\(hours.zone.version)/\(NameHash.hex(words).prefix(12))"
    }
}

extension Timestamp {
    /// The whole second that it is in, since 1970.
    var second: Int64 {
        milliseconds >= 0 ? milliseconds / 1_000 : (milliseconds - 999) / 1_000
    }

    /// The first whole second that is not before.
    var secondFromThere: Int64 { Timestamp(milliseconds: milliseconds + 999).second }
}
