import Conversation
import Cryptography
import FoundationEssentials
import Glibc
import SQLite
import Synchronization

/// Where a view lies: `FOLDER/NAME-HASH.sqlite`, the hash being of what its rows are made by.
final class ViewFile: Sendable {
    let folder: String
    let name: String
    let schema: String
    /// The hash in the file's name.
    let hash: String
    private let state = Mutex(State())

    private struct State {
        /// Rises with each file that was opened in place of another.
        var generation = 0
        /// Whether a reader found the file damaged.
        var isSuspect = false
    }

    /// The tables that the views themselves know nothing of.
    private static let ownTables = """
        CREATE TABLE view_batches (hash TEXT NOT NULL, count INTEGER NOT NULL);
        CREATE TABLE view_positions (
            topic TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL,
            id TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (topic, partition)
        ) WITHOUT ROWID;
        """

    init(_ view: View, in folder: String) {
        self.folder = folder
        name = view.name
        schema = Self.ownTables + view.schema
        let topics = view.topics.map(\.rawValue).joined(separator: " ")
        hash = String(SHA256.hex("\(view.version)\u{0}\(topics)\u{0}\(schema)").prefix(12))
    }

    var path: String { "\(folder)/\(name)-\(hash).sqlite" }

    /// Which of the files opened one after the other is the present one.
    var generation: Int { state.withLock { $0.generation } }

    /// Whether a reader found the file damaged.
    var isSuspect: Bool { state.withLock { $0.isSuspect } }

    /// Notes that a reader found the file damaged.
    func suspect() { state.withLock { $0.isSuspect = true } }

    /// Opens the file for writing; makes it, with its tables, where there is none.
    func open() throws(SQLiteError) -> Connection {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw SQLiteError(
                code: SQLiteError.inaccessible,
                message: "the folder cannot be made: \(error)", file: path)
        }
        removeFiles { $0 != hash }
        // A page that many transactions write goes to the file once a checkpoint: 16 MiB of them.
        let connection = try Connection(
            path: path,
            options: ConnectionOptions(
                synchronous: .normal, cacheKibibytes: 16_384, autocheckpointPages: 4_000))
        if try connection.first("SELECT 1 FROM sqlite_schema", [], { _ in true }) == nil {
            try connection.transaction { () throws(SQLiteError) in
                try connection.executeScript(schema)
                try connection.execute("INSERT INTO view_batches VALUES (?, 0)", [.text(hash)])
            }
        }
        state.withLock {
            $0.generation += 1
            $0.isSuspect = false
        }
        return connection
    }

    /// Opens the file for reading beside the writer.
    func openReader() throws(SQLiteError) -> Connection {
        let connection = try Connection(
            path: path, options: ConnectionOptions(access: .readWrite, cacheKibibytes: 8_192))
        try connection.executeScript("PRAGMA query_only = ON")
        return connection
    }

    /// Deletes the file, whatever is in it.
    func remove() { removeFiles { $0 == hash } }

    /// What tells this file from another under the same name; `nil` where there is none.
    var identity: UInt64? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        return UInt64(status.st_ino)
    }

    /// Deletes the view's files of some hashes, with what SQLite keeps beside them.
    private func removeFiles(where isGone: (String) -> Bool) {
        // Where the folder cannot be read there is nothing to delete, or the next open tells why.
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for file in files where file.hasPrefix(name + "-") {
            let rest = file.dropFirst(name.count + 1)
            let found = rest.prefix { $0.isHexDigit }
            guard found.count == hash.count, rest.dropFirst(found.count).hasPrefix(".sqlite"),
                isGone(String(found))
            else { continue }
            // What stays is in nobody's way, or the next open tells of it.
            try? FileManager.default.removeItem(atPath: "\(folder)/\(file)")
        }
    }
}
