import Glibc

extension KeyRing {
    /// A key file longer than this is something else.
    private static let mostBytes = 64 * 1024

    /// Reads the key file, or makes it with one fresh key when there is none; throws
    /// `readableByOthers`, `file`, `malformed`.
    ///
    /// Several processes may start at once: one of them makes the file, all read the same.
    package init(fileAt path: String) throws(KeyRingError) {
        if let text = try Self.read(path) {
            try self.init(text: text, source: path)
            return
        }
        let header =
            "# Keys that encrypt stored secrets, the newest first. Keep a copy elsewhere:\n"
            + "# without this file the stored secrets are lost.\n"
        try Self.create(path, text: header + Self.freshLine() + "\n")
        guard let text = try Self.read(path) else {
            throw .file(path: path, operation: "read", reason: "it vanished after it was made")
        }
        try self.init(text: text, source: path)
    }

    /// Puts a fresh key before those in the file and gives the new ring; throws as reading does,
    /// and `rotationInProgress`.
    package static func rotate(fileAt path: String) throws(KeyRingError) -> KeyRing {
        let temporary = path + ".new"
        let line = try freshLine()
        let descriptor = try claim(temporary)
        defer { _ = close(descriptor) }
        do throws(KeyRingError) {
            // Read only now: the temporary file keeps other rotations out.
            guard let text = try read(path) else {
                throw .file(path: path, operation: "rotate", reason: "there is none")
            }
            let ring = try KeyRing(text: line + "\n" + text, source: path)
            try write(line + "\n" + text, to: descriptor, path: temporary)
            guard unsafe rename(temporary, path) == 0 else { throw failure("replace", path) }
            try syncFolder(of: path)
            return ring
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
    }

    private static func create(_ path: String, text: String) throws(KeyRingError) {
        let suffix: String
        do { suffix = try RandomBytes.token(bytes: 8) } catch { throw .cryptography(error) }
        let temporary = "\(path).\(suffix)"
        let descriptor = try openNew(temporary)
        defer {
            _ = close(descriptor)
            _ = unsafe unlink(temporary)
        }
        try write(text, to: descriptor, path: temporary)
        // A link, not a rename: it never replaces the file of a process that was quicker.
        guard unsafe link(temporary, path) == 0 || errno == EEXIST else {
            throw failure("create", path)
        }
        try syncFolder(of: path)
    }

    /// Opens the temporary file of a rotation, empty: one that was killed has left it, one that is
    /// under way holds its lock.
    private static func claim(_ path: String) throws(KeyRingError) -> Int32 {
        let descriptor = unsafe Glibc.open(
            path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("write", path) }
        var (opened, named) = (stat(), stat())
        // Who had it may have put it in its place between our opening and our locking.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, unsafe fstat(descriptor, &opened) == 0,
            unsafe lstat(path, &named) == 0, opened.st_ino == named.st_ino,
            fchmod(descriptor, 0o600) == 0, ftruncate(descriptor, 0) == 0
        else {
            _ = close(descriptor)
            throw .rotationInProgress(temporaryPath: path)
        }
        return descriptor
    }

    private static func openNew(_ path: String) throws(KeyRingError) -> Int32 {
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST
                ? .rotationInProgress(temporaryPath: path) : failure("create", path)
        }
        return descriptor
    }

    private static func write(
        _ text: String, to descriptor: Int32, path: String
    ) throws(KeyRingError) {
        let bytes = Array(text.utf8)
        let written = unsafe Glibc.write(descriptor, bytes, bytes.count)
        guard written == bytes.count, fsync(descriptor) == 0 else { throw failure("write", path) }
    }

    private static func syncFolder(of path: String) throws(KeyRingError) {
        let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
        let descriptor = unsafe Glibc.open(
            folder.isEmpty ? "/" : String(folder), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("sync the folder of", path) }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("sync the folder of", path) }
    }

    /// The text of the file, or nil when there is none.
    private static func read(_ path: String) throws(KeyRingError) -> String? {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw failure("read", path) }
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure("read", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .file(path: path, operation: "read", reason: "it is not a regular file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .readableByOthers(path: path, mode: status.st_mode & 0o777)
        }
        guard status.st_size <= mostBytes else {
            throw .file(path: path, operation: "read", reason: "it is too large to be a key file")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw failure("read", path) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    private static func failure(_ operation: String, _ path: String) -> KeyRingError {
        .file(path: path, operation: operation, reason: unsafe String(cString: strerror(errno)))
    }
}
