import AccountRecords
import Conversation
import SQLite
import Views

/// Who was there when, and how many of them on which days.
extension Counting {
    /// People of a kind who write to a number.
    private struct Crowd {
        let kind: Value
        let number: Value

        init(_ kind: PersonKind, _ number: String) {
            self.kind = .text(kind.rawValue)
            self.number = .text(number)
        }

        init(kind: String, number: String) {
            self.kind = .text(kind)
            self.number = .text(number)
        }
    }

    /// Notes that somebody was there in a quarter hour.
    func note(
        _ person: String, _ kind: PersonKind, at slot: Slot, number: String, in place: Place
    ) throws(SQLiteError) {
        let crowd = Crowd(kind, number)
        let known = try rows.first(
            """
            SELECT slots FROM people
            WHERE tenant = ? AND kind = ? AND number = ? AND person = ?
            """, place.tenant, crowd.kind, crowd.number, .text(person)
        ) { $0.blob(0) }
        var slots = Slots(known ?? [])
        guard let index = slots.insert(slot) else { return }
        try rows.change(
            "INSERT OR REPLACE INTO people VALUES (?, ?, ?, ?, ?, ?)", place.tenant, crowd.kind,
            crowd.number, .text(person), .integer(slots.last ?? slot), .blob(slots.bytes))

        let day = place.days.day(of: slot)
        let earlier = index > 0 ? slots[index - 1] : nil
        let earlierDay = earlier.map { place.days.day(of: $0) }
        // Whoever was there on that day already is counted.
        guard earlierDay != day else { return }
        let before = earlierDay ?? neverBefore
        let later = index + 1 < slots.count ? slots[index + 1] : nil
        if let later {
            let laterDay = place.days.day(of: later)
            try visit(laterDay, from: later, before: before, by: -1, crowd, place)
            if laterDay != day {
                try visit(laterDay, from: later, before: day, by: 1, crowd, place)
            }
        }
        try visit(day, from: slot, before: before, by: 1, crowd, place)
    }

    /// Counts one more or less who came on a day, first in a quarter hour of it.
    private func visit(
        _ day: Int64, from slot: Slot, before: Int64, by change: Int64, _ crowd: Crowd,
        _ place: Place
    ) throws(SQLiteError) {
        let (day, before) = (Value.integer(day), Value.integer(before))
        try rows.change(
            """
            INSERT INTO visits VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET count = count + excluded.count
            """, place.tenant, crowd.kind, day, before, crowd.number, .integer(change))
        try rows.change(
            """
            INSERT INTO arrivals VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET count = count + excluded.count
            """, place.tenant, crowd.kind, day, .integer(slot), before, crowd.number,
            .integer(change))
        guard change < 0 else { return }
        try rows.change(
            """
            DELETE FROM visits WHERE tenant = ? AND kind = ? AND day = ? AND before = ?
                AND number = ? AND count = 0
            """, place.tenant, crowd.kind, day, before, crowd.number)
        try rows.change(
            """
            DELETE FROM arrivals WHERE tenant = ? AND kind = ? AND day = ? AND slot = ?
                AND before = ? AND number = ? AND count = 0
            """, place.tenant, crowd.kind, day, .integer(slot), before, crowd.number)
    }

    // MARK: Another zone

    /// Follows a business's zone: all its days are other ones then.
    func follow(_ event: OrganisationEvent) throws(SQLiteError) {
        let zone = event.facts.locale.timeZone
        guard event.facts.standing != .none, !zone.isEmpty else { return }
        let tenant = Value.text(event.tenant.rawValue)
        let known = try rows.first("SELECT zone FROM zones WHERE tenant = ?", tenant) {
            $0.text(0)
        }
        guard known != zone else { return }
        try rows.change("INSERT OR REPLACE INTO zones VALUES (?, ?)", tenant, .text(zone))
        guard (known ?? "UTC") != zone else { return }
        for table in ["days", "visits", "arrivals"] {
            try rows.change("DELETE FROM \(table) WHERE tenant = ?", tenant)
        }
        let place = try place(event.tenant)
        try fillDays(place)
        try fillVisits(place)
    }

    private func fillDays(_ place: Place) throws(SQLiteError) {
        let slots = try rows.all(
            "SELECT DISTINCT slot FROM counts WHERE tenant = ? ORDER BY slot", place.tenant
        ) { $0.int64(0) }
        var index = 0
        while index < slots.count {
            let day = place.days.day(of: slots[index])
            let end = place.days.start(of: day + 1)
            try rows.change(
                """
                INSERT INTO days SELECT tenant, ?, number, what, sum(count) FROM counts
                WHERE tenant = ? AND slot >= ? AND slot < ? GROUP BY tenant, number, what
                """, .integer(day), place.tenant, .integer(place.days.start(of: day)),
                .integer(end))
            while index < slots.count, slots[index] < end { index += 1 }
        }
    }

    private func fillVisits(_ place: Place) throws(SQLiteError) {
        // Some at a time: a business may have very many customers.
        var after = ("", "", "")
        while true {
            let page = try rows.all(
                """
                SELECT kind, number, person, slots FROM people
                WHERE tenant = ? AND (kind, number, person) > (?, ?, ?)
                ORDER BY kind, number, person LIMIT 1000
                """, place.tenant, .text(after.0), .text(after.1), .text(after.2)
            ) { ($0.text(0), $0.text(1), $0.text(2), Slots($0.blob(3))) }
            for (kind, number, _, slots) in page {
                var before = neverBefore
                for index in 0..<slots.count {
                    let day = place.days.day(of: slots[index])
                    guard day != before else { continue }
                    try visit(
                        day, from: slots[index], before: before, by: 1,
                        Crowd(kind: kind, number: number), place)
                    before = day
                }
            }
            guard page.count == 1_000, let last = page.last else { return }
            after = (last.0, last.1, last.2)
        }
    }
}
