import Glibc

/// A small file of keys that only its owner may read: replaced whole, and what it held before is
/// overwritten before it is let go.
///
/// A replacement can be killed between any two of its steps: the file then holds the old text or
/// the new one, and ``recover()`` finishes. Whoever writes holds a lock of theirs meanwhile;
/// readers need none.
package struct SecretFile: Sendable {
    /// What a replacement does, one after the other.
    package enum Step: CaseIterable, Sendable {
        /// The new text is durable beside the file.
        case write
        /// The old file gets a second name, so that it can be overwritten once it is replaced.
        case keepOld
        /// The new file takes the place of the old.
        case replace
        /// The old bytes are overwritten.
        case overwriteOld
        /// The second name is gone.
        case forgetOld
    }

    /// A file longer than this is something else.
    private static let mostBytes = 64 * 1024 * 1024

    /// The file.
    package let path: String
    private var newPath: String { path + ".new" }
    private var oldPath: String { path + ".old" }

    /// Names a file.
    package init(path: String) { self.path = path }

    /// The file's text, or `nil` where there is none.
    ///
    /// - Throws: `KeyRingError`: `readableByOthers`, `file`.
    package func read() throws(KeyRingError) -> String? {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw Self.failure("read", path) }
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Self.failure("read", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .file(path: path, operation: "read", reason: "it is not a regular file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .readableByOthers(path: path, mode: status.st_mode & 0o777)
        }
        guard status.st_size <= Self.mostBytes else {
            throw .file(path: path, operation: "read", reason: "it is too large to be a key file")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(
                    descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            }
            guard count >= 0 else { throw Self.failure("read", path) }
            if count == 0 { break }
            filled += count
        }
        return String(decoding: bytes.prefix(filled), as: UTF8.self)
    }

    /// Makes a text the file's, durably, and overwrites what it held.
    ///
    /// - Throws: `KeyRingError.file`.
    package func replace(with text: String) throws(KeyRingError) {
        try recover()
        for step in Step.allCases { try perform(step, text) }
    }

    /// Does one step of a replacement; all of them in their order are one.
    ///
    /// - Throws: `KeyRingError.file`.
    package func perform(_ step: Step, _ text: String) throws(KeyRingError) {
        switch step {
        case .write: try write(text)
        case .keepOld:
            guard unsafe link(path, oldPath) == 0 || errno == ENOENT else {
                throw Self.failure("keep", path)
            }
        case .replace:
            guard unsafe rename(newPath, path) == 0 else { throw Self.failure("replace", path) }
            try syncFolder()
        case .overwriteOld: try Self.overwrite(oldPath)
        case .forgetOld: try forget(oldPath)
        }
    }

    /// Finishes a replacement that was killed: the file holds the old text or the new one already.
    ///
    /// - Throws: `KeyRingError.file`.
    package func recover() throws(KeyRingError) {
        if let old = Self.identity(oldPath) {
            // Where both are the same file it was never replaced.
            if old != Self.identity(path) { try Self.overwrite(oldPath) }
            try forget(oldPath)
        }
        if Self.identity(newPath) != nil {
            try Self.overwrite(newPath)
            try forget(newPath)
        }
    }

    private func write(_ text: String) throws(KeyRingError) {
        let descriptor = unsafe Glibc.open(
            newPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("write", newPath) }
        defer { _ = close(descriptor) }
        try Self.write(Array(text.utf8), to: descriptor, newPath)
    }

    private func forget(_ path: String) throws(KeyRingError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw Self.failure("remove", path)
        }
        try syncFolder()
    }

    private func syncFolder() throws(KeyRingError) {
        let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
        let descriptor = unsafe Glibc.open(
            folder.isEmpty ? "/" : String(folder), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("sync the folder of", path) }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Self.failure("sync the folder of", path) }
    }

    /// Overwrites a file's bytes with as many zeros, durably.
    private static func overwrite(_ path: String) throws(KeyRingError) {
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return }
        guard descriptor >= 0 else { throw failure("overwrite", path) }
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure("overwrite", path) }
        try write([UInt8](repeating: 0, count: Int(status.st_size)), to: descriptor, path)
    }

    private static func write(
        _ bytes: [UInt8], to descriptor: Int32, _ path: String
    ) throws(KeyRingError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw failure("write", path) }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0 else { throw failure("write", path) }
    }

    /// Which file a name stands for, or `nil` for none.
    private static func identity(_ path: String) -> [UInt64]? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        return [UInt64(status.st_dev), UInt64(status.st_ino)]
    }

    private static func failure(_ operation: String, _ path: String) -> KeyRingError {
        .file(path: path, operation: operation, reason: unsafe String(cString: strerror(errno)))
    }
}
