import AccountAccess
import AccountCommands
import AccountEndpoints
import AccountView
import AuditEndpoints
import AuditView
import Console
import Conversation
import Endpoints
import EventLog
import HTTPServer
import KnowledgeSearch
import Lifecycle
import NetworkAddress
import OutboxEndpoints
import SQLite
import SetUpEndpoints
import TenantKeys
import Views

/// The capabilities of the console's process.
extension StageParts {
    /// Adds what the capabilities keep, and answers what they can be asked.
    mutating func addCapabilities(
        _ process: ProcessContext, _ tools: CapabilityTools, _ options: ProcessOptions,
        acts appender: any EventLogAppender, _ removed: RemovedMails, _ seats: AgentSeats,
        _ knowledge: KnowledgeSearch, _ keeper: @escaping @Sendable () -> KeyKeeper?
    ) async throws -> [Endpoint] {
        let audit = process.views.stored(AuditView.view)
        add(audit)
        let writer = AuditWriter(
            appender: appender, envelope: process.envelope, now: ProcessContext.now)
        let setUp = SetUpEndpoints(
            over: tools.channel, naming: tools.naming, hasher: tools.hasher,
            now: ProcessContext.now
        ) { account in
            // What cannot be read now is asked again.
            let found = try? await tools.accounts.read { rows throws(SQLiteError) in
                try AccountRows(rows).account(account)
            }
            return (found ?? nil) != nil
        }
        let rooms = OperatorRooms(
            process: process, tools: tools, audit: audit, writer: writer, removed: removed,
            data: options.data)
        let channels = try await addChannels(process, writer, options)
        let conversations =
            try await customerEndpoints(process, writer)
            + suggestionEndpoints(process, tools, writer)
        return AuditEndpoints(over: audit, writer: writer).endpoints
            + setUp.endpoints + AccountEndpoints(tools.entrance).endpoints + rooms.endpoints
            + process.organisationEndpoints(tools, keeper) + channels
            + (try await addDesk(process, writer)) + addServiceLevels(process, tools, seats)
            + addAnalytics(process, tools, writer) + conversations
            + (try await knowledgeEndpoints(process, knowledge, writer))
    }

    /// Adds a view; the process is ready once it has caught up.
    mutating func add(_ view: StoredView) {
        add(ClosureService("\(view.view.name) view") { try await view.run() }) {
            view.isCaughtUp
        }
    }
}
