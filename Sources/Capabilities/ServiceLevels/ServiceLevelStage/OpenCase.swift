import Conversation
import ServiceLevelRecords

/// A conversation from when people are to answer it until it is closed, as far as its clocks want
/// to know it: a pure fold of what happened, in open time.
///
/// Clocks run when it is the business's turn. A customer's message starts one; a person's message
/// stops it, once WhatsApp has accepted it, as of when it was written. The bot's words, notes,
/// notices and messages that did not arrive stop nothing. Each measures its own: a next response
/// says nothing of the first one.
struct OpenCase: Hashable, Sendable, Codable {
    /// A person.
    struct Person: Hashable, Sendable, Codable {
        var id: AgentID
        var name: String

        private enum CodingKeys: String, CodingKey {
            case id = "i"
            case name = "n"
        }
    }

    /// A person's message of which WhatsApp has not said yet whether it takes it.
    struct Sent: Hashable, Sendable, Codable {
        var id: RecordID
        var by: Person
        var at: Timestamp
        /// When the customer wrote next: what this message did not answer.
        var next: Timestamp?

        private enum CodingKeys: String, CodingKey {
            case id = "i"
            case by = "b"
            case at = "a"
            case next = "n"
        }
    }

    /// Messages that wait for WhatsApp's word at most.
    static let mostSent = 16
    /// People whose work on one case is counted.
    static let mostWorkers = 32
    /// Between two acts of one person it is work; what is longer is a pause.
    static let longestPause: Int64 = 300_000

    var epoch: Int
    var openedAt: Timestamp
    /// Whether it is closed, and only the word on its last messages is awaited; `nil` for no.
    var isOver: Bool?
    var waitingSince: Timestamp?
    var holder: Person?
    var quietSince: Timestamp
    /// When the oldest message was written that nobody answered.
    var unanswered: Timestamp?
    /// When the customer wrote last.
    var wroteAt: Timestamp?
    /// How long the bot had the message with which the case began.
    var botSeconds: Int64?
    /// Whether a person has answered in this case.
    var isAnswered = false
    var sent: [Sent] = []
    var lost: [RecordID] = []
    var clocks = Clocks()
    /// What each person worked on it, in milliseconds.
    var work: [Work] = []
    /// When the holder last did something.
    var actedAt: Timestamp?
    /// Clocks of which people are to be told once the business opens; `nil` for none.
    var untold: [ServiceLevels.Promise]?
    /// In which queue it is; `nil` for none, or as long as nobody has said.
    var place: ServiceLevels.Place?
    var version = 0
    /// The business number; `nil` where the case began before it was told.
    var number: BusinessNumberID?

    struct Work: Hashable, Sendable, Codable {
        var by: Person
        var milliseconds: Int64
        var since: Timestamp

        private enum CodingKeys: String, CodingKey {
            case by = "b"
            case milliseconds = "m"
            case since = "s"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case epoch = "e"
        case openedAt = "o"
        case isOver = "x"
        case waitingSince = "w"
        case holder = "h"
        case quietSince = "q"
        case unanswered = "u"
        case wroteAt = "c"
        case botSeconds = "b"
        case isAnswered = "a"
        case sent = "s"
        case lost = "l"
        case clocks = "k"
        case work = "t"
        case actedAt = "d"
        case untold = "n"
        case version = "v"
        case place = "p"
        case number = "g"
    }

    /// A case that begins; `asked` is when the customer wrote what is open, if something is.
    ///
    /// Nobody waits in the queue where somebody takes it from the bot.
    init(
        epoch: Int, at moment: Timestamp, asked: Timestamp?, wroteAt: Timestamp?, isQueued: Bool,
        number: BusinessNumberID? = nil
    ) {
        self.epoch = epoch
        self.number = number
        openedAt = moment
        quietSince = moment
        self.wroteAt = wroteAt
        start(.resolution, at: moment)
        if isQueued { enqueue(at: moment) } else { waitingSince = moment }
        guard let asked else { return }
        unanswered = min(asked, moment)
        // The bot had it until now: people's time begins here.
        botSeconds = max(0, moment.milliseconds - asked.milliseconds) / 1_000
        start(.firstResponse, at: moment)
    }

    private mutating func start(_ clock: ServiceLevels.Promise, at moment: Timestamp) {
        version += 1
        clocks[clock] = Stopwatch(startedAt: moment, version: version)
    }

    /// The clock that a person's answer stops.
    var responseClock: ServiceLevels.Promise {
        clocks[.nextResponse] != nil ? .nextResponse : .firstResponse
    }
}

// MARK: - What happens

extension OpenCase {
    /// It waits in the queue from now on.
    mutating func enqueue(at moment: Timestamp) {
        holder = nil
        actedAt = nil
        waitingSince = moment
        start(.queueWait, at: moment)
        version += 1
        // Whoever waits for somebody is not at turn.
        clocks[.resolution]?.resume(at: moment, version: version)
    }

    /// Somebody has it.
    mutating func take(
        by person: Person, at moment: Timestamp, _ desk: Reckoning
    ) -> [ClockResult] {
        guard holder != person else { return [] }
        holder = person
        actedAt = moment
        quietSince = max(quietSince, moment)
        waitingSince = nil
        return stop(.queueWait, .done, at: moment, by: person, desk)
    }

    /// The customer wrote something that asks for an answer.
    mutating func ask(at moment: Timestamp) {
        // WhatsApp's clock counts seconds: what came after a person's message was written later.
        let moment = sent.last.map { max(moment, $0.at + .milliseconds(1)) } ?? moment
        wroteAt = max(wroteAt ?? moment, moment)
        for index in sent.indices where sent[index].next == nil { sent[index].next = moment }
        guard unanswered == nil else { return }
        unanswered = moment
        start(isAnswered ? .nextResponse : .firstResponse, at: moment)
        version += 1
        clocks[.resolution]?.resume(at: moment, version: version)
    }

    /// A person wrote something, and WhatsApp has not taken it yet.
    mutating func write(_ message: RecordID, by person: Person, at moment: Timestamp) {
        guard !sent.contains(where: { $0.id == message }) else { return }
        sent.append(Sent(id: message, by: person, at: moment))
        if sent.count > Self.mostSent { sent.removeFirst(sent.count - Self.mostSent) }
        act(person, at: moment)
    }

    /// WhatsApp took a person's message.
    mutating func arrive(_ message: RecordID, _ desk: Reckoning) -> [ClockResult] {
        guard let index = sent.firstIndex(where: { $0.id == message }) else { return [] }
        let answer = sent[index]
        // What was written before it went before it, or never goes.
        sent.removeSubrange(...index)
        lost = []
        return answered(by: answer.by, at: answer.at, next: answer.next, desk)
    }

    /// The business answered on its phone, which WhatsApp has seen.
    mutating func answered(
        by person: Person, at moment: Timestamp, next: Timestamp?, _ desk: Reckoning
    ) -> [ClockResult] {
        quietSince = max(quietSince, moment)
        isAnswered = true
        guard let asked = unanswered, asked <= moment else { return [] }
        let clock = responseClock
        let bot = clock == .firstResponse ? botSeconds : nil
        let results = stop(clock, .done, at: moment, by: person, bot: bot, desk)
        botSeconds = nil
        unanswered = next
        if let next {
            start(.nextResponse, at: next)
        } else {
            version += 1
            clocks[.resolution]?.pause(at: moment, desk.time, version: version)
        }
        return results
    }

    /// It is laid aside: nobody is at turn until it is taken up again.
    mutating func park(at moment: Timestamp, _ desk: Reckoning) {
        version += 1
        clocks[.resolution]?.pause(at: moment, desk.time, version: version)
    }

    /// It is taken up again.
    mutating func takeUp(at moment: Timestamp) {
        version += 1
        clocks[.resolution]?.resume(at: moment, version: version)
    }

    /// A person's message does not arrive.
    mutating func lose(_ message: RecordID, isToBeMissed: Bool) {
        guard let index = sent.firstIndex(where: { $0.id == message }) else { return }
        sent.remove(at: index)
        if isToBeMissed, lost.count < Self.mostSent { lost.append(message) }
    }

    /// It is closed by somebody; what is awaited of messages is awaited still.
    mutating func close(by person: Person, at moment: Timestamp, _ desk: Reckoning) -> [ClockResult]
    {
        act(person, at: moment)
        var results = stop(.queueWait, .abandoned, at: moment, by: nil, desk)
        results += stop(.resolution, .done, at: moment, by: person, desk)
        for work in work where work.milliseconds > 0 {
            results.append(
                ClockResult(
                    measure: .handling, end: .done, startedAt: work.since, endedAt: moment,
                    openSeconds: work.milliseconds / 1_000,
                    calendarSeconds: work.milliseconds / 1_000, targetSeconds: nil,
                    agent: work.by.id, agentName: work.by.name, schedule: desk.time.version))
        }
        work = []
        waitingSince = nil
        holder = nil
        untold = nil
        isOver = true
        if sent.isEmpty { results += abandonAnswer(at: moment, desk) }
        return results
    }

    /// Nobody will answer what is open in this case.
    mutating func abandonAnswer(at moment: Timestamp, _ desk: Reckoning) -> [ClockResult] {
        guard unanswered != nil else { return [] }
        unanswered = nil
        return stop(responseClock, .unanswered, at: moment, by: nil, desk)
    }

    /// It is in another queue: what has passed stays counted, by what is promised there.
    ///
    /// Of what was late before, and is late there, too, people were told.
    mutating func move(to place: ServiceLevels.Place?, at moment: Timestamp, _ desk: Reckoning) {
        self.place = place
        version += 1
        for kind in ServiceLevels.Promise.allCases {
            guard var clock = clocks[kind] else { continue }
            let spent = clock.open(at: moment, desk.time)
            func isPast(_ limit: Int64?) -> Bool { limit.map { spent >= $0 } ?? false }
            switch clock.level {
            case .fine: break
            case .breached where isPast(desk.seconds(of: kind).map(Int64.init)): break
            case .breached, .warned: clock.level = isPast(desk.warning(of: kind)) ? .warned : .fine
            }
            clock.version = version
            clocks[kind] = clock
        }
    }

    /// The window closed before anybody took it: whoever waited is gone.
    mutating func giveUpWaiting(at moment: Timestamp, _ desk: Reckoning) -> [ClockResult] {
        stop(.queueWait, .abandoned, at: moment, by: nil, desk)
    }

    /// A person did something: what lies between two acts that are near each other is work.
    mutating func act(_ person: Person, at moment: Timestamp) {
        guard person.id.rawValue.first != "@" else { return }
        quietSince = max(quietSince, moment)
        guard holder?.id == person.id else { return }
        defer { actedAt = max(actedAt ?? moment, moment) }
        guard let before = actedAt else { return }
        let gap = moment.milliseconds - before.milliseconds
        guard gap > 0, gap <= Self.longestPause else { return }
        if let index = work.firstIndex(where: { $0.by.id == person.id }) {
            work[index].milliseconds += gap
        } else if work.count < Self.mostWorkers {
            work.append(Work(by: person, milliseconds: gap, since: before))
        }
    }

    private mutating func stop(
        _ clock: ServiceLevels.Promise, _ end: ClockResult.End, at moment: Timestamp,
        by person: Person?, bot: Int64? = nil, _ desk: Reckoning
    ) -> [ClockResult] {
        guard let stopped = clocks[clock] else { return [] }
        clocks[clock] = nil
        return [
            ClockResult(
                measure: .init(clock), end: end, startedAt: stopped.startedAt, endedAt: moment,
                openSeconds: stopped.open(at: moment, desk.time),
                calendarSeconds: stopped.calendar(at: moment),
                targetSeconds: desk.seconds(of: clock), agent: person?.id,
                agentName: person?.name, botSeconds: bot, schedule: desk.time.version)
        ]
    }
}

/// What clocks are reckoned by: open time, and what is promised.
struct Reckoning: Sendable {
    var time: OpenTime
    var levels: ServiceLevels
    /// In which queue the case is.
    var place: ServiceLevels.Place?

    init(_ settings: ServiceLevelSettings, in place: ServiceLevels.Place? = nil) {
        time = OpenTime(settings.hours?.opening)
        levels = settings.promises
        self.place = place
    }

    func seconds(of clock: ServiceLevels.Promise) -> Int? {
        levels.seconds(of: clock, in: place)
    }

    /// After how many open seconds somebody is warned.
    func warning(of clock: ServiceLevels.Promise) -> Int64? {
        let percent = Int64(levels.warnPercent ?? ServiceLevels.standardWarnPercent)
        return seconds(of: clock).map { Int64($0) * percent / 100 }
    }
}

extension OpenCase {
    /// How it stands, as others see it; `nil` once it is closed.
    func standing(_ desk: Reckoning) -> CaseStanding? {
        guard isOver == nil else { return nil }
        let faces = ServiceLevels.Promise.allCases.compactMap { kind -> ClockFace? in
            guard let clock = clocks[kind] else { return nil }
            let target = desk.seconds(of: kind)
            return ClockFace(
                clock: kind, startedAt: clock.startedAt, isRunning: clock.runsSince != nil,
                due: target.flatMap { clock.moment(of: Int64($0), desk.time) },
                level: clock.level)
        }
        return CaseStanding(
            openedAt: openedAt, waitingSince: waitingSince, holder: holder?.id,
            holderName: holder?.name, unansweredSince: unanswered, quietSince: quietSince,
            lost: lost.count, clocks: faces)
    }
}
