import Cryptography
import FileSignals
import FoundationEssentials

/// The folder of the keys that wrap tenants' keys; outside of the data folder, so that a copy of
/// the data holds nothing that opens it.
package struct KeysFolder: Sendable, Hashable {
    /// How long another process may take that holds the folder's lock: it appends meanwhile.
    private static let patience = Duration.seconds(60)

    /// The folder's path.
    package let path: String

    /// Names a folder.
    package init(path: String) { self.path = path }

    /// The table keys, one line an epoch; mode 0600.
    package var tableKeysFile: String { "\(path)/table.keys" }
    /// A snapshot of all living tenants' keys, wrapped by the newest epoch's table key.
    package var livingKeysFile: String { "\(path)/living.keys" }
    /// What was erased: the first copy of the ledger.
    package var erasuresFile: String { "\(path)/erasures" }
    private var lockFile: String { "\(path)/lock" }

    /// Makes the folder where it is missing, closed to other users.
    ///
    /// - Throws: ``KeyProblem/folder(path:reason:)``.
    package func create() throws(KeyProblem) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .folder(path: path, reason: "it cannot be made: \(error)")
        }
    }

    /// The table keys as they lie in the file, or `nil` where there is none.
    ///
    /// - Throws: ``KeyProblem``.
    package func tableKeys() throws(KeyProblem) -> TableKeys? {
        do throws(KeyRingError) {
            guard let text = try SecretFile(path: tableKeysFile).read() else { return nil }
            return try TableKeys(text: text, source: tableKeysFile)
        } catch {
            throw .ring(error)
        }
    }

    /// Makes these the table keys of the file; what it held before is overwritten.
    ///
    /// - Throws: ``KeyProblem``.
    package func write(_ keys: TableKeys) throws(KeyProblem) {
        try replace(tableKeysFile, with: keys.text)
    }

    /// Replaces a file of the folder, durably, and overwrites what it held.
    ///
    /// - Throws: ``KeyProblem``.
    package func replace(_ file: String, with text: String) throws(KeyProblem) {
        do throws(KeyRingError) {
            try SecretFile(path: file).replace(with: text)
        } catch {
            throw .ring(error)
        }
    }

    /// Does something while no other process, nor another caller of this one, changes the keys.
    ///
    /// - Throws: ``KeyProblem`` if the lock cannot be had; else what the body throws.
    package func exclusively<Value: Sendable>(
        _ body: () async throws(KeyProblem) -> Value
    ) async throws(KeyProblem) -> Value {
        let lock: FileLock
        do throws(FileError) {
            lock = try FileLock(path: lockFile)
        } catch {
            throw .folder(path: path, reason: "\(error)")
        }
        let deadline = ContinuousClock.now + Self.patience
        while !lock.acquireAtOnce() {
            guard ContinuousClock.now < deadline, !Task.isCancelled else {
                throw .folder(
                    path: path, reason: "another process has been changing keys for long")
            }
            // Cancelled: the loop ends above.
            try? await Task.sleep(for: .milliseconds(5))
        }
        defer { lock.release() }
        return try await body()
    }
}
