package import Records
package import SQLite

/// A view's rows, to be read and, by the view alone, changed.
///
/// Confined to the view's own thread, like the connection below it.
package final class Rows {
    private let connection: Connection
    /// What was announced since it was last taken.
    private(set) var announced: [any ViewChange] = []

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// No rows of a view yet, in memory: for trying it on records one by one.
    package convenience init(inMemory view: View) throws(SQLiteError) {
        self.init(try Connection(path: ":memory:"))
        try connection.executeScript(view.schema)
    }

    /// Runs a statement that changes rows; returns how many.
    @discardableResult
    package func change(_ sql: String, _ values: Value...) throws(SQLiteError) -> Int {
        try connection.execute(sql, values)
    }

    /// Makes something of each row of a query.
    package func all<Element>(
        _ sql: String, _ values: Value..., make: (Statement) -> Element
    ) throws(SQLiteError) -> [Element] {
        try connection.query(sql, values, make)
    }

    /// Makes something of each row of a query whose values are gathered one by one.
    package func all<Element>(
        _ sql: String, with values: [Value], make: (Statement) -> Element
    ) throws(SQLiteError) -> [Element] {
        try connection.query(sql, values, make)
    }

    /// Makes something of the first row of a query, `nil` if there is none.
    package func first<Element>(
        _ sql: String, _ values: Value..., make: (Statement) -> Element
    ) throws(SQLiteError) -> Element? {
        try connection.first(sql, values, make)
    }

    /// The first number of the first row of a query, 0 if there is none.
    package func number(_ sql: String, with values: [Value]) throws(SQLiteError) -> Int {
        Int(try connection.first(sql, values) { $0.int64(0) } ?? 0)
    }

    /// Changes rows together or not at all.
    func inTransaction<Value>(
        _ body: (Rows) throws(SQLiteError) -> Value
    ) throws(SQLiteError) -> Value {
        try connection.transaction { () throws(SQLiteError) in try body(self) }
    }

    /// Writes the whole file anew, without what its pages have free.
    func rewrite() throws(SQLiteError) { try connection.rewrite() }

    /// Empties the file's write-ahead log; `false` if somebody was in the way for that long.
    func emptyLog(waiting: Duration) throws(SQLiteError) -> Bool {
        try connection.emptyLog(waiting: waiting)
    }

    /// Tells those who watch the view, once the change can be read.
    package func announce(_ change: any ViewChange) {
        announced.append(change)
    }

    /// What was announced from the one of that number on; it is not announced again.
    package func takeAnnounced(from count: Int = 0) -> [any ViewChange] {
        let taken = Array(announced[count...])
        announced.removeSubrange(count...)
        return taken
    }
}

extension View {
    /// Changes rows as a record says; it sees the records of one partition in their order.
    package typealias Apply = @Sendable (DecodedRecord, Rows) throws(SQLiteError) -> Void
}
