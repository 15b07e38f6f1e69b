import CSQLite
import Glibc

/// Why SQLite refused: its codes and words, the statement, and the file.
package struct SQLiteError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The primary result code, such as `SQLITE_BUSY` (sqlite.org/rescode.html).
    package var code: Int32
    /// The extended result code, such as `SQLITE_IOERR_WRITE`.
    package var extendedCode: Int32
    /// The system's error number behind an input or output error, 0 if there is none.
    package var systemError: Int32
    /// SQLite's own words.
    package var message: String
    /// The statement that failed, if it was one.
    package var sql: String?
    /// The database file; empty for one in memory.
    package var file: String

    /// Describes an error.
    package init(
        code: Int32, extendedCode: Int32? = nil, systemError: Int32 = 0, message: String,
        sql: String? = nil, file: String
    ) {
        self.code = code & 0xff
        self.extendedCode = extendedCode ?? code
        self.systemError = systemError
        self.message = message
        self.sql = sql
        self.file = file
    }

    /// Whether another connection holds a lock: trying again may succeed.
    package var isBusy: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }

    /// Whether there is no room: the disk, a quota, a file size limit or `max_page_count`.
    ///
    /// The wal-index (`-shm`) reports a full disk only as a failed growth of the file.
    package var isFull: Bool {
        if code == SQLITE_FULL { return true }
        guard code == SQLITE_IOERR else { return false }
        return [ENOSPC, EDQUOT, EFBIG].contains(systemError)
            || extendedCode == ExtendedCode.sharedMemorySize
    }

    /// Whether reading or writing the file failed.
    package var isInputOutput: Bool { code == SQLITE_IOERR }

    /// Whether the disk did not confirm what was written: it may be there after a crash, or not.
    package var isUnconfirmed: Bool {
        [ExtendedCode.synchronise, ExtendedCode.synchroniseFolder].contains(extendedCode)
    }

    /// Whether the file is damaged, cut short or no database at all.
    ///
    /// SQLite reads zeros where a database ends early; where its write-ahead log does, a page that
    /// the index names is gone, which no waiting brings back.
    package var isCorrupt: Bool {
        code == SQLITE_CORRUPT || code == SQLITE_NOTADB || extendedCode == ExtendedCode.shortRead
    }

    /// Whether the file or its folder is missing or must not be used.
    package var isInaccessible: Bool {
        [SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH].contains(code)
    }

    /// Whether memory was lacking.
    package var isOutOfMemory: Bool { code == SQLITE_NOMEM }

    /// The primary code of a file that cannot be opened.
    package static let inaccessible = SQLITE_CANTOPEN

    /// Whether a uniqueness, foreign key, check or not-null rule was broken.
    package var isConstraint: Bool { code == SQLITE_CONSTRAINT }

    /// A sentence for people.
    package var description: String {
        // From the first quote on SQLite repeats what was asked, such as a customer's words.
        let words = message.prefix { $0 != "\"" && $0 != "'" }
        var text = "SQLite: \(words) (\(extendedCode))"
        if systemError != 0, let words = unsafe strerror(systemError) {
            text += ", \(unsafe String(cString: words))"
        }
        text += " in \(file.isEmpty ? "a database in memory" : file)"
        if let sql { text += ", at: \(sql)" }
        return text
    }
}

/// Extended codes that are macros of macros, which Swift cannot import.
private enum ExtendedCode {
    /// `SQLITE_IOERR_SHORT_READ`.
    static let shortRead = SQLITE_IOERR | (2 << 8)
    /// `SQLITE_IOERR_SHMSIZE`.
    static let sharedMemorySize = SQLITE_IOERR | (19 << 8)
    /// `SQLITE_IOERR_FSYNC`.
    static let synchronise = SQLITE_IOERR | (4 << 8)
    /// `SQLITE_IOERR_DIR_FSYNC`.
    static let synchroniseFolder = SQLITE_IOERR | (5 << 8)
}

extension SQLiteError {
    /// Reads the last error of a connection.
    init(_ handle: OpaquePointer?, code: Int32, sql: String? = nil, file: String? = nil) {
        // A commit that cannot write leaves its reason here only, not in sqlite3_system_errno.
        let last = errno
        var path = file ?? ""
        if file == nil, let handle = unsafe handle,
            let name = unsafe sqlite3_db_filename(handle, nil)
        {
            path = unsafe String(cString: name)
        }
        let words = unsafe sqlite3_errmsg(handle).map { unsafe String(cString: $0) }
        var system: Int32 = 0
        if [SQLITE_IOERR, SQLITE_CANTOPEN].contains(code & 0xff) {
            system = unsafe handle.map { unsafe sqlite3_system_errno($0) } ?? 0
            if system == 0 { system = last }
        }
        self.init(
            code: code,
            extendedCode: unsafe handle.map { unsafe sqlite3_extended_errcode($0) } ?? code,
            systemError: system,
            message: words ?? "error \(code)", sql: sql, file: path)
    }
}
