import AccountAccess
import AccountRecords
import AccountView
package import Conversation
import Endpoints
package import JSON
import OrganisationView
package import Permissions

/// Who asks, and what they may: what pages are shown by.
package struct WhoAnswer: Hashable, Codable, Described {
    /// A tenant of theirs.
    package struct Team: Hashable, Codable, Sendable {
        /// The tenant.
        package var id: TenantID
        /// What it is called.
        package var name: String
        /// As what they belong to it.
        package var role: RoleName
        /// How it stands: `active`, `suspended`, `deleted`.
        package var standing: String
        /// What they may there.
        package var permissions: [Permission]
        /// Whether a second factor has to be set up first.
        package var needsFactor: Bool
        /// Whether it cannot be reached from where they are.
        package var isUnreachable: Bool
    }

    /// What only people who are signed in have.
    package struct Own: Hashable, Codable, Sendable {
        /// The e-mail address.
        package var email: String
        /// The address that is to be, as long as it waits.
        package var newEmail: String?
        /// Whether the old address has to confirm that, too.
        package var waitsForOld: Bool
        /// Whether the address is verified.
        package var isVerified: Bool
        /// The language of pages and mails.
        package var language: String?
        /// Whether a second factor is asked for.
        package var hasFactor: Bool
        /// Backup codes that are left.
        package var backupCodes: Int
        /// Whether the installation asks for a second factor that is not there.
        package var needsFactor: Bool
        /// Whether who it is was proven within ten minutes.
        package var isProven: Bool
        /// The session.
        package var session: SessionID
        /// When the session ends, whatever happens.
        package var expires: Timestamp
        /// When it ends unless it is used.
        package var idleEnd: Timestamp
        /// The operator who acts as this person.
        package var impersonator: AccountID?
        /// By what that operator does, until when, and why.
        package var impersonation: ImpersonationAnswer?
    }

    /// What asks: `person`, `program`, `key`, `agent`.
    package var kind: String
    /// Its id.
    package var id: String
    /// What it is called.
    package var name: String
    /// Whether it may everything, everywhere.
    package var mayEverything: Bool
    /// What it may in the installation, and as operator in tenants.
    package var permissions: [Permission]
    /// The tenants that it belongs to.
    package var tenants: [Team]
    /// What only people who are signed in have.
    package var own: Own?

    package static let schema = JSONSchema.object(
        [
            .required("kind", .text("What asks: person, program, key, agent.")),
            .required("id", .text("Its id.")), .required("name", .text("What it is called.")),
            .required("mayEverything", .boolean("Whether it may everything, everywhere.")),
            .required("permissions", .list(.text(), "What it may in the installation.")),
            .required("tenants", .list(team, "The tenants that it belongs to.")),
            .optional("own", own),
        ], named: "Who")

    private static let team = JSONSchema.object(
        [
            .required("id", .id("The tenant.")), .required("name", .text("What it is called.")),
            .required("role", .text("As what they belong to it.")),
            .required("standing", .text("How it stands.")),
            .required("permissions", .list(.text(), "What they may there.")),
            .required("needsFactor", .boolean("Whether it waits for a second factor.")),
            .required("isUnreachable", .boolean("Whether it lets nobody in from there.")),
        ], named: "OwnTenant")

    private static let own = JSONSchema.object(
        [
            .required("email", .text("The e-mail address.")),
            .optional("newEmail", .text("The address that is to be.")),
            .required("waitsForOld", .boolean("Whether the old address has to confirm it.")),
            .required("isVerified", .boolean("Whether the address is verified.")),
            .optional("language", .text("The language of pages and mails.")),
            .required("hasFactor", .boolean("Whether a second factor is asked for.")),
            .required("backupCodes", .count("Backup codes that are left.")),
            .required("needsFactor", .boolean("Whether a second factor is missing.")),
            .required("isProven", .boolean("Whether they proved who they are lately.")),
            .required("session", .id("The session.")),
            .required("expires", .time("When the session ends, whatever happens.")),
            .required("idleEnd", .time("When it ends unless it is used.")),
            .optional("impersonator", .id("The operator who acts as this person.")),
            .optional("impersonation", ImpersonationAnswer.schema),
        ], named: "OwnAccount")
}

extension WhoAnswer {
    /// Whoever is no person.
    init(_ kind: String, _ id: String, _ name: String, _ access: Access?) {
        self.init(
            kind: kind, id: id, name: name, mayEverything: access?.isBreakGlass ?? false,
            permissions: access?.everywhere.sorted() ?? [],
            tenants: (access?.tenants ?? [:]).sorted { $0.key < $1.key }.map { tenant, held in
                Team(
                    id: tenant, name: tenant.rawValue, role: "key", standing: "active",
                    permissions: held.sorted(), needsFactor: false, isUnreachable: false)
            })
    }

    /// A person who is signed in.
    init(_ signedIn: SignedInPerson) {
        let (access, facts) = (signedIn.person.access, signedIn.account.facts)
        self.init(
            kind: "person", id: signedIn.person.account.rawValue, name: facts.name,
            mayEverything: false, permissions: access.everywhere.sorted(),
            tenants: signedIn.memberships.compactMap { Team($0, signedIn) },
            own: Own(
                email: facts.address?.text ?? "", newEmail: facts.change?.to.text,
                waitsForOld: facts.change?.waitsForOld ?? false, isVerified: facts.isVerified,
                language: facts.language, hasFactor: facts.hasFactor,
                backupCodes: facts.backupCodes,
                needsFactor: access.factorDue.contains(.installation),
                isProven: access.isProven, session: signedIn.session.id,
                expires: signedIn.session.expires, idleEnd: signedIn.idleEnd,
                impersonator: signedIn.person.impersonator,
                impersonation: signedIn.impersonation.flatMap { impersonation in
                    signedIn.memberships.first.map {
                        ImpersonationAnswer(impersonation, in: $0.tenant, as: facts.name)
                    }
                }))
    }
}

extension WhoAnswer.Team {
    /// A tenant of theirs; `nil` where it is gone.
    init?(_ membership: OrganisationLookup.Membership, _ signedIn: SignedInPerson) {
        switch membership.organisation.standing {
        case .active: standing = "active"
        case .suspended: standing = "suspended"
        case .deleted: standing = "deleted"
        case .none, .purged: return nil
        }
        id = membership.tenant
        name = membership.organisation.profile.name
        role = membership.member.role
        permissions = (signedIn.person.access.tenants[membership.tenant] ?? []).sorted()
        needsFactor = signedIn.person.access.factorDue.contains(membership.tenant)
        isUnreachable = signedIn.unreachable.contains(membership.tenant)
    }
}
