import AccountCommands
import Endpoints
import Lifecycle
import NotificationEndpoints
import NotificationRecords
import NotificationView
import Views

extension StageParts {
    /// Adds what people are told: the view, and what they can ask and wish of it.
    mutating func addNotifications(_ process: ProcessContext) async throws -> [Endpoint] {
        let answers = Commands<NotificationEvent>()
        let view = process.views.stored(NotificationView.view) { answers.hear($0) }
        add(ClosureService("notifications view") { try await view.run() }) { view.isCaughtUp }
        return NotificationEndpoints(
            over: view, answers, by: try await process.commandWriter(),
            RefusalTokens(process.keys)
        ).endpoints
    }
}
