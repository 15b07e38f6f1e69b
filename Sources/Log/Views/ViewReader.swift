import SQLite

/// Reads a view's rows over a connection of its own, so that lists do not wait for writing.
actor ViewReader {
    private let executor: QueueExecutor
    private let file: ViewFile
    private var opened: (connection: Connection, generation: Int)?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ file: ViewFile) {
        executor = QueueExecutor(label: "parley.view.\(file.name).read")
        self.file = file
    }

    /// Reads from one snapshot.
    func read<Value: Sendable>(
        _ body: @Sendable (Rows) throws(SQLiteError) -> Value
    ) throws(SQLiteError) -> Value {
        do throws(SQLiteError) {
            let connection = try connection()
            return try connection.transaction(.deferred) { () throws(SQLiteError) in
                try body(Rows(connection))
            }
        } catch {
            opened = nil
            if error.isCorrupt { file.suspect() }
            throw error
        }
    }

    /// Closes the connection; a later read opens another.
    func close() { opened = nil }

    private func connection() throws(SQLiteError) -> Connection {
        let generation = file.generation
        if let opened, opened.generation == generation { return opened.connection }
        opened = nil
        let connection = try file.openReader()
        opened = (connection, generation)
        return connection
    }
}
