import AccountCommands
import AuditEndpoints
import ConversationView
import DeskEndpoints
import DeskRecords
import DeskView
import Endpoints
import Lifecycle
import SQLite
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
        ) { [views = process.views] conversations, scope in
            let view = views.all.first { $0.view.name == ConversationView.view.name }
            guard let view, view.isCaughtUp else { return nil }
            // What cannot be read cannot be told.
            return try? await view.read { rows throws(SQLiteError) in
                try ConversationRows(rows, of: scope).known(among: conversations)
            }
        }.endpoints
    }
}
