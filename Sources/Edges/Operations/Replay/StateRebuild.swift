import Conversation
package import EventLog
package import Records
package import StageRuntime

/// Rebuilds a stage's state from its topics, and compares it with what the log stores.
///
/// A stage that runs is left alone: its group is looked at first, and joined only once the past is
/// repeated and nobody is there, for as long as it takes to compare and to write.
package struct StateRebuild<S: Stage> {
    /// What a rebuild found.
    package struct Report: Hashable, Sendable, Encodable {
        /// The stage.
        package var stage: String
        /// Pieces of state that are stored as they were rebuilt.
        package var same = 0
        /// Pieces that are stored otherwise.
        package var different = 0
        /// Pieces that are not stored.
        package var missing = 0
        /// Pieces that are stored and were not rebuilt; they are left as they are.
        package var extra = 0
        /// Keys that cannot be rebuilt, as the kept log begins later, a decision is lost or comes
        /// out otherwise; they are left as they are.
        package var doubtful = 0
        /// Timers that are set.
        package var timers = 0
        /// The keys of some pieces that differ.
        package var keys: [String] = []

        /// The report for people.
        package var text: String {
            var lines = [
                "\(same) pieces of state are as stored, \(different) differ, \(missing) are "
                    + "missing, \(extra) are stored only; \(timers) timers are set"
            ]
            if doubtful > 0 {
                lines.append(
                    "\(doubtful) keys cannot be rebuilt: the kept log does not hold their past, "
                        + "or it comes out otherwise")
            }
            if !keys.isEmpty { lines.append("among them: " + keys.joined(separator: ", ")) }
            return lines.joined(separator: "\n")
        }
    }

    /// Why a state cannot be rebuilt now.
    package enum Failure: Error, Hashable, CustomStringConvertible {
        /// The group has these members.
        case stageRuns(stage: String, members: [String])
        /// It decided something while its past was repeated.
        case stageRan(stage: String)

        /// A sentence for people.
        package var description: String {
            switch self {
            case .stageRuns(let stage, let members):
                "the stage \(stage) runs (\(members.joined(separator: ", "))): stop all its "
                    + "processes first; one that was killed counts for a little longer"
            case .stageRan(let stage):
                "the stage \(stage) ran meanwhile: stop it, and try again"
            }
        }
    }

    /// How long the group may take to give its partitions out, to the only one who wants them.
    private static var patience: Duration { .seconds(30) }
    /// Keys named in a report at most.
    private static var keysShown: Int { 10 }
    /// Changes in one commit.
    private static var batch: Int { 1_000 }

    private let stage: S
    private let inputs: [InputTopic]
    private let log: any EventLog
    private let envelope: RecordEnvelope
    private let slot: String

    /// Prepares to rebuild the state of a stage.
    package init(
        _ stage: S, reading inputs: [InputTopic], in log: any EventLog,
        by envelope: RecordEnvelope
    ) {
        self.envelope = envelope
        self.stage = stage
        self.inputs = inputs
        self.log = log
        slot = "\(stage.name)-rebuild"
    }

    /// Rebuilds and compares as of `now` (milliseconds since 1970); with `writes`, stores what
    /// differs or is missing, and sets the timers.
    ///
    /// - Throws: ``Failure`` if the stage runs, and what the log says.
    package func run(writing writes: Bool, at now: Int64) async throws -> Report {
        try await checkNobodyRuns()
        let ends = try await decisionEnds()
        let run = ReplayRun(stage, reading: inputs, in: log, by: envelope, ReplayRange())
        _ = try await run.run()
        try await checkNobodyRuns()
        let session = try await log.openSession(
            Membership(group: stage.name, topics: inputs.map(\.topic.rawValue), slot: slot))
        do {
            let partitions = try await join(session)
            try await checkNobodyRan(since: ends)
            var report = Report(stage: stage.name)
            let doubts = run.doubts.union(run.diverged)
            report.doubtful = doubts.count
            for partition in partitions {
                let commit = try await compare(
                    run, without: doubts, partition, session, &report, at: now)
                if writes { try await write(commit, to: session) }
            }
            await session.close()
            return report
        } catch {
            await session.close()
            throw error
        }
    }

    private func checkNobodyRuns() async throws {
        // A rebuild that was broken off is nobody's stage, and this one takes its position.
        let own = [slot, "\(stage.name).\(slot)"]
        let others = try await log.members(of: stage.name).filter { !own.contains($0) }
        guard others.isEmpty else { throw Failure.stageRuns(stage: stage.name, members: others) }
    }

    /// Where the decisions of all stages end.
    private func decisionEnds() async throws -> [TopicPartition: Int64] {
        let topic = Topic.decisions.rawValue
        let found = try await log.describeTopics().first { $0.name == topic }
        let ends = (found?.partitions ?? []).enumerated().map { number, range in
            (TopicPartition(topic, Int32(number)), range.high)
        }
        return Dictionary(ends) { $1 }
    }

    /// What the stage decided after its past was read is not in what was rebuilt.
    private func checkNobodyRan(since ends: [TopicPartition: Int64]) async throws {
        var spans: [TopicPartition: Range<Int64>] = [:]
        for (partition, end) in try await decisionEnds() {
            let start = min(end, ends[partition] ?? 0)
            spans[partition] = start..<end
        }
        var hasRun = false
        let source = HeaderName.source(ofStage: stage.name)
        try await RecordSpans.read(spans, in: log, headers: [HeaderName.source]) { record in
            if record.record.header(HeaderName.source) == source { hasRun = true }
        }
        guard !hasRun else { throw Failure.stageRan(stage: stage.name) }
    }

    /// Waits for all partitions of the group; gives way to a stage that starts.
    private func join(_ session: any EventLogSession) async throws -> [Int32] {
        let topics = try await log.describeTopics()
        let first = inputs.first?.topic.rawValue
        let count = topics.first { $0.name == first }?.partitions.count ?? 0
        var assigned: Set<Int32> = []
        let deadline = ContinuousClock.now + Self.patience
        while assigned.count < count {
            try await checkNobodyRuns()
            guard ContinuousClock.now < deadline else {
                throw EventLogError.transient(
                    reason:
                        "the group \(stage.name) gave out \(assigned.count) of \(count) partitions")
            }
            let result = try await session.poll(atMost: 1, waiting: .milliseconds(500))
            assigned.formUnion(result.assigned)
            assigned.subtract(result.lost)
            assigned.subtract(result.revoking)
        }
        return assigned.sorted()
    }

    private func compare(
        _ run: ReplayRun<S>, without doubts: Set<String>, _ partition: Int32,
        _ session: any EventLogSession, _ report: inout Report, at now: Int64
    ) async throws -> Commit {
        var stored: [StateKey: [UInt8]] = [:]
        for store in StageReplay<S>.rebuiltStores {
            stored.merge(try await session.allState(of: partition, store: store)) { $1 }
        }
        var commit = Commit()
        for change in run.replay.state(of: partition) where change.expires ?? .max > now {
            guard !doubts.contains(StageReplay<S>.key(of: change.key)) else {
                stored[change.key] = nil
                continue
            }
            guard let piece = stored.removeValue(forKey: change.key) else {
                report.missing += 1
                note(change, &commit, &report)
                continue
            }
            // What is sealed is other bytes each time.
            if let value = change.value,
                run.replay.opened(piece, of: change.key) == run.replay.opened(value, of: change.key)
            {
                report.same += 1
            } else {
                report.different += 1
                note(change, &commit, &report)
            }
        }
        report.extra += stored.keys.count {
            !doubts.contains(StageReplay<S>.key(of: $0))
        }
        let timers = run.replay.timers(of: partition).filter { !doubts.contains($0.key.key) }
        report.timers += timers.count
        commit.timers = timers.map { .set($0) }
        return commit
    }

    private func note(_ change: StateChange, _ commit: inout Commit, _ report: inout Report) {
        commit.state.append(change)
        if report.keys.count < Self.keysShown {
            report.keys.append(StageReplay<S>.key(of: change.key))
        }
    }

    private func write(_ commit: Commit, to session: any EventLogSession) async throws {
        for start in stride(from: 0, to: commit.state.count, by: Self.batch) {
            let end = min(commit.state.count, start + Self.batch)
            try await session.commit(Commit(state: Array(commit.state[start..<end])))
        }
        if !commit.timers.isEmpty { try await session.commit(Commit(timers: commit.timers)) }
    }
}
