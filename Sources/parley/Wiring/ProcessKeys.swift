import Configuration
import Conversation
import Cryptography
import EventLog
import Records
import Telemetry
import TenantKeys

/// The keys of tenants' words as a process has them: where they come from, what it knows of them,
/// and what seals with them.
struct ProcessKeys: Sendable {
    /// What the process knows.
    let table: KeyTable
    /// What fills it.
    let feed: KeyFeed

    /// Opens the keys of a log; nothing is read yet.
    ///
    /// What `follows` reads all the time, once it runs; any other only where it is told to.
    init(
        of log: any EventLog, in folder: KeysFolder, ring: KeyRingStore, follows: Bool,
        _ logger: Logger
    ) {
        table = KeyTable()
        feed = KeyFeed(
            table, from: log, keys: folder, ring: ring, follows: follows, logger: logger)
    }

    /// Makes and reads records of this program, sealing and opening with these keys.
    ///
    /// - Throws: `ConfigurationError` if two modules claim one type or one topic.
    func envelope() throws(ConfigurationError) -> RecordEnvelope {
        try Catalogue.envelope(
            sealing: Self.sealing(table) { [feed] ids in await feed.awaitKnown(ids) })
    }

    /// Opens nothing: for whoever has no keys.
    static var closed: any Sealing { sealing(KeyTable()) { _ in } }

    /// The one place that says how this program seals.
    private static func sealing(
        _ table: KeyTable, awaiting: @escaping @Sendable (Set<KeyID>) async -> Void
    ) -> any Sealing {
        PersonalSealing(table, awaiting: awaiting)
    }

    /// For those who tell of the keys' problems themselves.
    static let silence = Logger(service: "keys", to: { _ in })

    /// Reads the keys of a log for an installation that is to start.
    ///
    /// In between `gate` looks: an older copy of the data may have keys that were destroyed since,
    /// and is told as that. That the whole folder is missing comes before.
    ///
    /// - Throws: `ConfigurationError` if the log has keys that cannot be opened here, for want of
    ///   a file: whoever starts like that would lose what they sealed.
    static func check(
        _ log: any EventLog, in folder: KeysFolder, ring: KeyRingStore, _ gate: LedgerGate
    ) async throws {
        let keys = ProcessKeys(of: log, in: folder, ring: ring, follows: false, silence)
        try await keys.feed.readOnce()
        let problems = keys.feed.problems.sorted { $0.key < $1.key }
        let missing = problems.first { if case .missing = $0.value { true } else { false } }
        if missing == nil { try await gate.check() }
        guard let (id, problem) = missing ?? problems.first else { return }
        if case .damaged = problem, problems.count < keys.feed.records.count {
            return Terminal.say("warning: \(problem)")
        }
        throw ConfigurationError(
            folder.path,
            "\(problems.count) keys of the log cannot be opened, such as \(id): \(problem)")
    }
}
