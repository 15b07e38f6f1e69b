package import Conversation
import Cryptography
import Dispatch
import FoundationEssentials
import Glibc

/// Blobs as files: `ROOT/tenants/TENANT/AB/ABCD…`, and `ROOT/tenants/TENANT/media-AB/ABCD…` for
/// those of another shelf than documents.
///
/// Several processes of a machine may share a folder, and several machines one that they mount.
package struct BlobFolder: BlobStore {
    private let root: String
    private let work = DispatchQueue(label: "blob folder", attributes: .concurrent)

    /// Keeps its files in a folder, which is made when the first comes.
    package init(_ root: String) {
        self.root = root
    }

    /// Stores bytes in a file of their own, durably.
    package func put(
        _ bytes: [UInt8], of tenant: TenantID, on shelf: BlobShelf
    ) async throws(BlobError) -> String {
        try await blocking { () throws(BlobError) in try write(bytes, of: tenant, on: shelf) }
    }

    /// Reads a file, and checks that it holds what was stored.
    package func get(
        _ hash: String, of tenant: TenantID, on shelf: BlobShelf
    ) async throws(BlobError) -> [UInt8] {
        try await blocking { () throws(BlobError) in
            let path = try path(hash, of: tenant, on: shelf)
            var found = try read(path)
            // Only documents are from before tenants had folders of their own.
            if found == nil, shelf == .documents { found = try adopt(hash, as: path) }
            guard let bytes = found else { throw .missing("file \(path)") }
            guard SHA256.hex(bytes) == hash else { throw .damaged(path) }
            return bytes
        }
    }

    /// Looks whether there is a file.
    package func has(
        _ hash: String, of tenant: TenantID, on shelf: BlobShelf
    ) async throws(BlobError) -> Bool {
        try await blocking { () throws(BlobError) in
            unsafe access(try path(hash, of: tenant, on: shelf), F_OK) == 0
        }
    }

    /// Removes a file; harmless if there is none.
    package func remove(
        _ hash: String, of tenant: TenantID, on shelf: BlobShelf
    ) async throws(BlobError) {
        try await blocking { () throws(BlobError) in
            let path = try path(hash, of: tenant, on: shelf)
            guard unsafe unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
        }
    }

    /// Counts a tenant's files and their bytes.
    package func usage(of tenant: TenantID) async throws(BlobError) -> BlobUsage {
        try await blocking { () throws(BlobError) in
            var usage = BlobUsage()
            try forEachFile(of: tenant) { _, bytes throws(BlobError) in usage.add(bytes: bytes) }
            return usage
        }
    }

    /// Removes a tenant's files.
    package func erase(_ tenant: TenantID) async throws(BlobError) -> BlobUsage {
        try await blocking { () throws(BlobError) in
            var erased = BlobUsage()
            try forEachFile(of: tenant) { path, bytes throws(BlobError) in
                guard unsafe unlink(path) == 0 || errno == ENOENT else {
                    throw .last("remove", path)
                }
                erased.add(bytes: bytes)
            }
            let folder = folder(of: tenant)
            // What is left are empty folders; one that will not go holds nothing of the tenant.
            try? FileManager.default.removeItem(atPath: folder)
            return erased
        }
    }

    private func folder(of tenant: TenantID) -> String { "\(root)/tenants/\(tenant.rawValue)" }

    private func path(
        _ hash: String, of tenant: TenantID, on shelf: BlobShelf
    ) throws(BlobError) -> String {
        "\(root)/tenants/\(try BlobName.path(hash, of: tenant, on: shelf))"
    }

    /// Runs what blocks on a thread that may.
    private func blocking<Value: Sendable>(
        _ body: @escaping @Sendable () throws(BlobError) -> Value
    ) async throws(BlobError) -> Value {
        let result: Result<Value, BlobError> = await withCheckedContinuation { continuation in
            work.async {
                continuation.resume(returning: Result { () throws(BlobError) in try body() })
            }
        }
        return try result.get()
    }

    private func read(_ path: String) throws(BlobError) -> [UInt8]? {
        guard unsafe access(path, F_OK) == 0 else { return nil }
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw .unavailable(operation: "read", name: path, reason: "\(error)")
        }
    }

    /// Takes over a file of an installation from before tenants had folders of their own: a second
    /// name for the same file, as another tenant may have put in the same bytes.
    private func adopt(_ hash: String, as path: String) throws(BlobError) -> [UInt8]? {
        let old = "\(root)/\(hash.prefix(2))/\(hash)"
        guard let bytes = try read(old) else { return nil }
        try makeFolders(of: path)
        guard unsafe link(old, path) == 0 || errno == EEXIST else { throw .last("link", path) }
        return bytes
    }

    private func write(
        _ bytes: [UInt8], of tenant: TenantID, on shelf: BlobShelf
    ) throws(BlobError) -> String {
        let hash = SHA256.hex(bytes)
        let path = try path(hash, of: tenant, on: shelf)
        // Its bytes are compared: a file that a damaged disk cut short is put right by the upload.
        if let kept = try read(path), kept == bytes { return hash }
        let parent = try makeFolders(of: path)
        let suffix: String
        do { suffix = try RandomBytes.token(bytes: 8) } catch {
            throw .unavailable(operation: "name", name: path, reason: "\(error)")
        }
        let temporary = "\(path).\(suffix)"
        do throws(BlobError) {
            try writeWhole(bytes, to: temporary)
            guard unsafe rename(temporary, path) == 0 else { throw .last("rename", temporary) }
            try sync(folder: parent)
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
        return hash
    }

    /// Makes the folders that lead to a file; answers the one that it stands in.
    @discardableResult
    private func makeFolders(of path: String) throws(BlobError) -> String {
        let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        do {
            try FileManager.default.createDirectory(
                atPath: parent, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .unavailable(operation: "create the folder", name: parent, reason: "\(error)")
        }
        return parent
    }

    private func writeWhole(_ bytes: [UInt8], to path: String) throws(BlobError) {
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

    private func sync(folder path: String) throws(BlobError) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open the folder", path) }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last("sync the folder", path) }
    }

    /// Calls `body` with each of a tenant's files and its size, temporary ones of a process that
    /// was killed included.
    private func forEachFile(
        of tenant: TenantID, _ body: (String, Int64) throws(BlobError) -> Void
    ) throws(BlobError) {
        guard BlobName.isPlain(tenant) else { return }
        let folder = folder(of: tenant)
        for part in try names(in: folder) {
            for name in try names(in: "\(folder)/\(part)") {
                let path = "\(folder)/\(part)/\(name)"
                var entry = stat()
                // Removed meanwhile.
                guard unsafe stat(path, &entry) == 0 else { continue }
                try body(path, Int64(entry.st_size))
            }
        }
    }

    private func names(in folder: String) throws(BlobError) -> [String] {
        guard unsafe access(folder, F_OK) == 0 else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw .unavailable(operation: "list", name: folder, reason: "\(error)")
        }
    }
}

extension BlobError {
    /// The system's reason for what failed last.
    fileprivate static func last(_ operation: String, _ path: String) -> Self {
        .unavailable(
            operation: operation, name: path, reason: unsafe String(cString: strerror(errno)))
    }
}
