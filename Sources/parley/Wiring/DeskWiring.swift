import AccountCommands
import AuditEndpoints
import DeskEndpoints
import DeskRecords
import DeskView
import Endpoints
import Lifecycle
import Views

extension StageParts {
    /// Adds what desks keep: the view, and what can be asked and wished of it.
    mutating func addDesk(
        _ process: ProcessContext, _ audit: AuditWriter
    ) async throws -> [Endpoint] {
        let answers = Commands<DeskEvent>()
        let view = process.views.stored(DeskView.view) { answers.hear($0) }
        add(view)
        return DeskEndpoints(
            over: view, answers, by: try await process.commandWriter(), noting: audit
        ).endpoints
    }
}
