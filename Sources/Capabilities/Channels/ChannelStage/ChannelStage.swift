package import Conversation
import NotificationRecords
package import StageRuntime

/// Decides for each business whether its line to WhatsApp is open, out of what its senders notice
/// and what WhatsApp says of its account: tells all processes and the people whom it concerns, and
/// has what waits looked at again once it may go.
package struct ChannelStage: Stage {
    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never
    /// What it remembers per business.
    package typealias State = ChannelFold

    /// Conversations that wait and are remembered; those beyond look again by themselves, when the
    /// stop says.
    package static let mostHeld = 1_000
    /// What WhatsApp said that is remembered.
    package static let mostEvents = 40

    /// The stage's name.
    package let name = "channels"
    package let reads: [any Payload.Type] = [
        ChannelReport.self, TenantSettings.self, AccountUpdate.self,
    ]

    /// Makes the stage.
    package init() {}

    /// Takes in what a sender noticed, what WhatsApp says, or that a business has another token.
    package func begin(
        _ input: StageInput, _ state: inout ChannelFold, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        var decision = ChannelDecision(state: state, context: context)
        switch input {
        case .record(let report as ChannelReport, _, _): decision.take(report)
        case .record(let settings as TenantSettings, _, _): decision.take(settings)
        case .record(let update as AccountUpdate, _, _):
            // Updates had their account as their key once.
            guard context.key == update.key else {
                return .ignore(because: "the update is of before they were one story")
            }
            decision.take(update)
        case .timer(let timer):
            if timer.name == ChannelDecision.againTimer { decision.tryAgain() }
            decision.end()
        default: throw context.noUse
        }
        state = decision.state
        guard !decision.effects.outputs.isEmpty || !decision.effects.timers.isEmpty else {
            return .ignore(because: "nothing is other than before")
        }
        return .finish(decision.effects)
    }
}

/// What the stage remembers of a business.
package struct ChannelFold: StageState {
    /// What keeps it from sending.
    package internal(set) var stops: [ChannelStop] = []
    /// What WhatsApp said of its account, its numbers and its templates, oldest first.
    package internal(set) var events: [ChannelEvent] = []
    /// The conversations that wait, in the order in which they began to.
    var held: [ConversationID] = []
    /// A mark of the token that the business has now; not known of a business whose settings came
    /// before the stage looked at this.
    var token: String?

    /// An open line.
    package init() {}
}

/// One decision under way.
struct ChannelDecision {
    /// The timer of a stop's end.
    private static let endTimer = "ends"
    /// The timer of a new try, once senders have caught up.
    static let againTimer = "again"
    /// How soon a sender is asked again that did not know what the stage knows: its copy of the
    /// topics is milliseconds behind, mostly.
    private static let catchingUp = Duration.seconds(1)

    var state: ChannelFold
    var effects: Effects
    let context: StageContext

    init(state: ChannelFold, context: StageContext) {
        self.state = state
        self.context = context
        effects = context.effects
    }

    private var tenant: TenantID { context.input.tenant }

    // MARK: What senders notice

    mutating func take(_ report: ChannelReport) {
        switch report.word {
        case .refused(let code, let reach, let until, let trace):
            hold(report.conversation)
            // The token was replaced while the message was on its way.
            if let token = report.token, let current = state.token, token != current {
                return effects.setTimer(Self.againTimer, at: context.now + Self.catchingUp)
            }
            stop(
                ChannelStop(
                    reach: reach, number: report.number, code: code, since: report.at,
                    until: until, token: report.token, trace: trace))
        case .held(let known):
            // What it waits for may be over by now.
            if state.stops.isEmpty {
                wake([report.conversation])
            } else {
                hold(report.conversation)
                waitForSender(knowing: known, of: report.number)
            }
        case .sent: endStops { $0.concerns(report.number) }
        }
    }

    /// A stop is to be tried now, and the sender holds messages back for what was before: it is
    /// asked again once it has heard.
    private mutating func waitForSender(knowing known: Timestamp?, of number: BusinessNumberID) {
        let stops = state.stops.filter { $0.concerns(number) }
        guard !stops.contains(where: { $0.until == known }),
            stops.allSatisfy({ $0.until <= context.now })
        else { return }
        effects.setTimer(Self.againTimer, at: context.now + Self.catchingUp)
    }

    /// Senders have caught up: what waits is looked at again, unless it was refused meanwhile.
    mutating func tryAgain() {
        if state.stops.allSatisfy({ $0.until <= context.now }) { wakeAll() }
    }

    /// Something keeps the business from sending: people are told once, whatever else is noticed of
    /// the same trouble.
    private mutating func stop(_ stop: ChannelStop) {
        let index = state.stops.firstIndex {
            $0.reach == stop.reach && $0.concerns(stop.number)
        }
        if let index {
            state.stops[index].code = stop.code
            state.stops[index].until = max(state.stops[index].until, stop.until)
            state.stops[index].failures += 1
            state.stops[index].token = stop.token ?? state.stops[index].token
            state.stops[index].trace = stop.trace ?? state.stops[index].trace
            state.stops[index].ends = stop.ends ?? state.stops[index].ends
        } else {
            // One cause brings several refusals.
            if state.stops.isEmpty { tell("channelStopped", stop) }
            state.stops.append(stop)
        }
        publish()
    }

    /// What kept the business from sending is over, as far as it fits.
    private mutating func endStops(where isOver: (ChannelStop) -> Bool) {
        let left = state.stops.filter { !isOver($0) }
        guard left != state.stops else { return }
        state.stops = left
        publish()
        if left.isEmpty { tell("channelOpen") }
        wakeAll()
    }

    /// A business that has another token is tried with it at once.
    mutating func take(_ settings: TenantSettings) {
        let token = settings.tokenMark
        state.token = token
        var isChanged = false
        for index in state.stops.indices
        where state.stops[index].token != nil && state.stops[index].token != token {
            state.stops[index].token = token
            state.stops[index].until = context.now
            isChanged = true
        }
        guard isChanged else { return }
        publish()
        wakeAll()
    }

    // MARK: What WhatsApp says

    mutating func take(_ update: AccountUpdate) {
        guard let reading = AccountReading(update) else { return }
        let event = reading.event
        let isOld = state.events.contains {
            $0.field == event.field && $0.subject == event.subject
                && ($0.at > event.at || $0 == event)
        }
        guard !isOld else { return }
        state.events.removeAll {
            $0.field == event.field && $0.subject == event.subject && $0.event == event.event
        }
        state.events.append(event)
        if state.events.count > ChannelStage.mostEvents { state.events.removeFirst() }
        switch reading.effect {
        case .none: publish()
        case .stops(_, let ends?) where ends <= context.now: publish()
        case .restricts(let ends?) where ends <= context.now: publish()
        case .stops(let code, let ends):
            stop(stopOfAccount(code, since: event.at, until: ends ?? context.now, ends: ends))
        case .restricts(let ends):
            // Answers may go, as far as is known: the next message of a person's shows it.
            stop(stopOfAccount(131_031, since: event.at, until: context.now, ends: ends))
        case .lifts:
            publish()
            endStops { $0.reach == .account && $0.token == nil }
        }
        setEnd()
        if event.weight == .warning { warn(of: event) }
        if let template = reading.template { effects.emit(template) }
    }

    private func stopOfAccount(
        _ code: Int, since: Timestamp, until: Timestamp, ends: Timestamp?
    ) -> ChannelStop {
        ChannelStop(
            reach: .account, number: "", code: code, since: since, until: until, ends: ends)
    }

    /// A stop whose end WhatsApp named is over.
    mutating func end() {
        let now = context.now
        endStops { stop in stop.ends.map { $0 <= now } ?? false }
        setEnd()
    }

    private mutating func setEnd() {
        let ends = state.stops.compactMap(\.ends).min()
        guard let ends, ends > context.now else { return }
        effects.setTimer(Self.endTimer, at: ends)
    }

    // MARK: What waits

    private mutating func hold(_ conversation: ConversationID) {
        guard !state.held.contains(conversation), state.held.count < ChannelStage.mostHeld else {
            return
        }
        state.held.append(conversation)
    }

    private mutating func wakeAll() {
        wake(state.held)
        if state.stops.isEmpty { state.held = [] }
    }

    private mutating func wake(_ conversations: [ConversationID]) {
        for conversation in conversations {
            effects.emit(
                SendingResumed(tenant: tenant, conversation: conversation, at: context.now))
        }
    }

    // MARK: Who is told

    private mutating func publish() {
        effects.emit(
            ChannelState(
                tenant: tenant, stops: state.stops, events: state.events, at: context.now))
    }

    private mutating func tell(_ kind: NotificationKind, _ stop: ChannelStop? = nil) {
        var values: [String: String] = [:]
        values["reason"] = stop.map { stop in
            let end = stop.ends.map { ", until \($0.rfc3339)" } ?? ""
            return "\(stop.entry.meaning) (\(stop.code))\(end)"
        }
        values["remedy"] = stop?.entry.remedy
        tell(kind, values)
    }

    private mutating func warn(of event: ChannelEvent) {
        tell(
            "channelWarning", ["reason": event.meaning, "remedy": event.remedy ?? ""])
    }

    private mutating func tell(_ kind: NotificationKind, _ values: [String: String]) {
        effects.emit(TeamNews(tenant: tenant, kind: kind, values: values, at: context.now))
        var values = values
        values["organisation"] = tenant.rawValue
        effects.emit(OperatorNews(kind: kind, values: values, at: context.now))
    }
}
