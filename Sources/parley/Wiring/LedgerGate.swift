import Configuration
import Conversation
import Cryptography
import EventLog
import FoundationEssentials
import PurgeRecords
import Records
import TenantKeys

/// Compares the ledger of erasures with the log before anything starts: an older copy of the data
/// must not bring back what was erased for good.
struct LedgerGate: Sendable {
    let log: any EventLog
    let files: LedgerFiles

    /// Stands before a log and the ledger that goes with a keys folder.
    ///
    /// - Throws: `ConfigurationError` if nothing says where the machine's own copy is.
    init(_ log: any EventLog, _ keys: KeysFolder) throws(ConfigurationError) {
        self.log = log
        files = try Self.files(keys)
    }

    /// Where the copies of the ledger lie that goes with a keys folder.
    ///
    /// - Throws: `ConfigurationError` if nothing says where the machine's own copy is.
    static func files(_ keys: KeysFolder) throws(ConfigurationError) -> LedgerFiles {
        let environment = ProcessInfo.processInfo.environment
        guard let state = LedgerFiles.stateFolder(environment) else {
            throw ConfigurationError(
                "$PARLEY_LEDGER",
                "name the folder of the ledger of erasures, as there is no $HOME to find it by")
        }
        return LedgerFiles(keys: keys.path, state: state)
    }

    /// Lets an installation start: begins the ledger where it is the first start of all.
    ///
    /// - Throws: `ConfigurationError` saying why nothing may start, and what to do.
    func open() async throws {
        switch try await verdict(asInstallation: true) {
        case .start: break
        case .begin(let installation): try await begin(installation)
        case .refuse(let refusal):
            throw ConfigurationError("the ledger of erasures", refusal.description)
        }
    }

    /// Lets a single process start, once an installation has: on another machine, which has the
    /// keys folder alone, its copy has to do.
    ///
    /// - Throws: `ConfigurationError` saying why nothing may start, and what to do.
    func check() async throws {
        guard case .refuse(let refusal) = try await verdict(asInstallation: false) else { return }
        throw ConfigurationError("the ledger of erasures", refusal.description)
    }

    private func verdict(asInstallation isWhole: Bool) async throws -> LedgerVerdict {
        let logged = try await logged()
        var copies = try files.read(of: logged.installation)
        if !isWhole, copies.second == .missing { copies.second = copies.first }
        return LedgerVerdict(
            logged, copies.first, copies.second,
            names: (files.first, files.second(of: logged.installation ?? "*")))
    }

    /// What the log says of erasures.
    func logged() async throws -> LoggedErasures {
        let (book, destroyed) = try await read()
        return book.logged(destroyed: destroyed)
    }

    /// The purges that stand in the ledger, as the log has them, in its order.
    func entered() async throws -> [PurgeProgress] {
        try await read().book.all.filter { $0.facts.ledgerEntry != nil }
            .sorted { ($0.facts.ledgerEntry ?? 0) < ($1.facts.ledgerEntry ?? 0) }
    }

    private func read() async throws -> (book: PurgeBook, destroyed: Set<KeyID>) {
        let topics: Set = [Topic.purges.rawValue, Topic.keys.rawValue]
        var spans: [TopicPartition: Range<Int64>] = [:]
        for topic in try await log.describeTopics() where topics.contains(topic.name) {
            for (number, range) in topic.partitions.enumerated() {
                spans[TopicPartition(topic.name, Int32(number))] = range.low..<range.high
            }
        }
        var book = PurgeBook()
        var destroyed: Set<KeyID> = []
        try await RecordSpans.read(spans, in: log) { record in
            // What cannot be read says nothing of erasures.
            guard let (_, value) = try? Self.envelope.decode(record.record),
                case .payload(let payload) = value
            else { return }
            book.follow(payload)
            if let key = payload as? KeyRecord, case .destroyed = key.standing {
                destroyed.insert(key.id)
            }
        }
        return (book, destroyed)
    }

    /// Nothing in these topics is sealed.
    private static let envelope = RecordEnvelope(
        RecordTypes(KeyRecords.types + PurgeRecords.types))

    /// Both copies are there before the log says that there is a ledger.
    private func begin(_ known: String?) async throws {
        let name = try known ?? Hex.encode(RandomBytes.make(count: 16))
        if known == nil || files.isIncomplete(name) {
            try files.replace(with: try ErasureLedger(of: name, at: SystemClock.now()))
        }
        try await append([LedgerBegun(installation: name, at: SystemClock.now())])
    }

    /// Appends records that are nobody's words.
    func append(_ payloads: [any Payload], and records: [Record] = []) async throws {
        var all = records
        for payload in payloads {
            let id = RecordID(Hex.encode(try RandomBytes.make(count: 16)))
            all.append(
                try Self.envelope.record(
                    payload,
                    headers: RecordHeaders(
                        id: id, type: type(of: payload).type, source: "ledger",
                        time: SystemClock.now(), subject: payload.key, correlation: id,
                        causation: id, tenant: payload.tenant)))
        }
        let appender = try await log.openAppender()
        do {
            try await appender.append(all)
        } catch {
            await appender.close()
            throw error
        }
        await appender.close()
    }
}

extension LedgerFiles {
    /// Whether a copy of a ledger without entries is missing.
    fileprivate func isIncomplete(_ installation: String) -> Bool {
        // What cannot be read is found by the next look, which says why.
        guard let copies = try? read(of: installation) else { return true }
        return copies.first.ledger == nil || copies.second.ledger == nil
    }
}
