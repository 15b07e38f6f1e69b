import AccountRecords
import Conversation
import NumberLimits
import Records
import RoutingRecords
import SQLite
import Views

/// Adds what records tell to the rows.
struct Counting {
    let rows: Rows
    private let zones: ZoneDays

    init(_ rows: Rows, _ zones: ZoneDays) {
        self.rows = rows
        self.zones = zones
    }

    /// Adds what a record tells.
    func apply(_ record: DecodedRecord) throws(SQLiteError) {
        switch record.payload {
        case let fact as CustomerWrote: try apply(fact)
        case let fact as WentOut: try apply(fact)
        case let fact as Replied: try apply(fact)
        case let fact as HandoffHappened: try apply(fact)
        case let fact as Measured: try apply(fact)
        case let fact as Acted: try apply(fact)
        case let event as OrganisationEvent: try follow(event)
        case let setting as RoutingSetting: _ = try NumberLimits.follow(setting, rows)
        default: break
        }
    }

    /// A business, in its own days.
    struct Place {
        let tenant: Value
        let days: LocalDays
    }

    func place(_ tenant: TenantID) throws(SQLiteError) -> Place {
        let zone = try rows.first(
            "SELECT zone FROM zones WHERE tenant = ?", .text(tenant.rawValue)
        ) { $0.text(0) }
        return Place(tenant: .text(tenant.rawValue), days: zones.days(in: zone ?? "UTC"))
    }

    /// Counts something.
    func count(
        _ measure: Measure, at moment: Timestamp, number: String?, in place: Place
    ) throws(SQLiteError) {
        let (slot, what) = (moment.slot, Value.text(measure.word))
        let number = Value.text(number ?? "")
        try rows.change(
            """
            INSERT INTO counts VALUES (?, ?, ?, ?, 1)
            ON CONFLICT DO UPDATE SET count = count + 1
            """, place.tenant, .integer(slot), number, what)
        try rows.change(
            """
            INSERT INTO days VALUES (?, ?, ?, ?, 1)
            ON CONFLICT DO UPDATE SET count = count + 1
            """, place.tenant, .integer(place.days.day(of: slot)), number, what)
    }
}

// MARK: Messages

extension Counting {
    /// What is known of a message.
    private struct Turn {
        var number: String?
        var sent: Timestamp?
        var said: Timestamp?
        var hasHelped: Bool?
        var helpedAt: Timestamp?

        init() {}

        init(_ row: Statement) {
            func moment(_ column: Int32) -> Timestamp? {
                row.isNull(column) ? nil : Timestamp(milliseconds: row.int64(column))
            }
            number = row.isNull(0) ? nil : row.text(0)
            sent = moment(1)
            said = moment(2)
            hasHelped = row.isNull(3) ? nil : row.int64(3) == 1
            helpedAt = moment(4)
        }
    }

    private func turn(_ message: MessageID, _ place: Place) throws(SQLiteError) -> Turn {
        try rows.first(
            """
            SELECT number, sent, said, helped, helped_at FROM turns
            WHERE tenant = ? AND message = ?
            """, place.tenant, .text(message.rawValue)
        ) { Turn($0) } ?? Turn()
    }

    private func put(
        _ turn: Turn, _ message: MessageID, _ place: Place
    ) throws(SQLiteError) {
        try rows.change(
            "INSERT OR REPLACE INTO turns VALUES (?, ?, ?, ?, ?, ?, ?)", place.tenant,
            .text(message.rawValue), .text(orNull: turn.number),
            .integer(orNull: turn.sent?.milliseconds), .integer(orNull: turn.said?.milliseconds),
            .integer(orNull: turn.hasHelped.map { $0 ? 1 : 0 }),
            .integer(orNull: turn.helpedAt?.milliseconds))
    }

    private func apply(_ fact: CustomerWrote) throws(SQLiteError) {
        guard !fact.isPassedOn else { return }
        let place = try place(fact.tenant)
        var turn = try turn(fact.message, place)
        // WhatsApp repeats, and operators give back what was set aside.
        guard turn.sent == nil else { return }
        turn.sent = fact.at
        turn.number = fact.number.rawValue
        try put(turn, fact.message, place)
        try count(.fromCustomers, at: fact.at, number: turn.number, in: place)
        try note(
            fact.conversation.rawValue, .customer, at: fact.at.slot,
            number: fact.number.rawValue, in: place)
        try countWait(of: turn, place)
        try countHelp(of: turn, place)
    }

    private func apply(_ fact: WentOut) throws(SQLiteError) {
        guard !fact.isSign else { return }
        let place = try place(fact.tenant)
        let number = fact.number.rawValue
        switch fact.author {
        case .system: try count(.notices, at: fact.at, number: number, in: place)
        case .agent(let agent):
            try count(.byPeople, at: fact.at, number: number, in: place)
            try note(member: agent, at: fact.at, in: place)
        case .bot:
            try count(.byBot, at: fact.at, number: number, in: place)
            guard let message = fact.answers else { break }
            var turn = try turn(message, place)
            // A long answer is several messages.
            guard turn.said == nil else { break }
            turn.said = fact.at
            try put(turn, message, place)
            try count(.answered, at: fact.at, number: number, in: place)
            try countWait(of: turn, place)
        }
        if fact.kind == "template" {
            try count(.use(.templates), at: fact.at, number: number, in: place)
        }
    }

    private func apply(_ fact: Replied) throws(SQLiteError) {
        guard let hasHelped = fact.hasHelped, let message = fact.message else { return }
        let place = try place(fact.tenant)
        var turn = try turn(message, place)
        guard turn.hasHelped == nil else { return }
        turn.hasHelped = hasHelped
        turn.helpedAt = fact.at
        try put(turn, message, place)
        try countHelp(of: turn, place)
    }

    /// Counts how long the bot took, once both ends are known.
    private func countWait(of turn: Turn, _ place: Place) throws(SQLiteError) {
        guard let sent = turn.sent, let said = turn.said else { return }
        let step = Waits.step(ofMilliseconds: said.milliseconds - sent.milliseconds)
        try count(.waitedForBot(step), at: said, number: turn.number, in: place)
    }

    /// Counts whether an answer helped, once it is known to whose number that was said.
    private func countHelp(of turn: Turn, _ place: Place) throws(SQLiteError) {
        guard turn.sent != nil, let hasHelped = turn.hasHelped, let at = turn.helpedAt else {
            return
        }
        try count(hasHelped ? .helped : .helpedNot, at: at, number: turn.number, in: place)
    }
}

// MARK: People

extension Counting {
    private func apply(_ fact: HandoffHappened) throws(SQLiteError) {
        guard fact.change != .other || fact.by != nil else { return }
        let place = try place(fact.tenant)
        let number = fact.number?.rawValue
        if let by = fact.by { try note(member: by, at: fact.at, in: place) }
        switch fact.change {
        case .queued(let reason):
            let isWord = (1...32).contains(reason.utf8.count) && reason.allSatisfy(\.isLetter)
            try count(
                .handedOver(isWord ? reason : "other"), at: fact.at, number: number, in: place)
        case .wroteOnPhone: try count(.byPeople, at: fact.at, number: number, in: place)
        case .usedSuggestion:
            try count(.use(.suggestions), at: fact.at, number: number, in: place)
        case .other: break
        }
    }

    private func apply(_ fact: Measured) throws(SQLiteError) {
        guard !fact.results.isEmpty else { return }
        let place = try place(fact.tenant)
        let number = fact.number?.rawValue
        for result in fact.results {
            switch (result.measure, result.end) {
            case ("firstResponse", "done"):
                let step = Waits.step(ofMilliseconds: result.seconds * 1_000)
                try count(.waitedForPeople(step), at: result.at, number: number, in: place)
            case ("firstResponse", "unanswered"), ("nextResponse", "unanswered"):
                try count(.leftUnanswered, at: result.at, number: number, in: place)
            default: break
            }
        }
    }

    private func apply(_ fact: Acted) throws(SQLiteError) {
        guard fact.tenant != .installation, !fact.isNoUse else { return }
        let feature = Feature(action: fact.action)
        guard feature != nil || fact.by != nil else { return }
        let place = try place(fact.tenant)
        if let by = fact.by { try note(member: by, at: fact.at, in: place) }
        if let feature { try count(.use(feature), at: fact.at, number: nil, in: place) }
    }

    /// Notes that somebody of the team did something; the business's phone is nobody.
    private func note(
        member: AgentID, at moment: Timestamp, in place: Place
    ) throws(SQLiteError) {
        guard !member.rawValue.isEmpty, !member.rawValue.hasPrefix("@") else { return }
        try note(member.rawValue, .member, at: moment.slot, number: "", in: place)
    }
}
