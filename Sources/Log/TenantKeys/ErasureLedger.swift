package import Conversation
import Cryptography
import FoundationEssentials

extension Named {
    /// The removal of a tenant for good.
    package enum Purge {}
}

/// Names the removal of a tenant, and its receipt: 128 random bits, as hexadecimal digits.
package typealias PurgeID = Identifier<Named.Purge>

/// What was erased for good, kept outside of the data and of its backups, so that no older copy of
/// the data can bring it back unnoticed.
///
/// A text of lines that is only ever added to: one JSON object a line, each with the SHA-256 of the
/// line before, so that none can be taken out or changed. The first names the installation.
package struct ErasureLedger: Hashable, Sendable {
    /// What was erased at once.
    package struct Entry: Hashable, Sendable, Codable {
        /// The entry's number, from 1.
        package var sequence: Int
        /// When.
        package var at: Timestamp
        /// The tenant.
        package var tenant: TenantID
        /// The keys that are destroyed.
        package var keys: [KeyID]
        /// Why: the receipt says more.
        package var purge: PurgeID
        /// The SHA-256 of the line before, in hexadecimal.
        package var before: String
    }

    private struct Head: Codable {
        var installation: String
        var at: Timestamp
        var sequence = 0
    }

    /// The installation: 128 random bits, as hexadecimal digits.
    package let installation: String
    /// What was erased, oldest first.
    package private(set) var entries: [Entry] = []
    /// The lines, without what ends them.
    private(set) var lines: [String]

    /// Begins a ledger.
    package init(of installation: String, at time: Timestamp) throws(RecordError) {
        self.installation = installation
        lines = [
            String(
                decoding: try RecordCodec.encode(Head(installation: installation, at: time)),
                as: UTF8.self)
        ]
    }

    /// Reads a ledger; a last line that does not end was never written to its end, and is not one.
    ///
    /// - Throws: ``LedgerError`` with the line that is wrong.
    package init(text: String) throws(LedgerError) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines.removeLast()
        // What cannot be read is named by its line.
        guard let first = lines.first,
            let head = try? RecordCodec.decode(Head.self, from: Array(first.utf8)),
            head.sequence == 0
        else { throw .broken(line: 1) }
        installation = head.installation
        for (index, line) in lines.enumerated().dropFirst() {
            // As above.
            guard let entry = try? RecordCodec.decode(Entry.self, from: Array(line.utf8)),
                entry.sequence == index, entry.before == SHA256.hex(lines[index - 1])
            else { throw .broken(line: index + 1) }
            entries.append(entry)
        }
        self.lines = lines
    }

    /// The whole text.
    package var text: String { lines.map { $0 + "\n" }.joined() }

    /// The entry of a purge.
    package func entry(of purge: PurgeID) -> Entry? { entries.first { $0.purge == purge } }

    /// Adds what is erased; the same purge again changes nothing.
    package mutating func enter(
        _ purge: PurgeID, of tenant: TenantID, keys: [KeyID], at time: Timestamp
    ) throws(RecordError) {
        guard entry(of: purge) == nil, let last = lines.last else { return }
        let entry = Entry(
            sequence: entries.count + 1, at: time, tenant: tenant, keys: keys, purge: purge,
            before: SHA256.hex(last))
        lines.append(String(decoding: try RecordCodec.encode(entry), as: UTF8.self))
        entries.append(entry)
    }

    /// Whether another has all that this one has, and maybe more.
    package func isBeginning(of other: ErasureLedger) -> Bool {
        lines.count <= other.lines.count && lines == Array(other.lines.prefix(lines.count))
    }
}

/// Why a ledger cannot be read, or not be written.
package enum LedgerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A line is not what follows the one before.
    case broken(line: Int)
    /// The system refused.
    case file(path: String, operation: String, reason: String)
    /// The two copies do not have the same beginning.
    case different(String, String)

    /// A sentence for people.
    package var description: String {
        switch self {
        case .broken(let line): "line \(line) is not the one that was written after the line before"
        case .file(let path, let operation, let reason): "cannot \(operation) \(path): \(reason)"
        case .different(let first, let second):
            "the ledgers \(first) and \(second) do not say the same"
        }
    }
}
