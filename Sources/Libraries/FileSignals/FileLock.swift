import Glibc

/// An advisory lock between processes, and between threads that hold one each: an open file
/// description lock (`fcntl(2)`), which ends with its process however that ends.
///
/// Two files make it fair: who wants the lock first passes the turnstile and keeps it until the
/// lock is theirs, so that a busy owner cannot take the lock again past those who wait.
package final class FileLock: Sendable {
    private let turnstile: FileHandle
    private let lock: FileHandle

    /// Opens the lock's two files, `path` and `path-turn`, making them if they are missing.
    ///
    /// - Throws: `FileError` with the path.
    package init(path: String) throws(FileError) {
        lock = try FileHandle(path: path)
        turnstile = try FileHandle(path: path + "-turn")
    }

    /// Blocks the thread until the lock is free, and takes it.
    ///
    /// - Throws: `FileError` if the system refuses, such as when it has no locks left.
    package func acquire() throws(FileError) {
        try turnstile.lock()
        defer { turnstile.unlock() }
        try lock.lock()
    }

    /// Takes the lock if nobody has it, past those who wait; for those who may not block.
    package func acquireAtOnce() -> Bool { lock.lockAtOnce() }

    /// Gives the lock back.
    package func release() {
        lock.unlock()
    }
}

/// Why a file could not be opened, locked or watched.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system's error number (`errno`).
    package var code: Int32
    /// What was tried: `open`, `lock` or `watch`.
    package var operation: String
    /// The file.
    package var path: String

    /// Describes an error.
    package init(code: Int32, operation: String, path: String) {
        self.code = code
        self.operation = operation
        self.path = path
    }

    /// A sentence for people.
    package var description: String {
        let words = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return "cannot \(operation) \(path): \(words)"
    }
}

/// An open file, closed in `deinit` only.
final class FileHandle: Sendable {
    let descriptor: Int32
    private let path: String

    init(path: String) throws(FileError) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        self.path = path
        guard descriptor >= 0 else {
            throw FileError(code: errno, operation: "open", path: path)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Blocks until the lock on the whole file is this open file's.
    func lock() throws(FileError) {
        var whole = Self.whole(F_WRLCK)
        while unsafe fcntl(descriptor, Self.setLockAndWait, &whole) != 0 {
            // A signal may interrupt the wait; the lock is still wanted.
            guard errno == EINTR else {
                throw FileError(code: errno, operation: "lock", path: path)
            }
        }
    }

    /// Takes the lock if nobody has it.
    func lockAtOnce() -> Bool {
        var whole = Self.whole(F_WRLCK)
        return unsafe fcntl(descriptor, Self.setLock, &whole) == 0
    }

    /// Takes the lock if nobody has it within a time; blocks the thread meanwhile.
    func lock(within limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        while !lockAtOnce() {
            guard ContinuousClock.now < deadline else { return false }
            usleep(2_000)
        }
        return true
    }

    func unlock() {
        var whole = Self.whole(F_UNLCK)
        // Unlocking an open file that is ours cannot fail.
        _ = unsafe fcntl(descriptor, Self.setLockAndWait, &whole)
    }

    /// What is asked of the lock on the whole file.
    private static func whole(_ type: Int32) -> flock {
        flock(l_type: Int16(type), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
    }

    /// `F_OFD_SETLKW` of Linux, which Glibc's module does not show.
    private static let setLockAndWait: Int32 = 38

    /// `F_OFD_SETLK` of Linux, which Glibc's module does not show.
    private static let setLock: Int32 = 37

    /// Writes one byte at the file's start; a refusal is harmless to all callers.
    func touch() {
        var byte: UInt8 = 1
        _ = unsafe pwrite(descriptor, &byte, 1, 0)
    }
}
