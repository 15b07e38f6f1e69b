package import TimeZones

/// Minutes of a day, from midnight, in wall time; what ends on the next day ends after 24:00.
package struct DaySpan: Hashable, Sendable, Codable {
    /// Minutes of a day.
    package static let day = 1_440

    /// From which minute on: 0 to 1439.
    package var from: Int
    /// Until which minute, at most a day after `from`: 1 to 2879.
    package var to: Int

    /// Takes minutes; see ``isValid``.
    package init(from: Int, to: Int) {
        self.from = from
        self.to = to
    }

    /// The whole day.
    package static let wholeDay = Self(from: 0, to: day)

    /// Whether there is such a span.
    package var isValid: Bool {
        (0..<Self.day).contains(from) && to > from && to - from <= Self.day
    }
}

/// When a business is open, in wall time: a week like any other, and the days that are not.
package struct OpeningSchedule: Hashable, Sendable, Codable {
    /// Open hours of each week.
    package struct Weekly: Hashable, Sendable, Codable {
        /// The day by ISO 8601: 1 is Monday, 7 is Sunday.
        package var day: Int
        /// The hours, which may end on the next day.
        package var span: DaySpan

        /// Describes hours.
        package init(day: Int, span: DaySpan) {
            self.day = day
            self.span = span
        }
    }

    /// Hours of one date, or of some dates in a row.
    package struct Dated: Hashable, Sendable, Codable {
        /// The first date.
        package var date: CivilDate
        /// The last; `nil` for the same.
        package var until: CivilDate?
        /// The hours of each of these dates.
        package var span: DaySpan
        /// What people call it, such as Christmas.
        package var name: String?

        /// Describes hours of dates.
        package init(
            date: CivilDate, until: CivilDate? = nil, span: DaySpan = .wholeDay,
            name: String? = nil
        ) {
            self.date = date
            self.until = until
            self.span = span
            self.name = name
        }

        /// Whether the dates hold a day.
        func holds(_ day: CivilDate) -> Bool { date <= day && day <= until ?? date }
    }

    /// The hours of each week.
    package var week: [Weekly]
    /// Closed beside that: the week's hours do not count then.
    package var closures: [Dated]
    /// Open beside that, even where it is closed otherwise.
    package var extras: [Dated]

    /// Describes a schedule.
    package init(week: [Weekly], closures: [Dated] = [], extras: [Dated] = []) {
        self.week = week
        self.closures = closures
        self.extras = extras
    }

    /// Whether it can be reckoned with.
    package var isValid: Bool {
        week.allSatisfy { (1...7).contains($0.day) && $0.span.isValid }
            && (closures + extras).allSatisfy { $0.span.isValid && $0.date <= $0.until ?? $0.date }
    }

    /// The schedule without the names that people gave to days: nothing is reckoned by them.
    package var unnamed: Self {
        func unnamed(_ dated: Dated) -> Dated {
            Dated(date: dated.date, until: dated.until, span: dated.span)
        }
        return Self(week: week, closures: closures.map(unnamed), extras: extras.map(unnamed))
    }

    /// The schedule without what was over before a date.
    package func forgetting(before date: CivilDate) -> Self {
        func isToCome(_ dated: Dated) -> Bool { (dated.until ?? dated.date) >= date }
        return Self(
            week: week, closures: closures.filter(isToCome), extras: extras.filter(isToCome))
    }
}
