package import Conversation

/// A stage: a resumable pure decision.
///
/// It begins with a record or a timer, may ask the world for something, is resumed with the
/// answer, and ends with effects. It reads no clock, makes no random number, and does no IO: all
/// of that comes in through its parameters, so a past run can be repeated to the byte.
package protocol Stage: Sendable {
    /// What the stage remembers per key. A key never seen begins with `State()`.
    associatedtype State: StageState
    /// What it asks of the world; recorded with its answer.
    associatedtype Call: Sendable & Codable
    /// What the world answers.
    associatedtype Answer: Sendable & Codable
    /// The part of a tenant's settings that its decisions depend on; none unless a stage says so.
    associatedtype Settings: SettingsPart = NoSettings

    /// The stage's name, which is its consumer group and part of the ids of its records.
    var name: String { get }

    /// The types of the records that it begins with: all that stand in its inputs, which is checked
    /// when it starts. What it does not know (a later version's, a tombstone) never reaches it.
    var reads: [any Payload.Type] { get }

    /// What the stage wants of a tenant's settings.
    ///
    /// The runtime looks it up when a decision begins, keeps it until the decision's end, records
    /// it with the decision, and hands it over as ``StageContext/settings(_:)``.
    func settings(from tenant: TenantSettings) -> Settings

    /// Begins with a record or a timer of one key.
    ///
    /// - Throws: ``Rejection`` if this input can never succeed; it becomes a dead letter.
    func begin(
        _ input: StageInput, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Call>

    /// Goes on with the answer to a call. State changes made before the call are kept in memory
    /// only, unless the plan was `.commit`.
    func resume(
        _ answer: Answer, to call: Call, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Call>

    /// Goes on after a call failed for good: permanently, or more often than its policy allows.
    /// Unless a stage says otherwise, the input becomes a dead letter.
    func giveUp(
        on call: Call, because failure: CallFailure, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Call>

    /// How often and how long a call is tried; ``RetryPolicy/standard`` unless a stage says
    /// otherwise.
    func retryPolicy(for call: Call) -> RetryPolicy

    /// Whether an input goes before what waits for its key's turn; no, unless a stage says so.
    /// It is for what makes waiting work void: order is what customers see otherwise.
    func overtakes(_ input: StageInput) -> Bool

    /// Topics that hold what answers are made of, such as the passages that a search finds; none,
    /// unless a stage says so. A decision's record then only refers to what stands there.
    ///
    /// What such a topic gives up may be referred to for as long as decisions are kept.
    var keptTopics: [Topic] { get }

    /// The values within an answer that ``keptTopics`` hold: their JSON as the answer's JSON has
    /// it, in its order.
    func kept(in answer: Answer) -> [[UInt8]]

    /// What a record of ``keptTopics`` holds of answers, as JSON.
    func kept(by record: any Payload) -> [[UInt8]]

    /// Whether a call is recorded in full, and not by its hash, however long it is; no, unless a
    /// stage says so. Repeating a decision makes its calls again, so that it is for people only.
    func recordsInFull(_ call: Call) -> Bool

    /// The names of calls that versions before made and that decisions still hold: such a decision
    /// cannot be repeated. None, unless a stage says so.
    var formerCalls: Set<String> { get }
}

extension Stage {
    /// Makes the input a dead letter.
    package func giveUp(
        on call: Call, because failure: CallFailure, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Call> {
        throw Rejection("a call failed for good: \(failure)")
    }

    /// The standard policy.
    package func retryPolicy(for call: Call) -> RetryPolicy { .standard }

    /// Nothing goes before what came earlier.
    package func overtakes(_ input: StageInput) -> Bool { false }

    /// None.
    package var keptTopics: [Topic] { [] }

    /// Nothing.
    package func kept(in answer: Answer) -> [[UInt8]] { [] }

    /// Nothing.
    package func kept(by record: any Payload) -> [[UInt8]] { [] }

    /// By its hash where it is long.
    package func recordsInFull(_ call: Call) -> Bool { false }

    /// None.
    package var formerCalls: Set<String> { [] }
}

extension Stage where Settings == NoSettings {
    /// Nothing.
    package func settings(from tenant: TenantSettings) -> NoSettings { NoSettings() }
}

extension Stage where Call == Never, Answer == Never {
    /// Never reached: the stage asks nothing of the world.
    package func resume(
        _ answer: Never, to call: Never, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {}
}

/// What a stage remembers per key: a value with a beginning.
package protocol StageState: Sendable, Codable, Equatable {
    /// The state of a key never seen.
    init()
}

/// The state of a stage that remembers nothing.
package struct NoState: StageState {
    /// Nothing.
    package init() {}
}

/// What a stage wants to know of a tenant's settings; `init()` is what holds for a tenant that is
/// not known here, be it that it was added a moment ago or that it was removed.
package protocol SettingsPart: Sendable, Codable, Equatable {
    /// What holds for a tenant that is not known here.
    init()
}

/// The settings of a stage that wants none.
package struct NoSettings: SettingsPart {
    /// Nothing.
    package init() {}
}

/// This input can never succeed: it becomes a dead letter with this reason.
package struct Rejection: Error, Hashable, Sendable, CustomStringConvertible {
    /// Why, for people; no personal content.
    package var reason: String

    /// Gives the reason.
    package init(_ reason: String) { self.reason = reason }

    /// The reason.
    package var description: String { reason }
}

/// Why a call to the world failed.
package enum CallFailure: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// It may succeed later; not before `retryAfter` milliseconds, if given.
    case transient(reason: String, retryAfterMilliseconds: Int64?)
    /// It will never succeed as asked.
    case permanent(reason: String)
    /// Nobody foresaw it: it is tried a little, then given up. `attempts` is how often it was
    /// tried, as the runtime tells the stage.
    case unexpected(reason: String, attempts: Int = 1)

    /// The reason.
    package var description: String {
        switch self {
        case .transient(let reason, _), .permanent(let reason), .unexpected(let reason, _): reason
        }
    }
}
