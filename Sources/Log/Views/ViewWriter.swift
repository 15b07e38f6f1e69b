import EventLog
import Records
import SQLite

/// The one that changes a view's rows, on a thread of its own.
actor ViewWriter {
    /// The last record of a partition that is in the rows.
    struct Mark: Hashable, Sendable {
        var offset: Int64
        var id: String
        var time: Int64
    }

    /// Records to apply together, and the marks that stand after them.
    struct Batch: Sendable {
        var records: [DecodedRecord] = []
        var marks: [TopicPartition: Mark] = [:]
    }

    /// A record that could not be applied, and why.
    struct Failure: Sendable {
        var record: DecodedRecord
        var error: SQLiteError
    }

    private struct Opened {
        let connection: Connection
        let identity: UInt64?
        /// How many batches the file holds: another writer's would be one more.
        var batches: Int64
    }

    private let executor: QueueExecutor
    private let file: ViewFile
    private let apply: View.Apply
    private let hear: @Sendable ([any ViewChange]) -> Void
    private var opened: Opened?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(
        _ view: View, _ file: ViewFile, hear: @escaping @Sendable ([any ViewChange]) -> Void
    ) {
        executor = QueueExecutor(label: "parley.view.\(view.name)")
        self.file = file
        apply = view.apply
        self.hear = hear
    }

    /// Opens the file, if it is not open, and says how far its rows go.
    func open() throws(ViewFailure) -> [TopicPartition: Mark] {
        opened = nil
        do throws(SQLiteError) {
            let connection = try file.open()
            let state = try connection.first("SELECT hash, count FROM view_batches") {
                ($0.text(0), $0.int64(1))
            }
            if let state, state.0 == file.hash {
                opened = Opened(
                    connection: connection, identity: file.identity, batches: state.1)
                return try Self.marks(connection)
            }
        } catch {
            // A file that has other tables than its name says is no more ours than a damaged one.
            throw error.isPassing ? .file(error) : .startOver(because: error.description)
        }
        throw .startOver(because: "it was written by another version")
    }

    /// Closes the file; with `discarding`, deletes it.
    func close(discarding: Bool = false) {
        opened = nil
        if discarding { file.remove() }
    }

    private static func marks(
        _ connection: Connection
    ) throws(SQLiteError) -> [TopicPartition: Mark] {
        let rows = try connection.query(
            "SELECT topic, partition, offset, id, time FROM view_positions"
        ) { row in
            (
                TopicPartition(row.text(0), Int32(clamping: row.int64(1))),
                Mark(offset: row.int64(2), id: row.text(3), time: row.int64(4))
            )
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// Applies records in one transaction with the marks; those that cannot be applied are passed
    /// over and returned.
    func apply(_ batch: Batch) throws(ViewFailure) -> [Failure] {
        let opened = try present()
        do throws(ViewFailure) {
            return try commit(batch, on: opened, onePerSavepoint: false)
        } catch .file(let error) where !error.isPassing && !error.isCorrupt {
            // One of them is at fault: find it.
            return try commit(batch, on: opened, onePerSavepoint: true)
        }
    }

    /// Asks or does something between two batches: what it finds, nothing announced meanwhile has
    /// outdone.
    func serially<Value: Sendable>(
        _ body: @Sendable (Rows) throws(SQLiteError) -> Value
    ) throws(ViewFailure) -> Value {
        let opened = try present()
        do throws(SQLiteError) {
            return try body(Rows(opened.connection))
        } catch {
            if error.isCorrupt { file.suspect() }
            throw .file(error)
        }
    }

    /// Changes rows between two batches, in one transaction.
    func change<Value: Sendable>(
        _ body: @Sendable (Rows) throws(SQLiteError) -> Value
    ) throws(ViewFailure) -> Value {
        try serially { rows throws(SQLiteError) in try rows.inTransaction(body) }
    }

    /// Throws if the file is not the one that its name leads to, or a reader found it damaged.
    func check() throws(ViewFailure) { _ = try present() }

    private func present() throws(ViewFailure) -> Opened {
        guard let opened else { throw .closed }
        guard !file.isSuspect else { throw .startOver(because: "a reader found it damaged") }
        guard file.identity == opened.identity else {
            throw .startOver(because: "its file is gone")
        }
        return opened
    }

    private func commit(
        _ batch: Batch, on opened: Opened, onePerSavepoint: Bool
    ) throws(ViewFailure) -> [Failure] {
        let connection = opened.connection
        let rows = Rows(connection)
        var failures: [Failure] = []
        try connection.transaction(failure: { .file($0) }) { () throws(ViewFailure) in
            let isOurs = try Self.mapped { () throws(SQLiteError) in
                try connection.execute(
                    "UPDATE view_batches SET count = count + 1 WHERE count = ?",
                    [.integer(opened.batches)]) == 1
            }
            guard isOurs else { throw .outdone }
            for record in batch.records {
                do throws(SQLiteError) {
                    if onePerSavepoint {
                        try apply(record, to: rows, inSavepointOn: connection)
                    } else {
                        try apply(record, rows)
                    }
                } catch {
                    guard onePerSavepoint, !error.isPassing, !error.isCorrupt else {
                        throw .file(error)
                    }
                    failures.append(Failure(record: record, error: error))
                }
            }
            try Self.mapped { () throws(SQLiteError) in try Self.store(batch.marks, connection) }
        }
        self.opened?.batches += 1
        hear(rows.takeAnnounced())
        return failures
    }

    private func apply(
        _ record: DecodedRecord, to rows: Rows, inSavepointOn connection: Connection
    ) throws(SQLiteError) {
        let announced = rows.announced.count
        try connection.execute("SAVEPOINT record")
        do throws(SQLiteError) {
            try apply(record, rows)
        } catch {
            _ = rows.takeAnnounced(from: announced)
            try connection.execute("ROLLBACK TO record")
            try connection.execute("RELEASE record")
            throw error
        }
        try connection.execute("RELEASE record")
    }

    private static func store(
        _ marks: [TopicPartition: Mark], _ connection: Connection
    ) throws(SQLiteError) {
        for (partition, mark) in marks {
            try connection.execute(
                "INSERT OR REPLACE INTO view_positions VALUES (?, ?, ?, ?, ?)",
                [
                    .text(partition.topic), .integer(Int64(partition.partition)),
                    .integer(mark.offset), .text(mark.id), .integer(mark.time),
                ])
        }
    }

    private static func mapped<Value>(
        _ body: () throws(SQLiteError) -> Value
    ) throws(ViewFailure) -> Value {
        do throws(SQLiteError) { return try body() } catch { throw .file(error) }
    }
}

/// Why a view does not go on as it is.
enum ViewFailure: Error {
    /// The log says so.
    case log(EventLogError)
    /// Its file says so.
    case file(SQLiteError)
    /// Its rows are of no use.
    case startOver(because: String)
    /// Another process has written to its file.
    case outdone
    /// It is not open.
    case closed
}

extension SQLiteError {
    /// Whether the same may succeed later: for want of room, a lock or memory.
    var isPassing: Bool {
        isFull || isBusy || (isInputOutput && !isCorrupt) || isInaccessible || isOutOfMemory
    }
}
