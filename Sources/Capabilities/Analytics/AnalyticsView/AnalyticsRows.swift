import Conversation
package import Endpoints
import NumberLimits
package import SQLite
import TimeZones
package import Views

/// What was counted of one business, as far as whoever looks may see its numbers.
package struct AnalyticsRows {
    /// Counts by the measure's word.
    package typealias Counts = [String: Int]

    /// Who was there in a window.
    package struct Visitors: Hashable, Sendable {
        /// How many people.
        package var all = 0
        /// How many of them were never there before.
        package var new = 0
        /// How many in each part.
        package var parts: [Int]
        /// How many in each part who were never there before.
        package var newParts: [Int]

        fileprivate init(parts: Int) {
            self.parts = Array(repeating: 0, count: parts)
            newParts = self.parts
        }
    }

    private let rows: Rows
    private let scope: TenantScope
    private let zones: ZoneDays
    private let visible: (sql: String, values: [Value])
    /// Whether only some numbers are looked at.
    package let isLimited: Bool
    private var tenant: Value { .text(scope.tenant.rawValue) }

    /// Looks at the figures of a tenant.
    package init(_ rows: Rows, of scope: TenantScope, by zones: ZoneDays) throws(SQLiteError) {
        self.rows = rows
        self.scope = scope
        self.zones = zones
        let limit = try NumberLimits.condition(
            for: scope.viewer, in: scope.tenant, on: "number", rows)
        isLimited = limit != nil
        visible = limit ?? ("1", [])
    }

    /// The days of the tenant's zone.
    package func days() throws(SQLiteError) -> LocalDays {
        let zone = try rows.first("SELECT zone FROM zones WHERE tenant = ?", tenant) {
            $0.text(0)
        }
        return zones.days(in: zone ?? "UTC")
    }

    /// What was counted in each part of a window.
    package func counts(
        _ window: Period.Window, by days: LocalDays, inHours: Bool
    ) throws(SQLiteError) -> [Counts] {
        var counts = [Counts](repeating: [:], count: window.parts.count)
        var part = 0
        func take(_ slot: Slot, _ what: String, _ count: Int) {
            while part < counts.count - 1, slot >= window.parts[part].to { part += 1 }
            counts[part][what, default: 0] += count
        }
        guard !counts.isEmpty else { return counts }
        // Whole days are together already; of the one in which the window ends some may be later.
        let last = inHours ? days.day(of: window.from) : days.day(of: window.to - 1)
        let fine = inHours ? window.from : days.start(of: last)
        if !inHours {
            let found = try rows.all(
                """
                SELECT day, what, sum(count) FROM days
                WHERE tenant = ? AND day >= ? AND day < ? AND \(visible.sql)
                GROUP BY day, what ORDER BY day
                """,
                with: [tenant, .integer(days.day(of: window.from)), .integer(last)]
                    + visible.values
            ) { ($0.int64(0), $0.text(1), Int($0.int64(2))) }
            for (day, what, count) in found { take(days.start(of: day), what, count) }
        }
        let found = try rows.all(
            """
            SELECT slot, what, sum(count) FROM counts
            WHERE tenant = ? AND slot >= ? AND slot < ? AND \(visible.sql)
            GROUP BY slot, what ORDER BY slot
            """, with: [tenant, .integer(fine), .integer(window.to)] + visible.values
        ) { ($0.int64(0), $0.text(1), Int($0.int64(2))) }
        for (slot, what, count) in found { take(slot, what, count) }
        return counts
    }

    /// Customers' messages by the day of the week, from Monday on, and the hour of the wall's
    /// clock.
    package func hours(
        _ window: Period.Window, by days: LocalDays
    ) throws(SQLiteError) -> [[Int]] {
        var hours = [[Int]](repeating: Array(repeating: 0, count: 24), count: 7)
        let found = try rows.all(
            """
            SELECT slot, sum(count) FROM counts
            WHERE tenant = ? AND slot >= ? AND slot < ? AND what = ? AND \(visible.sql)
            GROUP BY slot
            """,
            with: [
                tenant, .integer(window.from), .integer(window.to),
                .text(Measure.fromCustomers.word),
            ] + visible.values
        ) { ($0.int64(0), Int($0.int64(1))) }
        for (slot, count) in found {
            let weekday = Int((days.day(of: slot) + 3).remainder(7))
            hours[weekday][days.hour(of: slot)] += count
        }
        return hours
    }

    // MARK: People

    /// Who was there in the days of a window.
    package func visitors(
        _ kind: PersonKind, _ window: Period.Window, by days: LocalDays
    ) throws(SQLiteError) -> Visitors {
        var visitors = Visitors(parts: window.parts.count)
        guard !window.parts.isEmpty else { return visitors }
        let first = days.day(of: window.from)
        let last = days.day(of: window.to - 1)
        let firsts = window.parts.map { days.day(of: $0.from) }
        var part = 0
        func take(_ day: Int64, _ before: Int64, _ count: Int) {
            while part < firsts.count - 1, day >= firsts[part + 1] { part += 1 }
            if before < firsts[part] { visitors.parts[part] += count }
            if before < first { visitors.all += count }
            guard before == neverBefore else { return }
            visitors.newParts[part] += count
            visitors.new += count
        }
        let whose: [Value] = [tenant, .text(kind.rawValue)]
        let found = try rows.all(
            """
            SELECT day, before, sum(count) FROM visits
            WHERE tenant = ? AND kind = ? AND day >= ? AND day < ? AND \(visible.sql)
            GROUP BY day, before ORDER BY day
            """, with: whose + [.integer(first), .integer(last)] + visible.values
        ) { ($0.int64(0), $0.int64(1), Int($0.int64(2))) }
        for (day, before, count) in found { take(day, before, count) }
        let arrived = try rows.all(
            """
            SELECT before, sum(count) FROM arrivals
            WHERE tenant = ? AND kind = ? AND day = ? AND slot < ? AND \(visible.sql)
            GROUP BY before
            """, with: whose + [.integer(last), .integer(window.to)] + visible.values
        ) { ($0.int64(0), Int($0.int64(1))) }
        for (before, count) in arrived { take(last, before, count) }
        return visitors
    }

    /// Who was there in the hours of windows, and who of the first was there in the second, too.
    package func visitors(
        _ kind: PersonKind, hoursOf now: Period.Window, and before: Period.Window,
        whole: Period.Window
    ) throws(SQLiteError) -> (now: Visitors, before: Visitors, earlier: Int, returned: Int) {
        var (visitors, former) = (
            Visitors(parts: now.parts.count), Visitors(parts: before.parts.count)
        )
        var (earlier, returned) = (0, 0)
        let found = try rows.all(
            """
            SELECT slots FROM people
            WHERE tenant = ? AND kind = ? AND last >= ? AND \(visible.sql)
            """,
            with: [tenant, .text(kind.rawValue), .integer(before.from)] + visible.values
        ) { Slots($0.blob(0)) }
        for slots in found {
            let isHere = Self.add(slots, now, to: &visitors)
            _ = Self.add(slots, before, to: &former)
            let wasHere = slots.index(from: whole.from) < slots.index(from: whole.to)
            if wasHere { earlier += 1 }
            if wasHere, isHere { returned += 1 }
        }
        return (visitors, former, earlier, returned)
    }

    /// Adds somebody to a window; says whether they were there.
    private static func add(
        _ slots: Slots, _ window: Period.Window, to visitors: inout Visitors
    ) -> Bool {
        let range = slots.index(from: window.from)..<slots.index(from: window.to)
        guard !range.isEmpty else { return false }
        visitors.all += 1
        let isNew = range.lowerBound == 0
        if isNew { visitors.new += 1 }
        var last: Int?
        for index in range {
            let slot = slots[index]
            var part = last ?? 0
            while part < window.parts.count - 1, slot >= window.parts[part].to { part += 1 }
            guard part != last else { continue }
            if isNew, last == nil { visitors.newParts[part] += 1 }
            visitors.parts[part] += 1
            last = part
        }
        return true
    }

    // MARK: Features

    /// On how many days each feature was used.
    package func featureDays(
        _ window: Period.Window, by days: LocalDays
    ) throws(SQLiteError) -> [String: Int] {
        let found = try rows.all(
            """
            SELECT what, count(DISTINCT day) FROM days
            WHERE tenant = ? AND day >= ? AND day <= ? AND \(visible.sql) GROUP BY what
            """,
            with: [
                tenant, .integer(days.day(of: window.from)),
                .integer(days.day(of: window.to - 1)),
            ] + visible.values
        ) { ($0.text(0), Int($0.int64(1))) }
        return Dictionary(found) { first, _ in first }
    }
}
