import AccountCommands
import AuditEndpoints
import Console
import Conversation
import Endpoints
import EventLog
import RoutingEndpoints
import RoutingRecords
import RoutingView
import TenantDirectory
import Views

extension StageParts {
    /// Adds queues and what is offered: the view, what can be asked and wished of it, and what
    /// agents' sockets have to do with it.
    mutating func addRouting(
        _ process: ProcessContext, acts appender: any EventLogAppender,
        to options: inout ConsoleOptions
    ) async throws {
        let answers = Commands<RoutingSetting>()
        let writer = try await process.commandWriter()
        let desk = RoutingDesk(writer) { heard in
            process.views.stored(RoutingView.view) { changes in
                answers.hear(changes)
                heard(changes)
            }
        }
        add(desk.view)
        let audit = AuditWriter(
            appender: appender, envelope: process.envelope, now: ProcessContext.now)
        options.routing = desk
        options.endpoints +=
            RoutingEndpoints(
                over: desk.view, answers, by: writer, noting: audit
            ) { [tenants = process.tenants] in
                tenants.tenant($0)?.settings.numbers.map(\.id) ?? []
            }.endpoints
    }
}
