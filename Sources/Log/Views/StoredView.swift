package import Conversation
package import EventLog
package import Records
package import SQLite
import Synchronization
package import Telemetry

/// Keeps a view in a file of a folder, and the file up to date with the log.
///
/// Rows and positions are committed together, hundreds of records at once. What is missing,
/// damaged, another version's, or made of another log than this one is built anew.
package final class StoredView: Sendable {
    /// The view.
    package let view: View
    /// Expected by whoever writes a record and answers once the view shows it.
    package let applied = Expectations<RecordID>()

    let log: any EventLog
    let envelope: RecordEnvelope
    let file: ViewFile
    let writer: ViewWriter
    let logger: Logger
    let instruments: ViewInstruments
    private let readers: [ViewReader]
    private let nextReader = Atomic<Int>(0)
    private let readiness: ViewReadiness
    private let hear: @Sendable ([any ViewChange]) -> Void
    private let hasReportedUnreadable = Mutex(false)

    /// Prepares to keep a view in a folder: nothing happens before ``run()``.
    ///
    /// `hear` is called with what the view announces once it has caught up, in order and one batch
    /// at a time, when its rows can be read; it must not block. Where the view is lost after that,
    /// it announces ``ViewStartedOver``.
    package init(
        _ view: View, in folder: String, of log: any EventLog, reading envelope: RecordEnvelope,
        metrics: Metrics, logger: Logger,
        hear: @escaping @Sendable ([any ViewChange]) -> Void = { _ in }
    ) {
        self.view = view
        self.log = log
        self.envelope = envelope
        self.logger = logger
        self.hear = hear
        let file = ViewFile(view, in: folder)
        self.file = file
        let readiness = ViewReadiness()
        self.readiness = readiness
        writer = ViewWriter(view, file) { changes in
            // What happened long ago is no news to those who watch while the view is built anew.
            if readiness.isCaughtUp { hear(changes) }
        }
        readers = (0..<2).map { _ in ViewReader(file) }
        instruments = ViewInstruments(view, metrics)
    }

    /// The file that holds the rows.
    package var path: String { file.path }

    /// Whether all that stood in the topics when the view began to read can be read here.
    package var isCaughtUp: Bool { readiness.isCaughtUp }

    /// Waits until ``isCaughtUp``, or until the caller is cancelled.
    package func waitUntilCaughtUp() async throws {
        while !isCaughtUp { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Reads from one snapshot of the rows, beside the writing.
    package func read<Value: Sendable>(
        _ body: @Sendable (Rows) throws(SQLiteError) -> Value
    ) async throws(SQLiteError) -> Value {
        let number = nextReader.wrappingAdd(1, ordering: .relaxed).newValue
        return try await readers[number & 1].read(body)
    }

    /// Changes rows for another reason than a record, as their age, in a transaction between two
    /// batches; nothing is announced.
    package func change<Value: Sendable>(
        _ body: @Sendable (Rows) throws(SQLiteError) -> Value
    ) async throws(SQLiteError) -> Value {
        do throws(ViewFailure) { return try await writer.change(body) } catch {
            throw sqliteError(error)
        }
    }

    /// Reads between two batches: what was announced before is in it, what comes later is not.
    ///
    /// It waits for the batch under way, so it is for those who go on to hear of changes.
    package func readInOrder<Value: Sendable>(
        _ body: @Sendable (Rows) throws(SQLiteError) -> Value
    ) async throws(SQLiteError) -> Value {
        do throws(ViewFailure) { return try await writer.serially(body) } catch {
            throw sqliteError(error)
        }
    }

    private func sqliteError(_ failure: ViewFailure) -> SQLiteError {
        if case .file(let error) = failure { return error }
        return SQLiteError(
            code: SQLiteError.inaccessible, message: "the view is being built anew",
            file: file.path)
    }

    /// Follows the topics until cancelled.
    ///
    /// - Throws: `.permanent` if a topic is missing or the log is broken.
    package func run() async throws(EventLogError) {
        while !Task.isCancelled {
            do throws(ViewFailure) {
                try await follow()
            } catch {
                try await recover(from: error)
            }
        }
        await writer.close()
        for reader in readers { await reader.close() }
    }

    private func recover(from failure: ViewFailure) async throws(EventLogError) {
        let name = LogValue.identifier(view.name)
        switch failure {
        case .log(let error):
            guard error.passes else { throw error }
            logger.warning("a view waits for the log", [.component: name, .error: .error(error)])
        case .file(let error):
            instruments.failures.increment()
            logger.warning(
                error.isFull
                    ? "a view waits for room on the disk" : "a view waits for its file",
                [.component: name, .file: .identifier(file.path), .error: .error(error)])
        case .startOver(let reason):
            tellLoss()
            instruments.rebuilds.increment()
            logger.warning(
                "a view is built anew", [.component: name, .reason: .reason(reason)])
            await writer.close(discarding: true)
            // A fresh file may be of no use either, as on a failing disk.
            try? await Task.sleep(for: .milliseconds(50))  // cancelled: the loop ends
            return
        case .outdone:
            // What the other has applied was not announced here.
            tellLoss()
            logger.warning("another process has written to a view's file", [.component: name])
        case .closed: break
        }
        await writer.close()
        try? await Task.sleep(for: Self.retryWait)  // cancelled: the loop ends
    }

    private static let retryWait = Duration.milliseconds(500)

    /// Says that the rows, or some changes of them, are lost to those who watch.
    private func tellLoss() {
        let wasCaughtUp = isCaughtUp
        setCaughtUp(false)
        if wasCaughtUp { hear([ViewStartedOver()]) }
    }

    func setCaughtUp(_ isCaughtUp: Bool) {
        readiness.isCaughtUp = isCaughtUp
        instruments.ready.set(isCaughtUp ? 1 : 0)
    }

    /// Counts a record that the rows know nothing of, and tells of the first.
    func passOver(
        _ position: RecordPosition, because error: any Error
    ) {
        instruments.passedOver.increment()
        let isFirst = hasReportedUnreadable.withLock { reported in
            defer { reported = true }
            return !reported
        }
        guard isFirst else { return }
        logger.error(
            "a view passed over a record that cannot be read; more are only counted",
            [
                .component: .identifier(view.name), .topic: .identifier(position.topic),
                .partition: .count(position.partition), .offset: .count(position.offset),
                .error: .error(error),
            ])
    }
}

/// Whether a view has caught up.
private final class ViewReadiness: Sendable {
    private let state = Atomic(false)

    var isCaughtUp: Bool {
        get { state.load(ordering: .acquiring) }
        set { state.store(newValue, ordering: .releasing) }
    }
}

/// What a view shows of its work.
struct ViewInstruments: Sendable {
    let ready: Gauge
    let behind: Gauge
    let records: Counter
    let passedOver: Counter
    let rebuilds: Counter
    let failures: Counter

    init(_ view: View, _ metrics: Metrics) {
        let labels = ["view": view.name]
        ready = metrics.gauge(
            "parley_view_ready",
            help: "1 once a view shows all that stood in its topics when it began to read.",
            labels: labels)
        behind = metrics.gauge(
            "parley_view_offsets_behind",
            help: "Offsets that a view had before it when it last looked at its topics' ends.",
            labels: labels)
        records = metrics.counter(
            "parley_view_records_total", help: "Records that a view has applied.", labels: labels)
        passedOver = metrics.counter(
            "parley_view_passed_over_total",
            help: "Records that a view could not read or apply.", labels: labels)
        rebuilds = metrics.counter(
            "parley_view_rebuilds_total",
            help: "How often a view's file was of no use and was built anew.", labels: labels)
        failures = metrics.counter(
            "parley_view_file_failures_total",
            help: "How often a view's file could not be read or written, as on a full disk.",
            labels: labels)
    }
}

/// What all stored views of a process share.
package struct ViewKeeping: Sendable {
    private let folder: String
    private let log: any EventLog
    private let envelope: RecordEnvelope
    private let metrics: Metrics
    private let logger: Logger
    private let list = KeptViews()

    /// Says where the files lie, and what the rows are made of.
    package init(
        folder: String, log: any EventLog, reading envelope: RecordEnvelope, metrics: Metrics,
        logger: Logger
    ) {
        self.folder = folder
        self.log = log
        self.envelope = envelope
        self.metrics = metrics
        self.logger = logger
    }

    /// A view that is kept here.
    package func stored(
        _ view: View, hear: @escaping @Sendable ([any ViewChange]) -> Void = { _ in }
    ) -> StoredView {
        let list = list
        let stored = StoredView(
            view, in: folder, of: log, reading: envelope, metrics: metrics, logger: logger
        ) { changes in
            hear(changes)
            for listener in list.listeners.withLock({ $0 }) { listener(changes) }
        }
        list.views.withLock { $0.append(stored) }
        return stored
    }

    /// Lets somebody hear of the changes of all views that are kept here; it must not block.
    package func listen(_ hear: @escaping @Sendable ([any ViewChange]) -> Void) {
        list.listeners.withLock { $0.append(hear) }
    }

    /// All views that are kept here.
    package var all: [StoredView] { list.views.withLock { $0 } }
}

/// The views of a process.
private final class KeptViews: Sendable {
    let views = Mutex<[StoredView]>([])
    let listeners = Mutex<[@Sendable ([any ViewChange]) -> Void]>([])
}
