package import TimeZones

/// When a business is open: the one answer for bot, queue, promises, notices and reminders.
///
/// It is a value with its zone's rules in it, and all it says follows from it alone: a schedule in
/// wall time becomes intervals of instants, per date: the week's hours, without what is closed,
/// with what is open besides. What begins or ends as clocks change follows
/// ``ZoneRules/instant(ofLocal:_:)``. Instants are whole seconds since 1970-01-01 UTC.
package struct OpeningHours: Hashable, Sendable, Codable {
    /// From an instant until before another.
    package struct Interval: Hashable, Sendable {
        /// When it begins.
        package var start: Int64
        /// When it is over.
        package var end: Int64

        /// Describes an interval.
        package init(start: Int64, end: Int64) {
            self.start = start
            self.end = end
        }
    }

    /// When something comes, if it does.
    package enum Moment: Hashable, Sendable {
        /// Then.
        case at(Int64)
        /// There is no opening within ``horizon`` days.
        case noOpening

        /// The instant, if there is one.
        package var instant: Int64? {
            guard case .at(let instant) = self else { return nil }
            return instant
        }
    }

    /// How many days ahead an opening is looked for.
    ///
    /// A business that does not open for longer has
    /// closed, or its settings are wrong.
    package static let horizon: Int64 = 400
    /// Days that are looked at together.
    private static let stride: Int64 = 14

    /// When, in wall time.
    package var schedule: OpeningSchedule
    /// Where.
    package var zone: ZoneRules

    /// Takes a schedule of a zone.
    package init(_ schedule: OpeningSchedule, in zone: ZoneRules) {
        self.schedule = schedule
        self.zone = zone
    }

    // MARK: Questions

    /// Whether it is open.
    package func isOpen(at instant: Int64) -> Bool {
        !intervals(from: instant, to: instant + 1).isEmpty
    }

    /// When it opens next, after an instant: a time at which it was closed just before.
    package func nextOpening(after instant: Int64) -> Moment {
        // One second of the past tells whether it is open already as that begins.
        var from = instant
        while let window = nextWindow(after: from, until: instant + Self.horizon * 86_400) {
            let open = intervals(from: window.start - 1, to: window.end)
            if let found = open.first(where: { $0.start > instant && $0.start >= window.start }) {
                return .at(found.start)
            }
            from = window.end
        }
        return .noOpening
    }

    /// When what it is now ends: when it closes, if it is open, else when it opens.
    package func nextChange(after instant: Int64) -> Moment {
        guard isOpen(at: instant) else { return nextOpening(after: instant) }
        var from = instant
        while let window = nextWindow(after: from, until: instant + Self.horizon * 86_400) {
            guard let open = intervals(from: from, to: window.end).first, open.start == from else {
                return .at(from)
            }
            if open.end < window.end { return .at(open.end) }
            from = window.end
        }
        // Open around the clock.
        return .noOpening
    }

    /// The open seconds between two instants; none where the second is not later.
    package func elapsed(_ from: Int64, _ to: Int64) -> Int64 {
        var sum: Int64 = 0
        var start = from
        while let window = nextWindow(after: start, until: to) {
            sum += intervals(from: window.start, to: window.end).reduce(0) {
                $0 + $1.end - $1.start
            }
            start = window.end
        }
        return sum
    }

    /// When so many open seconds have passed.
    package func deadline(from instant: Int64, budget: Int64) -> Moment {
        guard budget > 0 else { return .at(instant) }
        var left = budget
        var start = instant
        var lastOpen = instant
        while let window = nextWindow(after: start, until: lastOpen + Self.horizon * 86_400) {
            for open in intervals(from: window.start, to: window.end) {
                if open.end - open.start >= left { return .at(open.start + left) }
                left -= open.end - open.start
                lastOpen = open.end
            }
            start = window.end
        }
        return .noOpening
    }

    private func nextWindow(after start: Int64, until end: Int64) -> Interval? {
        guard start < end else { return nil }
        return Interval(start: start, end: min(end, start + Self.stride * 86_400))
    }

    // MARK: Intervals

    /// When it is open between two instants, in order, apart from each other, and cut to these.
    package func intervals(from: Int64, to: Int64) -> [Interval] {
        guard from < to else { return [] }
        // A span reaches into the next day, and a zone is at most a day or so from Greenwich.
        let first = zone.local(at: from).flooredQuotient(86_400) - 2
        let last = zone.local(at: to).flooredQuotient(86_400) + 1
        var weekly: [Interval] = []
        var closed: [Interval] = []
        var extra: [Interval] = []
        for number in first...last {
            let date = CivilDate(dayNumber: number)
            let weekday = date.weekday
            for hours in schedule.week where hours.day == weekday {
                append(hours.span, of: number, to: &weekly)
            }
            for hours in schedule.closures where hours.holds(date) {
                append(hours.span, of: number, to: &closed)
            }
            for hours in schedule.extras where hours.holds(date) {
                append(hours.span, of: number, to: &extra)
            }
        }
        let usual = Self.subtract(Self.merged(closed), from: Self.merged(weekly))
        let open = Self.merged(usual + extra)
        return open.compactMap { interval in
            let cut = Interval(start: max(interval.start, from), end: min(interval.end, to))
            return cut.start < cut.end ? cut : nil
        }
    }

    private func append(_ span: DaySpan, of day: Int64, to intervals: inout [Interval]) {
        let midnight = day * 86_400
        let start = zone.instant(ofLocal: midnight + Int64(span.from) * 60, .first)
        let end = zone.instant(ofLocal: midnight + Int64(span.to) * 60, .last)
        if start < end { intervals.append(Interval(start: start, end: end)) }
    }

    /// The same time in order, with what touches as one.
    private static func merged(_ intervals: [Interval]) -> [Interval] {
        var merged: [Interval] = []
        for next in intervals.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            if let last = merged.last, next.start <= last.end {
                merged[merged.count - 1].end = max(last.end, next.end)
            } else {
                merged.append(next)
            }
        }
        return merged
    }

    /// What is left of some time; both are merged.
    private static func subtract(_ closed: [Interval], from open: [Interval]) -> [Interval] {
        var left: [Interval] = []
        for interval in open {
            var start = interval.start
            for gap in closed where gap.start < interval.end && gap.end > start {
                if gap.start > start { left.append(Interval(start: start, end: gap.start)) }
                start = max(start, gap.end)
            }
            if start < interval.end { left.append(Interval(start: start, end: interval.end)) }
        }
        return left
    }
}
