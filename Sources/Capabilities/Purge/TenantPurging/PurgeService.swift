package import Conversation
import Cryptography
import EventLog
package import PurgeRecords
package import Records
import Synchronization
package import Telemetry
package import TenantKeys

/// Removes tenants for good: carries each purge on from where the log says that it is, after
/// whatever kill.
package final class PurgeService: Sendable {
    private struct State {
        var book = PurgeBook()
        /// Why the next step is not done yet.
        var waiting: [PurgeID: String] = [:]
        /// Asked for, and not in the log yet.
        var asked: [TenantID: PurgeID] = [:]
    }

    private let place: PurgeWorkplace
    private let limits: PurgeLimits
    private let steps: PurgeSteps
    private let logger: Logger
    private let state = Mutex(State())

    /// Prepares; nothing happens before ``run()``.
    package init(_ place: PurgeWorkplace, limits: PurgeLimits = PurgeLimits(), logger: Logger) {
        self.place = place
        self.limits = limits
        steps = PurgeSteps(place, limits)
        self.logger = logger
    }

    /// What keeps the book of purges: to be read before ``run()``.
    package var feed: TopicTable.Feed {
        TopicTable.Feed([.purges]) { [self] value, _, _ in
            guard case .payload(let payload) = value else { return }
            follow(payload)
        }
    }

    private func follow(_ payload: any Payload) {
        state.withLock { state in
            state.book.follow(payload)
            if let step = payload as? TenantPurge, state.asked[step.tenant] == step.purge {
                state.asked[step.tenant] = nil
            }
        }
    }

    /// All purges, oldest first.
    package var book: PurgeBook { state.withLock(\.book) }

    /// Whether a tenant is being erased, so that nothing of it may come into being.
    package func isBeingErased(_ tenant: TenantID) -> Bool {
        state.withLock { $0.asked[tenant] != nil || $0.book.isBeingErased(tenant) }
    }

    /// A purge as far as it has come.
    package func status(of purge: PurgeID) -> PurgeReceipt? {
        state.withLock { state in
            state.book[purge].map { PurgeReceipt($0, waitingFor: state.waiting[purge]) }
        }
    }

    /// Asks for a tenant's removal; the same purge again where one is under way, or where nothing
    /// has come into being since.
    ///
    /// - Returns: The purge; `nil` if nobody has heard of the tenant.
    package func request(
        _ tenant: TenantID, isConnected: Bool, by actor: String, because reason: PurgeFacts.Reason
    ) async throws -> PurgeID? {
        let hasKeys = try await PurgeLog(place: place).keys(of: tenant).keys.values
            .contains(where: \.isLiving)
        let fresh = PurgeID(Hex.encode(try RandomBytes.make(count: 16)))
        let (purge, isNew) = state.withLock { state -> (PurgeID?, Bool) in
            if let asked = state.asked[tenant] { return (asked, false) }
            if let newest = state.book.newest(of: tenant),
                !newest.isComplete || !(isConnected || hasKeys)
            {
                return (newest.purge, false)
            }
            guard isConnected || hasKeys else { return (nil, false) }
            state.asked[tenant] = fresh
            return (fresh, true)
        }
        guard let purge, isNew else { return purge }
        var facts = PurgeFacts()
        facts.by = actor
        facts.reason = reason
        let step = TenantPurge(
            tenant: tenant, purge: purge, step: .requested, at: place.now(), facts: facts)
        do {
            try await append(step)
        } catch {
            state.withLock { $0.asked[tenant] = nil }
            throw error
        }
        return purge
    }

    /// Appends a step, and follows it at once: the topic will tell the same again.
    private func append(_ step: TenantPurge) async throws {
        let record = try PurgeLog(place: place).record(step, step.purge, step.step.rawValue)
        try await place.appender.append([record])
        follow(step)
    }

    /// Carries purges on until cancelled; the book must have been read by then.
    package func run() async {
        while !Task.isCancelled {
            for purge in book.open { await carryOn(purge.purge) }
            // Cancelled: the loop ends.
            try? await Task.sleep(for: limits.look)
        }
    }

    /// Does one purge's steps until one has to wait.
    private func carryOn(_ purge: PurgeID) async {
        while !Task.isCancelled {
            let book = book
            guard let progress = book[purge], let step = progress.next else { return }
            do {
                let facts = try await steps.perform(step, of: progress, in: book)
                try await append(
                    TenantPurge(
                        tenant: progress.tenant, purge: purge, step: step, at: place.now(),
                        facts: facts))
                state.withLock { $0.waiting[purge] = nil }
                logger.info(
                    "a step of a purge is done",
                    [
                        .tenant: .identifier(progress.tenant),
                        .component: .identifier(step.rawValue),
                    ])
            } catch {
                note(error, step, progress)
                return
            }
        }
    }

    private func note(
        _ error: any Error, _ step: TenantPurge.Step, _ purge: PurgeProgress
    ) {
        let reason = "\(error)"
        let isNews = state.withLock { state in
            defer { state.waiting[purge.purge] = reason }
            return state.waiting[purge.purge] != reason
        }
        guard isNews, !(error is PurgeWaits), !Task.isCancelled else { return }
        logger.warning(
            "a step of a purge is tried again",
            [
                .tenant: .identifier(purge.tenant), .component: .identifier(step.rawValue),
                .error: .error(error),
            ])
    }
}
