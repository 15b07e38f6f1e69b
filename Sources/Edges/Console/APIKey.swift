import Cryptography
import Glibc

/// The installation's API key: whoever has it may do everything in the console.
package struct APIKey: Sendable {
    /// Why the key's file cannot be used.
    package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
        /// A sentence that says what to do.
        package let description: String
    }

    /// The longest file that is read as a key.
    private static let mostBytes = 4096
    /// The least characters of a key: fewer can be guessed.
    private static let leastCharacters = 20

    private let digest: [UInt8]

    /// Keeps a key's hash.
    package init(_ key: String) {
        digest = SHA256.digest(Array(key.utf8))
    }

    /// Whether this is the key; the time that it takes says nothing about how much is right.
    package func matches(_ candidate: String) -> Bool {
        ConstantTime.equal(digest, SHA256.digest(Array(candidate.utf8)))
    }

    /// The key in a file, which is made with a fresh one (mode 0600) if there is none.
    ///
    /// Several processes may do so at once: all get the same key.
    package static func text(ofFileAt path: String) throws(FileError) -> String {
        if unsafe access(path, F_OK) != 0 { try create(path) }
        return try read(path)
    }

    /// The key in a file that is there.
    package static func read(_ path: String) throws(FileError) -> String {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("read", path) }
        defer { _ = close(file) }
        var bytes = [UInt8](repeating: 0, count: mostBytes)
        let count = unsafe Glibc.read(file, &bytes, bytes.count)
        guard count >= 0 else { throw failure("read", path) }
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        let key = String(text.filter { !$0.isWhitespace })
        guard key.count >= leastCharacters else {
            throw FileError(
                description: "\(path) holds no API key; remove it and start again for a new one")
        }
        return key
    }

    /// Writes beside the file and links: never half a key, and never over another's.
    private static func create(_ path: String) throws(FileError) {
        let key: String
        do { key = "pk_" + (try RandomBytes.token()) } catch {
            throw FileError(description: "cannot make an API key: \(error)")
        }
        let temporary = "\(path).\(getpid()).\(key.suffix(6))"
        let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("create", temporary) }
        defer {
            _ = close(file)
            _ = unsafe unlink(temporary)
        }
        let line = Array("\(key)\n".utf8)
        guard unsafe write(file, line, line.count) == line.count, fsync(file) == 0 else {
            throw failure("write", temporary)
        }
        guard unsafe link(temporary, path) == 0 || errno == EEXIST else {
            throw failure("create", path)
        }
    }

    private static func failure(_ operation: String, _ path: String) -> FileError {
        let reason = unsafe String(cString: strerror(errno))
        return FileError(
            description: "cannot \(operation) the API key file \(path): \(reason)")
    }
}
