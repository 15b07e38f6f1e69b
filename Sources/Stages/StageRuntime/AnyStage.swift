import Conversation
import JSON
import Records

/// A stage without its types, as the engine runs it.
///
/// The engine's code is the same for all stages. Were it generic, it would be compiled once for
/// all of them and look its types up with every access to a dictionary, which took a tenth of a
/// turn's time.
struct AnyStage: Sendable {
    /// How a stage goes on, and what it remembers then.
    struct Step {
        var plan: Plan<any Erased>
        var state: any Erased
    }

    /// The stage's name.
    let name: String
    /// ``Stage/reads``.
    let reads: RecordTypes
    /// The state of a key never seen.
    let initialState: any Erased
    /// Reads a stored state.
    let state: @Sendable ([UInt8]) throws(RecordError) -> any Erased
    /// How its states are divided, if they are.
    let division: StateDivision?
    /// Whether two states are the same.
    let isSame: @Sendable (any Erased, any Erased) -> Bool
    /// ``Stage/begin(_:_:_:)``.
    let begin: @Sendable (StageInput, any Erased, StageContext) throws(Rejection) -> Step
    /// ``Stage/resume(_:to:_:_:)``, or ``Stage/giveUp(on:because:_:_:)`` after a failure.
    let resume:
        @Sendable (Result<any Erased, CallFailure>, any Erased, any Erased, StageContext)
            throws(Rejection) -> Step
    /// ``Stage/retryPolicy(for:)``.
    let retryPolicy: @Sendable (any Erased) -> RetryPolicy
    /// ``Stage/overtakes(_:)``.
    let overtakes: @Sendable (StageInput) -> Bool
    /// ``Stage/kept(in:)``.
    let kept: @Sendable (any Erased) -> [[UInt8]]
    /// ``Stage/recordsInFull(_:)``.
    let recordsInFull: @Sendable (any Erased) -> Bool
    /// What holds for a tenant that is not known; `nil` where a stage wants no settings.
    let unknownSettings: ErasedSettings?
    /// ``Stage/settings(from:)``; what is known of the tenant already, where nothing changed.
    let settings: @Sendable (TenantSettings, ErasedSettings?) -> ErasedSettings
    /// Reads settings from a decision's record.
    let recordedSettings: @Sendable (NestedJSON) throws(RecordError) -> ErasedSettings
    /// ``Stage/formerCalls``.
    let formerCalls: Set<String>

    init<S: Stage>(_ stage: S) {
        name = stage.name
        reads = RecordTypes(stage.reads)
        initialState = ErasedValue(S.State())
        state = { bytes throws(RecordError) in
            ErasedValue(try RecordCodec.decode(S.State.self, from: bytes))
        }
        division = StateDivision(of: S.State.self)
        isSame = { $0 === $1 || $0.value(of: S.State.self) == $1.value(of: S.State.self) }
        begin = { input, erased, context throws(Rejection) in
            var state = erased.value(of: S.State.self)
            let plan = try stage.begin(input, &state, context)
            return Step(plan: plan.erased, state: ErasedValue(state))
        }
        resume = { result, erasedCall, erased, context throws(Rejection) in
            var state = erased.value(of: S.State.self)
            let call = erasedCall.value(of: S.Call.self)
            let plan =
                switch result {
                case .success(let answer):
                    try stage.resume(answer.value(of: S.Answer.self), to: call, &state, context)
                case .failure(let failure):
                    try stage.giveUp(on: call, because: failure, &state, context)
                }
            return Step(plan: plan.erased, state: ErasedValue(state))
        }
        retryPolicy = { stage.retryPolicy(for: $0.value(of: S.Call.self)) }
        overtakes = { stage.overtakes($0) }
        kept = { stage.kept(in: $0.value(of: S.Answer.self)) }
        recordsInFull = { stage.recordsInFull($0.value(of: S.Call.self)) }
        unknownSettings = S.Settings.self == NoSettings.self ? nil : ErasedSettings(S.Settings())
        settings = { tenant, known in
            let settings = stage.settings(from: tenant)
            if let known, known.value.value(of: S.Settings.self) == settings { return known }
            return ErasedSettings(settings)
        }
        recordedSettings = { json throws(RecordError) in
            ErasedSettings(try RecordCodec.decode(S.Settings.self, from: json.bytes))
        }
        formerCalls = stage.formerCalls
    }
}

/// A state, a call or an answer of a stage, without its type.
protocol Erased: AnyObject, Sendable {
    /// The value as ``RecordCodec`` writes it.
    func json() throws(RecordError) -> [UInt8]
}

/// A value that is copied as a reference: those of stages are large and go from hand to hand.
final class ErasedValue<Value: Sendable>: Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}

extension ErasedValue: Erased where Value: Encodable {
    func json() throws(RecordError) -> [UInt8] { try RecordCodec.encode(value) }
}

extension Erased {
    /// The value, whose type the caller knows.
    func value<Value: Sendable>(of type: Value.Type) -> Value {
        guard let erased = self as? ErasedValue<Value> else {
            preconditionFailure("a stage was handed something else than a \(type) of its own")
        }
        return erased.value
    }
}

extension Plan where Call: Encodable {
    /// The plan with its call erased.
    fileprivate var erased: Plan<any Erased> {
        switch self {
        case .finish(let effects): .finish(effects)
        case .call(let call): .call(ErasedValue(call))
        case .commit(let effects, let call): .commit(effects, then: ErasedValue(call))
        case .ignore(let reason): .ignore(because: reason)
        }
    }
}
