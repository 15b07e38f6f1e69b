package import Conversation
import NotificationRecords
import RoutingRecords
import ServiceLevelRecords
package import StageRuntime

/// What the stage wants to know of a tenant.
package struct ServiceLevelSettings: SettingsPart {
    /// When people answer; at any time where there are none.
    package var hours: TenantSettings.Hours?
    /// What is promised.
    package var levels: ServiceLevels?
    /// The promise to whoever waits, where ``levels`` holds none.
    package var queueWaitSeconds: Int?
    /// Why nobody answers its customers; `nil` where they are answered.
    package var standing: TenantSettings.Standing?

    /// A tenant that is not known, or says nothing.
    package init() {}

    /// Describes a tenant.
    package init(
        hours: TenantSettings.Hours?, levels: ServiceLevels?, queueWaitSeconds: Int? = nil,
        standing: TenantSettings.Standing? = nil
    ) {
        self.hours = hours
        self.levels = levels
        self.queueWaitSeconds = queueWaitSeconds
        self.standing = standing
    }

    /// What is promised; whoever waits in the queue is promised something in any case.
    var promises: ServiceLevels {
        var promises = levels ?? ServiceLevels()
        promises.queueWaitSeconds =
            promises.queueWaitSeconds ?? queueWaitSeconds
            ?? ServiceLevels.standardQueueWaitSeconds
        return promises
    }
}

/// What the stage remembers of a conversation: its open case, if it has one, and in which queue it
/// is, as that may be known before the case is.
package struct ServiceLevelState: StageState {
    var open: OpenCase?
    var place: ServiceLevels.Place?

    /// No case.
    package init() {}

    private enum CodingKeys: String, CodingKey {
        case open = "c"
        case place = "p"
    }
}

/// Measures how long customers wait for people, warns, and tells who supervises what was missed.
///
/// It reads what happens in conversations that people have to do with: those that the bot answers
/// alone cost nothing.
package struct ServiceLevelStage: Stage {
    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never
    /// What it remembers per conversation.
    package typealias State = ServiceLevelState
    /// What it wants to know of a tenant.
    package typealias Settings = ServiceLevelSettings

    /// The stage's name.
    package let name = "service-levels"
    package let reads: [any Payload.Type] = [
        HandoffEvent.self, AgentNote.self, RoutingPlace.self,
    ]

    /// Makes the stage.
    package init() {}

    /// What is promised, and in which time.
    package func settings(from tenant: TenantSettings) -> ServiceLevelSettings {
        ServiceLevelSettings(
            hours: tenant.hours, levels: tenant.serviceLevels,
            queueWaitSeconds: tenant.handoffServiceLevelSeconds, standing: tenant.standing)
    }

    /// Follows what happened, or looks at a clock whose time has come.
    package func begin(
        _ input: StageInput, _ state: inout ServiceLevelState, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        var watch = Watch(state, context)
        switch input {
        case .record(let event as HandoffEvent, _, _): watch.follow(event)
        case .record(let note as AgentNote, _, _):
            watch.open?.act(.init(id: note.agent, name: note.agentName), at: note.at)
        case .record(let news as RoutingPlace, _, _): watch.follow(news)
        case .timer(let timer):
            if let silence = watch.fire(timer) { return .ignore(because: silence) }
        default: throw context.noUse
        }
        let effects = watch.finish()
        (state.open, state.place) = (watch.open, watch.place)
        guard let effects else { return .ignore(because: "no clock is concerned") }
        return .finish(effects)
    }
}

/// One decision of the stage under way.
struct Watch {
    /// Clocks are looked at again after so long in any case, as hours may have changed.
    static let lookAgain = Duration.seconds(4 * 3_600)
    /// A message that was written in time has so long to be taken by WhatsApp.
    static let grace = Duration.seconds(60)
    /// How often is looked whether it was.
    static let graceStep = Duration.seconds(5)
    /// How often is looked whether a business that is suspended goes on.
    static let suspendedWait = Duration.seconds(600)
    static let windowTimer = "window"
    static let newsTimer = "news"

    var open: OpenCase?
    var effects: Effects
    var results: [ClockResult] = []
    var late: [ServiceLevels.Promise] = []
    /// In which queue the conversation is.
    var place: ServiceLevels.Place?
    private(set) var desk: Reckoning
    let context: StageContext
    private let before: OpenCase?
    private let settings: ServiceLevelSettings
    /// A timer was set by itself.
    var hasTimer = false
    /// What others see may be other than before though the case is the same: hours have changed.
    var isToBeShown = false

    init(_ state: ServiceLevelState, _ context: StageContext) {
        open = state.open
        before = state.open
        place = state.place
        self.context = context
        effects = context.effects
        settings = context.settings(ServiceLevelSettings.self)
        desk = Reckoning(settings, in: open == nil ? place : open?.place)
    }

    /// What is promised in a place counts from now on.
    mutating func reckon(in place: ServiceLevels.Place?) {
        desk = Reckoning(settings, in: place)
        isToBeShown = true
    }

    var now: Timestamp { context.now }
    /// Whether nobody answers its customers at all.
    var isSuspended: Bool { settings.standing != nil }

    /// What comes of it; `nil` for nothing.
    mutating func finish() -> Effects? {
        if let over = open, over.isOver == true, over.sent.isEmpty { open = nil }
        guard open != before || !results.isEmpty || !late.isEmpty || hasTimer else { return nil }
        setTimers()
        guard let epoch = open?.epoch ?? before?.epoch else { return effects }
        let (old, new) = (before?.standing(desk), open?.standing(desk))
        guard old != new || isToBeShown || !results.isEmpty || !late.isEmpty else { return effects }
        effects.emit(
            ServiceLevelEvent(
                tenant: context.input.tenant, conversation: ConversationID(context.key),
                epoch: epoch, standing: new, results: results, late: late,
                number: open?.number ?? before?.number, at: now))
        return effects
    }

    // MARK: Timers

    private mutating func setTimers() {
        for kind in ServiceLevels.Promise.allCases {
            let (old, new) = (before?.clocks[kind], open?.clocks[kind])
            guard old?.version != new?.version else { continue }
            if let new, open?.isOver == nil, let moment = nextLook(at: new, kind) {
                set(kind, at: moment, new)
            } else if old?.runsSince != nil {
                effects.cancelTimer(kind.rawValue)
            }
        }
        if open?.waitingSince != before?.waitingSince || open?.epoch != before?.epoch {
            if open?.clocks[.queueWait] != nil, let wrote = open?.wroteAt {
                effects.setTimer(Self.windowTimer, at: wrote + .seconds(86_400))
            } else if before?.waitingSince != nil {
                effects.cancelTimer(Self.windowTimer)
            }
        }
        if before?.untold != nil, open?.untold == nil { effects.cancelTimer(Self.newsTimer) }
    }

    mutating func set(_ kind: ServiceLevels.Promise, at moment: Timestamp, _ clock: Stopwatch) {
        effects.setTimer(kind.rawValue, at: max(moment, now), note: String(clock.version))
        hasTimer = true
    }

    /// When a clock wants to be looked at next; `nil` where nothing is promised, or it is late.
    func nextLook(at clock: Stopwatch, _ kind: ServiceLevels.Promise) -> Timestamp? {
        guard clock.runsSince != nil, let target = desk.seconds(of: kind),
            let warning = desk.warning(of: kind), clock.level != .breached
        else { return nil }
        let seconds = clock.level == .fine ? warning : Int64(target)
        let moment = clock.moment(of: seconds, desk.time)
        guard desk.time.hours != nil else { return moment }
        // Whoever changes the hours does not wait for a timer of the old ones.
        return min(moment ?? now + Self.lookAgain, now + Self.lookAgain)
    }
}
