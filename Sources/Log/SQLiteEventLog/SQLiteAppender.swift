import EventLog
import SQLite
import Synchronization

/// Commits what appenders hand in: whatever gathered while the last commit ran goes into the next.
final class AppendWriter: Sendable {
    struct Append: Sendable {
        var records: [Record]
        var completion: @Sendable (Result<Void, EventLogError>) -> Void
    }

    private struct State {
        var waiting: [Append] = []
        var backlog = 0
        var isScheduled = false
        var closed = false
    }

    private let state = Mutex(State())
    private let connection: AppenderConnection

    /// A commit holds the write lock for about 15 ms at this many records of 1 KB.
    private static let recordLimit = 1000
    /// The same for large records.
    private static let byteLimit = 4 * 1024 * 1024

    init(_ location: LogLocation) {
        connection = AppenderConnection(location)
    }

    func start() async throws(EventLogError) {
        try await connection.start()
    }

    var backlog: Int { state.withLock(\.backlog) }

    func append(_ append: Append) {
        let (closed, schedules) = state.withLock { state in
            guard !state.closed else { return (true, false) }
            state.waiting.append(append)
            state.backlog += append.records.count
            defer { state.isScheduled = true }
            return (false, !state.isScheduled)
        }
        if closed {
            return append.completion(.failure(.permanent(reason: "the appender is closed")))
        }
        if schedules { connection.async { self.drain($0) } }
    }

    func close() async {
        state.withLock { $0.closed = true }
        // The queue is serial: what was handed in before is committed before this.
        await connection.close()
    }

    private func drain(_ connection: isolated AppenderConnection) {
        while true {
            let batch = state.withLock { state in
                let batch = Self.nextBatch(of: &state.waiting)
                if batch.isEmpty { state.isScheduled = false }
                return batch
            }
            guard !batch.isEmpty else { return }
            let results = connection.commit(batch)
            let count = batch.reduce(0) { $0 + $1.records.count }
            state.withLock { $0.backlog -= count }
            for (append, result) in zip(batch, results) { append.completion(result) }
        }
    }

    private static func nextBatch(of waiting: inout [Append]) -> [Append] {
        var records = 0
        var bytes = 0
        var count = 0
        for append in waiting {
            guard records < recordLimit, bytes < byteLimit else { break }
            records += append.records.count
            for record in append.records { bytes += record.value?.count ?? 0 }
            count += 1
        }
        guard count < waiting.count else {
            defer { waiting = [] }
            return waiting
        }
        defer { waiting.removeFirst(count) }
        return Array(waiting.prefix(count))
    }
}

/// The appender's connection, on the appender's queue.
actor AppenderConnection {
    private let executor = QueueExecutor(label: "parley.log.appender")
    private let location: LogLocation
    private var opened: Store?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ location: LogLocation) {
        self.location = location
    }

    func start() throws(EventLogError) {
        opened = try mapped { try Store(location) }
    }

    /// Runs a closure on this actor's queue, without a task.
    nonisolated func async(_ body: @escaping @Sendable (isolated AppenderConnection) -> Void) {
        executor.async { self.assumeIsolated(body) }
    }

    func close() {
        opened = nil
    }

    /// Commits appends together; each has its own result.
    func commit(_ batch: [AppendWriter.Append]) -> [Result<Void, EventLogError>] {
        guard let store = opened else {
            return batch.map { _ in .failure(.permanent(reason: "the appender is closed")) }
        }
        // What can never succeed must not spoil what can.
        var results = batch.map { append in
            Result { () throws(EventLogError) in
                try mapped {
                    for record in append.records {
                        _ = try RecordWriter.lane(of: record, in: store)
                    }
                }
            }
        }
        do {
            let topics = try store.write {
                var writer = RecordWriter(store)
                for (append, result) in zip(batch, results) {
                    guard case .success = result else { continue }
                    for record in append.records { try writer.append(record) }
                }
                try writer.finish()
                return writer.topics
            }
            store.announce(topics: topics)
        } catch {
            let failure = EventLogError(any: error)
            for index in results.indices {
                if case .success = results[index] { results[index] = .failure(failure) }
            }
        }
        return results
    }
}

/// Appends records outside of any group.
final class SQLiteAppender: EventLogAppender {
    private let writer: AppendWriter

    init(_ writer: AppendWriter) {
        self.writer = writer
    }

    func append(
        _ records: [Record],
        completion: @escaping @Sendable (Result<Void, EventLogError>) -> Void
    ) {
        do throws(EventLogError) {
            try SQLiteEventLog.sizeLimit.check(records)
        } catch {
            return completion(.failure(error))
        }
        writer.append(AppendWriter.Append(records: records, completion: completion))
    }

    var backlog: Int { writer.backlog }

    func close() async {
        await writer.close()
    }
}
