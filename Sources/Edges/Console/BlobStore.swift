import Cryptography
import Dispatch
import FoundationEssentials
import Glibc

/// Why bytes could not be stored.
package struct BlobStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried, such as `write`.
    package let operation: String
    /// Which file.
    package let path: String
    /// The system's reason.
    package let reason: String

    /// A sentence for people.
    package var description: String { "cannot \(operation) \(path): \(reason)" }

    static func last(_ operation: String, _ path: String) -> Self {
        Self(operation: operation, path: path, reason: unsafe String(cString: strerror(errno)))
    }
}

/// Files named by the SHA-256 of their bytes: what a document's record points to.
///
/// A file is there whole or not at all, and never changes.
package struct BlobStore: Sendable {
    private let folder: String
    private let work = DispatchQueue(label: "blob store", attributes: .concurrent)

    /// Keeps its files in a folder, which is made when the first comes.
    package init(folder: String) {
        self.folder = folder
    }

    /// The path of the file with that hash, whether it is there or not.
    ///
    /// `hash` is 64 lower-case hexadecimal digits, as `put` gives it.
    package func path(of hash: String) -> String { "\(folder)/\(hash.prefix(2))/\(hash)" }

    /// Stores bytes durably; the same bytes again cost only the hash.
    ///
    /// - Returns: the SHA-256 in hexadecimal.
    package func put(_ bytes: [UInt8]) async throws(BlobStoreError) -> String {
        let result: Result<String, BlobStoreError> = await withCheckedContinuation { continuation in
            work.async {
                continuation.resume(
                    returning: Result { () throws(BlobStoreError) in try write(bytes) })
            }
        }
        return try result.get()
    }

    /// The bytes of a hash.
    ///
    /// - Throws: ``BlobStoreError`` if there are none, or they cannot be read.
    package func get(_ hash: String) async throws(BlobStoreError) -> [UInt8] {
        let path = path(of: hash)
        let bytes: [UInt8]? = await withCheckedContinuation { continuation in
            work.async {
                continuation.resume(
                    returning: FileManager.default.contents(atPath: path).map { [UInt8]($0) })
            }
        }
        guard let bytes else {
            throw BlobStoreError(operation: "read", path: path, reason: "there is no such file")
        }
        return bytes
    }

    private func write(_ bytes: [UInt8]) throws(BlobStoreError) -> String {
        let hash = SHA256.hex(bytes)
        let path = path(of: hash)
        if unsafe access(path, R_OK) == 0 { return hash }
        let parent = "\(folder)/\(hash.prefix(2))"
        try makeFolder(folder)
        try makeFolder(parent)
        let suffix: String
        do { suffix = try RandomBytes.token(bytes: 8) } catch {
            throw BlobStoreError(operation: "name", path: path, reason: "\(error)")
        }
        let temporary = "\(path).\(suffix)"
        do throws(BlobStoreError) {
            try writeWhole(bytes, to: temporary)
            guard unsafe rename(temporary, path) == 0 else { throw .last("rename", temporary) }
            try sync(folder: parent)
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
        return hash
    }

    private func makeFolder(_ path: String) throws(BlobStoreError) {
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .last("create the folder", path)
        }
    }

    private func writeWhole(_ bytes: [UInt8], to path: String) throws(BlobStoreError) {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .last("create", path) }
        defer { _ = close(file) }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: $0[written...])
                return unsafe Glibc.write(file, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last("write", path) }
            written += count
        }
        guard fsync(file) == 0 else { throw .last("sync", path) }
    }

    private func sync(folder path: String) throws(BlobStoreError) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open the folder", path) }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last("sync the folder", path) }
    }
}
