import AuditRecords
import Conversation
import ConversationView
import DocumentView
import Endpoints
import EventLog
import HTTPServer
import Live
import Records
import SQLite
import TenantDirectory
import Views

/// What all endpoints of the console share: the tenants, the views, and a way to write.
final class ConsoleContext: Sendable {
    let tenants: TenantDirectory
    let documents: StoredView
    let conversations: StoredView
    let hub: AgentHub
    let commands: CommandSender
    /// Finds whose statuses are that do not say so.
    let placing = StatusPlacing()
    let records: ConsoleRecords
    let options: ConsoleOptions
    /// Told of each document that the indexer has settled.
    let settled = Expectations<DocumentSettled>()
    /// Told of each record of the topic `tenants` that the directory knows.
    let appliedTenants = Expectations<RecordID>()

    init(
        tenants: TenantDirectory, views: ViewKeeping, records: ConsoleRecords,
        options: ConsoleOptions
    ) {
        self.tenants = tenants
        self.records = records
        self.options = options
        let hub = AgentHub(
            run: String(UInt64.random(in: 0 ... .max), radix: 36), limits: options.agents,
            now: records.now)
        options.seats.open(hub)
        let answers = CommandSender.Answers()
        let live = options.live
        conversations = views.stored(ConversationView.view) { [placing] changes in
            live?.hear(changes.compactMap(Self.heard))
            for change in changes {
                switch change {
                case let change as HandoffChanged: hub.hear(change)
                case is StatusFound: placing.wake()
                case is ViewStartedOver: hub.closeAll()
                case let change as QueuesChanged: hub.hear(change)
                default: break
                }
            }
            // What happened is told before the answer to who wished it.
            for case let answered as CommandAnswered in changes {
                answers.happened(.answered(answered))
            }
        }
        documents = views.stored(DocumentView.view) { [settled] changes in
            live?.hear(changes.compactMap(Self.heard))
            for case let change as DocumentSettled in changes { settled.happened(change) }
        }
        self.hub = hub
        options.routing?.tell { hub.hear($0, at: records.now()) }
        commands = CommandSender(records: records, answers: answers, known: conversations)
    }

    /// What pages hear of a change: which row, and never what customers wrote.
    private static func heard(_ change: any ViewChange) -> (any ViewChange)? {
        switch change {
        case let change as HandoffChanged:
            switch change.change {
            case .updated(let handoff):
                return HeardRow(
                    RowChanged(
                        "handoffs", .tenant(change.tenant), id: handoff.conversation.rawValue),
                    heardBy: change.audience)
            case .ended(let conversation, _):
                return HeardRow(
                    RowChanged(
                        "handoffs", .tenant(change.tenant), id: conversation.rawValue,
                        kind: .removed), heardBy: change.audience)
            default: return nil
            }
        case let change as DocumentTouched:
            return RowChanged("documents", .tenant(change.tenant), id: change.document.rawValue)
        case let change as DocumentSettled:
            let state = change.state
            return RowChanged("documents", .tenant(state.tenant), id: state.document.rawValue)
        default: return nil
        }
    }

    /// What keeps a tenant from sending over WhatsApp, as it is shown; `nil` where nothing does.
    func stops(of tenant: TenantID) -> [ChannelStopListing]? {
        let stops = options.channels.stops(of: tenant)
        return stops.isEmpty ? nil : stops.map { ChannelStopListing($0) }
    }

    /// Follows a record of the topic `tenants`.
    func apply(tenant value: RecordValue, _ headers: RecordHeaders) {
        switch value {
        case .payload(let settings as TenantSettings): tenants.put(settings)
        case .tombstone(let key): tenants.remove(TenantID(key))
        default: break
        }
        appliedTenants.happened(headers.id)
    }

    /// Appends records and waits until a view or table shows the one of that id.
    func write(
        _ list: [Record], visible id: RecordID, in applied: Expectations<RecordID>
    ) async throws {
        let expectation = applied.expect { $0 == id }
        do {
            try await append(list)
        } catch {
            applied.forget(expectation)
            throw error
        }
        guard await applied.event(expectation, within: options.visibilityWait) != nil else {
            throw Problem(
                .notVisible,
                "the change is stored, but the console does not see it yet; look again "
                    + "in a moment")
        }
    }

    /// Appends records that no view or table need show before the answer.
    func append(_ list: [Record]) async throws(Problem) {
        do throws(EventLogError) {
            try await records.appender.append(list)
        } catch {
            throw Problem(.notStored, "nothing was stored: \(error.description)")
        }
    }

    /// Appends who did, or looked at, what.
    func append(audit entry: AuditEntry) async throws(Problem) {
        let record: Record
        do {
            record = try records.record(entry, id: records.freshID())
        } catch {
            throw Problem(.notStored, "nothing was stored: \(error)")
        }
        try await append([record])
    }

    /// Forgets what was said longer ago than each tenant wants, again and again until cancelled.
    ///
    /// The view is made of a log that may keep more, so it forgets anew after it was built anew.
    func forgetOldMessages() async {
        while !Task.isCancelled {
            if conversations.isCaughtUp { await forgetOnce() }
            // A cancelled sleep ends the loop.
            try? await Task.sleep(
                for: conversations.isCaughtUp ? options.forgetEvery : .milliseconds(200))
        }
    }

    private func forgetOnce() async {
        do throws(SQLiteError) {
            for tenant in try await conversations.read(ConversationView.tenants) {
                let kept =
                    tenants.tenant(tenant)?.settings.keptMessageDays
                    ?? TenantSettings.longestMessageDays
                let moment = records.now() - .seconds(kept * 86_400)
                while try await conversations.change({ rows throws(SQLiteError) in
                    try ConversationView.forget(before: moment, of: tenant, rows)
                }) { if Task.isCancelled { return } }
            }
        } catch {
            // The view says itself what is wrong with its file; the next round tries again.
        }
    }

    /// The tenant of a scope.
    func tenant(_ scope: TenantScope) throws(Problem) -> Tenant {
        try tenants.served(scope.tenant)
    }
}

extension StoredView {
    /// Reads for an answer: half a view would look like a whole one.
    func answer<Value: Sendable>(
        _ body: @Sendable (Rows) throws(SQLiteError) -> Value
    ) async throws(Problem) -> Value {
        let value: Value?
        do throws(SQLiteError) { value = try await read(body) } catch { value = nil }
        guard let value, isCaughtUp else {
            throw Problem(.starting, "the console is reading the log anew; try again in a moment")
        }
        return value
    }
}

extension Problem.Kind {
    static let notStored = Self(503, "not_stored")
    static let notVisible = Self(504, "not_visible")
    /// What every endpoint that writes may answer.
    static let writing: [Self] = [notStored, notVisible]
}
