import EventLog
import SQLite

/// The background work on a log's file: checkpoints, retention, compaction, packing, expiry.
///
/// It writes in small batches, so that it never holds up a commit for long, on a queue and a
/// connection of its own.
actor Maintenance {
    private let executor = QueueExecutor(label: "parley.log.maintenance")
    private let location: LogLocation
    private let interval: Duration
    private let trouble: @Sendable (EventLogError) -> Void
    /// The trouble that was reported last; `nil` once it has passed.
    private var reported: EventLogError?
    private var opened: Store?
    private var work: Task<Void, Never>?

    /// Checkpoints come this often: at full load the write-ahead log grows by some 40 MB a second.
    private static let checkpointInterval: Duration = .milliseconds(500)
    /// From 64 MiB of 4 KiB pages on, writers are held up a moment so that the log begins anew;
    /// below, it does so by itself as soon as there is a pause.
    private static let restartPages = 16_384
    /// Pages that may be left to copy while writers are held up: some 10 ms.
    private static let lastPages = 512
    /// Attempts to come so near to the log's end; each takes about as long as its pages.
    private static let approaches = 3

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(
        _ location: LogLocation, every interval: Duration,
        trouble: @escaping @Sendable (EventLogError) -> Void
    ) {
        self.location = location
        self.interval = interval
        self.trouble = trouble
    }

    /// Begins to work in the background, until `stop()`.
    func start() {
        work = Task { [weak self, interval] in
            let clock = ContinuousClock()
            var nextClean = clock.now + interval
            while !Task.isCancelled {
                // A cancelled sleep ends the loop at its condition.
                try? await Task.sleep(for: min(Self.checkpointInterval, interval))
                guard let self, !Task.isCancelled else { return }
                await checkpoint()
                guard clock.now >= nextClean else { continue }
                await cleanAgain()
                nextClean = clock.now + interval
            }
        }
    }

    /// Cleans; what passes (a full disk, a busy file) is tried again next time without a word,
    /// what does not is reported, as the file grows until somebody mends it.
    private func cleanAgain() async {
        do throws(EventLogError) {
            try await clean(thoroughly: false)
            reported = nil
        } catch {
            guard !error.passes, error != reported, !Task.isCancelled else { return }
            reported = error
            trouble(error)
        }
    }

    func stop() {
        work?.cancel()
        opened = nil
    }

    private func store() throws -> Store {
        if let opened { return opened }
        let store = try Store(location)
        opened = store
        return store
    }

    /// Copies the write-ahead log into the file; what fails is tried again next time.
    private func checkpoint() {
        guard let store = try? store() else { return }
        var result = try? store.connection.checkpoint(.passive)
        guard let first = result, first.logPages >= Self.restartPages else { return }
        for _ in 0..<Self.approaches {
            // What came while the last attempt copied; it gets less each time.
            result = try? store.connection.checkpoint(.passive)
            guard let result else { return }
            if result.logPages - result.copiedPages < Self.lastPages { break }
        }
        // If a reader is in the way, the log grows on until the next time.
        _ = try? store.locked { try store.connection.checkpoint(.passive) }
    }

    private func pack(_ lane: Int64, in store: Store) async throws(EventLogError) {
        let packing = Packing(lane: lane, store: store, now: location.clock())
        var checkpointed = ContinuousClock.now
        var began = ContinuousClock.now
        while try mapped({ try packing.step() }) {
            // Half of the time is others': after a burst there is much to do, and no hurry.
            // A cancelled sleep ends the work at the next line.
            try? await Task.sleep(for: began.duration(to: .now))
            guard !Task.isCancelled else { return }
            began = .now
            // The write-ahead log must not grow meanwhile.
            guard checkpointed.duration(to: began) >= Self.checkpointInterval else { continue }
            checkpoint()
            checkpointed = began
        }
    }

    /// Deletes what may be deleted; `thoroughly` compacts however little there is to gain.
    func clean(thoroughly: Bool) async throws(EventLogError) {
        let store = try mapped { try self.store() }
        try mapped { try store.catalogue.reload(from: store.connection) }
        for topic in store.catalogue.topics.values.sorted(by: { $0.id < $1.id }) {
            for number in 0..<Int64(topic.configuration.partitions) {
                let lane = topic.firstLane + number
                switch topic.configuration.cleanup {
                case .compact:
                    var compaction = Compaction(
                        lane: lane, store: store, now: location.clock(), thoroughly: thoroughly)
                    while try mapped({ try compaction.step() }) { await Task.yield() }
                case .delete(let retention?):
                    let cutoff = location.clock() - retention.milliseconds
                    let pass = Retention(lane: lane, store: store, cutoff: cutoff)
                    while try mapped({ try pass.step() }) { await Task.yield() }
                case .delete(nil): break
                }
            }
        }
        while try mapped({ try Expiry.step(in: store, at: location.clock()) }) {
            await Task.yield()
        }
        // Last, as it needs room before it makes room.
        for topic in store.catalogue.topics.values.sorted(by: { $0.id < $1.id })
        where topic.configuration.cleanup != .compact {
            for number in 0..<Int64(topic.configuration.partitions) {
                try await pack(topic.firstLane + number, in: store)
            }
        }
        checkpoint()
    }
}
