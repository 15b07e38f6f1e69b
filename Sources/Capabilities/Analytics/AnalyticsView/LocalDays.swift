package import Conversation
import Synchronization
package import TimeZones
package import ZoneDatabase

/// A quarter of an hour, counted from 1970-01-01 UTC: no zone of today is off by less.
package typealias Slot = Int64

extension Timestamp {
    /// The quarter hour in which it is.
    package var slot: Slot { milliseconds.flooredQuotient(LocalDays.slotSeconds * 1_000) }

    /// The beginning of a quarter hour.
    package init(slot: Slot) { self.init(seconds: slot * LocalDays.slotSeconds) }
}

/// The days of a time zone, each a run of quarter hours.
///
/// A day begins as its clocks show midnight first, and ends where the next begins: where clocks are
/// put back over midnight, the hour that comes twice is all of the new day. Days are counted from
/// 1970-01-01 by the wall's calendar.
package final class LocalDays: Sendable {
    /// Seconds of a slot.
    package static let slotSeconds: Int64 = 900
    /// Quarter hours of a day with no change of the clocks.
    package static let slotsOfDay: Int64 = 96
    private static let daySeconds: Int64 = 86_400

    /// The zone.
    package let rules: ZoneRules
    /// When days begin, as far as somebody asked: to reckon it anew costs more.
    private let starts = Mutex<[Int64: Slot]>([:])

    /// The days of a zone.
    package init(_ rules: ZoneRules) { self.rules = rules }

    /// The first quarter hour of a day.
    package func start(of day: Int64) -> Slot {
        starts.withLock { starts in
            if let known = starts[day] { return known }
            let instant = rules.instant(ofLocal: day * Self.daySeconds, .first)
            let slot = (instant + Self.slotSeconds - 1).flooredQuotient(Self.slotSeconds)
            starts[day] = slot
            return slot
        }
    }

    /// The day of a quarter hour.
    package func day(of slot: Slot) -> Int64 {
        // No zone is more than a day off.
        var day = slot.flooredQuotient(Self.slotsOfDay) + 1
        while start(of: day) > slot { day -= 1 }
        return day
    }

    /// The hour of the wall's clock in which a quarter hour is, 0 to 23.
    package func hour(of slot: Slot) -> Int {
        Int(rules.local(at: slot * Self.slotSeconds).remainder(Self.daySeconds) / 3_600)
    }

    /// What hour of the wall's clock a quarter hour belongs to: another number for each hour,
    /// also for one that comes twice.
    package func hourStart(of slot: Slot) -> Int64 {
        let instant = slot * Self.slotSeconds
        return instant - rules.local(at: instant).remainder(3_600)
    }

    /// The quarter hour in which the wall's clock shows on a day what it shows on another.
    package func slot(like slot: Slot, on day: Int64) -> Slot {
        let local = rules.local(at: slot * Self.slotSeconds)
        let inDay = local - self.day(of: slot) * Self.daySeconds
        let instant = rules.instant(ofLocal: day * Self.daySeconds + inDay, .first)
        let found = instant.flooredQuotient(Self.slotSeconds)
        return min(max(found, start(of: day)), start(of: day + 1) - 1)
    }

    /// The Monday of a day's week.
    package static func monday(of day: Int64) -> Int64 { day - (day + 3).remainder(7) }
}

/// The days of all zones, by name.
package final class ZoneDays: Sendable {
    private let rules: @Sendable (String) -> ZoneRules?
    private let known = Mutex<[String: LocalDays]>([:])
    /// Which rules these are: rows that were reckoned by others are reckoned anew.
    let version: String

    /// The days by the system's files.
    package convenience init(_ database: ZoneDatabase = .system) {
        // What cannot be read is Greenwich's, as everywhere.
        self.init(version: database.version ?? "") { try? database.rules(of: $0) }
    }

    /// The days by other rules.
    package init(version: String, rules: @escaping @Sendable (String) -> ZoneRules?) {
        self.version = version
        self.rules = rules
    }

    /// The days of a zone; Greenwich's, where there are no such rules.
    package func days(in zone: String) -> LocalDays {
        known.withLock { known in
            if let days = known[zone] { return days }
            let days = LocalDays(rules(zone) ?? .utc)
            known[zone] = days
            return days
        }
    }
}
