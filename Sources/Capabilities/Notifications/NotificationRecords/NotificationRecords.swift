package import AccountRecords
package import Conversation

/// Something happened that a tenant's team may want to know.
///
/// Taken by the stage `announcements`, which knows who belongs to the team.
package struct TeamNews: Payload {
    package static let type = "parley.team.news"
    package static let topic = Topic.notificationsTeams
    package static let personal: [FieldPath] = ["values"]

    /// The tenant.
    package var tenant: TenantID
    /// What it is about.
    package var kind: NotificationKind
    /// What its words name.
    package var values: [String: String]
    /// The business number in whose conversations it happened, where that is known.
    package var number: BusinessNumberID?
    /// When.
    package var at: Timestamp

    /// The tenant.
    package var key: String { tenant.rawValue }

    /// Describes news.
    package init(
        tenant: TenantID, kind: NotificationKind, values: [String: String] = [:],
        about number: BusinessNumberID? = nil, at: Timestamp
    ) {
        self.number = number
        self.tenant = tenant
        self.kind = kind
        self.values = values
        self.at = at
    }
}

/// Something happened that one person may want to know.
///
/// Taken by the stage `notifications`, which knows what they want.
package struct PersonalNews: Payload {
    package static let type = "parley.personal.news"
    package static let topic = Topic.notificationsNews
    package static let personal: [FieldPath] = ["values"]

    /// The account.
    package var account: AccountID
    /// What it is about.
    package var kind: NotificationKind
    /// The tenant whose team it concerns.
    package var team: TenantID
    /// The address for whose holder it is; `nil` where it is for the account, whatever its address.
    package var address: AddressKey?
    /// What its words name.
    package var values: [String: String]
    /// When.
    package var at: Timestamp

    /// No tenant's: it is the account's.
    package var tenant: TenantID { .installation }
    /// The account.
    package var key: String { account.rawValue }

    /// Describes news.
    package init(
        account: AccountID, kind: NotificationKind, team: TenantID, address: AddressKey? = nil,
        values: [String: String], at: Timestamp
    ) {
        self.account = account
        self.kind = kind
        self.team = team
        self.address = address
        self.values = values
        self.at = at
    }
}

/// Something happened that those who run the installation may want to know.
///
/// Taken by the stage `operators`, which knows who they are.
package struct OperatorNews: Payload {
    package static let type = "parley.operator.news"
    package static let topic = Topic.notificationsOperators
    package static let personal: [FieldPath] = ["values"]

    /// What it is about.
    package var kind: NotificationKind
    /// What its words name.
    package var values: [String: String]
    /// Who hears of it otherwise.
    package var besides: AccountID?
    /// When.
    package var at: Timestamp

    /// The installation.
    package var tenant: TenantID { .installation }
    /// The one key.
    package var key: String { TenantID.installation.rawValue }

    /// Describes news.
    package init(
        kind: NotificationKind, values: [String: String] = [:], besides: AccountID? = nil,
        at: Timestamp
    ) {
        self.kind = kind
        self.values = values
        self.besides = besides
        self.at = at
    }
}

/// Something happened that whoever has an e-mail address may want to know, if somebody has.
///
/// Taken by the stage `addresses`, which alone knows whose it is: who sent it does not learn that.
package struct AddressNews: Payload {
    package static let type = "parley.address.news"
    package static let topic = Topic.notificationsAddresses
    package static let personal: [FieldPath] = ["values"]

    /// The address.
    package var address: AddressKey
    /// What it is about.
    package var kind: NotificationKind
    /// The tenant whose team it concerns.
    package var team: TenantID
    /// What its words name.
    package var values: [String: String]
    /// When.
    package var at: Timestamp

    /// No tenant's.
    package var tenant: TenantID { .installation }
    /// The address.
    package var key: String { address.rawValue }

    /// Describes news.
    package init(
        address: AddressKey, kind: NotificationKind, team: TenantID, values: [String: String],
        at: Timestamp
    ) {
        self.address = address
        self.kind = kind
        self.team = team
        self.values = values
        self.at = at
    }
}

/// What a person wishes of their notifications.
///
/// Decided by the stage `notifications`, and answered by one ``NotificationEvent`` with the same
/// reference.
package struct NotificationCommand: Payload {
    package static let type = "parley.notification.command"
    package static let topic = Topic.notificationsCommands
    package static let personal: [FieldPath] = ["action", "reference"]

    /// What is wished.
    package enum Action: Hashable, Sendable, Codable {
        /// To have read these.
        case read([RecordID])
        /// To have read all until then.
        case readAll(until: Timestamp)
        /// To be told so.
        case prefer(NotificationPreferences)
        /// To have no more mails of these kinds, by a mail's own link.
        case refuseMails([NotificationKind])
    }

    /// The account.
    package var account: AccountID
    /// What is wished.
    package var action: Action
    /// The request's own id, echoed in the event that answers it.
    package var reference: String
    /// When.
    package var at: Timestamp

    /// No tenant's.
    package var tenant: TenantID { .installation }
    /// The account.
    package var key: String { account.rawValue }
    /// The id of its record: the same request, sent again, has the same.
    package var id: RecordID {
        .derived(from: RecordID(reference), by: "notifications/\(account)")
    }

    /// Describes a command.
    package init(account: AccountID, action: Action, reference: String, at: Timestamp) {
        self.account = account
        self.action = action
        self.reference = reference
        self.at = at
    }
}

/// What happened to a person's notifications: a view is a fold of these.
package struct NotificationEvent: Payload {
    package static let type = "parley.notification.event"
    package static let topic = Topic.notificationsEvents
    package static let personal: [FieldPath] = ["change", "reference"]

    /// What happened.
    package enum Change: Hashable, Sendable, Codable {
        /// There is one more.
        case raised(Notification)
        /// These are read.
        case read([RecordID])
        /// All until then are read.
        case readAll(until: Timestamp)
        /// The person wants to be told so.
        case preferred(NotificationPreferences)
        /// The account is gone, and its notifications with it.
        case ended
    }

    /// The account.
    package var account: AccountID
    /// What happened.
    package var change: Change
    /// The `reference` of the command that this answers.
    package var reference: String?
    /// When.
    package var at: Timestamp

    /// No tenant's.
    package var tenant: TenantID { .installation }
    /// The account.
    package var key: String { account.rawValue }

    /// Describes an event.
    package init(account: AccountID, change: Change, reference: String? = nil, at: Timestamp) {
        self.account = account
        self.change = change
        self.reference = reference
        self.at = at
    }
}

/// The record types of notifications.
package enum NotificationRecords {
    /// All of them: the program joins this list with those of its other modules.
    package static let types: [any Payload.Type] = [
        TeamNews.self, OperatorNews.self, AddressNews.self, PersonalNews.self,
        NotificationCommand.self, NotificationEvent.self,
    ]
}

extension Topic {
    /// What teams may want to know.
    package static let notificationsTeams = Topic("notifications.teams", kept: .pipeline)
    /// What those who run the installation may want to know.
    package static let notificationsOperators = Topic("notifications.operators", kept: .pipeline)
    /// What holders of addresses may want to know.
    package static let notificationsAddresses = Topic("notifications.addresses", kept: .pipeline)
    /// What single people may want to know.
    package static let notificationsNews = Topic("notifications.news", kept: .pipeline)
    /// What people wish of their notifications.
    package static let notificationsCommands = Topic("notifications.commands", kept: .pipeline)
    /// What happened to them.
    package static let notificationsEvents = Topic("notifications.events", kept: .never)
}
