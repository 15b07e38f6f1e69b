import AccountRecords
import AnalyticsView
import AuditRecords
import Conversation
import Endpoints
import Records
import RoutingRecords
import SQLite
import ServiceLevelRecords
import Testing
import Views

/// Numbers that look random, the same for the same seed.
struct Dice {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func roll(_ sides: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int((state >> 11) % UInt64(sides))
    }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[roll(list.count)] }
}

/// What happened to a business, made up: once as it was, for whoever counts by hand, and once as
/// records.
struct History {
    /// Something that is counted.
    struct Fact {
        var what: String
        var at: Timestamp
        var number: String
    }

    /// Somebody who was there.
    struct Visit {
        var kind: String
        var person: String
        var at: Timestamp
        var number: String
    }

    /// How long somebody waited.
    struct Wait {
        var isForBot: Bool
        var milliseconds: Int64
        var at: Timestamp
        var number: String
    }

    static let tenant: TenantID = "sol"
    static let numbers = ["n1", "n2"]
    static let reasons: [HandoffReason] = [.asked, .unanswered, .modelFailure]

    private(set) var facts: [Fact] = []
    private(set) var visits: [Visit] = []
    private(set) var waits: [Wait] = []
    private(set) var records: [any Payload] = []
    private var dice: Dice
    private var count = 0

    /// Makes up what happened in the days before a moment.
    init(seed: UInt64, until end: Timestamp, days: Int, events: Int, zones: [String]) {
        dice = Dice(seed)
        for _ in 0..<events {
            let at = end - .seconds(dice.roll(days * 86_400 + 600) - 600)
            event(at: Timestamp(seconds: at.milliseconds / 1_000))
        }
        for zone in zones { records.insert(self.zone(zone), at: dice.roll(records.count + 1)) }
        // The last one that was said counts, whatever came between.
        records.append(zone(zones.last ?? "UTC"))
    }

    private func zone(_ name: String) -> OrganisationEvent {
        var facts = OrganisationFacts()
        facts.standing = .active
        facts.locale = .init(language: "en", timeZone: name, dateFormat: "")
        return OrganisationEvent(
            tenant: Self.tenant, facts: facts, change: .changed(.locale),
            at: Timestamp(seconds: 1))
    }

    private mutating func event(at moment: Timestamp) {
        count += 1
        let customer = dice.roll(12)
        let number = Self.numbers[customer % 2]
        let conversation = ConversationID("c\(customer)")
        switch dice.roll(10) {
        case 0...5: turn(conversation, number, moment)
        case 6: handoff(conversation, number, moment)
        case 7: measure(conversation, number, moment)
        case 8: act(moment)
        default: people(conversation, number, moment)
        }
    }

    private mutating func add(_ what: String, _ at: Timestamp, _ number: String) {
        facts.append(Fact(what: what, at: at, number: number))
    }

    private mutating func visit(_ kind: String, _ person: String, _ at: Timestamp, _ number: String)
    {
        visits.append(Visit(kind: kind, person: person, at: at, number: number))
    }

    /// A customer writes, and mostly gets an answer.
    private mutating func turn(
        _ conversation: ConversationID, _ number: String, _ moment: Timestamp
    ) {
        let message = MessageID("m\(count)")
        let inbound = InboundMessage(
            tenant: Self.tenant, conversation: conversation, number: BusinessNumberID(number),
            message: message, contact: Contact(phone: "34600111222"), sentAt: moment,
            receivedAt: moment + .seconds(dice.roll(9)), content: .text("hola"))
        records.append(inbound)
        add("in", moment, number)
        visit("c", conversation.rawValue, moment, number)
        if dice.roll(6) == 0 {
            var repeated = inbound
            repeated.receivedAt = moment + .seconds(4_000)
            records.append(repeated)
        }
        if dice.roll(8) == 0 {
            var passedOn = inbound
            passedOn.cameFrom = conversation
            passedOn.conversation = "elsewhere"
            records.append(passedOn)
        }
        if dice.roll(7) == 0 {
            let hasHelped = dice.roll(2) == 0
            records.append(
                ProposedReply(
                    tenant: Self.tenant, conversation: conversation, answers: [message],
                    proposal: .courtesy(text: "¡Gracias!"), language: "es",
                    provenance: Provenance(passages: [], model: "built-in"),
                    at: moment + .seconds(1), hasHelped: hasHelped))
            add(hasHelped ? "helped" : "helped.not", moment + .seconds(1), number)
        }
        guard dice.roll(4) > 0 else { return }
        let wait = dice.pick([0, 900, 1_000, 1_001, 4_000, 61_000, 7_300_000, 99_000_000])
        let said = moment + .milliseconds(wait)
        let bot = OutboundMessage.Author.bot(Provenance(passages: [], model: "built-in"))
        records.append(outbound(.typing(for: "w"), .system, conversation, number, moment))
        for _ in 0...dice.roll(2) {
            records.append(
                outbound(.text("A las 9."), bot, conversation, number, said, answers: [message]))
            add("bot", said, number)
        }
        add("answered", said, number)
        waits.append(
            Wait(isForBot: true, milliseconds: Int64(wait), at: said, number: number))
    }

    private func outbound(
        _ content: OutboundMessage.Content, _ author: OutboundMessage.Author,
        _ conversation: ConversationID, _ number: String, _ at: Timestamp,
        answers: [MessageID] = []
    ) -> OutboundMessage {
        OutboundMessage(
            tenant: Self.tenant, conversation: conversation, number: BusinessNumberID(number),
            recipient: Contact(phone: "34600111222"), epoch: 1, content: content, author: author,
            answers: answers, windowAnchor: at, at: at)
    }

    private func handoffEvent(
        _ change: HandoffEvent.Change, _ conversation: ConversationID, _ at: Timestamp,
        number: String? = nil
    ) -> HandoffEvent {
        HandoffEvent(
            tenant: Self.tenant, conversation: conversation, contact: Contact(phone: "34600"),
            epoch: 1, mode: .queued, change: change, reference: nil,
            routing: number.map { HandoffRouting(number: BusinessNumberID($0)) }, at: at)
    }

    private mutating func handoff(
        _ conversation: ConversationID, _ number: String, _ moment: Timestamp
    ) {
        let reason = dice.pick(Self.reasons)
        records.append(
            handoffEvent(
                .queued(reason: reason, summary: "s", transcript: []), conversation, moment,
                number: number))
        add("handed.\(reason.rawValue)", moment, number)
        let taken = moment + .seconds(dice.roll(5_000))
        let agent = "a\(dice.roll(4))"
        records.append(
            handoffEvent(.claimed(by: AgentID(agent), name: "Ana"), conversation, taken))
        visit("m", agent, taken, "")
    }

    private mutating func measure(
        _ conversation: ConversationID, _ number: String, _ moment: Timestamp
    ) {
        let seconds = Int64(dice.pick([0, 4, 60, 61, 3_000, 200_000]))
        let end: ClockResult.End = dice.roll(3) == 0 ? .unanswered : .done
        let measure = dice.pick([ClockResult.Measure.firstResponse, .nextResponse, .queueWait])
        let result = ClockResult(
            measure: measure, end: end, startedAt: moment - .seconds(seconds), endedAt: moment,
            openSeconds: 1, calendarSeconds: seconds, targetSeconds: nil, agent: "a1",
            agentName: "Ana", schedule: "s")
        records.append(
            ServiceLevelEvent(
                tenant: Self.tenant, conversation: conversation, epoch: 1, standing: nil,
                results: [result], late: [], number: BusinessNumberID(number), at: moment))
        switch (measure, end) {
        case (.firstResponse, .done):
            waits.append(
                Wait(isForBot: false, milliseconds: seconds * 1_000, at: moment, number: number))
        case (.firstResponse, .unanswered), (.nextResponse, .unanswered):
            add("left", moment, number)
        default: break
        }
    }

    private mutating func act(_ moment: Timestamp) {
        let person = "a\(dice.roll(6))"
        var entry = AuditEntry(
            tenant: Self.tenant, by: AuditActor(.account, person), action: "document.add",
            on: AuditTarget("document", "d"), at: moment)
        switch dice.roll(4) {
        case 0: entry.refusal = "forbidden"
        case 1: entry.actor = "operator/o1"
        default: break
        }
        records.append(entry)
        if entry.refusal == nil { add("use.knowledge", moment, "") }
        if entry.refusal == nil, entry.actor == "account/\(person)" {
            visit("m", person, moment, "")
        }
    }

    private mutating func people(
        _ conversation: ConversationID, _ number: String, _ moment: Timestamp
    ) {
        switch dice.roll(3) {
        case 0:
            let agent = "a\(dice.roll(4))"
            records.append(
                outbound(
                    .text("Hola"), .agent(AgentID(agent), name: "Ana"), conversation, number,
                    moment))
            add("people", moment, number)
            visit("m", agent, moment, "")
        case 1:
            records.append(outbound(.text("!"), .system, conversation, number, moment))
            add("notices", moment, number)
        default:
            let line = TranscriptEntry(
                id: RecordID("l\(count)"), speaker: .owner, text: "Ya voy", at: moment)
            records.append(handoffEvent(.said(line), conversation, moment))
            add("people", moment, "")
        }
    }

    // MARK: As records

    /// The records, topics side by side in one of many orders.
    func shuffled(_ seed: UInt64) -> [any Payload] {
        var dice = Dice(seed)
        var byTopic: [[any Payload]] = Dictionary(grouping: records) { type(of: $0).topic.rawValue }
            .sorted { $0.key < $1.key }.map { $0.value.reversed() }
        var mixed: [any Payload] = []
        while !byTopic.isEmpty {
            let index = dice.roll(byTopic.count)
            for _ in 0...dice.roll(200) {
                guard let next = byTopic[index].popLast() else { break }
                mixed.append(next)
            }
            if byTopic[index].isEmpty { byTopic.remove(at: index) }
        }
        return mixed
    }
}

/// The view, in memory.
final class Shown {
    static let zones = ZoneDays()
    let rows: Rows
    private let view = AnalyticsView.view(by: Shown.zones)
    private var count: Int64 = 0

    init() throws { rows = try Rows(inMemory: view) }

    func apply(_ payloads: [any Payload]) throws {
        for payload in payloads {
            count += 1
            // As the log would give it: through JSON, read by the view's own types.
            let type = Swift.type(of: payload).type
            let reading = try #require(view.types[type: type])
            let id = RecordID("r\(count)")
            try view.apply(
                DecodedRecord(
                    value: .payload(try reading.read(payload.json())),
                    headers: RecordHeaders(
                        id: id, type: type, source: "test", time: Timestamp(seconds: count),
                        subject: payload.key, correlation: id, causation: id,
                        tenant: payload.tenant),
                    position: RecordPosition(
                        topic: Swift.type(of: payload).topic.rawValue, partition: 0,
                        offset: count)), rows)
        }
    }

    /// All that stands in the tables.
    func tables() throws -> [String] {
        try ["counts", "days", "people", "visits", "arrivals", "turns"].flatMap { table in
            try rows.all("SELECT * FROM \(table)") { "\(table) \($0.row)" }.sorted()
        }
    }

    func rows(of tenant: TenantID = History.tenant, limitedTo agent: AgentID? = nil) throws
        -> AnalyticsRows
    {
        let scope = try Authorizer.scope(
            of: tenant, for: .key(Principal.KeyName("key/test")),
            needing: TenantPermission("analytics:read"))
        return try AnalyticsRows(
            rows, of: agent.map { scope.seen(by: Viewer($0)) } ?? scope, by: Self.zones)
    }
}
