import EventLog
import FileSignals
import Glibc
import SQLite

extension EventLogError {
    /// Tells that a newer session has joined under a slot.
    static func superseded(slot: String) -> EventLogError {
        .superseded(reason: "a newer process has joined as \(slot)")
    }

    /// Tells what the caller can do about an error of SQLite.
    init(_ error: SQLiteError) {
        if error.isFull {
            self = .full(reason: "\(error); make room on the disk, the work goes on by itself")
        } else if error.isBusy {
            self = .transient(reason: "\(error)")
        } else if error.isCorrupt {
            self = .permanent(
                reason: "\(error); the file is damaged: restore it from a copy, or move it away")
        } else if error.isInaccessible {
            self = .permanent(
                reason: "\(error); see that the folder exists and that this user may write in it")
        } else if error.isUnconfirmed {
            // A commit of which the disk only failed to confirm the last write.
            self = .indeterminate(reason: "\(error)")
        } else if error.isInputOutput {
            self = .transient(reason: "\(error)")
        } else {
            self = .permanent(reason: "\(error)")
        }
    }

    /// Tells what the caller can do about an error of a file beside the database.
    init(_ error: FileError) {
        if error.code == ENOSPC && error.operation == "open" {
            self = .full(reason: "\(error)")
        } else if error.code == EINTR || error.code == ENOLCK || error.code == EMFILE {
            self = .transient(reason: "\(error)")
        } else {
            self = .permanent(
                reason: "\(error); see that the folder exists and that this user may write in it")
        }
    }

    /// Tells what the caller can do about any error of this module.
    init(any error: any Error) {
        switch error {
        case let error as EventLogError: self = error
        case let error as SQLiteError: self = EventLogError(error)
        case let error as FileError: self = EventLogError(error)
        default: self = .permanent(reason: String(describing: error))
        }
    }
}

/// Runs a body whose errors are of several kinds and throws them as the port's.
func mapped<Result>(_ body: () throws -> Result) throws(EventLogError) -> Result {
    do { return try body() } catch { throw EventLogError(any: error) }
}
