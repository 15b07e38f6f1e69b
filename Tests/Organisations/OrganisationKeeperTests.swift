import AccountRecords
import AuditRecords
import Conversation
import EventLog
import OpeningHours
import OrganisationKeeping
import PipelineTesting
import Records
import Synchronization
import Telemetry
import Testing
import TimeZones
import ZoneDatabase

/// Connected businesses and decided organisations, and what is wished of them.
@Suite("Bringing organisations and businesses together", .timeLimit(.minutes(5)))
struct OrganisationKeeperTests {
    private static func settings(_ tenant: TenantID) -> TenantSettings {
        let sealed = TenantSettings.Sealed(keyID: "k", box: "b")
        return TenantSettings(
            tenant: tenant, name: "Sol", account: "1", numbers: [], appSecret: sealed,
            verifyToken: sealed, accessToken: sealed, graphURL: "https://g", graphVersion: "v1",
            updatedAt: Timestamp(seconds: 1))
    }

    private static func event(
        _ tenant: TenantID, _ standing: OrganisationFacts.Standing, at seconds: Int64 = 10
    ) -> OrganisationEvent {
        var facts = OrganisationFacts()
        facts.standing = standing
        return OrganisationEvent(
            tenant: tenant, facts: facts, change: .created, at: Timestamp(seconds: seconds))
    }

    /// A log, the keeper over it, and what it asks of others.
    private final class Scene: Sendable {
        let log: InMemoryEventLog
        let purged = Mutex<[TenantID]>([])
        let erasedAt = Mutex<[TenantID: Timestamp]>([:])
        let erasing = Mutex<Set<TenantID>>([])
        /// What the console's own table has.
        let settings = Mutex<[TenantID: TenantSettings]>([:])
        /// The zones' rules, once they cannot be read.
        let zoneProblem = Mutex<ZoneError?>(nil)

        init() async throws {
            log = InMemoryEventLog { 0 }
            for topic in [Topic.tenants, .organisationsEvents, .organisationsCommands] {
                try await log.createTopics([
                    TopicConfiguration(
                        name: topic.rawValue, partitions: 1, cleanup: .delete(retention: nil))
                ])
            }
        }

        func keeper() async throws -> OrganisationKeeper {
            OrganisationKeeper(
                .init(
                    appender: try await log.openAppender(), envelope: .program,
                    ensureKey: { KeyID("key-\($0)") },
                    whileTenantsRest: { try await $0() },
                    settings: { [self] tenant in settings.withLock { $0[tenant] } },
                    isBeingErased: { [self] tenant in
                        erasing.withLock { $0.contains(tenant) }
                    },
                    erasedAt: { [self] tenant in erasedAt.withLock { $0[tenant] } },
                    purge: { [self] tenant in purged.withLock { $0.append(tenant) } },
                    zone: { [self] name throws(ZoneError) in
                        if let problem = zoneProblem.withLock({ $0 }) { throw problem }
                        return try ZoneDatabase.system.rules(of: name)
                    },
                    now: { Timestamp(seconds: 1_796_000_000) }),
                logger: Logger(service: "test", to: { _ in }))
        }

        func append(_ payloads: any Payload...) async throws {
            let appender = try await log.openAppender()
            for (number, payload) in payloads.enumerated() {
                let id = RecordID("\(type(of: payload).type)-\(payload.key)-\(number)")
                try await appender.append([
                    try RecordEnvelope.program.record(
                        payload,
                        headers: RecordHeaders(
                            id: id, type: type(of: payload).type, source: "t",
                            time: Timestamp(seconds: 1), subject: payload.key, correlation: id,
                            causation: id, tenant: payload.tenant))
                ])
            }
            await appender.close()
        }

        func wishes() async throws -> [OrganisationCommand] {
            var found: [OrganisationCommand] = []
            let topic = Topic.organisationsCommands.rawValue
            for described in try await log.describeTopics() where described.name == topic {
                let spans = [TopicPartition(topic, 0): 0..<described.partitions[0].high]
                try await RecordSpans.read(spans, in: log) { consumed in
                    let value = (try? RecordEnvelope.program.decode(consumed.record))?.value
                    if case .payload(let command as OrganisationCommand)? = value {
                        found.append(command)
                    }
                }
            }
            return found
        }

        /// Waits for the newest settings in the log that fit.
        func newest(
            of tenant: TenantID, where fits: @Sendable (TenantSettings) -> Bool
        ) async throws -> TenantSettings {
            try await eventually("such settings are written") {
                var newest: TenantSettings?
                let topic = Topic.tenants.rawValue
                for described in try await log.describeTopics() where described.name == topic {
                    let spans = [TopicPartition(topic, 0): 0..<described.partitions[0].high]
                    try await RecordSpans.read(spans, in: log) { consumed in
                        let value = (try? RecordEnvelope.program.decode(consumed.record))?.value
                        if case .payload(let settings as TenantSettings)? = value,
                            settings.tenant == tenant
                        {
                            newest = settings
                        }
                    }
                }
                return newest.flatMap { fits($0) ? $0 : nil }
            }
        }

        /// Runs a keeper until `body` is done.
        func run(_ body: () async throws -> Void) async throws {
            let keeper = try await keeper()
            let table = TopicTable(
                [keeper.feed], in: log, reading: .program, metrics: Metrics(),
                logger: Logger(service: "test", to: { _ in }))
            let feeding = Task { try await table.run() }
            try await table.waitUntilCaughtUp()
            let running = Task { await keeper.run() }
            try await body()
            running.cancel()
            feeding.cancel()
            await running.value
        }
    }

    @Test("a business without an organisation gets one, once, however often all starts again")
    func creates() async throws {
        let scene = try await Scene()
        try await scene.append(Self.settings("sol"))
        for _ in 0..<2 {
            try await scene.run {
                try await eventually("it is so") { try await !scene.wishes().isEmpty }
            }
        }
        let ids = Set(try await scene.wishes().map(\.id))
        #expect(ids.count == 1)
        guard case .create(let new)? = try await scene.wishes().first?.action else {
            Issue.record("something else is wished")
            return
        }
        #expect(new.name == "Sol")
        // Once it is there, nothing is wished any more.
        try await scene.append(Self.event("sol", .active))
        let count = try await scene.wishes().count
        try await scene.run {
            try await scene.append(Self.settings("luna"))
            try await eventually("it is so") { try await scene.wishes().count > count }
        }
        #expect(try await scene.wishes().dropFirst(count).map(\.tenant) == ["luna"])
    }

    @Test("how an organisation stands is brought to its business, and what else it set stays")
    func standings() async throws {
        let scene = try await Scene()
        var own = Self.settings("sol")
        own.about = "bicycles"
        let before = own
        scene.settings.withLock { $0["sol"] = before }
        let since = Timestamp(seconds: 9)
        try await scene.append(
            Self.settings("sol"),
            Self.event("sol", .suspended(since: since, reason: "unpaid")))
        try await scene.run {
            let found = try await scene.newest(of: "sol") { $0.standing != nil }
            // Not what the log said first: what whoever changes settings sees.
            #expect(found.about == "bicycles")
            #expect(found.standing == .suspended(since: since, notice: nil))
            scene.settings.withLock { $0["sol"] = found }
            try await scene.append(Self.event("sol", .active, at: 11))
            let again = try await scene.newest(of: "sol") { $0.standing == nil && $0 != before }
            #expect(again.about == "bicycles")
            scene.settings.withLock { $0["sol"] = again }
        }
        #expect(try await scene.wishes().isEmpty)
    }

    @Test("opening hours are brought with their zone's rules, and stay where there are none now")
    func hours() async throws {
        let scene = try await Scene()
        let own = Self.settings("sol")
        scene.settings.withLock { $0["sol"] = own }
        func event(_ from: Int, at seconds: Int64, inUse: Bool = true) throws -> OrganisationEvent {
            var facts = OrganisationFacts()
            facts.standing = .active
            facts.locale = .init(language: "es", timeZone: "Europe/Madrid", dateFormat: "d/M/y")
            let old = try #require(CivilDate("2020-12-25"))
            let soon = try #require(CivilDate("2026-12-24"))
            facts.hours = .init(
                inUse: inUse,
                schedule: OpeningSchedule(
                    week: [.init(day: 1, span: DaySpan(from: from, to: 1_020))],
                    closures: [.init(date: old), .init(date: soon, name: "Ana is away")]))
            return OrganisationEvent(
                tenant: "sol", facts: facts, change: .changed(.hours),
                at: Timestamp(seconds: seconds))
        }
        try await scene.append(own, try event(540, at: 10))
        try await scene.run {
            let found = try await scene.newest(of: "sol") { $0.hours != nil }
            let hours = try #require(found.hours)
            #expect(hours.language == "es" && hours.opening.zone.name == "Europe/Madrid")
            #expect(hours.opening.zone.version == ZoneDatabase.system.version)
            // What is long over is left out, and so are names.
            #expect(hours.opening.schedule.closures.map(\.date.year) == [2026])
            #expect(hours.opening.schedule.closures.map(\.name) == [nil])
            // A Monday of 2026 at nine, in winter.
            #expect(hours.opening.isOpen(at: 1_796_025_600))
            #expect(!hours.opening.isOpen(at: 1_796_025_599))
            scene.settings.withLock { $0["sol"] = found }
            scene.zoneProblem.withLock { $0 = .unknown("Europe/Madrid") }
            try await scene.append(try event(600, at: 11))
            scene.zoneProblem.withLock { $0 = nil }
            try await scene.append(try event(660, at: 12))
            let later = try await scene.newest(of: "sol") {
                $0.hours?.opening.schedule.week.first?.span.from == 660
            }
            scene.settings.withLock { $0["sol"] = later }
            try await scene.append(try event(660, at: 13, inUse: false))
            _ = try await scene.newest(of: "sol") { $0.hours == nil && $0 != own }
        }
    }

    @Test("an organisation whose end was decided is removed for good, but not what came after")
    func purges() async throws {
        let scene = try await Scene()
        scene.erasing.withLock { $0 = ["gone"] }
        scene.erasedAt.withLock { $0["anew"] = Timestamp(seconds: 50) }
        try await scene.append(
            Self.settings("sol"), Self.event("sol", .purged), Self.event("gone", .purged),
            Self.settings("anew"), Self.event("anew", .purged, at: 40),
            Self.event("luna", .suspended(since: Timestamp(seconds: 1), reason: "x")))
        try await scene.run {
            try await eventually("it is so") { !scene.purged.withLock(\.isEmpty) }
            // It was erased, and connected anew: another organisation.
            try await eventually("it is so") {
                try await scene.wishes().contains { $0.tenant == "anew" }
            }
        }
        #expect(Set(scene.purged.withLock { $0 }) == ["sol"])
    }
}
