import AccountRecords
import Conversation
import Endpoints
import HTTPServer
import JSON
import OpeningHours
import TimeZones

/// Hours of a week's day, as they are written.
struct WeeklyHours: Codable, Hashable, Sendable {
    var day: String
    var from: String
    var to: String

    static let days = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]

    static let schema = JSONSchema.object([
        .required("day", .words(days, "The day.")),
        .required("from", HoursForm.start), .required("to", HoursForm.end),
    ])
}

/// Hours of dates, as they are written; the whole day where no times are given.
struct DatedHours: Codable, Hashable, Sendable {
    var date: String
    var until: String?
    var from: String?
    var to: String?
    var name: String?

    static let schema = JSONSchema.object([
        .required("date", HoursForm.date), .optional("until", HoursForm.date),
        .optional("from", HoursForm.start), .optional("to", HoursForm.end),
        .optional("name", .text("What people call it.", 0...100)),
    ])
}

/// How times and dates are written.
enum HoursForm {
    static let start = JSONSchema.text(
        "From when on.", 5...5, pattern: "([01][0-9]|2[0-3]):[0-5][0-9]",
        rule: "a time of a day, such as 09:30")
    static let end = JSONSchema.text(
        "Until when; what is not later than the beginning is of the next day.", 5...5,
        pattern: "([01][0-9]|2[0-3]):[0-5][0-9]|24:00",
        rule: "a time of a day, such as 18:00, or 24:00")
    static let date = JSONSchema.text(
        "A day.", 10...10, pattern: "[0-9]{4}-[0-9]{2}-[0-9]{2}", rule: "a day such as 2026-12-25")

    /// Minutes of what the schema has let in.
    static func minutes(_ text: String) -> Int {
        let parts = text.split(separator: ":").compactMap { Int($0) }
        return parts.count == 2 ? parts[0] * 60 + parts[1] : 0
    }

    /// A minute of a day as it is written; what is of the next day begins anew.
    static func text(_ minutes: Int) -> String {
        let inDay = minutes > DaySpan.day ? minutes - DaySpan.day : minutes
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(padded(inDay / 60)):\(padded(inDay % 60))"
    }
}

/// When an organisation's people are to answer.
struct HoursRequest: Described, Decodable {
    /// Spans of a week, and dates.
    static let mostWeekly = 70
    static let mostDated = 200
    /// Days in a row.
    static let longestDays: Int64 = 366

    var inUse: Bool
    var week: [WeeklyHours]
    var closures: [DatedHours]
    var extras: [DatedHours]

    static let fields: [JSONSchema.Field] = [
        .required("inUse", .boolean("Whether hours count; people answer at any time otherwise.")),
        .required("week", .list(WeeklyHours.schema, "The hours of each week.", 0...mostWeekly)),
        .required(
            "closures",
            .list(DatedHours.schema, "Days that are closed, or hours of them.", 0...mostDated)),
        .required(
            "extras", .list(DatedHours.schema, "Openings besides the week's.", 0...mostDated)),
    ]

    static let schema = JSONSchema.object(fields, named: "NewOrganisationHours")

    /// - Throws: a problem that names all fields that are wrong.
    func part() throws(Problem) -> OrganisationPart.Hours {
        var check = HoursCheck()
        let schedule = OpeningSchedule(
            week: check.week(week), closures: check.dated(closures, "closures"),
            extras: check.dated(extras, "extras"))
        if inUse, week.isEmpty, extras.isEmpty {
            check.refuse(
                "/week", "no_hours",
                "there are no hours: say when you are open, or do without opening hours")
        }
        guard check.parts.isEmpty else { throw .invalid(check.parts) }
        return .init(inUse: inUse, schedule: schedule)
    }
}

/// Collects what is wrong with hours, and where.
private struct HoursCheck {
    var parts: [Problem.Part] = []

    mutating func refuse(_ pointer: String, _ code: String, _ detail: String) {
        parts.append(.init(.pointer(pointer), code, detail))
    }

    mutating func week(_ hours: [WeeklyHours]) -> [OpeningSchedule.Weekly] {
        var taken: [(start: Int, end: Int, text: String)] = []
        var week: [OpeningSchedule.Weekly] = []
        for (index, each) in hours.enumerated() {
            let pointer = "/week/\(index)"
            guard let day = WeeklyHours.days.firstIndex(of: each.day),
                let span = span(each.from, each.to, pointer)
            else { continue }
            let start = day * DaySpan.day + span.from
            let end = day * DaySpan.day + span.to
            // The week is a ring: Sunday's night ends on Monday.
            let ring = 7 * DaySpan.day
            let other = taken.first { taken in
                [-ring, 0, ring].contains { taken.start < end + $0 && start + $0 < taken.end }
            }
            if let other {
                refuse("\(pointer)/from", "overlap", "overlaps with \(other.text)")
                continue
            }
            taken.append((start, end, "\(each.day) \(each.from) to \(each.to)"))
            week.append(.init(day: day + 1, span: span))
        }
        return week.sorted { ($0.day, $0.span.from) < ($1.day, $1.span.from) }
    }

    mutating func dated(
        _ hours: [DatedHours], _ field: String
    ) -> [OpeningSchedule.Dated] {
        var dated: [OpeningSchedule.Dated] = []
        for (index, each) in hours.enumerated() {
            let pointer = "/\(field)/\(index)"
            guard let date = date(each.date, "\(pointer)/date"),
                let span = span(of: each, pointer)
            else { continue }
            var until: CivilDate?
            if let text = each.until, !text.isEmpty {
                guard let last = self.date(text, "\(pointer)/until") else { continue }
                guard (0..<HoursRequest.longestDays).contains(last.dayNumber - date.dayNumber)
                else {
                    refuse(
                        "\(pointer)/until", "order",
                        "until is no earlier than date, and at most a year later")
                    continue
                }
                until = last == date ? nil : last
            }
            let name = each.name.flatMap { $0.isEmpty ? nil : $0 }
            let new = OpeningSchedule.Dated(date: date, until: until, span: span, name: name)
            if dated.contains(where: {
                $0.date == new.date && $0.until == new.until && $0.span == new.span
            }) {
                refuse("\(pointer)/date", "twice", "\(each.date) stands there twice")
                continue
            }
            dated.append(new)
        }
        return dated.sorted { ($0.date, $0.span.from) < ($1.date, $1.span.from) }
    }

    private mutating func span(of hours: DatedHours, _ pointer: String) -> DaySpan? {
        switch (hours.from, hours.to) {
        case (nil, nil): return .wholeDay
        case (let from?, let to?): return span(from, to, pointer)
        case (nil, _):
            refuse("\(pointer)/from", "missing", "from is missing: give both times, or none")
        case (_, nil): refuse("\(pointer)/to", "missing", "to is missing: give both times, or none")
        }
        return nil
    }

    private mutating func span(_ from: String, _ to: String, _ pointer: String) -> DaySpan? {
        let start = HoursForm.minutes(from)
        var end = HoursForm.minutes(to)
        guard start != end else {
            refuse(
                "\(pointer)/to", "same_time",
                "to is another time than from; the whole day is 00:00 to 24:00")
            return nil
        }
        if end < start { end += DaySpan.day }
        return DaySpan(from: start, to: end)
    }

    private mutating func date(_ text: String, _ pointer: String) -> CivilDate? {
        guard let date = CivilDate(text) else {
            refuse(pointer, "no_day", "there is no day \(text)")
            return nil
        }
        return date
    }
}
