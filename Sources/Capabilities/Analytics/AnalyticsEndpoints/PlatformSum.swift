import AnalyticsView
import Conversation
import SQLite

/// Adds up the figures of businesses, each of its own days.
struct PlatformSum {
    private let length: Period.Length
    private let moment: Timestamp
    private let zones: ZoneDays
    private var total: PlatformAnswer

    init(_ length: Period.Length, until moment: Timestamp, _ zones: ZoneDays) {
        self.length = length
        self.moment = moment
        self.zones = zones
        let none = Figures([:], customers: 0, new: 0, members: 0)
        let count = length == .day ? 24 : Int(length.days)
        total = PlatformAnswer(
            period: length, by: length.steps[0], businesses: 0,
            activeBusinesses: .init(now: 0, before: 0), newBusinesses: .init(now: 0, before: 0),
            now: none, before: none, earlierCustomers: 0, returnedCustomers: 0,
            parts: (0..<count).map {
                .init(
                    ago: count - 1 - $0, customers: 0, fromCustomers: 0, answered: 0,
                    handedOver: 0, businesses: 0)
            }, adoption: Feature.allCases.map { .init(feature: $0, now: 0, before: 0) }, rows: [])
    }

    /// Adds a business.
    mutating func add(
        _ business: AnalyticsEndpoints.Business, _ rows: AnalyticsRows
    ) throws(SQLiteError) {
        let days = try rows.days()
        guard let period = Period(length, by: length.steps[0], until: moment, in: days) else {
            return
        }
        let (brief, featuresBefore) = try Summary(rows, period).brief()
        let row = BusinessFigures(
            tenant: business.id, name: business.name, createdAt: business.createdAt,
            timeZone: brief.timeZone, now: brief.now, before: brief.before,
            earlierCustomers: brief.earlierCustomers,
            returnedCustomers: brief.returnedCustomers, features: brief.features)
        total.rows.append(row)
        total.businesses += 1
        total.now.add(brief.now)
        total.before.add(brief.before)
        total.earlierCustomers += brief.earlierCustomers
        total.returnedCustomers += brief.returnedCustomers
        if brief.now.fromCustomers > 0 { total.activeBusinesses.now += 1 }
        if brief.before.fromCustomers > 0 { total.activeBusinesses.before += 1 }
        if let created = business.createdAt?.slot {
            if created >= period.now.from {
                total.newBusinesses.now += 1
            } else if created >= period.before.from, created < period.before.to {
                total.newBusinesses.before += 1
            }
        }
        addParts(brief)
        for (index, feature) in Feature.allCases.enumerated() {
            if brief.features.contains(where: { $0.feature == feature && $0.uses > 0 }) {
                total.adoption[index].now += 1
            }
            if featuresBefore.contains(feature) { total.adoption[index].before += 1 }
        }
    }

    /// Parts are counted from the end: where clocks were put forward there is an hour less.
    private mutating func addParts(_ brief: AnalyticsAnswer) {
        for (part, ago) in zip(brief.parts.reversed(), total.parts.indices.reversed()) {
            let figures = part.figures
            total.parts[ago].customers += figures.customers
            total.parts[ago].fromCustomers += figures.fromCustomers
            total.parts[ago].answered += figures.answered
            total.parts[ago].handedOver += figures.handedOver
            if figures.fromCustomers > 0 { total.parts[ago].businesses += 1 }
        }
    }

    /// All of it, those with the most messages first.
    func answer() -> PlatformAnswer {
        var answer = total
        answer.rows.sort { one, other in
            (other.now.fromCustomers, one.tenant.rawValue)
                < (one.now.fromCustomers, other.tenant.rawValue)
        }
        return answer
    }
}

extension Figures {
    /// Adds what can be added: how long answers took cannot.
    fileprivate mutating func add(_ other: Figures) {
        customers += other.customers
        newCustomers += other.newCustomers
        members = (members ?? 0) + (other.members ?? 0)
        fromCustomers += other.fromCustomers
        byBot += other.byBot
        byPeople += other.byPeople
        notices += other.notices
        answered += other.answered
        handedOver += other.handedOver
        unanswered += other.unanswered
        left += other.left
        helped += other.helped
        helpedNot += other.helpedNot
    }
}
