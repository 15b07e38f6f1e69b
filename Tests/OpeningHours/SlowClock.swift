import OpeningHours
import TimeZones

/// Opening hours as a patient person reckons them: minute by minute, with a wall clock, and with
/// nothing of how ``OpeningHours`` does it.
struct SlowClock {
    /// The first minute that is known, and whether it is open in each from then on.
    let start: Int64
    private(set) var isOpen: [Bool] = []
    /// The wall clock of each minute.
    private var walls: [Int64] = []
    /// How many minutes before and after are known of the wall clock only.
    private static let margin = 4 * 1_440

    init(_ hours: OpeningHours, from start: Int64, days: Int) {
        self.start = start
        let count = days * 1_440
        walls = (-Self.margin..<count + Self.margin).map { minute in
            let instant = start + Int64(minute) * 60
            return instant + Int64(hours.zone.offset(at: instant))
        }
        var open = [Bool](repeating: false, count: count)
        let first = walls[Self.margin] / 86_400 - 2
        let last = walls[Self.margin + count - 1] / 86_400 + 2
        func mark(_ span: DaySpan, of day: Int64, as value: Bool) {
            let from = minute(of: day * 86_400 + Int64(span.from) * 60, isEnd: false)
            let to = minute(of: day * 86_400 + Int64(span.to) * 60, isEnd: true)
            for minute in max(0, from)..<max(0, from, min(count, to)) { open[minute] = value }
        }
        for day in first...last {
            for each in hours.schedule.week
            where each.day == CivilDate(dayNumber: day).weekday {
                mark(each.span, of: day, as: true)
            }
        }
        for (dated, value) in hours.schedule.closures.map({ ($0, false) })
            + hours.schedule.extras.map({ ($0, true) })
        {
            for day in dated.date.dayNumber...(dated.until ?? dated.date).dayNumber
            where (first...last).contains(day) {
                mark(dated.span, of: day, as: value)
            }
        }
        isOpen = open
    }

    /// The minute at which the wall clock shows a time: of several the first, or the last for an
    /// end; where it is skipped, as many minutes after the jump as the time is.
    private func minute(of wall: Int64, isEnd: Bool) -> Int {
        let found = isEnd ? walls.lastIndex(of: wall) : walls.firstIndex(of: wall)
        if let found { return found - Self.margin }
        for index in 1..<walls.count where walls[index - 1] < wall && walls[index] > wall {
            return index - Self.margin + Int(wall - walls[index - 1]) / 60 - 1
        }
        return wall < walls[0] ? -Self.margin : walls.count
    }

    func isOpen(at instant: Int64) -> Bool { isOpen[Int(instant - start) / 60] }

    /// The first minute after one that is open while the one before was not.
    func nextOpening(after instant: Int64) -> Int64? {
        let from = Int(instant - start) / 60 + 1
        return (from..<isOpen.count).first { isOpen[$0] && !isOpen[$0 - 1] }
            .map { start + Int64($0) * 60 }
    }

    func elapsed(_ from: Int64, _ to: Int64) -> Int64 {
        stride(from: from, to: to, by: 60).reduce(0) { $0 + (isOpen(at: $1) ? 60 : 0) }
    }

    func deadline(from instant: Int64, budget: Int64) -> Int64? {
        var left = budget
        for minute in Int(instant - start) / 60..<isOpen.count where isOpen[minute] {
            left -= 60
            if left <= 0 { return start + Int64(minute + 1) * 60 + left }
        }
        return nil
    }
}
