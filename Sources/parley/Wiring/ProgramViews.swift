import AuditView
import ConversationView
import DocumentView
import Views

/// All views of the program: each can be deleted, and gives the same rows back.
enum ProgramViews {
    static let all: [View] = [AuditView.view, ConversationView.view, DocumentView.view]
}
