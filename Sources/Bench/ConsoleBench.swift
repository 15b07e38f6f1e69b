import AccountRecords
import AuditRecords
import Configuration
import Conversation
import EventLog
import Foundation
import HTTPClient
import JSON
import Lifecycle
import Permissions
import Records

/// Measures how soon the console's lists and searches are answered where there is much: the real
/// process, over HTTP, with its views built from the log.
struct ConsoleBench: Sendable {
    var users = 100_000
    var tenants = 10_000
    var entries = 1_000_000
    /// Requests to each endpoint.
    var requests = 60

    /// Records in one append.
    private static let batch = 2_000
    /// How long the views may take to be built.
    private static let buildLimit = Duration.seconds(1_200)

    func run() async throws -> ConsoleReport {
        let folder = try ScratchFolder()
        // An installation as it is made: keys, topics, the console's key.
        let made = try await RunningPipeline.start(log: nil, folder: folder, outsidePort: nil)
        await made.stop()
        var report = ConsoleReport(users: users, tenants: tenants, entries: entries)
        let data = DataFolder(path: folder.path + "/data")
        let began = ProcessUsage.nanoseconds()
        try await fill(data, folder.path)
        report.fillSeconds = Double(ProcessUsage.nanoseconds() - began) / 1e9
        let console = try await RunningConsole.start(data, folder)
        do {
            try await console.waitUntilReady(within: Self.buildLimit)
            report.buildSeconds = console.seconds
            report.lists = try await measure(console)
            report.megabytes = console.residentMegabytes
        } catch {
            await console.stop()
            throw error
        }
        await console.stop()
        return report
    }

    // MARK: Records

    private static func tenant(_ number: Int) -> TenantID { TenantID("tenant-\(number)") }

    /// Another number for each: names do not come in the order of ids.
    private static func scattered(_ number: Int) -> Int {
        Int(truncatingIfNeeded: UInt32(truncatingIfNeeded: number &* 2_654_435_761))
    }

    private static func account(_ number: Int) -> AccountID {
        AccountID(NameHash.hex("account \(number)"))
    }

    private func fill(_ data: DataFolder, _ folder: String) async throws {
        let target = try BenchLog("sqlite:\(data.logFile)", folder: folder)
        let log = try await target.open(caches: folder + "/caches")
        let appender = try await log.openAppender()
        let envelope = RecordEnvelope(
            RecordTypes([AccountEvent.self, OrganisationEvent.self, AuditEntry.self]))
        let start = Timestamp(milliseconds: BenchLog.now()) - .seconds(30 * 86_400)
        try await append(users, to: appender, envelope) { Self.user($0, at: start) }
        try await append(tenants * 2, to: appender, envelope) { number in
            organisation(number / 2, isJoining: number % 2 == 1, at: start)
        }
        try await append(entries, to: appender, envelope) { entry($0, from: start) }
        await appender.close()
        await log.close()
    }

    private func append(
        _ count: Int, to appender: any EventLogAppender, _ envelope: RecordEnvelope,
        _ make: (Int) -> any Payload
    ) async throws {
        for first in stride(from: 0, to: count, by: Self.batch) {
            let records = try (first..<min(count, first + Self.batch)).map { number in
                let payload = make(number)
                let type = type(of: payload).type
                let id = RecordID(NameHash.hex("\(type) \(number)"))
                return try envelope.record(
                    payload,
                    headers: RecordHeaders(
                        id: id, type: type, source: "bench",
                        time: Timestamp(milliseconds: BenchLog.now()), subject: payload.key,
                        correlation: id, causation: id, tenant: payload.tenant))
            }
            try await appender.append(records)
        }
    }

    private static let names = ["Ana", "Vicent", "Laia", "Marta", "Pau", "Núria", "Jordi", "Eva"]

    private static func user(_ number: Int, at start: Timestamp) -> any Payload {
        var facts = AccountFacts()
        facts.standing = number % 50 == 0 ? .disabled : .active
        facts.isVerified = number % 7 != 0
        let name = names[scattered(number) % names.count]
        facts.name = "\(name) Person\(scattered(number) % 1_000_000)"
        let address = "person\(number)@example\(number % 100).org"
        facts.address = AddressClaim(key: AddressKey(NameHash.hex(address)), text: address)
        facts.language = number % 2 == 0 ? "en" : "es"
        facts.password = .init(hash: "scrypt", version: 1)
        facts.createdAt = start
        return AccountEvent(
            account: account(number), epoch: 1, facts: facts, change: .created, at: start)
    }

    private func organisation(
        _ number: Int, isJoining: Bool, at start: Timestamp
    ) -> any Payload {
        var facts = OrganisationFacts()
        facts.standing =
            number % 40 == 0 ? .suspended(since: start, reason: "trial") : .active
        facts.profile.name = "Business \(Self.scattered(number) % 1_000_000)"
        facts.plan = number % 3 == 0 ? "free" : "team"
        facts.createdAt = start
        let owner = TeamMember(
            account: Self.account(number % max(1, users)), role: .owner,
            membership: RecordID("membership-\(number)"), since: start)
        return OrganisationEvent(
            tenant: Self.tenant(number), facts: facts,
            change: isJoining ? .joined(owner) : .created, at: start)
    }

    private static let actions = [
        "member.invite", "settings.change", "key.make", "document.add", "account.signIn",
        "handoff.claim", "tenant.suspend",
    ]

    private func entry(_ number: Int, from start: Timestamp) -> any Payload {
        let place = Self.scattered(number)
        let actor = Self.account(place % max(1, users))
        return AuditEntry(
            tenant: Self.tenant(place % max(1, tenants)),
            by: AuditActor(.account, actor.rawValue, name: Self.names[place % Self.names.count]),
            action: Self.actions[place % Self.actions.count],
            on: AuditTarget("account", Self.account(place / 3 % max(1, users)).rawValue),
            at: start + .milliseconds(Int64(number) * 2_500))
    }

    // MARK: Requests

    /// Asks each list and count of the API, as its own description tells them: what lands later is
    /// measured, too.
    private func measure(_ console: RunningConsole) async throws -> [ConsoleReport.List] {
        var lists: [ConsoleReport.List] = []
        for target in try await console.lists(of: Self.tenant(tenants / 2).rawValue) {
            var times: [UInt64] = []
            var after: String?
            for number in 0..<requests {
                let began = ProcessUsage.nanoseconds()
                let answer = try await console.get(target.path, target.query, after: after)
                times.append(ProcessUsage.nanoseconds() - began)
                guard answer.status == 200 else {
                    throw RunningPipeline.Failure(
                        description: "\(target.path) was answered \(answer.status)")
                }
                // From page to page, and again from the first.
                after = target.isPaged && number % 20 != 19 ? answer.next : nil
            }
            lists.append(.init(name: target.name, latencies: Latencies(times)))
        }
        return lists
    }
}

/// What the measurement of the console found.
struct ConsoleReport: BenchReport {
    /// One list, count or search.
    struct List: Codable, Sendable {
        var name: String
        var latencies: Latencies
        /// Whether half of all answers came within what is promised.
        var isSoon: Bool { latencies.p50 <= ConsoleReport.promise }
    }

    /// Milliseconds within which half of all answers come.
    static let promise = 100.0

    var users: Int
    var tenants: Int
    var entries: Int
    /// Until the records were written.
    var fillSeconds = 0.0
    /// Until the console had built its views of them.
    var buildSeconds = 0.0
    /// What the console has in memory afterwards.
    var megabytes = 0.0
    var lists: [List] = []

    var isSound: Bool { !lists.isEmpty && lists.allSatisfy(\.isSoon) }

    var lines: [String] {
        let head = [
            "\(users) users, \(tenants) tenants, \(entries) audit entries",
            "records written: \(rounded(fillSeconds)) s; views built: \(rounded(buildSeconds)) s; "
                + "the console's memory: \(rounded(megabytes)) MB",
        ]
        return head
            + lists.map { list in
                let times = list.latencies
                return "\(list.name): median \(rounded(times.p50)) ms, p95 \(rounded(times.p95)) ms"
                    + (list.isSoon ? "" : " — more than \(rounded(Self.promise)) ms")
            }
    }
}
