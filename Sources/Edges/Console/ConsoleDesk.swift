import Conversation
import Endpoints
import EventLog
import HTTPServer
import Records
import TenantDirectory
import Views

/// What all endpoints of the console share: the tables, and a way to write.
final class ConsoleDesk: Sendable {
    let tenants: TenantDirectory
    let documents = DocumentTable()
    let hub = AgentHub()
    let commands: CommandDesk
    let records: ConsoleRecords
    let options: ConsoleOptions
    private let applied = Expectations<RecordID>()

    init(
        tenants: TenantDirectory, records: ConsoleRecords, options: ConsoleOptions
    ) {
        self.tenants = tenants
        self.records = records
        self.commands = CommandDesk(records: records)
        self.options = options
    }

    /// The topics whose records `apply` takes.
    static let topics: [Topic] = [
        .tenants, .documents, .documentsState, .handoffEvents, .deadLetters,
    ]

    /// Takes in a record of the topics above.
    func apply(_ value: RecordValue, _ headers: RecordHeaders, in topic: Topic) {
        guard topic != .deadLetters else {
            // Nobody else tells who sent it: a stage says nothing of what it could not handle.
            switch value {
            case .payload(let command as HandoffCommand): commands.note(setAside: command)
            case .payload(let upload as DocumentUpload): documents.apply(setAside: upload)
            default: break
            }
            return
        }
        switch value {
        case .payload(let settings as TenantSettings): tenants.put(settings)
        case .tombstone(let key) where topic == .tenants: tenants.remove(TenantID(key))
        case .payload(let upload as DocumentUpload): documents.apply(upload)
        case .payload(let removal as DocumentRemoval): documents.apply(removal)
        case .payload(let state as DocumentState): documents.apply(state)
        case .payload(let event as HandoffEvent):
            hub.apply(event)
            commands.note(event)
        default: break
        }
        applied.happened(headers.id)
    }

    /// Appends records and waits until this console's own tables show the one of that id.
    func write(_ list: [Record], visible id: RecordID) async throws {
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

    /// Appends records that none of the console's tables shows.
    func append(_ list: [Record]) async throws(Problem) {
        do throws(EventLogError) {
            try await records.appender.append(list)
        } catch {
            throw Problem(.notStored, "nothing was stored: \(error.description)")
        }
    }

    /// The tenant of a scope.
    func tenant(_ scope: TenantScope) throws(Problem) -> Tenant {
        try tenants.served(scope.tenant)
    }
}

extension Problem.Kind {
    static let notStored = Self(503, "not_stored")
    static let notVisible = Self(504, "not_visible")
    /// What every endpoint that writes may answer.
    static let writing: [Self] = [notStored, notVisible]
}
