import AccountRecords
import AccountView
import AuditView
import Conversation
import Endpoints
import JSON
import OrganisationView
import Permissions

/// An account as it is listed.
struct ListedUser: Described, Codable, Hashable {
    var id: AccountID
    var name: String
    var address: String
    var standing: String
    var isVerified: Bool
    var hasPassword: Bool
    var hasFactor: Bool
    var tenants: [TenantID]
    var isOperator: Bool
    var createdAt: Timestamp
    var seenAt: Timestamp?

    init(_ listing: AccountListing) {
        id = listing.id
        name = listing.name
        address = listing.address
        standing = listing.standing
        isVerified = listing.isVerified
        hasPassword = listing.hasPassword
        hasFactor = listing.hasFactor
        tenants = listing.tenants.filter { $0 != .installation }
        isOperator = listing.tenants.contains(.installation)
        createdAt = listing.createdAt
        seenAt = listing.seenAt
    }

    static let schema = JSONSchema.object(
        [
            .required("id", .text("The account.")), .required("name", .text("The name.")),
            .required("address", .text("The e-mail address.")),
            .required("standing", .words(["active", "disabled"], "How it stands.")),
            .required("isVerified", .boolean("Whether the address is verified.")),
            .required("hasPassword", .boolean("Whether a password was chosen.")),
            .required("hasFactor", .boolean("Whether a second factor is asked for.")),
            .required("tenants", .list(.text(), "The businesses that it belongs to.")),
            .required("isOperator", .boolean("Whether it runs the installation.")),
            .required("createdAt", .time("When it was made.")),
            .optional("seenAt", .time("When it was last used, coarsely.")),
        ], named: "ListedUser")
}

/// A page of accounts.
struct UserPage: Described, Codable, Hashable {
    var users: [ListedUser]
    var next: String?

    static let schema = JSONSchema.object(
        [
            .required("users", .list(ListedUser.schema, "The accounts.")),
            .optional("next", .text("Where the next page begins.")),
        ], named: "UserPage")
}

/// How many accounts there are.
struct UserCount: Described, Codable, Hashable {
    var users: Int

    static let schema = JSONSchema.object(
        [.required("users", .count("How many there are."))], named: "UserCount")
}

/// A business that somebody belongs to.
struct UserMembership: Described, Codable, Hashable {
    var tenant: TenantID
    var name: String
    var role: RoleName
    var roleName: String
    var since: Timestamp
    var consentUntil: Timestamp?

    init(_ membership: OrganisationLookup.Membership) {
        tenant = membership.tenant
        name = membership.organisation.profile.name
        let role = membership.member.role
        self.role = role
        roleName = membership.organisation.sets.first { $0.id == role }?.name ?? role.rawValue
        since = membership.member.since
        if case .active = membership.organisation.standing {
            consentUntil = membership.organisation.consentUntil
        }
    }

    static let schema = JSONSchema.object(
        [
            .required("tenant", .text("The business.")), .required("name", .text("Its name.")),
            .required("role", .text("The role there.")),
            .required("roleName", .text("What the role is called.")),
            .required("since", .time("Since when.")),
            .optional("consentUntil", .time("Until when it lets operators in.")),
        ], named: "UserMembership")
}

/// All of an account; nothing of its secrets.
struct UserAnswer: Described, Codable, Hashable {
    var id: AccountID
    var name: String
    var address: String
    var newAddress: String?
    var language: String?
    var standing: String
    var isVerified: Bool
    var hasPassword: Bool
    var hasFactor: Bool
    var backupCodes: Int
    var role: RoleName?
    var memberships: [UserMembership]
    var sessions: [SessionListing]
    var createdAt: Timestamp?
    var seenAt: Timestamp?

    init(
        _ row: AccountRow, role: RoleName?, memberships: [UserMembership],
        sessions: [SessionListing]
    ) {
        id = row.account
        name = row.facts.name
        address = row.facts.address?.text ?? ""
        newAddress = row.facts.change?.to.text
        language = row.facts.language
        standing = row.facts.standing.rawValue
        isVerified = row.facts.isVerified
        hasPassword = row.facts.password != nil
        hasFactor = row.facts.hasFactor
        backupCodes = row.facts.backupCodes
        self.role = role
        self.memberships = memberships
        self.sessions = sessions
        createdAt = row.facts.createdAt
        seenAt = row.seenAt
    }

    static let schema = JSONSchema.object(
        [
            .required("id", .text("The account.")), .required("name", .text("The name.")),
            .required("address", .text("The e-mail address.")),
            .optional("newAddress", .text("The address that waits to be confirmed.")),
            .optional("language", .text("The language of pages and mails.")),
            .required("standing", .words(["active", "disabled"], "How it stands.")),
            .required("isVerified", .boolean("Whether the address is verified.")),
            .required("hasPassword", .boolean("Whether a password was chosen.")),
            .required("hasFactor", .boolean("Whether a second factor is asked for.")),
            .required("backupCodes", .count("Backup codes that are left.")),
            .optional("role", .text("The role of who runs the installation.")),
            .required("memberships", .list(UserMembership.schema, "The businesses.")),
            .required("sessions", .list(SessionListing.schema, "The sessions, last used first.")),
            .optional("createdAt", .time("When it was made.")),
            .optional("seenAt", .time("When it was last used, coarsely.")),
        ], named: "User")
}

/// What somebody did, and what was done to them, by day.
struct ActivityAnswer: Described, Codable, Hashable {
    var days: [AuditActivity]

    static let schema = JSONSchema.object(
        [
            .required(
                "days",
                .list(
                    .object([
                        .required("day", .text("The day in UTC.")),
                        .required("action", .text("What was done.")),
                        .required("count", .count("How often.")),
                    ]), "By day and act, the newest first."))
        ], named: "UserActivity")
}
