import CSQLite

/// A prepared statement: bind by position from 1, step, read columns from 0, reset.
///
/// It belongs to its connection's confinement. The handle is finalised in `deinit` only;
/// `sqlite3_close_v2` lets a statement outlive the closing of its connection.
@safe
package final class Statement {
    private let handle: OpaquePointer
    /// The statement's text.
    package let sql: String

    init(_ sql: String, on connection: OpaquePointer) throws(SQLiteError) {
        var handle: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(
            connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle = unsafe handle else {
            guard code == SQLITE_OK else {
                throw unsafe SQLiteError(connection, code: code, sql: sql)
            }
            throw SQLiteError(
                code: SQLITE_MISUSE, message: "the statement is empty", sql: sql, file: "")
        }
        unsafe self.handle = handle
        self.sql = sql
    }

    deinit {
        unsafe sqlite3_finalize(handle)
    }

    /// Whether a step has begun that no reset has ended.
    var isBusy: Bool { unsafe sqlite3_stmt_busy(handle) != 0 }

    private func failure(_ code: Int32) -> SQLiteError {
        unsafe SQLiteError(sqlite3_db_handle(handle), code: code, sql: sql)
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw failure(code) }
    }
}

// MARK: - Binding

extension Statement {
    /// Binds an integer.
    package func bind(_ number: Int64, at index: Int32) throws(SQLiteError) {
        try check(unsafe sqlite3_bind_int64(handle, index, number))
    }

    /// Binds a double.
    package func bind(_ number: Double, at index: Int32) throws(SQLiteError) {
        try check(unsafe sqlite3_bind_double(handle, index, number))
    }

    /// Binds text.
    package func bind(_ text: String, at index: Int32) throws(SQLiteError) {
        var text = text
        let code = text.withUTF8 { bytes in
            // SQLite takes a null pointer as NULL, and empty text may have no address.
            guard let address = bytes.baseAddress else {
                return unsafe parley_sqlite3_bind_text_copy(handle, index, "", 0)
            }
            return unsafe address.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                unsafe parley_sqlite3_bind_text_copy(handle, index, $0, UInt64(bytes.count))
            }
        }
        try check(code)
    }

    /// Binds text that is given in UTF-8.
    package func bind(text bytes: ArraySlice<UInt8>, at index: Int32) throws(SQLiteError) {
        let code = unsafe bytes.withUnsafeBytes { buffer in
            guard let address = buffer.baseAddress, unsafe !buffer.isEmpty else {
                return unsafe parley_sqlite3_bind_text_copy(handle, index, "", 0)
            }
            return unsafe parley_sqlite3_bind_text_copy(
                handle, index, address.assumingMemoryBound(to: CChar.self), UInt64(buffer.count))
        }
        try check(code)
    }

    /// Binds bytes; SQLite takes its own copy of them.
    package func bind(_ bytes: [UInt8], at index: Int32) throws(SQLiteError) {
        let code = unsafe bytes.withUnsafeBytes { buffer in
            // A null pointer would mean NULL, and an empty array may have no address.
            guard let address = buffer.baseAddress, unsafe !buffer.isEmpty else {
                return unsafe sqlite3_bind_zeroblob(handle, index, 0)
            }
            return unsafe parley_sqlite3_bind_blob_copy(
                handle, index, address, UInt64(buffer.count))
        }
        try check(code)
    }

    /// Lends SQLite text that is given in UTF-8, without a copy.
    ///
    /// The bytes must stay where they are until the statement has run and ``clearBindings()`` or
    /// the next binding has taken their place.
    @unsafe
    package func bind(lentText text: UnsafeRawBufferPointer, at index: Int32) throws(SQLiteError) {
        guard let address = text.baseAddress, unsafe !text.isEmpty else {
            return try bind("", at: index)
        }
        try check(
            unsafe sqlite3_bind_text64(
                handle, index, address.assumingMemoryBound(to: CChar.self), UInt64(text.count),
                nil, UInt8(SQLITE_UTF8)))
    }

    /// Lends SQLite bytes, without a copy, as ``bind(lentText:at:)`` does.
    @unsafe
    package func bind(lentBytes bytes: UnsafeRawBufferPointer, at index: Int32)
        throws(SQLiteError)
    {
        guard let address = bytes.baseAddress, unsafe !bytes.isEmpty else {
            return try check(unsafe sqlite3_bind_zeroblob(handle, index, 0))
        }
        try check(
            unsafe sqlite3_bind_blob64(handle, index, address, UInt64(bytes.count), nil))
    }

    /// Sets all parameters to NULL, so that nothing that was lent is used any more.
    package func clearBindings() {
        // It always succeeds (sqlite.org/c3ref/clear_bindings.html).
        unsafe sqlite3_clear_bindings(handle)
    }

    /// Binds NULL.
    package func bindNull(at index: Int32) throws(SQLiteError) {
        try check(unsafe sqlite3_bind_null(handle, index))
    }

    /// Binds a value.
    package func bind(_ value: Value, at index: Int32) throws(SQLiteError) {
        switch value {
        case .null: try bindNull(at: index)
        case .integer(let number): try bind(number, at: index)
        case .real(let number): try bind(number, at: index)
        case .text(let text): try bind(text, at: index)
        case .blob(let bytes): try bind(bytes, at: index)
        }
    }

    /// Binds bytes, or NULL for `nil`.
    package func bind(orNull bytes: [UInt8]?, at index: Int32) throws(SQLiteError) {
        if let bytes { try bind(bytes, at: index) } else { try bindNull(at: index) }
    }

    /// Binds values from position 1 on.
    package func bind(_ values: [Value]) throws(SQLiteError) {
        var index: Int32 = 1
        for value in values {
            try bind(value, at: index)
            index += 1
        }
    }
}

// MARK: - Running

extension Statement {
    /// Runs to the next row, `false` at the end; a failed statement is reset.
    package func step() throws(SQLiteError) -> Bool {
        let code = unsafe sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let error = failure(code)
            reset()
            throw error
        }
    }

    /// Makes the statement ready to run again; its bindings stay.
    package func reset() {
        // The answer repeats the error of the last step, which was thrown there.
        unsafe sqlite3_reset(handle)
    }

    /// Runs a statement that gives no rows to its end, and resets it.
    package func run() throws(SQLiteError) {
        while try step() {}
        reset()
    }
}

// MARK: - Reading

extension Statement {
    /// The number of columns.
    package var columnCount: Int32 { unsafe sqlite3_column_count(handle) }

    /// Whether the column is NULL in this row.
    package func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    /// The column as an integer, 0 for NULL.
    package func int64(_ column: Int32) -> Int64 {
        unsafe sqlite3_column_int64(handle, column)
    }

    /// The column as a double, 0 for NULL.
    package func double(_ column: Int32) -> Double {
        unsafe sqlite3_column_double(handle, column)
    }

    /// The column as text, empty for NULL.
    package func text(_ column: Int32) -> String {
        guard let bytes = unsafe sqlite3_column_text(handle, column) else { return "" }
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe String(
            decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    /// A copy of the column's bytes, empty for NULL.
    package func blob(_ column: Int32) -> [UInt8] {
        unsafe Array(rawBytes(column))
    }

    /// A copy of the column's bytes, `nil` for NULL.
    package func optionalBlob(_ column: Int32) -> [UInt8]? {
        isNull(column) ? nil : blob(column)
    }

    /// Lends the column's bytes without a copy until the closure returns; empty for NULL.
    package func withBlob<Result, Failure: Error>(
        _ column: Int32, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = unsafe rawBytes(column)
        return try unsafe body(bytes.bytes)
    }

    /// The column as a value.
    package func value(_ column: Int32) -> Value {
        switch unsafe sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: .integer(int64(column))
        case SQLITE_FLOAT: .real(double(column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(blob(column))
        default: .null
        }
    }

    /// The row's columns.
    package var row: [Value] { (0..<columnCount).map(value) }

    private func rawBytes(_ column: Int32) -> UnsafeRawBufferPointer {
        // The order matters: sqlite3_column_blob first (sqlite.org/c3ref/column_blob.html).
        let address = unsafe sqlite3_column_blob(handle, column)
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe UnsafeRawBufferPointer(start: address, count: address == nil ? 0 : count)
    }
}
