import AccountRecords
import AuditRecords
package import Conversation
package import EventLog
package import Records
import Synchronization
package import Telemetry
package import TimeZones
import ZoneDatabase

/// Brings together what was decided about organisations and the businesses that are connected.
///
/// Each connected business has an organisation; its settings say how that stands, so that every
/// stage knows it; and one whose end was decided is removed for good. All of it is done again until
/// it is so, after whatever kill: what was wished twice is recognised by its reference.
package final class OrganisationKeeper: Sendable {
    /// Where it works.
    package struct Workplace: Sendable {
        /// Writes.
        package var appender: any EventLogAppender
        /// Makes records.
        package var envelope: RecordEnvelope
        /// Sees to it that a tenant has a key, and says which names what belongs to it.
        package var ensureKey: @Sendable (TenantID) async throws -> KeyID
        /// Runs a body while no tenant is connected, changed or disconnected.
        package var whileTenantsRest: @Sendable (() async throws -> Void) async throws -> Void
        /// The settings of a connected tenant, as whoever changes them sees them.
        package var settings: @Sendable (TenantID) -> TenantSettings?
        /// Whether a tenant is being erased for good.
        package var isBeingErased: @Sendable (TenantID) -> Bool
        /// When a tenant's keys were last destroyed: what was decided until then is void.
        package var erasedAt: @Sendable (TenantID) -> Timestamp?
        /// Asks for a tenant's removal for good; done again, it does no harm.
        package var purge: @Sendable (TenantID) async throws -> Void
        /// The rules of a time zone, as the system has them now.
        package var zone: @Sendable (String) throws(ZoneError) -> ZoneRules
        /// Wall-clock time.
        package var now: @Sendable () -> Timestamp

        /// Puts a workplace together.
        package init(
            appender: any EventLogAppender, envelope: RecordEnvelope,
            ensureKey: @escaping @Sendable (TenantID) async throws -> KeyID,
            whileTenantsRest: @escaping @Sendable (() async throws -> Void) async throws -> Void,
            settings: @escaping @Sendable (TenantID) -> TenantSettings?,
            isBeingErased: @escaping @Sendable (TenantID) -> Bool,
            erasedAt: @escaping @Sendable (TenantID) -> Timestamp?,
            purge: @escaping @Sendable (TenantID) async throws -> Void,
            zone: @escaping @Sendable (String) throws(ZoneError) -> ZoneRules = {
                name throws(ZoneError) in try ZoneDatabase.system.rules(of: name)
            },
            now: @escaping @Sendable () -> Timestamp
        ) {
            self.appender = appender
            self.envelope = envelope
            self.ensureKey = ensureKey
            self.whileTenantsRest = whileTenantsRest
            self.settings = settings
            self.isBeingErased = isBeingErased
            self.erasedAt = erasedAt
            self.purge = purge
            self.zone = zone
            self.now = now
        }
    }

    private struct Known {
        var settings: [TenantID: TenantSettings] = [:]
        var organisations: [TenantID: (facts: OrganisationFacts, at: Timestamp)] = [:]
        /// Tenants that may want something done.
        var changed: Set<TenantID> = []
        /// Tenants whose organisation was wished for already, with the key of that time.
        var wished: [TenantID: KeyID] = [:]
    }

    /// The wait before what failed is tried again.
    private static let retryWait = Duration.seconds(3)
    /// How long a change of settings may take to be read here.
    private static let patience = Duration.seconds(10)

    let place: Workplace
    let logger: Logger
    private let known = Mutex(Known())
    private let news: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation

    /// Prepares; nothing happens before ``run()``.
    package init(_ place: Workplace, logger: Logger) {
        self.place = place
        self.logger = logger
        (news, tell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// What it has to know: to be read to its end before ``run()``.
    package var feed: TopicTable.Feed {
        TopicTable.Feed([.tenants, .organisationsEvents]) { [self] value, headers, _ in
            known.withLock { known in
                switch value {
                case .payload(let settings as TenantSettings):
                    known.settings[settings.tenant] = settings
                case .payload(let event as OrganisationEvent):
                    if case .refused = event.change { return }
                    known.organisations[event.tenant] = (event.facts, event.at)
                case .tombstone(let key): known.settings[TenantID(key)] = nil
                case .payload, .unknown, .erased: return
                }
                known.changed.insert(headers.tenant)
            }
            tell.yield()
        }
    }

    /// Sees to all that changed, until cancelled.
    package func run() async {
        async let looking: Void = lookAgain()
        await seeToChanges()
        await looking
    }

    private func seeToChanges() async {
        tell.yield()
        for await _ in news {
            while true {
                let changed = known.withLock { known in
                    defer { known.changed = [] }
                    return known.changed
                }
                guard !changed.isEmpty else { break }
                var failed: Set<TenantID> = []
                for tenant in changed.sorted() {
                    if Task.isCancelled { return }
                    if !(await see(to: tenant)) { failed.insert(tenant) }
                }
                guard !failed.isEmpty else { continue }
                known.withLock { $0.changed.formUnion(failed) }
                try? await Task.sleep(for: Self.retryWait)  // cancelled: the loop ends
            }
        }
    }

    /// Sees to all that have hours.
    func seeToHours() {
        known.withLock { known in
            known.changed.formUnion(
                known.organisations.filter { $0.value.facts.hours?.inUse == true }.keys)
        }
        tell.yield()
    }

    /// Does what one tenant wants; answers whether it is done.
    private func see(to tenant: TenantID) async -> Bool {
        guard !place.isBeingErased(tenant) else { return true }
        let (settings, decided) = known.withLock {
            ($0.settings[tenant], $0.organisations[tenant])
        }
        let erasedAt = place.erasedAt(tenant)
        let isVoid = decided.map { decided in erasedAt.map { decided.at <= $0 } ?? false } ?? true
        do {
            guard let organisation = decided?.facts, !isVoid else {
                if let settings { try await wish(for: settings) }
                return true
            }
            if organisation.standing == .purged {
                try await place.purge(tenant)
            } else if let settings {
                let brought = brought(to: settings, by: organisation)
                if !brought.isHeld(by: settings) { try await bring(brought, to: tenant) }
            }
            return true
        } catch {
            logger.warning(
                "an organisation and its business wait to be brought together",
                [.tenant: .identifier(tenant), .error: .error(error)])
            return false
        }
    }

    /// Wishes for the organisation of a business that was connected without one.
    private func wish(for settings: TenantSettings) async throws {
        let tenant = settings.tenant
        let key = try await place.ensureKey(tenant)
        guard known.withLock({ $0.wished.updateValue(key, forKey: tenant) }) != key else { return }
        do {
            // The key's name: an organisation of the same name, after a removal, is another.
            let command = OrganisationCommand(
                tenant: tenant, by: .system,
                action: .create(
                    NewOrganisation(
                        name: settings.name, plan: "free",
                        locale: .init(
                            language: "en", timeZone: "UTC", dateFormat: "yyyy-MM-dd"))),
                reference: "connected/\(key)", at: place.now())
            try await append(command, id: command.id)
        } catch {
            known.withLock { $0.wished[tenant] = nil }
            throw error
        }
    }

    /// Writes what an organisation decided into its business's settings.
    private func bring(_ brought: Brought, to tenant: TenantID) async throws {
        try await place.whileTenantsRest {
            // Each change waits until it is visible there: this one replaces none.
            guard var settings = self.place.settings(tenant), !brought.isHeld(by: settings)
            else { return }
            settings.standing = brought.standing
            settings.hours = brought.hours
            settings.serviceLevels = brought.levels
            settings.updatedAt = self.place.now()
            let id = RecordID.derived(
                from: RecordID("\(tenant)/\(settings.updatedAt.rfc3339)"), by: "standing")
            try await self.append(settings, id: id)
            let deadline = ContinuousClock.now + Self.patience
            while let seen = self.place.settings(tenant), !brought.isHeld(by: seen),
                ContinuousClock.now < deadline
            {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        logger.notice(
            "what an organisation decided is brought to its stages", [.tenant: .identifier(tenant)])
    }

    private func append(_ payload: some Payload, id: RecordID) async throws {
        let record = try place.envelope.record(
            payload,
            headers: RecordHeaders(
                id: id, type: type(of: payload).type, source: "organisations", time: place.now(),
                subject: payload.key, correlation: id, causation: id, tenant: payload.tenant))
        try await place.appender.append([record])
    }
}

extension OrganisationFacts {
    /// Why the business is not served; `nil` where it is.
    var served: TenantSettings.Standing? {
        switch standing {
        case .suspended(let since, _): .suspended(since: since, notice: suspension.notice)
        case .deleted, .purged: .deleted
        case .none, .active: nil
        }
    }
}
