import Conversation

@testable import StageRuntime

/// A small stage with all that a stage can do: it passes numbers on in their order, some at once,
/// some after a call, some after an intent, some gathered for a timer.
struct RelayStage: Stage {
    struct State: DividedState {
        /// Numbers that wait for the timer, each an entry of its own.
        var gathered: [Int] = []
        /// The number whose intent is durable.
        var intent: Int?
        /// How often the slow timer still goes round.
        var rounds = 0

        var entries: [String: Int] {
            get {
                Dictionary(
                    uniqueKeysWithValues: gathered.enumerated().map { ("\($0)", $1) })
            }
            set { gathered = (0..<newValue.count).compactMap { newValue["\($0)"] } }
        }
    }

    /// What is done with a number.
    enum Kind: Int {
        case plain, call, intent, gather, slow, reject, giveUp, cancel

        init(_ number: Int) { self = Kind(rawValue: number % 8) ?? .plain }
    }

    enum Call: Hashable, Sendable, Codable {
        case ask(Int)
        /// Must never be done twice.
        case once(Int)
        case tick
    }

    let reads: [any Payload.Type] = [
        OwnershipChange.self, OutboundMessage.self, SendingResumed.self,
    ]
    let name = "relay"
    static let flush = "flush"
    static let slow = "slow"

    func begin(
        _ input: StageInput, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Call> {
        switch input {
        case .timer(let timer): return fire(timer, &state, context)
        case .record(let change as OwnershipChange, _, _):
            return try take(change.epoch, &state, context)
        default: return .ignore(because: "not for me")
        }
    }

    private func take(
        _ number: Int, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Call> {
        if let intent = state.intent {
            // The process ended after the intent: whether the call came through is not known.
            guard intent == number else { throw Rejection("the intent of another number") }
            state.intent = nil
            return emit([number], &state, context)
        }
        switch Kind(number) {
        case .plain, .cancel: return emit([number], &state, context)
        case .call, .giveUp: return .call(.ask(number))
        case .reject: throw Rejection("as asked")
        case .intent:
            state.intent = number
            return .commit(context.effects, then: .once(number))
        case .gather, .slow:
            state.gathered.append(number)
            var effects = context.effects
            effects.setTimer(Self.flush, at: context.now + .seconds(2))
            if Kind(number) == .slow {
                state.rounds = 3
                effects.cancelTimer(Self.flush)
                effects.setTimer(Self.slow, at: context.now + .seconds(1))
            }
            return .finish(effects)
        }
    }

    private func fire(
        _ timer: FiredTimer, _ state: inout State, _ context: StageContext
    ) -> Plan<Call> {
        guard timer.name == Self.slow, state.rounds > 0 else {
            guard !state.gathered.isEmpty else { return .ignore(because: "nothing gathered") }
            return emit([], &state, context)
        }
        // The next round is durable before the call of this one.
        state.rounds -= 1
        var effects = context.effects
        effects.setTimer(Self.slow, at: context.now + .seconds(1))
        return .commit(effects, then: .tick)
    }

    func resume(
        _ answer: Bool, to call: Call, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Call> {
        switch call {
        case .ask(let number): return emit([number], &state, context)
        case .once(let number):
            state.intent = nil
            return emit([number], &state, context)
        case .tick: return .ignore(because: "one round more")
        }
    }

    func retryPolicy(for call: Call) -> RetryPolicy {
        if case .once = call { .never } else { .standard }
    }

    func giveUp(
        on call: Call, because failure: CallFailure, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Call> {
        switch call {
        case .ask: throw Rejection("given up")
        case .once, .tick: return try resume(false, to: call, &state, context)
        }
    }

    /// Passes on what was gathered, then the numbers.
    private func emit(
        _ numbers: [Int], _ state: inout State, _ context: StageContext
    ) -> Plan<Call> {
        var effects = context.effects
        for number in state.gathered + numbers {
            effects.emit(
                HandoffCommand(
                    tenant: context.input.tenant, conversation: ConversationID(context.key),
                    agent: "a", agentName: "a", action: .renew, reference: String(number),
                    at: context.now))
        }
        if !state.gathered.isEmpty {
            effects.cancelTimer(Self.flush)
            effects.cancelTimer(Self.slow)
        }
        state.gathered = []
        state.rounds = 0
        return .finish(effects)
    }
}

/// Keeps the numbers that come, in their order.
struct SinkStage: Stage {
    typealias Call = Never
    typealias Answer = Never
    struct State: StageState {
        var numbers: [Int] = []
    }

    let reads: [any Payload.Type] = [HandoffCommand.self, CustomerPreference.self]
    let name = "sink"

    func begin(
        _ input: StageInput, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        guard case .record(let command as HandoffCommand, _, _) = input,
            let number = Int(command.reference)
        else { throw Rejection("not for me") }
        state.numbers.append(number)
        return .finish(context.effects)
    }
}
