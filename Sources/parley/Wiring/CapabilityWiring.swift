import AuditEndpoints
import AuditView
import Endpoints
import Lifecycle
import Views

/// The capabilities of the console's process.
extension StageParts {
    /// Adds what the capabilities keep, and answers what they can be asked.
    mutating func addCapabilities(_ process: ProcessContext) -> [Endpoint] {
        let audit = process.views.stored(AuditView.view)
        add(audit)
        return AuditEndpoints(over: audit).endpoints
    }

    /// Adds a view; the process is ready once it has caught up.
    private mutating func add(_ view: StoredView) {
        add(ClosureService("\(view.view.name) view") { try await view.run() }) {
            view.isCaughtUp
        }
    }
}
