import Conversation
import NotificationRecords
import RoutingRecords
import ServiceLevelRecords
import StageRuntime

extension Watch {
    /// Follows what happened in a conversation that people have to do with.
    mutating func follow(_ event: HandoffEvent) {
        switch event.change {
        case .queued(let reason, _, let transcript): begin(event, reason, transcript)
        case .claimed(let agent, let name), .transferred(_, let agent, let name, _, _),
            .relieved(let agent, let name, _, _):
            change { $0.take(by: .init(id: agent, name: name), at: event.at, $1) }
        case .released(let agent, _):
            if let agent, let name = open?.holder?.name {
                open?.act(.init(id: agent, name: name), at: event.at)
            }
            if open?.isOver == nil { open?.enqueue(at: event.at) }
        case .said(let entry): hear(entry, event)
        case .delivery(let message, let outcome): note(outcome, of: message, event)
        case .closed(let agent), .concluded(let agent, _): close(by: agent, event)
        case .moved: open = nil
        case .parked: if open?.isOver == nil { open?.park(at: event.at, desk) }
        case .resumed: if open?.isOver == nil { open?.takeUp(at: event.at) }
        // What else happens is no clock's.
        default: break
        }
    }

    /// Follows the conversation into another queue; what ended is measured as where it was.
    mutating func follow(_ news: RoutingPlace) {
        place = news.hasEnded == true ? nil : news.place
        guard news.hasEnded != true, var moved = open, moved.isOver == nil, moved.place != place
        else { return }
        reckon(in: place)
        moved.move(to: place, at: now, desk)
        open = moved
    }

    private mutating func change(_ body: (inout OpenCase, Reckoning) -> [ClockResult]) {
        guard var changed = open, changed.isOver == nil else { return }
        results += body(&changed, desk)
        open = changed
    }

    private mutating func begin(
        _ event: HandoffEvent, _ reason: HandoffReason, _ transcript: [TranscriptEntry]
    ) {
        // What was open of the case before stays so for ever.
        if var former = open { results += former.abandonAnswer(at: event.at, desk) }
        let said = transcript.filter { $0.speaker != .system }
        let last = said.lastIndex { $0.speaker != .customer }
        let unanswered = said.suffix(from: last.map { $0 + 1 } ?? 0).first { $0.asksForAnswer }
        // Who is handed over waits, also where the bot has answered: not so who is taken over.
        let asked = unanswered?.at ?? (reason == .takenOver ? nil : event.at)
        open = OpenCase(
            epoch: event.epoch, at: event.at, asked: asked,
            wroteAt: said.last { $0.speaker == .customer }?.at, isQueued: reason != .takenOver,
            number: event.routing?.number)
        open?.place = place
        reckon(in: place)
    }

    private mutating func hear(_ entry: TranscriptEntry, _ event: HandoffEvent) {
        guard entry.asksForAnswer else { return }
        switch entry.speaker {
        case .customer:
            guard open?.isOver == nil, let openedAt = open?.openedAt else { return }
            // By WhatsApp's clock, but within this case.
            open?.ask(at: min(max(entry.at, openedAt), event.at))
        case .agent(let agent, let name):
            guard open?.isOver == nil else { return }
            open?.write(entry.id, by: .init(id: agent, name: name), at: event.at)
        case .owner:
            change { $0.answered(by: .phone, at: event.at, next: nil, $1) }
        case .bot, .system: break
        }
    }

    private mutating func note(
        _ outcome: Delivery.Outcome, of message: RecordID, _ event: HandoffEvent
    ) {
        guard var changed = open else { return }
        switch outcome {
        case .accepted, .progressed: results += changed.arrive(message, desk)
        case .failed, .dropped:
            changed.lose(message, isToBeMissed: outcome.isLost)
            if changed.isOver == true, changed.sent.isEmpty {
                results += changed.abandonAnswer(at: event.at, desk)
            }
        case .unknown, .held: return
        }
        open = changed
    }

    private mutating func close(by agent: AgentID, _ event: HandoffEvent) {
        let name = open?.holder.flatMap { $0.id == agent ? $0.name : nil } ?? ""
        change { $0.close(by: .init(id: agent, name: name), at: event.at, $1) }
    }
}

extension OpenCase.Person {
    /// Who answers on the business's phone.
    static let phone = Self(id: "@phone", name: "phone")
}

extension TranscriptEntry {
    /// Whether it is something that is said, to be answered or as an answer: no reaction, change or
    /// word of WhatsApp's own.
    var asksForAnswer: Bool {
        guard text != Self.takenBack else { return false }
        return switch content?.kind {
        case "reaction", "edit", "revoke", "system", "call": false
        default: true
        }
    }
}

// MARK: - Timers

extension Watch {
    /// Looks at what a timer was set for; says why nothing is to be done where that is so.
    mutating func fire(_ timer: FiredTimer) -> String? {
        guard let open, open.isOver == nil else { return "the case is closed" }
        switch timer.name {
        case Self.windowTimer: return endWindow(open)
        case Self.newsTimer: return tellLate()
        default: break
        }
        guard let kind = ServiceLevels.Promise(rawValue: timer.name) else {
            return "no timer is called \(timer.name)"
        }
        guard let clock = open.clocks[kind], clock.runsSince != nil,
            String(clock.version) == timer.note
        else { return "the clock was stopped, or set anew" }
        guard let target = desk.seconds(of: kind), let warning = desk.warning(of: kind) else {
            return "nothing is promised any more"
        }
        guard !isSuspended else {
            set(kind, at: now + Self.suspendedWait, clock)
            return nil
        }
        look(at: clock, kind, Int64(target), warning)
        return nil
    }

    private mutating func look(
        at clock: Stopwatch, _ kind: ServiceLevels.Promise, _ target: Int64, _ warning: Int64
    ) {
        let spent = clock.open(at: now, desk.time)
        if spent < warning {
            isToBeShown = true
            return lookLater(clock, kind)
        }
        if spent < target {
            if clock.level == .fine {
                open?.clocks[kind]?.level = .warned
                late.append(kind)
            }
            var warned = clock
            warned.level = .warned
            return lookLater(warned, kind)
        }
        // Somebody has answered in time, and WhatsApp is about to take it.
        let due = clock.moment(of: target, desk.time) ?? now
        if kind.isOfResponse, now < due + Self.grace,
            open?.sent.contains(where: { $0.at <= due }) == true
        {
            return set(kind, at: now + Self.graceStep, clock)
        }
        open?.clocks[kind]?.level = .breached
        late.append(kind)
        tell(kind)
    }

    private mutating func lookLater(_ clock: Stopwatch, _ kind: ServiceLevels.Promise) {
        guard let moment = nextLook(at: clock, kind) else { return }
        set(kind, at: max(moment, now + .seconds(1)), clock)
    }

    /// Whoever waited can be written to no more.
    private mutating func endWindow(_ case_: OpenCase) -> String? {
        guard case_.clocks[.queueWait] != nil, let wrote = case_.wroteAt else {
            return "nobody waits any more"
        }
        let end = wrote + .seconds(86_400)
        guard end <= now else {
            effects.setTimer(Self.windowTimer, at: end)
            hasTimer = true
            return nil
        }
        change { $0.giveUpWaiting(at: end, $1) }
        return nil
    }

    // MARK: News

    /// Tells who supervises; while it is closed, once it opens.
    private mutating func tell(_ kind: ServiceLevels.Promise) {
        // Of the queue everybody hears who may answer, by the handoff stage's own word.
        guard kind != .queueWait, desk.levels.escalates != false else { return }
        guard !desk.time.isForNews(at: now) else { return emitNews() }
        guard let opening = desk.time.nextOpening(after: now) else { return }
        let untold = (open?.untold ?? []) + [kind]
        open?.untold = untold
        effects.setTimer(Self.newsTimer, at: opening)
        hasTimer = true
    }

    private mutating func tellLate() -> String? {
        guard let untold = open?.untold else { return "nothing is to be told" }
        open?.untold = nil
        let isStillSo = untold.contains { kind in
            open?.clocks[kind].map { $0.runsSince != nil && $0.level == .breached } ?? false
        }
        if isStillSo, !isSuspended { emitNews() }
        return nil
    }

    private mutating func emitNews() {
        effects.emit(
            TeamNews(
                tenant: context.input.tenant, kind: .missedPromise,
                values: ["conversation": context.key], about: open?.number, at: now))
    }
}

extension NotificationKind {
    /// A promise to a customer was missed.
    static let missedPromise: Self = "missed"
}

extension ServiceLevels.Promise {
    /// Whether a person's message stops it.
    var isOfResponse: Bool { self == .firstResponse || self == .nextResponse }
}
