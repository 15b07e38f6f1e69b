import AccountRecords
import OpeningHours

extension OrganisationPart.Hours {
    /// The hours as the audit log has them, such as `Mo 09:00-13:00; closed 2026-12-25`.
    var words: String {
        guard inUse else { return "none" }
        let days = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
        let week = schedule.week.map { hours in
            let day = days.indices.contains(hours.day - 1) ? days[hours.day - 1] : "?"
            return "\(day) \(hours.span.words)"
        }
        let closures = schedule.closures.map { "closed \($0.words)" }
        let extras = schedule.extras.map { "open \($0.words)" }
        return (week + closures + extras).joined(separator: "; ")
    }
}

extension OpeningSchedule.Dated {
    fileprivate var words: String {
        let dates = until.map { "\(date) to \($0)" } ?? "\(date)"
        return span == .wholeDay ? dates : "\(dates) \(span.words)"
    }
}

extension DaySpan {
    fileprivate var words: String {
        func clock(_ minutes: Int) -> String {
            let (hour, minute) = (minutes / 60, minutes % 60)
            return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
        }
        return "\(clock(from))-\(clock(to > DaySpan.day ? to - DaySpan.day : to))"
    }
}
