/// A rule for all years, as POSIX writes it in `TZ` and RFC 9636 at the end of a file, such as
/// `CET-1CEST,M3.5.0,M10.5.0/3`.
struct PosixRule: Hashable, Sendable {
    /// When a year's change is, by its day.
    enum Day: Hashable, Sendable {
        /// `Jn`: the n-th day of a year without its 29th of February, from 1.
        case julian(Int)
        /// `n`: the n-th day, from 0.
        case ordinal(Int)
        /// `Mm.w.d`: the w-th weekday d (0 is Sunday) of month m; the last where w is 5.
        case weekday(month: Int, week: Int, day: Int)

        /// Days since 1970-01-01 in a year.
        func number(in year: Int) -> Int64 {
            let first = CivilDate.dayNumber(year: year, month: 1, day: 1)
            switch self {
            case .julian(let day):
                return first + Int64(day - 1 + (CivilDate.isLeap(year) && day >= 60 ? 1 : 0))
            case .ordinal(let day): return first + Int64(day)
            case .weekday(let month, let week, let day):
                let start = CivilDate.dayNumber(year: year, month: month, day: 1)
                // 1970-01-01 was a Thursday.
                let ahead = (Int64(day) - (start + 4).remainder(7)).remainder(7)
                var dayOfMonth = Int(ahead) + 7 * (week - 1)
                if dayOfMonth >= CivilDate.days(inMonth: month, of: year) { dayOfMonth -= 7 }
                return start + Int64(dayOfMonth)
            }
        }
    }

    /// A change of each year: its day, and seconds from that day's midnight, which may be negative
    /// or more than a day.
    struct Moment: Hashable, Sendable {
        var day: Day
        var time: Int

        /// Local seconds since 1970 in a year.
        func local(in year: Int) -> Int64 { day.number(in: year) * 86_400 + Int64(time) }
    }

    /// The time of the other half of the year.
    struct Summer: Hashable, Sendable {
        var offset: Int
        var start: Moment
        var end: Moment
    }

    /// As it was written.
    let text: String
    /// Seconds east of Greenwich.
    let standard: Int
    /// The other half of the year, if there is one.
    let summer: Summer?

    /// Reads a rule; `nil` if it is none.
    init?(_ text: String) {
        var reader = PosixReader(text)
        guard reader.skipName(), let west = reader.offset(hours: 24) else { return nil }
        self.text = text
        standard = -west
        guard !reader.isAtEnd else {
            summer = nil
            return
        }
        guard reader.skipName() else { return nil }
        var offset = standard + 3_600
        if !reader.isNext(",") {
            guard let west = reader.offset(hours: 24) else { return nil }
            offset = -west
        }
        guard reader.take(","), let start = reader.moment(),
            reader.take(","), let end = reader.moment(), reader.isAtEnd
        else { return nil }
        summer = Summer(offset: offset, start: start, end: end)
    }

    /// Seconds east of Greenwich at an instant.
    func offset(at instant: Int64) -> Int {
        guard summer != nil else { return standard }
        let year = CivilDate(dayNumber: instant.flooredQuotient(86_400)).year
        let changes = changes(in: (year - 2)...(year + 1))
        return changes.last { $0.at <= instant }?.offset ?? standard
    }

    /// The changes of the offset after `from`, until and with `to`.
    func changes(after from: Int64, through to: Int64) -> [ZoneRules.Change] {
        guard summer != nil, from < to else { return [] }
        let first = CivilDate(dayNumber: from.flooredQuotient(86_400)).year
        let last = CivilDate(dayNumber: to.flooredQuotient(86_400)).year
        var current = offset(at: from)
        var changes: [ZoneRules.Change] = []
        let all = self.changes(in: (first - 1)...(last + 1))
        for (index, change) in all.enumerated() where change.at > from && change.at <= to {
            // Of several at one instant the last counts.
            if index + 1 < all.count, all[index + 1].at == change.at { continue }
            guard change.offset != current else { continue }
            current = change.offset
            changes.append(change)
        }
        return changes
    }

    /// The changes of some years, in order.
    ///
    /// Where summer ends as the next begins, the beginning
    /// comes last: that is how a summer for ever is written.
    private func changes(in years: ClosedRange<Int>) -> [ZoneRules.Change] {
        guard let summer else { return [] }
        return years.flatMap { year in
            [
                ZoneRules.Change(
                    at: summer.end.local(in: year) - Int64(summer.offset), offset: standard),
                ZoneRules.Change(
                    at: summer.start.local(in: year) - Int64(standard), offset: summer.offset),
            ]
        }.enumerated().sorted {
            let (left, right) = ($0.element, $1.element)
            if left.at != right.at { return left.at < right.at }
            let (isLeftStart, isRightStart) = ($0.offset % 2 == 1, $1.offset % 2 == 1)
            return isLeftStart == isRightStart ? $0.offset < $1.offset : isRightStart
        }.map(\.element)
    }
}

/// Reads the pieces of a ``PosixRule``.
struct PosixReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { index >= bytes.count }

    func isNext(_ mark: Unicode.Scalar) -> Bool {
        index < bytes.count && bytes[index] == UInt8(ascii: mark)
    }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard isNext(mark) else { return false }
        index += 1
        return true
    }

    /// A zone's short name: three letters or more, or anything but `>` of letters, digits and signs
    /// within angle brackets.
    mutating func skipName() -> Bool {
        let isQuoted = take("<")
        let start = index
        while index < bytes.count, Self.isOfName(bytes[index], isQuoted: isQuoted) { index += 1 }
        guard index - start >= 3 else { return false }
        return isQuoted ? take(">") : true
    }

    private static func isOfName(_ byte: UInt8, isQuoted: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"): isQuoted
        default: false
        }
    }

    /// A number of at most three digits within a range.
    mutating func number(_ range: ClosedRange<Int>) -> Int? {
        let start = index
        var value = 0
        while index < bytes.count, index - start < 3, (48...57).contains(bytes[index]) {
            value = value * 10 + Int(bytes[index] - 48)
            index += 1
        }
        return index > start && range.contains(value) ? value : nil
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func offset(hours: Int) -> Int? {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        guard let hour = number(0...hours) else { return nil }
        var seconds = hour * 3_600
        if take(":") {
            guard let minute = number(0...59) else { return nil }
            seconds += minute * 60
            if take(":") {
                guard let second = number(0...59) else { return nil }
                seconds += second
            }
        }
        return isNegative ? -seconds : seconds
    }

    /// A day, and a time of it if that is not two o'clock.
    mutating func moment() -> PosixRule.Moment? {
        guard let day = day() else { return nil }
        guard take("/") else { return .init(day: day, time: 7_200) }
        return offset(hours: 167).map { .init(day: day, time: $0) }
    }

    private mutating func day() -> PosixRule.Day? {
        if take("J") { return number(1...365).map { .julian($0) } }
        guard take("M") else { return number(0...365).map { .ordinal($0) } }
        guard let month = number(1...12), take("."), let week = number(1...5), take("."),
            let day = number(0...6)
        else { return nil }
        return .weekday(month: month, week: week, day: day)
    }
}
