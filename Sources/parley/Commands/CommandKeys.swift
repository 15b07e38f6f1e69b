import Configuration
import Conversation
import Cryptography
import EventLog
import FoundationEssentials
import Records
import TenantKeys

/// The keys of tenants' words, for a command that looks into the log.
enum CommandKeys {
    /// The keys folder: the one that is named, else that of the running installation, else the one
    /// beside the data folder.
    static func folder(named path: String?, _ data: DataFolder) -> KeysFolder {
        // Where nothing runs the standard place is meant.
        let running = try? RunFile.read(from: data)
        return KeysFolder(
            path: path ?? ProcessInfo.processInfo.environment["PARLEY_KEYS"] ?? running?.keys
                ?? data.keys)
    }

    /// The keys that can be read here, and what opens and seals records with them; what they do not
    /// open stays closed, and the person is told why.
    static func opened(
        of log: any EventLog, in folder: KeysFolder, data: DataFolder
    ) async throws -> (envelope: RecordEnvelope, table: KeyTable) {
        let ring: KeyRingStore
        do throws(KeyRingError) {
            ring = try SecretKeys.existing(data)
        } catch {
            // A log that has no keys needs no ring to look at it.
            if try await hasKeys(log) { tell(error.description) }
            return (try Catalogue.envelope(sealing: ProcessKeys.closed), KeyTable())
        }
        let keys = ProcessKeys(
            of: log, in: folder, ring: ring, follows: false, ProcessKeys.silence)
        try await keys.feed.readOnce()
        if let problem = keys.feed.problems.min(by: { $0.key < $1.key })?.value {
            tell(problem.description)
        }
        return (try keys.envelope(), keys.table)
    }

    private static func hasKeys(_ log: any EventLog) async throws(EventLogError) -> Bool {
        try await log.describeTopics().contains { topic in
            topic.name == Topic.keys.rawValue && topic.partitions.contains { $0.low < $0.high }
        }
    }

    private static func tell(_ reason: String) {
        Terminal.complain("parley: what is sealed stays closed: \(reason)")
    }
}
