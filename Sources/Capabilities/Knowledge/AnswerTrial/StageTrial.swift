import Conversation
import Records
import StageRuntime

/// Runs a stage's decisions in memory: nothing is read from a log or written to one, and what the
/// stage would write is only looked at.
struct StageTrial<S: Stage> {
    /// What the world answers.
    typealias Perform = @Sendable (S.Call) async throws(CallFailure) -> S.Answer

    /// What a decision came to.
    struct Decided {
        /// What would be written.
        var outputs: [any Payload] = []
        /// Why nothing was done; `nil` where something was.
        var ignored: String?
    }

    /// A call, and how long it took.
    struct Called {
        var call: S.Call
        var answer: S.Answer?
        var length: Duration
    }

    private let stage: S
    private let key: String
    private let settings: S.Settings
    private let perform: Perform
    private let now: @Sendable () -> Timestamp
    private var state = S.State()
    private var timers: [String: FiredTimer] = [:]
    /// What was asked of the world.
    private(set) var calls: [Called] = []

    init(
        _ stage: S, key: String, settings: S.Settings, now: @escaping @Sendable () -> Timestamp,
        perform: @escaping Perform
    ) {
        self.stage = stage
        self.key = key
        self.settings = settings
        self.now = now
        self.perform = perform
    }

    /// Decides about a record.
    mutating func decide(
        _ payload: any Payload, id: RecordID, at position: Int64
    ) async throws(Rejection) -> Decided {
        let headers = RecordHeaders(
            id: id, type: type(of: payload).type, source: "trial", time: now(),
            subject: payload.key, correlation: id, causation: id, tenant: payload.tenant)
        return try await decide(
            .record(
                payload, headers,
                position: RecordPosition(
                    topic: type(of: payload).topic.rawValue, partition: 0, offset: position)),
            at: now())
    }

    /// Lets the timer fire that is due next, without waiting for it; `nil` where none is set.
    mutating func passTime() async throws(Rejection) -> Decided? {
        guard let next = timers.values.min(by: { ($0.due, $0.name) < ($1.due, $1.name) }) else {
            return nil
        }
        timers[next.name] = nil
        return try await decide(.timer(next), at: max(next.due, now()))
    }

    private mutating func decide(
        _ input: StageInput, at begun: Timestamp
    ) async throws(Rejection) -> Decided {
        var decided = Decided()
        var step = 0
        let (stage, key, settings) = (stage, key, settings)
        func context(_ moment: Timestamp) -> StageContext {
            StageContext(
                stage: stage.name, input: input, key: key, now: moment, step: step,
                settings: settings)
        }
        var plan = try stage.begin(input, &state, context(begun))
        while true {
            let call: S.Call
            switch plan {
            case .finish(let effects):
                take(effects, into: &decided)
                return decided
            case .ignore(let reason):
                decided.ignored = reason
                return decided
            case .call(let next): call = next
            case .commit(let effects, let next):
                take(effects, into: &decided)
                call = next
            }
            step += 1
            let result = await answer(call)
            let moment = max(begun, now())
            switch result {
            case .success(let answer):
                plan = try stage.resume(answer, to: call, &state, context(moment))
            case .failure(let failure):
                plan = try stage.giveUp(on: call, because: failure, &state, context(moment))
            }
        }
    }

    private mutating func take(_ effects: Effects, into decided: inout Decided) {
        decided.outputs += effects.outputs.compactMap(\.payload)
        for timer in effects.timers {
            switch timer {
            case .set(let timer): timers[timer.name] = timer
            case .cancel(let name): timers[name] = nil
            }
        }
    }

    /// Asks as often as the stage would have it, but for one who sits and waits: what would take
    /// minutes is given up.
    private mutating func answer(_ call: S.Call) async -> Result<S.Answer, CallFailure> {
        let policy = stage.retryPolicy(for: call)
        let begun = now()
        var attempt = 0
        while true {
            attempt += 1
            let failure: CallFailure
            do throws(CallFailure) {
                let answer = try await perform(call)
                calls.append(Called(call: call, answer: answer, length: now().since(begun)))
                return .success(answer)
            } catch {
                failure = error
            }
            if case .transient = failure, attempt < Self.mostAttempts,
                let wait = policy.wait(
                    after: attempt, jitter: 0, atLeast: nil, now: now()),
                (try? await Task.sleep(for: wait)) != nil  // cancelled: it is given up
            {
                continue
            }
            calls.append(Called(call: call, answer: nil, length: now().since(begun)))
            return .failure(failure)
        }
    }

    private static var mostAttempts: Int { 3 }
}
