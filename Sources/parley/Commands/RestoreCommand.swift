import Configuration
import Conversation
import Cryptography
import EventLog
import LogURL
import PurgeRecords
import Records
import TenantKeys

/// Brings an older copy of the data and today's ledger of erasures together: what was erased since
/// is erased again.
enum RestoreCommand: Command {
    static let specification = ArgumentSpecification(
        "parley restore",
        summary: "Erases again, in an older copy of the data, what was erased for good since.",
        options: [
            .option("data", "DIR", "the data folder (default: $PARLEY_DATA, else .parley)"),
            .option("keys", "DIR", "today's keys folder (default: $PARLEY_KEYS, else DATA.keys)"),
            .option("log", "URL", "sqlite:PATH or kafka:HOST:PORT (default: in the data folder)"),
            .flag(
                "without-ledger",
                "takes the log's word, where both copies of the ledger are lost: what an older "
                    + "copy of the data brings back is not noticed"),
        ])

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let options = try ProcessOptions(arguments)
        try options.data.create()
        // Nothing may run meanwhile.
        let lock = try await InstallationLock.acquire(options.data) { Terminal.say("\($0)") }
        defer { lock.release() }
        let url = try LogURL(options.log)
        let log = try await url.open(
            maintains: false, caches: options.data.caches, clock: SystemClock.milliseconds
        ) { Terminal.complain($0) }
        do {
            // A copy from before there were keys has no such topics.
            let topics = try PipelineFile.read(options.pipeline).topicConfigurations(on: url)
            let written: Set = [Topic.keys.rawValue, Topic.purges.rawValue, Topic.tenants.rawValue]
            try await log.createTopics(topics.filter { written.contains($0.name) })
            let lines = try await restore(
                LedgerGate(log, options.keys), withoutLedger: arguments.has("without-ledger"))
            await log.close()
            Terminal.say(lines)
            return 0
        } catch {
            await log.close()
            throw error
        }
    }

    private static func restore(
        _ gate: LedgerGate, withoutLedger: Bool
    ) async throws -> [TerminalLine] {
        let logged = try await gate.logged()
        let copies = try gate.files.read(of: logged.installation)
        if logged.installation == nil, copies.first == .missing, copies.second == .missing {
            return ["there is nothing to restore: no ledger has begun yet"]
        }
        guard let plan = LedgerRestoration(logged, copies.first, copies.second) else {
            guard withoutLedger, let installation = logged.installation else {
                let second = gate.files.second(of: logged.installation ?? "*")
                throw ConfigurationError(
                    "the ledger of erasures",
                    "no copy is left that has all that the log says was erased: put back "
                        + "\(gate.files.first) or \(second), or add --without-ledger")
            }
            return try await remake(installation, gate)
        }
        try gate.files.replace(with: plan.ledger)
        var payloads: [any Payload] = []
        var records: [Record] = []
        if logged.installation == nil {
            payloads.append(
                LedgerBegun(installation: plan.ledger.installation, at: SystemClock.now()))
        }
        for entry in plan.erased {
            payloads += Self.payloads(of: entry, logged)
            records.append(Self.fence(entry))
        }
        try await gate.append(payloads, and: records)
        return said(plan)
    }

    /// What the log is told: the purge, which then goes on by itself, and that its keys are gone.
    private static func payloads(
        of entry: ErasureLedger.Entry, _ logged: LoggedErasures
    ) -> [any Payload] {
        var payloads: [any Payload] = entry.keys.filter { !logged.destroyed.contains($0) }.map {
            KeyRecord(
                id: $0, tenant: entry.tenant, from: Timestamp(milliseconds: 0),
                standing: .destroyed(at: entry.at))
        }
        guard logged.purges[entry.purge] == nil else { return payloads }
        var facts = PurgeFacts()
        facts.by = "restore"
        facts.reason = .restored
        payloads.append(
            TenantPurge(
                tenant: entry.tenant, purge: entry.purge, step: .requested,
                at: SystemClock.now(), facts: facts))
        return payloads
    }

    /// The tenant is no tenant any more.
    private static func fence(_ entry: ErasureLedger.Entry) -> Record {
        let id = RecordID("\(entry.purge.rawValue)/restored")
        return RecordEnvelope.conversation.tombstone(
            topic: .tenants, key: entry.tenant.rawValue,
            headers: RecordHeaders(
                id: id, type: TenantSettings.type, source: "ledger", time: SystemClock.now(),
                subject: entry.tenant.rawValue, correlation: id, causation: id,
                tenant: entry.tenant))
    }

    private static func said(_ plan: LedgerRestoration) -> [TerminalLine] {
        guard !plan.erased.isEmpty else { return ["both copies of the ledger are whole again"] }
        let names = plan.erased.map(\.tenant.rawValue).joined(separator: ", ")
        return [
            "erased again: \(names)",
            "the next `parley up` removes what is left of it (`parley tenant purges` tells how far "
                + "it is)",
        ]
    }

    /// Makes a ledger of what the log says.
    private static func remake(
        _ installation: String, _ gate: LedgerGate
    ) async throws -> [TerminalLine] {
        var ledger = try ErasureLedger(of: installation, at: SystemClock.now())
        for entry in try await gate.entered() {
            try ledger.enter(
                entry.purge, of: entry.tenant, keys: entry.facts.keys ?? [],
                at: entry.steps[.entered] ?? SystemClock.now())
        }
        try gate.files.replace(with: ledger)
        return ["the ledger was made anew of what the log says"]
    }
}
