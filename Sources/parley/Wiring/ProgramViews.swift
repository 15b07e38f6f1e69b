import AccountView
import AnalyticsView
import AuditView
import ConversationView
import DeskView
import DocumentView
import InstallationView
import NotificationView
import OrganisationView
import RoutingView
import ServiceLevelView
import TemplateView
import Views

/// All views of the program: each can be deleted, and gives the same rows back.
enum ProgramViews {
    static let all: [View] = [
        AccountView.view, AnalyticsView.view, AuditView.view, ConversationView.view,
        DeskView.view, DocumentView.view,
        InstallationView.view, NotificationView.view, OrganisationView.view,
        RoutingView.view, ServiceLevelView.view, TemplateView.view,
    ]
}
