package import Conversation
package import EventLog
package import Records
package import Telemetry

/// Runs one stage against one log: poll, decide, call, resume, commit.
package final class StageRunner<S: Stage>: Sendable {
    /// Performs a stage's calls; the only place where a stage meets the world.
    package typealias Perform =
        @Sendable (S.Call, StageContext) async throws(CallFailure) -> S.Answer

    private enum End: Sendable {
        case drained
        case reopen(EventLogError)
        case failed(EventLogError)
    }

    private let log: any EventLog
    private let membership: Membership
    private let pump: StagePump
    private let envelope: RecordEnvelope
    /// Why the stage cannot begin: it does not read what its inputs hold.
    private let mismatch: String?
    private let report: StageReport
    private let gathering: Duration

    /// Prepares a stage's run; nothing happens before ``run()``.
    ///
    /// `slot` is stable over restarts of the process and unique among the stage's replicas;
    /// `attempts` is that slot's own, where a record that crashes the process is to be recognised;
    /// `tenants` knows the tenants' settings.
    package init(
        _ stage: S, reading inputs: [InputTopic], from log: any EventLog,
        by envelope: RecordEnvelope, slot: String, settings: RunnerSettings,
        attempts: AttemptJournal? = nil, metrics: Metrics, logger: Logger,
        tenants: @escaping @Sendable (TenantID) -> TenantSettings? = { _ in nil },
        now: @escaping @Sendable () -> Timestamp, perform: @escaping Perform
    ) {
        self.log = log
        self.envelope = envelope
        gathering = settings.gathering
        self.membership = Membership(
            group: stage.name, topics: inputs.map(\.topic.rawValue), slot: slot)
        self.mismatch = InputTopic.mismatch(
            of: stage.name, reading: stage.reads, from: inputs, among: envelope.types)
        self.report = StageReport(stage: stage.name, metrics: metrics, logger: logger)
        self.pump = StagePump(
            stage: AnyStage(stage), inputs: inputs, envelope: envelope, settings: settings,
            report: report, attempts: attempts, source: .tenants(tenants), now: now,
            perform: { call, context throws(CallFailure) in
                ErasedValue(try await perform(call.value(of: S.Call.self), context))
            })
    }

    /// The stage's name, which is its consumer group.
    package var name: String { membership.group }

    /// Whether the stage has joined its group and has the state of what it was given.
    package var isReady: Bool { report.isReady }

    /// Runs until ``drain()`` has ended, until the log fails for good, or until cancelled: then
    /// what is in hand is left as if never done.
    ///
    /// - Throws: `.permanent` also if its inputs hold types that the stage does not read.
    package func run() async throws(EventLogError) {
        if let mismatch { throw .permanent(reason: mismatch) }
        let pump = pump
        let result: Result<Void, EventLogError> = await withTaskCancellationHandler {
            do throws(EventLogError) {
                return .success(try await serveUntilDone())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            // Whoever waits for work looks whether it is cancelled.
            Task { await pump.wakeAll() }
        }
        try result.get()
    }

    private func serveUntilDone() async throws(EventLogError) {
        while true {
            let session = try await open()
            await pump.setLargestRecord(log.largestRecord)
            switch await serve(session) {
            case .drained: return
            case .failed(let error): throw error
            case .reopen(let error):
                report.reopening(because: error)
                await pump.reset()
                await pause()
            }
        }
    }

    /// Stops gracefully: takes no more records, waits for calls under way, commits, leaves.
    package func drain() async {
        await pump.drain()
    }

    private func open() async throws(EventLogError) -> any EventLogSession {
        try await retrying { () throws(EventLogError) in try await log.openSession(membership) }
    }

    /// Does something again and again while its failure may pass.
    private func retrying<Found>(
        _ work: () async throws(EventLogError) -> Found
    ) async throws(EventLogError) -> Found {
        while true {
            do throws(EventLogError) {
                return try await work()
            } catch {
                guard error.passes, !Task.isCancelled else { throw error }
                report.logTrouble(error)
                await pause()
            }
        }
    }

    private func serve(_ session: any EventLogSession) async -> End {
        await withTaskGroup(of: End?.self) { group in
            group.addTask { await self.poll(session) }
            group.addTask { await self.commit(session) }
            group.addTask { await self.watchRestoration(of: session) }
            var end: End?
            while end == nil, !Task.isCancelled, let next = await group.next() { end = next }
            group.cancelAll()
            await pump.wakeAll()
            await session.close()
            return end ?? .drained
        }
    }

    /// Says when the session has the state of its partitions, and until then how far it is.
    private func watchRestoration(of session: any EventLogSession) async -> End? {
        let clock = ContinuousClock()
        var said = clock.now
        while let progress = session.restoration {
            if said.duration(to: clock.now) >= Limits.restorationReport {
                report.restoring(progress)
                said = clock.now
            }
            // Cancelled: whoever waits looks itself.
            guard (try? await Task.sleep(for: Limits.restorationLook)) != nil else { return nil }
        }
        report.joined()
        return nil
    }

    // MARK: Polling

    private func poll(_ session: any EventLogSession) async -> End? {
        while !Task.isCancelled {
            let room = await pump.room()
            guard room > 0 else { return nil }
            do throws(EventLogError) {
                let result = try await session.poll(atMost: room, waiting: Limits.pollWait)
                if Task.isCancelled { return nil }
                guard !result.isEmpty else { continue }
                try await accept(result, from: session)
                if gathering > .zero {
                    // Cancelled: seen above.
                    try? await Task.sleep(for: gathering)
                }
            } catch {
                if Task.isCancelled { return nil }
                switch error {
                case .transient, .full:
                    report.logTrouble(error)
                    await pause()
                case .fenced, .indeterminate: return .reopen(error)
                case .superseded, .permanent: return .failed(error)
                }
            }
        }
        return nil
    }

    private func accept(
        _ result: PollResult, from session: any EventLogSession
    ) async throws(EventLogError) {
        guard await pump.letGo(result.lost) else { throw Self.overtaken }
        await envelope.prepare(for: result.records)
        let needed = await pump.stateNeeded(for: result)
        // However long it takes: what the poll brought comes only once.
        var stored =
            needed.isEmpty
            ? [:]
            : try await retrying { () throws(EventLogError) in try await session.state(needed) }
        await envelope.prepare(forStored: result.timers.map(\.payload) + stored.values)
        let entries = await pump.entriesNeeded(with: stored)
        if !entries.isEmpty {
            let found = try await retrying { () throws(EventLogError) in
                try await session.state(entries)
            }
            stored.merge(found) { $1 }
        }
        await pump.accept(result, with: stored)
        guard !result.revoking.isEmpty else { return }
        guard await pump.giveBack(result.revoking) else { throw Self.overtaken }
    }

    private static var overtaken: EventLogError {
        .fenced(reason: "a commit under way holds work of partitions that are to go")
    }

    // MARK: Committing

    private func commit(_ session: any EventLogSession) async -> End? {
        let clock = ContinuousClock()
        while let commit = await pump.nextCommit() {
            let began = clock.now
            while true {
                do throws(EventLogError) {
                    if !commit.isEmpty { try await session.commit(commit) }
                    break
                } catch {
                    switch error {
                    case .transient, .full:
                        report.logTrouble(error)
                        await pause()
                        if Task.isCancelled { return nil }
                    case .fenced, .indeterminate: return .reopen(error)
                    case .superseded, .permanent: return .failed(error)
                    }
                }
            }
            await pump.committed(after: clock.now - began)
        }
        return Task.isCancelled ? nil : .drained
    }

    private func pause() async {
        try? await Task.sleep(for: Limits.logRetryWait)  // cancelled: whoever waits looks itself
    }
}
