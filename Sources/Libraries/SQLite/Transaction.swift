/// How a transaction begins (sqlite.org/lang_transaction.html).
package enum TransactionKind: String, Sendable {
    /// Takes the write lock at once, so that the body cannot fail halfway for want of it.
    case immediate = "BEGIN IMMEDIATE"
    /// Takes locks as needed: for several reads of one snapshot.
    case deferred = "BEGIN DEFERRED"
}

extension Connection {
    /// Runs the body in a transaction: committed if it returns, rolled back if it throws.
    package func transaction<Result>(
        _ kind: TransactionKind = .immediate, _ body: () throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        try transaction(kind, failure: { $0 }, body)
    }

    /// Runs the body, which has errors of its own, in a transaction; `failure` turns SQLite's
    /// errors at its begin and end into those.
    package func transaction<Result, Failure: Error>(
        _ kind: TransactionKind = .immediate, failure: (SQLiteError) -> Failure,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        do throws(SQLiteError) { try statement(kind.rawValue).run() } catch { throw failure(error) }
        do throws(Failure) {
            let result = try body()
            do throws(SQLiteError) { try statement("COMMIT").run() } catch { throw failure(error) }
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Ends an open transaction without keeping anything; harmless if there is none.
    package func rollBack() {
        // After a full disk SQLite may have rolled back by itself.
        guard isInTransaction else { return }
        // A failed rollback leaves nothing to do: the next statement reports what is wrong.
        try? executeScript("ROLLBACK")
    }
}
