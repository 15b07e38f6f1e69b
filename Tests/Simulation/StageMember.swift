import Conversation
import EventLog
import Records

@testable import StageRuntime

/// One thing that a member of a stage may do next.
enum Move: Hashable {
    case start, poll, read, take, handBack
    /// The world acts on a call; its answer is under way.
    case act(Int)
    /// The answer arrives.
    case answer(Int)
    /// A failed call is tried again.
    case retry(Int)
    case takeCommit, commit

    /// What goes wrong: only while the world is unkind.
    case handBackUnfinished
    /// The commit did not take place and may be tried again.
    case commitLater
    /// The commit took place, but the member does not learn it.
    case commitUnknown
    /// The commit did not take place, and the member does not learn it.
    case commitLost
    case crash
    /// The process ends in the middle of a commit.
    case tear
    case drain, stop

    /// How likely a move is chosen.
    var weight: Int {
        switch self {
        case .act, .answer, .commit, .takeCommit, .take, .start, .read: 8
        case .poll, .retry, .handBack: 6
        case .commitLater, .commitUnknown, .commitLost, .crash, .tear, .handBackUnfinished: 1
        case .drain, .stop: 1
        }
    }
}

/// A member of a stage's group, whatever the stage.
protocol Member: AnyObject {
    var group: String { get }
    var slot: String { get }
    /// What it may do now; unkind moves only where asked for.
    func moves(unkind: Bool) -> [Move]
    func make(_ move: Move, _ dice: inout Dice)
    /// Records in hand: none once all is done.
    var inFlight: Int { get }
    /// What the last move was about, for the trace.
    var words: String { get }
}

/// A process of a stage: what `StagePump` and `StageRunner` do with tasks and time, here one move
/// after the other in any order.
final class StageMember<S: Stage>: Member {
    /// What the world does when it is asked.
    typealias World = (S.Call, StageContext, inout Dice) -> Result<S.Answer, CallFailure>

    private struct Outstanding {
        var started: StartedCall
        var attempt = 1
        var result: Result<S.Answer, CallFailure>?
        var waits = false
    }

    let group: String
    let slot: String
    private let log: SimulatedLog
    private let makeEngine: () -> StageEngine
    private let topics: [String]
    private let world: World

    private var engine: StageEngine
    private var session: SimulatedSession?
    private var polled: PollResult?
    private var stored: [StateKey: [UInt8]]?
    private var givingBack: [Int32] = []
    private var calls: [Outstanding] = []
    private var commit: Commit?
    private var isDraining = false
    private(set) var words = ""

    init(
        _ stage: S, reading inputs: [InputTopic], from log: SimulatedLog, slot: String,
        settings: RunnerSettings,
        tenants: @escaping @Sendable (TenantID) -> TenantSettings? = { _ in nil },
        world: @escaping World
    ) {
        group = stage.name
        self.slot = slot
        self.log = log
        self.world = world
        topics = inputs.map(\.topic.rawValue)
        let envelope = log.envelope
        makeEngine = {
            StageEngine(
                stage: AnyStage(stage), inputs: inputs, envelope: envelope, settings: settings,
                source: .tenants(tenants))
        }
        engine = makeEngine()
    }

    var inFlight: Int { engine.inFlight }

    // MARK: Choices

    func moves(unkind: Bool) -> [Move] {
        guard session != nil else { return [.start] }
        var moves: [Move] = []
        if !givingBack.isEmpty {
            if isReadyToHandBack { moves.append(.handBack) }
            if unkind { moves.append(.handBackUnfinished) }
        } else if polled == nil, !isDraining {
            moves.append(.poll)
        } else if polled != nil {
            moves.append(stored == nil ? .read : .take)
        }
        for call in calls {
            if call.waits {
                moves.append(.retry(call.started.token))
            } else {
                moves.append(
                    call.result == nil ? .act(call.started.token) : .answer(call.started.token))
            }
        }
        if commit != nil {
            moves.append(.commit)
            if unkind { moves += [.commitLater, .commitUnknown, .commitLost] }
            if unkind, log.flaw == .positionsFirst || log.flaw == .outputsFirst {
                moves.append(.tear)
            }
        } else if engine.hasCommit {
            moves.append(.takeCommit)
        }
        if unkind { moves.append(.crash) }
        if isDraining {
            if (calls.isEmpty && commit == nil && !engine.hasCommit) || unkind {
                moves.append(.stop)
            }
        } else if unkind {
            moves.append(.drain)
        }
        return moves
    }

    private var isReadyToHandBack: Bool {
        !givingBack.contains { engine.isBusy($0) || engine.isUncommitted($0) }
    }

    func make(_ move: Move, _ dice: inout Dice) {
        words = ""
        switch move {
        case .start:
            engine = makeEngine()
            session = log.join(group, topics, slot: slot)
        case .poll: poll(&dice)
        case .read: read()
        case .take: take()
        case .handBack, .handBackUnfinished: handBack()
        case .act(let token): act(token, &dice)
        case .answer(let token): answer(token)
        case .retry(let token):
            if let index = position(token) { calls[index].waits = false }
        case .takeCommit:
            commit = engine.takeCommit()
            engine.runWaiting(at: log.now)
            goOn()
            if log.traces, let commit { words = Self.describe(commit) }
            if commit?.isEmpty == true { committed() }
        case .commit, .commitLater, .commitUnknown, .commitLost, .tear: tryCommit(move, &dice)
        case .crash: end(&dice)
        case .drain:
            isDraining = true
            engine.dropAllQueued()
        case .stop:
            session?.close()
            end(&dice)
        }
    }

    private func position(_ token: Int) -> Int? {
        calls.firstIndex { $0.started.token == token }
    }

    // MARK: Polling

    private func poll(_ dice: inout Dice) {
        let limit = 1 + dice.below(6)
        do throws(EventLogError) {
            guard let result = try session?.poll(atMost: limit, &dice) else { return }
            guard !result.isEmpty else { return }
            if log.traces { words = Self.describe(result) }
            guard engine.letGo(result.lost) else { return reopen(&dice) }
            polled = result
            // Mostly at once; else something may come between.
            if !dice.once(in: 4) { read() }
            if stored != nil, !dice.once(in: 4) { take() }
        } catch {
            end(&dice)
        }
    }

    private func read() {
        guard let polled, let session else { return }
        do throws(EventLogError) {
            let known = try session.state(engine.stateNeeded(for: polled))
            let entries = try session.state(engine.entriesNeeded(with: known))
            stored = known.merging(entries) { $1 }
        } catch {
            var none = Dice(seed: 0)
            reopen(&none)
        }
    }

    private func take() {
        guard let polled, let stored else { return }
        self.polled = nil
        self.stored = nil
        guard !isDraining else { return }
        engine.accept(polled, with: stored, at: log.now)
        for partition in polled.revoking { engine.dropQueued(partition) }
        givingBack = polled.revoking
        goOn()
    }

    private func handBack() {
        guard engine.letGo(givingBack) else {
            var none = Dice(seed: 0)
            return reopen(&none)
        }
        givingBack = []
        goOn()
    }

    // MARK: Calls

    private func goOn() {
        calls += engine.takeStarted().map { Outstanding(started: $0) }
        _ = engine.takeTally()
    }

    private func act(_ token: Int, _ dice: inout Dice) {
        guard let index = position(token) else { return }
        let started = calls[index].started
        let call = started.call.value(of: S.Call.self)
        if log.traces { words = "\(call)" }
        calls[index].result = world(call, started.context, &dice)
    }

    private func answer(_ token: Int) {
        guard let index = position(token), let result = calls[index].result else { return }
        let call = calls[index]
        if case .failure(.transient(_, let atLeast)) = result {
            let wait = engine.stage.retryPolicy(call.started.call).wait(
                after: call.attempt, jitter: 0, atLeast: atLeast.map { .milliseconds($0) },
                now: log.now)
            if wait != nil {
                calls[index].attempt += 1
                calls[index].result = nil
                calls[index].waits = true
                return
            }
        }
        calls.remove(at: index)
        engine.answered(token, with: result.map { ErasedValue($0) }, at: log.now)
        goOn()
    }

    // MARK: Words

    private static func describe(_ result: PollResult) -> String {
        var words = result.records.map {
            "\($0.partition)@\($0.offset) \($0.record.header(HeaderName.id) ?? "")"
        }
        words += result.timers.map { "timer \($0.key.key)/\($0.key.name)" }
        if !result.assigned.isEmpty { words.append("assigned \(result.assigned)") }
        if !result.revoking.isEmpty { words.append("revoking \(result.revoking)") }
        if !result.lost.isEmpty { words.append("lost \(result.lost)") }
        return words.joined(separator: ", ")
    }

    private static func describe(_ commit: Commit) -> String {
        var words = commit.positions.map { "\($0) to \($1)" }.sorted()
        words += commit.outputs.map { "\($0.topic) \($0.header(HeaderName.id) ?? "")" }
        words += commit.timers.map { "timer \($0.key.key)/\($0.key.name)" }.sorted()
        words += commit.state.map { "\($0.key.store) \($0.key.key)" }.sorted()
        return words.joined(separator: ", ")
    }

    // MARK: Commits and ends

    private func tryCommit(_ move: Move, _ dice: inout Dice) {
        guard let commit, let session else { return }
        do throws(EventLogError) {
            switch move {
            case .commitLater: return
            case .commitLost: return reopen(&dice)
            case .tear:
                session.tear(commit)
                return end(&dice)
            default: try session.commit(commit)
            }
            if move == .commitUnknown { return reopen(&dice) }
            committed()
        } catch {
            if case .superseded = error { end(&dice) } else { reopen(&dice) }
        }
    }

    private func committed() {
        commit = nil
        engine.committed()
        goOn()
    }

    /// A new session under the same slot; work in hand is dropped.
    private func reopen(_ dice: inout Dice) {
        session?.close()
        end(&dice)
        session = log.join(group, topics, slot: slot)
    }

    /// The process ends: a call that was begun may yet reach the world.
    private func end(_ dice: inout Dice) {
        for call in calls where call.result == nil && !call.waits && dice.once(in: 2) {
            _ = world(call.started.call.value(of: S.Call.self), call.started.context, &dice)
        }
        calls = []
        polled = nil
        stored = nil
        givingBack = []
        commit = nil
        session = nil
        isDraining = false
        engine = makeEngine()
    }
}

/// The world of a stage that asks nothing.
func asksNothing(
    _ call: Never, _ context: StageContext, _ dice: inout Dice
) -> Result<Never, CallFailure> {}
