package import Conversation
import Cryptography
import FoundationEssentials
import Glibc

/// A copy of the ledger, as it was found.
package enum LedgerCopy: Hashable, Sendable {
    /// There is none.
    case missing
    /// It cannot be read as one, and why.
    case broken(String)
    /// All of it.
    case whole(ErasureLedger)

    /// The ledger, where it is whole.
    package var ledger: ErasureLedger? {
        if case .whole(let ledger) = self { ledger } else { nil }
    }
}

/// Where the two copies of the ledger lie: with the table keys, and in a folder of the machine.
///
/// Neither is in the data folder: whoever puts back an older copy of that leaves these as they are.
package struct LedgerFiles: Hashable, Sendable {
    /// The folder of the table keys.
    package let keys: String
    /// The folder that has one for each installation.
    package let state: String

    /// Names the folders.
    package init(keys: String, state: String) {
        self.keys = keys
        self.state = state
    }

    /// The copy with the table keys.
    package var first: String { "\(keys)/erasures" }

    /// The copy in the folder of the machine.
    package func second(of installation: String) -> String {
        "\(state)/\(installation)/erasures"
    }

    /// The folder of the machine: `$PARLEY_LEDGER`, else `parley` where programs keep their state.
    package static func stateFolder(_ environment: [String: String]) -> String? {
        if let named = environment["PARLEY_LEDGER"], !named.isEmpty { return named }
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return state + "/parley"
        }
        return environment["HOME"].map { $0 + "/.local/state/parley" }
    }

    /// Both copies, of an installation that the log names, or that the first names itself.
    ///
    /// - Throws: ``LedgerError`` if the system does not let one be read.
    package func read(
        of installation: String?
    ) throws(LedgerError) -> (first: LedgerCopy, second: LedgerCopy) {
        let first = try Self.copy(at: self.first)
        guard let name = installation ?? first.ledger?.installation else {
            return (first, .missing)
        }
        return (first, try Self.copy(at: second(of: name)))
    }

    /// Adds what is erased to both copies, durably; what is there already stays as it is.
    ///
    /// A copy that has one entry less, as after a kill between the two, is given it.
    ///
    /// - Returns: The entry's number.
    /// - Throws: ``LedgerError`` if one is missing, broken, or cannot be written.
    package func enter(
        _ purge: PurgeID, of tenant: TenantID, keys: [KeyID], installation: String,
        at time: Timestamp
    ) throws(LedgerError) -> Int {
        let paths = [first, second(of: installation)]
        var ledgers: [ErasureLedger] = []
        for path in paths {
            switch try Self.copy(at: path) {
            case .whole(let ledger): ledgers.append(ledger)
            case .missing: throw .file(path: path, operation: "read", reason: "it is missing")
            case .broken(let reason): throw .file(path: path, operation: "read", reason: reason)
            }
        }
        var longest = ledgers[0].isBeginning(of: ledgers[1]) ? ledgers[1] : ledgers[0]
        guard ledgers.allSatisfy({ $0.isBeginning(of: longest) }) else {
            throw .different(paths[0], paths[1])
        }
        do throws(RecordError) {
            try longest.enter(purge, of: tenant, keys: keys, at: time)
        } catch {
            throw .file(path: paths[0], operation: "write", reason: error.description)
        }
        for (path, known) in zip(paths, ledgers) { try Self.add(longest, after: known, to: path) }
        return longest.entry(of: purge)?.sequence ?? 0
    }

    /// Writes both copies whole, in place of what is there.
    ///
    /// - Throws: ``LedgerError`` naming what cannot be written.
    package func replace(with ledger: ErasureLedger) throws(LedgerError) {
        for path in [second(of: ledger.installation), first] {
            try Self.makeFolder(of: path)
            let temporary = path + ".new"
            let file = unsafe open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw Self.failure("make", temporary) }
            defer { close(file) }
            try Self.write(ledger.text, to: file, at: 0, temporary)
            guard unsafe rename(temporary, path) == 0 else { throw Self.failure("replace", path) }
            try Self.syncFolder(of: path)
        }
    }
}

extension LedgerFiles {
    /// A ledger longer than this is something else: a million entries.
    private static let mostBytes = 256 * 1024 * 1024

    private static func copy(at path: String) throws(LedgerError) -> LedgerCopy {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return .missing }
            throw failure("read", path)
        }
        defer { close(file) }
        guard let data = FileManager.default.contents(atPath: path), data.count < mostBytes else {
            throw failure("read", path)
        }
        do throws(LedgerError) {
            return .whole(try ErasureLedger(text: String(decoding: data, as: UTF8.self)))
        } catch {
            return .broken(error.description)
        }
    }

    /// Adds the lines that a copy has not, behind those that it has.
    private static func add(
        _ ledger: ErasureLedger, after known: ErasureLedger, to path: String
    ) throws(LedgerError) {
        guard known != ledger else { return }
        let file = unsafe open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { throw failure("write", path) }
        defer { close(file) }
        let end = known.text.utf8.count
        // What was not written to its end before is no part of it.
        guard ftruncate(file, off_t(end)) == 0 else { throw failure("write", path) }
        try write(String(ledger.text.utf8.dropFirst(end)) ?? "", to: file, at: end, path)
    }

    private static func write(
        _ text: String, to file: Int32, at offset: Int, _ path: String
    ) throws(LedgerError) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe pwrite(
                    file, $0.baseAddress.map { unsafe $0 + written }, bytes.count - written,
                    off_t(offset + written))
            }
            guard count > 0 else { throw failure("write", path) }
            written += count
        }
        guard fsync(file) == 0 else { throw failure("write", path) }
    }

    private static func makeFolder(of path: String) throws(LedgerError) {
        let folder = folder(of: path)
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .file(path: folder, operation: "make", reason: "\(error)")
        }
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    private static func syncFolder(of path: String) throws(LedgerError) {
        let folder = unsafe open(folder(of: path), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw failure("sync the folder of", path) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure("sync the folder of", path) }
    }

    private static func failure(_ operation: String, _ path: String) -> LedgerError {
        .file(path: path, operation: operation, reason: unsafe String(cString: strerror(errno)))
    }
}
