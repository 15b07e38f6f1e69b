package import Conversation
package import EventLog
import JSON
package import Records

/// Repeats a stage's past decisions with the answers that the world gave then: the engine that
/// ran them runs them again, without IO.
///
/// Nothing here can reach the world: there is no `perform`, and an answer comes from the record of
/// the decision or not at all. State, timers and handled ids are kept per key as the log's commits
/// would; decisions of a key are to be given in the order in which they were recorded.
package struct StageReplay<S: Stage>: Sendable {
    /// A decision that waits for the rest of its record: it was made durable before its end.
    private struct Waiting {
        var engine: StageEngine
        var call: StartedCall?
        /// What is recorded of it so far, or its last part.
        var decision: Decision
        /// Questions in the parts before the one that comes next.
        var asked: Int
    }

    private let stage: AnyStage
    private let inputs: [InputTopic]
    private let envelope: RecordEnvelope
    private var stored: [StateKey: [UInt8]] = [:]
    private var expires: [StateKey: Int64] = [:]
    private var timers: [String: [String: DurableTimer]] = [:]
    private var waiting: [String: Waiting] = [:]
    /// The tenant's settings that a key's decisions recorded last.
    private var settings: [String: ErasedSettings] = [:]

    /// Prepares to repeat; every key begins with an empty state.
    package init(_ stage: S, reading inputs: [InputTopic], by envelope: RecordEnvelope) {
        self.envelope = envelope
        self.stage = AnyStage(stage)
        self.inputs = inputs
    }

    /// The stage's name.
    package var name: String { stage.name }

    /// Whether a decision depends on what was decided about its key before.
    package var remembers: Bool {
        S.State.self != NoState.self || S.Settings.self != NoSettings.self
    }

    /// Repeats one recorded decision; `record` is its input where it is no timer.
    package mutating func run(_ decision: Decision, of record: ConsumedRecord?) -> ReplayedDecision
    {
        var replayed = ReplayedDecision()
        let earlier = waiting.removeValue(forKey: decision.key)
        if let former = formerQuestion(in: decision) {
            replayed.stop = former
            return replayed
        }
        if let earlier, let first = earlier.decision.continuation(in: decision) {
            advance(
                earlier.engine, earlier.call, from: first, asked: earlier.asked, decision,
                &replayed)
            return replayed
        }
        guard (decision.part ?? 0) == 0 else {
            replayed.stop = .beginningNotKept
            return replayed
        }
        do throws(ReplayStop) {
            try takeSettings(of: decision)
        } catch {
            replayed.stop = error
            return replayed
        }
        // Of a life that ended before its answer came only what it had committed is left.
        var engine = engine(
            form: decision.part == nil ? .whole : .parts, settings: settings[decision.key])
        let result: PollResult
        if let record {
            result = PollResult(records: [record])
        } else if let timer = timer(of: decision) {
            result = PollResult(timers: [timer])
        } else {
            replayed.stop = .timerNotSet
            return replayed
        }
        var known = state(engine.stateNeeded(for: result), at: decision.began)
        known.merge(state(engine.entriesNeeded(with: known), at: decision.began)) { $1 }
        engine.accept(result, with: known, at: decision.began)
        let call = next(of: &engine, into: &replayed)
        advance(engine, call, from: 0, asked: 0, decision, &replayed)
        return replayed
    }

    /// Repeats what was done with a record that left no decision, as it could not be read: it was
    /// set aside at `now`.
    package mutating func runUnreadable(
        _ record: ConsumedRecord, at now: Timestamp
    ) -> ReplayedDecision {
        var replayed = ReplayedDecision()
        var engine = engine()
        engine.accept(PollResult(records: [record]), with: [:], at: now)
        _ = next(of: &engine, into: &replayed)
        return replayed
    }

    /// The pieces of a partition's state that the repeated decisions left, as the log keeps them.
    package func state(of partition: Int32) -> [StateChange] {
        stored.filter { $0.key.partition == partition && $0.key.store != Store.ahead }
            .map { StateChange($0.key, value: $0.value, expires: expires[$0.key]) }
    }

    /// The timers of a partition that are set and did not fire yet.
    package func timers(of partition: Int32) -> [DurableTimer] {
        timers.values.flatMap(\.values).filter { $0.key.partition == partition }
    }

    /// The stores of a group's state that a replay rebuilds.
    package static var rebuiltStores: [String] {
        [Store.state, Store.handled, Store.settings]
            + (StateDivision(of: S.State.self) == nil ? [] : [EntryStore.names, EntryStore.entry])
    }

    /// A piece of state as it was before it was sealed; as it is, where it never was or cannot be
    /// opened.
    package func opened(_ bytes: [UInt8], of piece: StateKey) -> [UInt8] {
        guard let context = EntryStore.context(of: piece, in: stage.name) else { return bytes }
        return (try? envelope.opened(bytes, at: context)) ?? bytes
    }

    /// The key whose state a piece is part of.
    package static func key(of piece: StateKey) -> String { EntryStore.key(ofPiece: piece) }

    private func engine(
        form: DecisionForm = .parts, settings: ErasedSettings? = nil
    ) -> StageEngine {
        StageEngine(
            stage: stage, inputs: inputs, envelope: envelope,
            settings: RunnerSettings(recordsDecisions: true), form: form,
            source: .recorded(settings))
    }

    // MARK: Going on

    /// The first question of a decision that the stage does not ask any more.
    private func formerQuestion(in decision: Decision) -> ReplayStop? {
        for (index, exchange) in decision.exchanges.enumerated() {
            guard let name = RecordedJSON.name(ofCall: exchange.call),
                stage.formerCalls.contains(name)
            else { continue }
            return .askedFormerly(index: index, call: name)
        }
        return nil
    }

    /// Takes the settings that a decision tells.
    private mutating func takeSettings(of decision: Decision) throws(ReplayStop) {
        guard let recorded = decision.settings, stage.unknownSettings != nil else { return }
        do throws(RecordError) {
            settings[decision.key] = try stage.recordedSettings(recorded)
        } catch {
            throw .settingsUnreadable(reason: error.description)
        }
    }

    private mutating func advance(
        _ begun: StageEngine, _ first: StartedCall?, from index: Int, asked before: Int,
        _ decision: Decision, _ replayed: inout ReplayedDecision
    ) {
        var engine = begun
        var call = first
        let recorded = before + decision.exchanges.count
        for (index, exchange) in decision.exchanges.enumerated().dropFirst(index) {
            guard let open = call else {
                replayed.stop = .asksLess(recorded: recorded, repeated: before + index)
                return
            }
            do throws(ReplayStop) {
                let answer = try RecordedAnswer<S>(exchange, before + index).answer(to: open.call)
                engine.answered(open.token, with: answer, at: exchange.resumed)
            } catch {
                replayed.stop = error
                return
            }
            call = next(of: &engine, into: &replayed)
        }
        if decision.isInterim {
            waiting[decision.key] = Waiting(
                engine: engine, call: call, decision: decision,
                asked: decision.part == nil ? 0 : recorded)
        } else if let call {
            replayed.stop = .asksMore(
                recorded: recorded,
                call: RecordedAnswer<S>.name(of: call.call.value(of: S.Call.self)))
        }
    }

    /// Takes what can be committed, and answers the call that the decision waits for.
    private mutating func next(
        of engine: inout StageEngine, into replayed: inout ReplayedDecision
    ) -> StartedCall? {
        let commits = engine.settleCommits(into: &replayed)
        for commit in commits { keep(commit) }
        return engine.takeStarted().last
    }

    private mutating func keep(_ commit: Commit) {
        for change in commit.state {
            stored[change.key] = change.value
            expires[change.key] = change.value == nil ? nil : change.expires
        }
        for change in commit.timers {
            switch change {
            case .set(let timer): timers[timer.key.key, default: [:]][timer.key.name] = timer
            case .cancel(let key):
                timers[key.key]?[key.name] = nil
                if timers[key.key]?.isEmpty == true { timers[key.key] = nil }
            }
        }
    }

    private func state(_ keys: [StateKey], at now: Timestamp) -> [StateKey: [UInt8]] {
        var found: [StateKey: [UInt8]] = [:]
        for key in keys where expires[key].map({ $0 > now.milliseconds }) ?? true {
            found[key] = stored[key]
        }
        return found
    }

    /// The timer that a decision began with, if the repeated decisions set the very same.
    private func timer(of decision: Decision) -> DurableTimer? {
        guard decision.position.hasPrefix("timer/") else { return nil }
        let name = String(decision.position.dropFirst("timer/".count))
        guard let timer = timers[decision.key]?[name],
            // What cannot be read is not the timer that fired.
            let fired = try? engine().read(timer),
            fired.id == decision.input
        else { return nil }
        return timer
    }
}

/// What a repeated decision wrote, and why it could not be repeated to its end.
package struct ReplayedDecision: Sendable {
    /// The records, decisions and dead letters among them, in order.
    package var records: [Record] = []
    /// Why it stopped before its end.
    package var stop: ReplayStop?

    /// Nothing yet.
    init() {}
}

/// Why a decision cannot be repeated with recorded answers.
package enum ReplayStop: Error, Hashable, Sendable {
    /// It began with a timer that the repeated decisions did not set.
    case timerNotSet
    /// A part of it that came before is no longer kept.
    case beginningNotKept
    /// Its `index`-th question is another one than was recorded; both as JSON.
    case asksOtherwise(index: Int, recorded: String, repeated: String)
    /// It asks fewer questions than were recorded.
    case asksLess(recorded: Int, repeated: Int)
    /// It asks more than was recorded: the name of the question.
    case asksMore(recorded: Int, call: String)
    /// The `index`-th answer is not at hand: it was too large to be recorded, or a record that it
    /// refers to is no longer kept.
    case answerNotRecorded(index: Int)
    /// The `index`-th answer cannot be read, and why.
    case answerUnreadable(index: Int, reason: String)
    /// Its `index`-th question is one that the stage does not ask any more: a version before
    /// decided it.
    case askedFormerly(index: Int, call: String)
    /// The tenant's settings that it tells cannot be read, and why.
    case settingsUnreadable(reason: String)
}

/// The world as a decision's record knows it: it answers the question that was asked, or nothing.
private struct RecordedAnswer<S: Stage> {
    private let exchange: Decision.Exchange
    private let index: Int

    init(_ exchange: Decision.Exchange, _ index: Int) {
        self.exchange = exchange
        self.index = index
    }

    func answer(to call: any Erased) throws(ReplayStop) -> Result<any Erased, CallFailure> {
        let asked = Self.json(call)
        let recorded = exchange.call
        guard asked == recorded || RecordedJSON.stands(recorded, for: asked) else {
            throw .asksOtherwise(index: index, recorded: recorded.text, repeated: asked.text)
        }
        let bytes = exchange.answer.bytes
        if RecordedJSON.isMark(exchange.answer) || RecordedJSON.refers(exchange.answer) {
            throw .answerNotRecorded(index: index)
        }
        // A failure is recognised by its field; no answer has one of that name.
        if let failed = try? RecordCodec.decode(RecordedFailure.self, from: bytes) {
            return .failure(failed.failure)
        }
        do throws(RecordError) {
            return .success(ErasedValue(try RecordCodec.decode(S.Answer.self, from: bytes)))
        } catch {
            throw .answerUnreadable(index: index, reason: error.description)
        }
    }

    /// The name of a question: its case.
    static func name(of call: S.Call) -> String {
        String(String(describing: call).prefix { $0 != "(" })
    }

    private static func json(_ call: any Erased) -> NestedJSON {
        // Whatever cannot be written was not recorded either.
        (try? call.json()).map { NestedJSON($0) } ?? NestedJSON("null")
    }
}

extension StageEngine {
    /// Takes all that waits to be committed, as if it were durable at once.
    mutating func settleCommits(into replayed: inout ReplayedDecision) -> [Commit] {
        var commits: [Commit] = []
        while hasCommit {
            let commit = takeCommit()
            committed()
            replayed.records += commit.outputs
            commits.append(commit)
        }
        return commits
    }
}

extension Decision {
    /// Where `later` goes on, as an index of its calls, if it is the same run of the same input,
    /// recorded further on.
    func continuation(in later: Decision) -> Int? {
        guard isInterim, later.input == input, later.began == began, later.position == position
        else {
            return nil
        }
        if let part { return later.part == part + 1 ? 0 : nil }
        let isSame = later.part == nil && later.exchanges.starts(with: exchanges)
        return isSame ? exchanges.count : nil
    }
}
