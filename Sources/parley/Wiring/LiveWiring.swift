import AccountRecords
import AccountView
import AuditView
import Conversation
import ConversationView
import Cryptography
import Endpoints
import InstallationView
import Live
import NotificationView
import OrganisationView
import OutboxEndpoints
import Records
import ServiceLevelView
import Views

/// What pages can listen to: each room by the permission that its list asks for.
enum LiveRooms {
    static let all: [LiveRoom] = [
        LiveRoom("handoffs", tenant: .init("handoffs:read", isForAgents: true)),
        LiveRoom(ServiceLevelView.room, tenant: .init("conversations:supervise")),
        LiveRoom(questions, tenant: .init("conversations:read")),
        LiveRoom("documents", tenant: .init("documents:read", isForAgents: true)),
        LiveRoom(AuditView.room, tenant: .init("audit:read"), installation: .init("audit:readAll")),
        LiveRoom("team", tenant: .init("members:read"), installation: .init("tenants:read")),
        LiveRoom("users", installation: .init("users:read")),
        LiveRoom(outbox, installation: .init("installation:read")),
        LiveRoom(operations, installation: .init("status:read")),
        LiveRoom("installation", installation: .init("installation:read")),
        LiveRoom(ofEverybody: NotificationView.room),
        LiveRoom(ofEverybody: account),
    ]

    static let account = "account"
    static let outbox = "outbox"
    static let questions = "questions"

    /// What pages hear of mails, of which no view is kept, and which were removed.
    static func feed(of hub: LiveHub, _ removed: RemovedMails) -> TopicTable.Feed {
        TopicTable.Feed([.mailEvents]) { value, _, _ in
            guard case .payload(let event as MailEvent) = value else { return }
            removed.hear(event)
            hub.hear([RowChanged(outbox, .installation, id: event.mail.rawValue)])
        }
    }

    /// What pages hear of a change that a view announces for others.
    static func changes(_ change: any ViewChange) -> [any ViewChange] {
        switch change {
        case let change as ClocksChanged:
            return [
                HeardRow(
                    RowChanged(
                        ServiceLevelView.room, .tenant(change.tenant),
                        id: change.conversation.rawValue,
                        kind: change.standing == nil ? .removed : .changed),
                    heardBy: change.audience)
            ]
        case let change as QuestionsChanged:
            return [
                HeardRow(
                    RowChanged(questions, .tenant(change.tenant), id: change.tenant.rawValue),
                    heardBy: change.audience)
            ]
        case let change as OrganisationChanged:
            let tenant = change.event.tenant
            return [RowChanged("team", .tenant(tenant), id: tenant.rawValue)]
        case let change as AccountChanged:
            let id = change.account.rawValue
            return [
                RowChanged("users", .installation, id: id),
                RowChanged(account, .account(change.account), id: id),
            ]
        case is InstallationChanged:
            return [RowChanged("installation", .installation, id: "installation")]
        default: return []
        }
    }
}

extension ProcessContext {
    /// What tells pages of changes in all views of this process; whoever may no longer listen is
    /// let go as soon as a view shows it.
    func liveHub() throws -> LiveHub {
        let hub = LiveHub(LiveRooms.all, run: try RandomBytes.token(bytes: 9), now: Self.now)
        views.listen { changes in
            hub.hear(changes)
            hub.hear(changes.flatMap(LiveRooms.changes))
            for change in changes {
                switch change {
                case let change as AccountChanged: hub.recheck(.account(change.account))
                case let change as OrganisationChanged: hub.recheck(.tenant(change.event.tenant))
                case is InstallationChanged: hub.recheck()
                default: break
                }
            }
        }
        return hub
    }
}
