import AnalyticsView
import Conversation
import SQLite
import TimeZones

/// Makes the answer about a period from the rows.
struct Summary {
    private typealias Counts = AnalyticsRows.Counts
    private typealias Visitors = AnalyticsRows.Visitors

    private let rows: AnalyticsRows
    private let period: Period

    init(_ rows: AnalyticsRows, _ period: Period) {
        self.rows = rows
        self.period = period
    }

    private struct People {
        var now: Visitors
        var before: Visitors
        var earlier: Int
        var returned: Int
    }

    /// The answer.
    func answer() throws(SQLiteError) -> AnalyticsAnswer { try brief().answer }

    /// The answer, and which features were used in the time before.
    func brief() throws(SQLiteError) -> (answer: AnalyticsAnswer, before: Set<Feature>) {
        let isInHours = period.step == .hour
        let now = try rows.counts(period.now, by: period.days, inHours: isInHours)
        let before = try rows.counts(period.before, by: period.days, inHours: isInHours)
        let customers = try people(.customer)
        let members = rows.isLimited ? nil : try people(.member)
        let (sum, sumBefore) = (Self.sum(now), Self.sum(before))
        let answer = AnalyticsAnswer(
            period: period.length, by: period.step, timeZone: period.days.rules.name,
            from: Self.moment(period.now.from), beforeFrom: Self.moment(period.before.from),
            beforeTo: Self.moment(period.before.to), isLimited: rows.isLimited,
            now: Figures(
                sum, customers: customers.now.all, new: customers.now.new,
                members: members?.now.all),
            before: Figures(
                sumBefore, customers: customers.before.all, new: customers.before.new,
                members: members?.before.all),
            parts: Self.parts(period.now, now, customers.now, members?.now),
            partsBefore: Self.parts(period.before, before, customers.before, members?.before),
            earlierCustomers: customers.earlier, returnedCustomers: customers.returned,
            reasons: Self.reasons(sum, sumBefore),
            hours: try rows.hours(period.now, by: period.days), features: try features(sum))
        let used = Feature.allCases.filter { (sumBefore[Self.word($0)] ?? 0) > 0 }
        return (answer, Set(used))
    }

    private func people(_ kind: PersonKind) throws(SQLiteError) -> People {
        guard period.step != .hour else {
            let found = try rows.visitors(
                kind, hoursOf: period.now, and: period.before, whole: period.wholeBefore)
            return People(
                now: found.now, before: found.before, earlier: found.earlier,
                returned: found.returned)
        }
        let now = try rows.visitors(kind, period.now, by: period.days)
        let before = try rows.visitors(kind, period.before, by: period.days)
        let earlier = try rows.visitors(kind, period.wholeBefore, by: period.days).all
        let both = Period.Window(
            parts: period.wholeBefore.parts + period.now.parts, to: period.now.to)
        let either = try rows.visitors(kind, both, by: period.days).all
        // Who was there in both is counted once in either.
        return People(
            now: now, before: before, earlier: earlier, returned: earlier + now.all - either)
    }

    private static func moment(_ slot: Slot) -> Int64 { Timestamp(slot: slot).milliseconds }

    private static func sum(_ counts: [Counts]) -> Counts {
        counts.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
    }

    private static func parts(
        _ window: Period.Window, _ counts: [Counts], _ customers: Visitors, _ members: Visitors?
    ) -> [FiguresPart] {
        window.parts.indices.map { index in
            FiguresPart(
                from: moment(window.parts[index].from), to: moment(window.parts[index].to),
                figures: Figures(
                    counts[index], customers: customers.parts[index],
                    new: customers.newParts[index], members: members?.parts[index]))
        }
    }

    private static func reasons(_ now: Counts, _ before: Counts) -> [AnalyticsAnswer.Reason] {
        let words = Set(now.keys).union(before.keys).filter { $0.hasPrefix(Measure.handedPrefix) }
        return words.map { word in
            AnalyticsAnswer.Reason(
                reason: String(word.dropFirst(Measure.handedPrefix.count)), now: now[word] ?? 0,
                before: before[word] ?? 0)
        }.sorted { ($1.now, $1.before, $0.reason) < ($0.now, $0.before, $1.reason) }
    }

    private func features(_ counts: Counts) throws(SQLiteError) -> [AnalyticsAnswer.Use] {
        let days = try rows.featureDays(period.now, by: period.days)
        return Feature.allCases.map { feature in
            let word = Self.word(feature)
            let uses = counts[word] ?? 0
            return AnalyticsAnswer.Use(
                feature: feature, uses: uses, days: uses > 0 ? days[word] ?? 0 : 0)
        }
    }

    /// What counts a feature's uses.
    private static func word(_ feature: Feature) -> String {
        switch feature {
        case .bot: Measure.answered.word
        case .people: Measure.byPeople.word
        default: Measure.use(feature).word
        }
    }
}
