package import Conversation

/// Who may what, as data: pages show it, tests try it, and ``Access/may(_:in:)`` decides by it.
package enum AccessMatrix {
    /// Where a permission holds.
    package enum Level: Hashable, Sendable {
        /// Over one tenant.
        case tenant
        /// Over the installation.
        case installation
    }

    /// What who runs the installation may do in a tenant that is not theirs.
    package enum OperatorAccess: Hashable, Sendable {
        /// As in the installation.
        case free
        /// The act, even looking, goes into the tenant's audit log.
        case audited
        /// Only while the tenant consents, and then audited.
        case withConsent
        /// Nothing.
        case never
    }

    /// What a permission does.
    package enum Kind: Hashable, Sendable {
        /// It shows something.
        case look
        /// It changes something.
        case change
        /// It changes what is hard to take back: whoever does it proves again who they are.
        case danger
    }

    /// A permission, and which roles have it.
    package struct Row: Hashable, Sendable {
        /// The permission.
        package let permission: Permission
        /// Where it holds.
        package let level: Level
        /// What it does.
        package let kind: Kind
        /// The roles of a tenant that have it.
        package let roles: Set<RoleName>
        /// What operators may of it in a tenant.
        package let operators: OperatorAccess
        /// Whether a suspended tenant's people may it, too: pay, take their data and leave.
        package var isForSuspended: Bool {
            kind == .look || AccessMatrix.duringSuspension.contains(permission)
        }
        /// Whether a set of permissions may hold it: what owners alone may is not given away.
        package var isForSets: Bool {
            level == .installation || (roles != [.owner] && !roles.isEmpty)
        }
    }

    /// What an operator who acts as somebody of a tenant may at most, whatever that one may.
    ///
    /// Nothing that asks for a proof of who it is, which nobody gives for another, and nothing that
    /// lets somebody in who is not ended with it.
    package static let inAnothersName = Set(
        tenantRows.filter { $0.kind != .danger && $0.permission != .issueTickets }
            .map(\.permission))

    /// All rows; no permission stands in two.
    package static let rows: [Row] = tenantRows + installationRows
    private static let byName = Dictionary(uniqueKeysWithValues: rows.map { ($0.permission, $0) })

    private static let duringSuspension: Set<Permission> = [
        .writeBilling, .writePaymentMethods, .exportTenant, .deleteTenant, .giveConsent,
    ]

    /// A permission's row; `nil` if there is no such permission.
    package static func row(_ permission: Permission) -> Row? { byName[permission] }

    /// What a role of a tenant may there, sets that the tenant made included; nothing for a role
    /// that there is not.
    package static func permissions(
        ofTenantRole role: RoleName, _ sets: [RoleName: PermissionSet]
    ) -> Set<Permission> {
        if let set = sets[role] {
            return Set(
                set.permissions.filter { row($0)?.level == .tenant && row($0)?.isForSets == true })
        }
        return Set(tenantRows.filter { $0.roles.contains(role) }.map(\.permission))
    }

    /// What a role of the installation may, in the installation and in each tenant.
    package static func permissions(
        ofInstallationRole role: RoleName, _ sets: [RoleName: PermissionSet]
    ) -> Set<Permission> {
        let most = Set(rows.filter { $0.operators != .never }.map(\.permission))
        if role == .operator { return most }
        return sets[role].map { most.intersection($0.permissions) } ?? []
    }

    /// The permissions of a set that it must not hold.
    package static func unfit(_ set: PermissionSet, at level: Level) -> [Permission] {
        set.permissions.filter { permission in
            guard let row = row(permission) else { return true }
            return switch level {
            case .tenant: row.level != .tenant || !row.isForSets
            case .installation: row.operators == .never
            }
        }
    }
}

// MARK: - The rows

extension AccessMatrix {
    private static let heads: Set<RoleName> = [.owner, .admin]
    private static let team: Set<RoleName> = [.owner, .admin, .agent]
    private static let all: Set<RoleName> = [.owner, .admin, .agent, .viewer]

    private static func tenant(
        _ permission: Permission, _ kind: Kind, _ roles: Set<RoleName>, _ operators: OperatorAccess
    ) -> Row {
        Row(
            permission: permission, level: .tenant, kind: kind, roles: roles, operators: operators)
    }

    private static func installation(_ permission: Permission, _ kind: Kind) -> Row {
        Row(
            permission: permission, level: .installation, kind: kind, roles: [], operators: .free)
    }

    private static let tenantRows: [Row] = [
        tenant(.readMembers, .look, heads, .free),
        tenant(.writeMembers, .change, heads, .free),
        tenant(.writeRoles, .danger, heads, .free),
        tenant(.readSettings, .look, heads, .free),
        tenant(.writeSettings, .change, heads, .free),
        tenant(.writeSecurity, .danger, heads, .free),
        tenant(.transferOwnership, .danger, [.owner], .never),
        tenant(.giveConsent, .danger, heads, .never),
        tenant(.actAsMember, .danger, [], .withConsent),
        tenant(.exportTenant, .danger, heads, .withConsent),
        tenant(.deleteTenant, .danger, [.owner], .free),
        tenant(.readBilling, .look, all, .free),
        tenant(.writeBilling, .change, heads, .free),
        tenant(.writePaymentMethods, .danger, [.owner], .never),
        tenant(.readAudit, .look, heads, .audited),
        tenant(.readKeys, .look, heads, .audited),
        tenant(.writeKeys, .danger, heads, .audited),
        tenant(.readAnalytics, .look, all, .free),
        tenant(.readConversations, .look, all, .withConsent),
        tenant(.readHandoffs, .look, all, .withConsent),
        tenant(.answerConversations, .change, team, .withConsent),
        tenant(.superviseConversations, .change, heads, .withConsent),
        tenant(.issueTickets, .change, heads, .withConsent),
        tenant(.readDocuments, .look, all, .withConsent),
        tenant(.suggestDocuments, .change, team, .withConsent),
        tenant(.writeDocuments, .change, heads, .withConsent),
        tenant(.readBusiness, .look, all, .never),
        tenant(.writeBusiness, .change, heads, .never),
        tenant(.writeWorkflows, .change, heads, .free),
    ]

    private static let installationRows: [Row] = [
        installation(.readUsers, .look),
        installation(.writeUsers, .danger),
        installation(.readTenants, .look),
        installation(.writeTenants, .danger),
        installation(.readStatus, .look),
        installation(.readAllHandoffs, .look),
        installation(.readAllAudit, .look),
        installation(.readInstallation, .look),
        installation(.writeInstallation, .danger),
        installation(.writeOperators, .danger),
        installation(.rotateSecrets, .danger),
        installation(.manageDeployments, .danger),
        installation(.useSimulator, .change),
        installation(.readPlatformBilling, .look),
        installation(.writePlatformBilling, .danger),
        installation(.managePartners, .change),
    ]
}

// MARK: - Their names

extension Permission {
    /// To see who is in the team.
    package static let readMembers: Self = "members:read"
    /// To invite, change and remove people.
    package static let writeMembers: Self = "members:write"
    /// To make sets of permissions.
    package static let writeRoles: Self = "roles:write"
    /// To see the tenant's settings.
    package static let readSettings: Self = "settings:read"
    /// To change them.
    package static let writeSettings: Self = "settings:write"
    /// To change what is asked of those who sign in.
    package static let writeSecurity: Self = "security:write"
    /// To hand the ownership over.
    package static let transferOwnership: Self = "ownership:transfer"
    /// To let operators look at what customers wrote, and act as a person of the tenant.
    package static let giveConsent: Self = "consent:write"
    /// To act as somebody of the tenant: operators alone.
    package static let actAsMember: Self = "members:impersonate"
    /// To take all of the tenant's data out.
    package static let exportTenant: Self = "tenant:export"
    /// To delete the tenant, and to take that back.
    package static let deleteTenant: Self = "tenant:delete"
    /// To see the tenant's bills.
    package static let readBilling: Self = "billing:read"
    /// To change plan and billing address.
    package static let writeBilling: Self = "billing:write"
    /// To change how the tenant pays.
    package static let writePaymentMethods: Self = "payments:write"
    /// To see who did what.
    package static let readAudit: Self = "audit:read"
    /// To see the tenant's API keys.
    package static let readKeys: Self = "keys:read"
    /// To make, rotate and revoke them.
    package static let writeKeys: Self = "keys:write"
    /// To see figures.
    package static let readAnalytics: Self = "analytics:read"
    /// To read what was said.
    package static let readConversations: Self = "conversations:read"
    /// To see who waits for a person.
    package static let readHandoffs: Self = "handoffs:read"
    /// To claim conversations and answer.
    package static let answerConversations: Self = "conversations:answer"
    /// To take a conversation from the agent who has it.
    package static let superviseConversations: Self = "conversations:supervise"
    /// To let an agent in by a ticket.
    package static let issueTickets: Self = "tickets:issue"
    /// To see documents and prompts.
    package static let readDocuments: Self = "documents:read"
    /// To suggest changes of them.
    package static let suggestDocuments: Self = "documents:suggest"
    /// To change them.
    package static let writeDocuments: Self = "documents:write"
    /// To see broadcasts, bookings and orders.
    package static let readBusiness: Self = "business:read"
    /// To change them; agents have it by a set of permissions.
    package static let writeBusiness: Self = "business:write"
    /// To stop and resume what runs in the tenant's pipeline.
    package static let writeWorkflows: Self = "workflows:write"
    /// To see all accounts.
    package static let readUsers: Self = "users:read"
    /// To change them.
    package static let writeUsers: Self = "users:write"
    /// To see all tenants.
    package static let readTenants: Self = "tenants:read"
    /// To make, change, suspend and delete them.
    package static let writeTenants: Self = "tenants:write"
    /// To see what runs.
    package static let readStatus: Self = "status:read"
    /// To see the handoffs of all tenants, without what was said.
    package static let readAllHandoffs: Self = "handoffs:readAll"
    /// To see who did what in the whole installation.
    package static let readAllAudit: Self = "audit:readAll"
    /// To see the installation's settings.
    package static let readInstallation: Self = "installation:read"
    /// To change them.
    package static let writeInstallation: Self = "installation:write"
    /// To say who runs the installation, and to make sets of permissions for it.
    package static let writeOperators: Self = "operators:write"
    /// To seal all secrets anew.
    package static let rotateSecrets: Self = "secrets:rotate"
    /// To start, stop and scale what runs.
    package static let manageDeployments: Self = "deployments:manage"
    /// To play a customer of simulated businesses, and to switch WhatsApp's faults there.
    package static let useSimulator: Self = "simulator:use"
    /// To see the bills and figures of all tenants.
    package static let readPlatformBilling: Self = "platformBilling:read"
    /// To change them.
    package static let writePlatformBilling: Self = "platformBilling:write"
    /// To approve partners and pay them.
    package static let managePartners: Self = "partners:manage"
}
