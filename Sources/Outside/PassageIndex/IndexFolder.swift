package import Conversation
import Cryptography
import FoundationEssentials
import Glibc

/// Where the generations of all tenants' indexes lie: `ROOT/TENANT/NAME.index`, and `ROOT/current`,
/// which names those in use and is replaced whole.
///
/// What is in it can be deleted at will: it is made of the log again. All calls block.
package struct IndexFolder: Sendable {
    /// What is in use.
    package struct Manifest: Codable, Sendable, Hashable {
        /// A tenant's generation.
        package struct Entry: Codable, Sendable, Hashable {
            /// The tenant.
            package var tenant: TenantID
            /// The file's name.
            package var file: String
            /// All records before this offset are in it.
            package var position: Int64

            /// Names a generation.
            package init(tenant: TenantID, file: String, position: Int64) {
                self.tenant = tenant
                self.file = file
                self.position = position
            }
        }

        /// When it was written: a log forgets in time that something was removed.
        package var writtenAt: Timestamp
        /// The offset behind the last record that was read then.
        package var position: Int64
        /// That record's offset.
        package var lastOffset: Int64?
        /// That record's id.
        package var lastID: String?
        /// The generations.
        package var entries: [Entry]
        /// Whether all passages before the position are in one of them.
        package var isComplete: Bool

        /// Describes what is in use.
        package init(
            writtenAt: Timestamp, position: Int64, lastOffset: Int64?, lastID: String?,
            entries: [Entry], isComplete: Bool
        ) {
            self.writtenAt = writtenAt
            self.position = position
            self.lastOffset = lastOffset
            self.lastID = lastID
            self.entries = entries
            self.isComplete = isComplete
        }

        /// From where on the log is read by whoever has all generations; `nil` for its beginning.
        package var start: Int64? {
            isComplete ? entries.map(\.position).min().map { min($0, position) } ?? position : nil
        }
    }

    /// The folder's path.
    package let path: String

    /// Names a folder.
    package init(path: String) { self.path = path }

    private var current: String { "\(path)/current" }
    /// Held by the process that makes generations.
    package var lockFile: String { "\(path)/lock" }

    /// Makes the folder where it is missing, closed to other users.
    ///
    /// - Throws: ``IndexFileError``.
    package func create() throws(IndexFileError) { try create(path) }

    private func create(_ folder: String) throws(IndexFileError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw IndexFileError(path: folder, reason: "the folder cannot be made: \(error)")
        }
    }

    /// What tells one version of what is in use from another; `nil` where there is none.
    package var identity: UInt64? {
        var status = stat()
        guard unsafe stat(current, &status) == 0 else { return nil }
        return UInt64(status.st_ino) ^ UInt64(bitPattern: Int64(status.st_mtim.tv_nsec)) << 32
            ^ UInt64(bitPattern: Int64(status.st_mtim.tv_sec))
    }

    /// What is in use; `nil` where that is not known, or the file is damaged.
    package func manifest() -> Manifest? {
        guard let data = FileManager.default.contents(atPath: current) else { return nil }
        let bytes = Array(data)
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let body = Array(bytes[(end + 1)...])
        guard String(decoding: bytes[..<end], as: UTF8.self) == Self.firstLine(body) else {
            return nil
        }
        // What cannot be read is damaged, whatever the decoder says of it.
        return try? JSONDecoder().decode(Manifest.self, from: Data(body))
    }

    /// Makes this what is in use.
    ///
    /// - Throws: ``IndexFileError``.
    package func write(_ manifest: Manifest) throws(IndexFileError) {
        let body = try IndexDescription.bytes(manifest, current)
        let bytes = Array(Self.firstLine(body).utf8) + [UInt8(ascii: "\n")] + body
        let temporary = current + ".new"
        let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw IndexFileWriter.last(temporary, "make") }
        let written = unsafe Glibc.write(file, bytes, bytes.count)
        let isSafe = written == bytes.count && fsync(file) == 0
        close(file)
        guard isSafe, unsafe rename(temporary, current) == 0 else {
            throw IndexFileWriter.last(temporary, "write")
        }
        try IndexFileWriter.sync(
            path.split(separator: "/").joined(separator: "/"), of: current)
    }

    private static func firstLine(_ body: [UInt8]) -> String {
        "parley-index \(IndexContents.version) \(SHA256.hex(body))"
    }

    /// A fresh file of a tenant, whose folder is made where it is missing.
    ///
    /// - Throws: ``IndexFileError``.
    package func newFile(of tenant: TenantID, at position: Int64) throws(IndexFileError) -> String {
        guard let folder = folder(of: tenant) else {
            throw IndexFileError(path: path, reason: "a tenant's id cannot be a folder's name")
        }
        try create(folder)
        // Without entropy the position still tells it from others.
        let random = (try? RandomBytes.make(count: 8)).map(Hex.encode) ?? "0"
        return "\(folder)/\(position)-\(random).index"
    }

    /// The file of a generation; `nil` if it cannot be one.
    package func file(_ entry: Manifest.Entry) -> String? {
        guard !entry.file.contains("/") else { return nil }
        return folder(of: entry.tenant).map { "\($0)/\(entry.file)" }
    }

    /// Removes all files of a tenant; harmless if there are none.
    ///
    /// - Throws: ``IndexFileError``.
    package func erase(_ tenant: TenantID) throws(IndexFileError) {
        guard let folder = folder(of: tenant), FileManager.default.fileExists(atPath: folder)
        else { return }
        do { try FileManager.default.removeItem(atPath: folder) } catch {
            // Somebody else may have been first.
            guard FileManager.default.fileExists(atPath: folder) else { return }
            throw IndexFileError(path: folder, reason: "it cannot be removed: \(error)")
        }
    }

    /// Whether there are files of a tenant.
    package func holds(_ tenant: TenantID) -> Bool {
        folder(of: tenant).map { FileManager.default.fileExists(atPath: $0) } ?? false
    }

    /// Removes what is not in use.
    package func sweep(but manifest: Manifest) {
        let used = Set(manifest.entries.compactMap { file($0) })
        // Where a folder cannot be read there is nothing to remove, or it is tried again.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            let folder = "\(path)/\(name)"
            guard self.folder(of: TenantID(name)) == folder,
                // As above.
                let files = try? FileManager.default.contentsOfDirectory(atPath: folder)
            else { continue }
            for file in files where !used.contains("\(folder)/\(file)") {
                _ = unsafe unlink("\(folder)/\(file)")
            }
            // Only an empty one goes.
            _ = unsafe rmdir(folder)
        }
    }

    private func folder(of tenant: TenantID) -> String? {
        let name = tenant.rawValue
        // A name that leads elsewhere is nobody's: tenants' ids have letters, digits and hyphens.
        let isPlain =
            (1...100).contains(name.utf8.count)
            && name.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_")
            } && name != "current" && name != "lock" && name != "lock-turn"
        return isPlain ? "\(path)/\(name)" : nil
    }
}
