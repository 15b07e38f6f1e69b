import Conversation
import NotificationRecords
import OpeningHours
import Records
import RoutingRecords
import ServiceLevelRecords
import StageRuntime
import Testing
import TimeZones
import ZoneDatabase

@testable import ServiceLevelStage

/// One conversation before the stage, with a clock that tests drive: timers fire as their time
/// comes, and state goes through its stored form at every step, as if the process began anew.
struct Floor {
    private let stage = ServiceLevelStage()
    private(set) var state = ServiceLevelState()
    private(set) var events: [ServiceLevelEvent] = []
    private(set) var news: [TeamNews] = []
    private var timers: [String: FiredTimer] = [:]
    private var count = 0
    var epoch = 1
    var settings: ServiceLevelSettings
    private(set) var now: Timestamp

    init(_ settings: ServiceLevelSettings, at now: Timestamp) {
        self.settings = settings
        self.now = now
    }

    static let tenant: TenantID = "sol"
    static let conversation: ConversationID = "c1"

    // MARK: What happens

    mutating func step(_ input: StageInput) throws {
        let context = StageContext(
            stage: stage.name, input: input, key: Self.conversation.rawValue, now: now, step: 0,
            settings: settings)
        state = try RecordCodec.decode(
            ServiceLevelState.self, from: RecordCodec.encode(state))
        guard case .finish(let effects) = try stage.begin(input, &state, context) else { return }
        for effect in effects.timers {
            switch effect {
            case .set(let timer): timers[timer.name] = timer
            case .cancel(let name): timers[name] = nil
            }
        }
        events += effects.outputs.compactMap { $0.payload as? ServiceLevelEvent }
        news += effects.outputs.compactMap { $0.payload as? TeamNews }
    }

    private mutating func headers(_ type: String) -> RecordHeaders {
        count += 1
        let id = RecordID("r\(count)")
        return RecordHeaders(
            id: id, type: type, source: "test", time: now, subject: Self.conversation.rawValue,
            correlation: id, causation: id, tenant: Self.tenant)
    }

    mutating func put(_ change: HandoffEvent.Change) throws {
        let headers = headers(HandoffEvent.type)
        let event = HandoffEvent(
            tenant: Self.tenant, conversation: Self.conversation,
            contact: Contact(phone: "34600"), epoch: epoch, mode: .queued, change: change,
            reference: nil, at: now)
        try step(
            .record(
                event, headers,
                position: RecordPosition(topic: "t", partition: 0, offset: Int64(count))))
    }

    mutating func note(by agent: AgentID) throws {
        let headers = headers(AgentNote.type)
        try step(
            .record(
                AgentNote(
                    tenant: Self.tenant, conversation: Self.conversation, agent: agent,
                    agentName: agent.rawValue, text: "a note", reference: nil, at: now),
                headers,
                position: RecordPosition(topic: "t", partition: 0, offset: Int64(count))))
    }

    /// Routing says in which queue it is.
    mutating func place(
        _ queue: RecordID?, _ priority: Int = 5, hasEnded: Bool? = nil
    ) throws {
        let headers = headers(RoutingPlace.type)
        try step(
            .record(
                RoutingPlace(
                    tenant: Self.tenant, conversation: Self.conversation,
                    place: queue.map { .init(queue: $0, priority: priority) },
                    hasEnded: hasEnded, at: now), headers,
                position: RecordPosition(topic: "t", partition: 0, offset: Int64(count))))
    }

    /// Lets time pass until a moment; timers fire on the way.
    mutating func go(to moment: Timestamp) throws {
        while let timer = timers.values.filter({ $0.due <= moment })
            .min(by: { ($0.due, $0.name) < ($1.due, $1.name) })
        {
            timers[timer.name] = nil
            now = max(now, timer.due)
            try step(.timer(timer))
        }
        now = max(now, moment)
    }

    mutating func pass(_ seconds: Int64) throws { try go(to: now + .seconds(seconds)) }

    /// Time passes and nothing runs; what became due meanwhile comes late.
    mutating func halt(until moment: Timestamp) throws {
        now = moment
        try go(to: moment)
    }

    // MARK: In short

    mutating func enqueue(
        _ reason: HandoffReason = .asked, said: [TranscriptEntry]? = nil
    ) throws {
        let asked = TranscriptEntry(
            id: RecordID("q\(count)"), speaker: .customer, text: "a person, please", at: now)
        try put(.queued(reason: reason, summary: "", transcript: said ?? [asked]))
    }

    mutating func customer(_ text: String = "hello?", kind: String? = nil) throws {
        try put(
            .said(
                TranscriptEntry(
                    id: RecordID("m\(count)"), speaker: .customer, text: text, at: now,
                    content: kind.map { TranscriptContent(kind: $0) })))
    }

    /// An agent writes; the message's id.
    @discardableResult
    mutating func write(by agent: AgentID) throws -> RecordID {
        let id = RecordID("o\(count)")
        try put(
            .said(
                TranscriptEntry(
                    id: id, speaker: .agent(agent, name: agent.rawValue), text: "here", at: now)))
        return id
    }

    mutating func arrives(_ id: RecordID) throws {
        try put(.delivery(of: id, .accepted("wamid.1")))
    }

    mutating func fails(_ id: RecordID) throws {
        try put(.delivery(of: id, .dropped(.windowClosed)))
    }

    /// An agent writes, and WhatsApp takes it.
    mutating func answer(by agent: AgentID) throws { try arrives(try write(by: agent)) }

    mutating func claim(by agent: AgentID) throws {
        try put(.claimed(by: agent, name: agent.rawValue))
    }

    // MARK: What came of it

    var results: [ClockResult] { events.flatMap(\.results) }

    func results(_ measure: ClockResult.Measure) -> [ClockResult] {
        results.filter { $0.measure == measure }
    }

    var standing: CaseStanding? { events.last?.standing }

    func face(_ clock: ServiceLevels.Promise) -> ClockFace? {
        standing?.clocks.first { $0.clock == clock }
    }
}

/// Times and hours of Madrid.
enum Madrid {
    static func zone() throws -> ZoneRules {
        try ZoneDatabase.system.rules(of: "Europe/Madrid")
    }

    /// A local time such as `2026-12-04 18:30`.
    static func time(_ text: String) throws -> Timestamp {
        let date = try #require(CivilDate(String(text.prefix(10))))
        let clock = text.dropFirst(11).split(separator: ":").compactMap { Int64($0) }
        return Timestamp(
            seconds: try zone().instant(
                ofLocal: date.dayNumber * 86_400 + clock[0] * 3_600 + clock[1] * 60, .first))
    }

    /// Monday to Friday, 9 to 17, unless told otherwise.
    static func hours(_ schedule: OpeningSchedule? = nil) throws -> TenantSettings.Hours {
        let week = (1...5).map {
            OpeningSchedule.Weekly(day: $0, span: DaySpan(from: 540, to: 1_020))
        }
        return .init(
            opening: OpeningHours(
                schedule ?? OpeningSchedule(week: week),
                in: try zone().excerpt(from: 1_735_689_600)))
    }
}
