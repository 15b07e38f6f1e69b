import AccountCommands
import AccountRecords
import AccountRules
import AuditRecords
import Conversation
import Cryptography
import Endpoints
import HTTPServer
import JSON
import OrganisationView
import Permissions
import SQLite

/// What the link of an invitation holds.
struct LinkRequest: Described, Decodable {
    var token: String

    static let schema = JSONSchema.object(
        [.required("token", .text("What stands in the link behind #.", 20...200))],
        named: "InvitationLink")
}

/// What an invitation is, to whoever has its link.
struct InvitedAnswer: Described, Codable, Hashable {
    var tenant: TenantID
    var organisation: String
    var logo: String?
    var role: String
    var roleName: String?
    var by: String
    /// The invited address with its middle hidden: the link may be somebody else's.
    var email: String
    var hasAccount: Bool
    var isExpired: Bool
    var expires: Timestamp
    /// Characters of a password at least.
    var passwordCharacters: Int

    init(_ invited: OrganisationLookup.Invited, at now: Timestamp) {
        tenant = invited.tenant
        organisation = invited.organisation.profile.name
        logo = LogoAddress.path(of: invited.tenant, invited.organisation)
        let invitation = invited.invitation
        role = invitation.role.rawValue
        roleName = invited.organisation.sets.first { $0.id == invitation.role }?.name
        by = invitation.by
        email = Self.masked(invitation.address.text)
        hasAccount = invited.account != nil
        expires = invitation.token.expires
        isExpired = expires <= now
        passwordCharacters = Self.policy(invited.organisation).shortest
    }

    private static func masked(_ text: String) -> String {
        do throws(EmailAddress.Flaw) {
            return try EmailAddress(text).masked
        } catch {
            return "…"
        }
    }

    static func policy(_ organisation: OrganisationFacts) -> PasswordPolicy {
        PasswordPolicy(
            hasSecondFactor: false, tenantLeast: organisation.security.passwordCharacters ?? 0)
    }

    static let schema = JSONSchema.object(
        [
            .required("tenant", .text("The tenant.")),
            .required("organisation", .text("The organisation's name.")),
            .optional("logo", .text("The logo's address.")),
            .required("role", .text("The role that is offered.")),
            .optional("roleName", .text("What the team calls it.")),
            .required("by", .text("Who invites.")),
            .required("email", .text("The invited address, its middle hidden.")),
            .required("hasAccount", .boolean("Whether the address has an account.")),
            .required("isExpired", .boolean("Whether the link is too old.")),
            .required("expires", .time("Until when the link is good.")),
            .required("passwordCharacters", .count("Characters of a password at least.")),
        ], named: "Invited")
}

/// An account that somebody makes by the link of an invitation.
struct InvitedAccountRequest: Described, Decodable {
    var token: String
    var name: String
    var password: String
    var language: String?

    static let schema = JSONSchema.object(
        [
            .required("token", .text("What stands in the link behind #.", 20...200)),
            .required("name", .text("The person's name.", 1...200)),
            .required("password", .text("The password.", 1...1_024)),
            .optional("language", .text("The language of pages and mails.", 2...20)),
        ], named: "InvitedAccount")
}

/// An account that was made: its address, to sign in with.
struct InvitedAccountAnswer: Described, Codable, Hashable {
    var account: AccountID
    var email: String

    static let schema = JSONSchema.object(
        [
            .required("account", .text("The account.")),
            .required("email", .text("Its e-mail address.")),
        ], named: "MadeAccount")
}

/// A team that somebody joined.
struct JoinedAnswer: Described, Codable, Hashable {
    var tenant: TenantID
    var organisation: String

    static let schema = JSONSchema.object(
        [
            .required("tenant", .text("The tenant.")),
            .required("organisation", .text("The organisation's name.")),
        ], named: "Joined")
}

extension OrganisationEndpoints {
    var joining: [Endpoint] {
        [look, makeAccount, accept, decline, acceptOwnership, declineOwnership, leave]
    }

    /// What a link leads to: asked with the token in the body, so that it stands in no log.
    private var look: Endpoint {
        .anyone(
            .at(
                .post, "/api/v1/invitations/look", "invitations.look",
                "Tells what an invitation is, to whoever has its link."),
            .init(
                body: JSONBody<LinkRequest>.self, gives: Reply<InvitedAnswer>.self,
                problems: [Refusal.badToken.kind, .viewIsBuilt])
        ) { Reply(InvitedAnswer(try await invited($0.body.value.token), at: means.now())) }
    }

    private func invited(_ token: String) async throws(Problem) -> OrganisationLookup.Invited {
        let hash = LinkTokens.hash(token)
        let found = try await read { rows throws(SQLiteError) in
            try OrganisationLookup(rows).invitation(tokenHash: hash)
        }
        guard let found, found.organisation.openness != .closed else {
            throw Refusal.badToken.problem
        }
        return found
    }

    /// The link proves the address: who has it has read the mail.
    ///
    /// What the account may is decided when it joins.
    private var makeAccount: Endpoint {
        .anyone(
            .at(
                .post, "/api/v1/invitations/account", "invitations.makeAccount",
                "Makes an account for an invited address, by the link; then it signs in, joins."),
            .init(
                body: JSONBody<InvitedAccountRequest>.self,
                gives: Reply<InvitedAccountAnswer>.self, [201],
                problems: Problem.Kind.deciding + [.passwordsBusy], repeating: .once)
        ) { call in
            let wanted = call.body.value
            let invited = try await invited(wanted.token)
            guard means.now() < invited.invitation.token.expires else {
                throw Refusal.badToken.problem
            }
            let asker = Asker(AuditActor(.link, invited.invitation.id.rawValue), by: call)
            let account = AccountID(asker.name(of: "account", bytes: 16))
            guard invited.account == nil || invited.account == account else {
                throw Refusal.exists.problem
            }
            let name = try Names.checked(wanted.name, at: "/name")
            let address = invited.invitation.address
            let hash = try await passwordHash(
                wanted.password, by: InvitedAnswer.policy(invited.organisation),
                names: [name, address.text, invited.organisation.profile.name])
            try await means.channel.ask(
                account,
                .create(
                    NewAccount(
                        address: address, name: name, language: wanted.language,
                        passwordHash: hash, isVerified: true)),
                for: asker)
            return Reply(
                InvitedAccountAnswer(account: account, email: address.text), status: 201)
        }
    }

    /// A password's hash.
    ///
    /// - Throws: a problem at the field where the password is none that is taken.
    func passwordHash(
        _ password: String, by policy: PasswordPolicy, names: [String]
    ) async throws(Problem) -> String {
        if let refusal = policy.refusal(of: password, names: names) {
            throw .invalid([.init(.pointer("/password"), refusal.code, refusal.description)])
        }
        do throws(PasswordHasherError) {
            return try await means.passwords.hash(PasswordPolicy.normalised(password)).text
        } catch {
            throw Problem(.passwordsBusy, error.description)
        }
    }

    // MARK: Those who have an account

    private var accept: Endpoint {
        .person(
            .at(
                .post, "/api/v1/me/invitations/accept", "invitations.accept",
                "Joins a team by the link of an invitation to the own, verified address."),
            .init(
                body: JSONBody<LinkRequest>.self, gives: Reply<JoinedAnswer>.self,
                problems: Problem.Kind.deciding, repeating: .once)
        ) { call in
            let asker = own(call)
            // The invitation of somebody who joined by it is there no more.
            if case .joined(let tenant)? = try await means.channel.done(
                call.scope.account, for: asker)
            {
                return Reply(try await joined(call.scope.account, tenant))
            }
            let invited = try await invited(call.body.value.token)
            try await means.channel.ask(
                call.scope.account,
                .join(invited.tenant, tokenHash: LinkTokens.hash(call.body.value.token)),
                for: asker)
            return Reply(try await joined(call.scope.account, invited.tenant))
        }
    }

    private func joined(
        _ account: AccountID, _ tenant: TenantID
    ) async throws(Problem) -> JoinedAnswer {
        try await waitForMember(account, of: tenant)
        let organisation = try await read { rows throws(SQLiteError) in
            try OrganisationLookup(rows).organisation(tenant)
        }
        return JoinedAnswer(tenant: tenant, organisation: organisation?.profile.name ?? "")
    }

    /// A person about their own account.
    func own<Parameters, Body>(
        _ call: Call<PersonScope, Parameters, Body>
    ) -> Asker {
        Asker(AuditActor(call.principal, inTeam: true), by: call)
    }

    /// Waits until who joined is seen here: the account hears of it by another way.
    func waitForMember(_ account: AccountID, of tenant: TenantID) async throws(Problem) {
        try await Visible.wait { () async throws(Problem) in
            let member = try await read { rows throws(SQLiteError) in
                try OrganisationLookup(rows).member(account, of: tenant)
            }
            return member != nil
        }
    }

    private var decline: Endpoint {
        .person(
            .at(
                .post, "/api/v1/me/invitations/decline", "invitations.decline",
                "Declines an invitation to the own, verified address."),
            .init(
                body: JSONBody<LinkRequest>.self, gives: NoContent.self, [204],
                problems: Problem.Kind.deciding, repeating: .once)
        ) { call in
            let asker = own(call)
            if case .declined? = try await means.channel.done(call.scope.account, for: asker) {
                return NoContent()
            }
            let invited = try await invited(call.body.value.token)
            try await means.channel.ask(
                call.scope.account,
                .declineInvitation(
                    invited.tenant, tokenHash: LinkTokens.hash(call.body.value.token)),
                for: asker)
            return NoContent()
        }
    }

    // MARK: Members about themselves

    private func ofTeam(
        _ method: HTTPMethod, _ path: String, _ name: String, _ summary: String,
        _ action: @escaping @Sendable (AccountID) -> OrganisationCommand.Action
    ) -> Endpoint {
        .person(
            .at(method, "/api/v1/me/teams/{tenant}" + path, name, summary),
            .init(
                takes: OneTenant.self, gives: NoContent.self, [204],
                problems: Problem.Kind.deciding, repeating: method == .post ? .once : .harmless)
        ) { call in
            let tenant = call.parameters.tenant
            let member = try await read { rows throws(SQLiteError) in
                try OrganisationLookup(rows).member(call.scope.account, of: tenant)
            }
            // Who does not belong to it is not told whether there is such a tenant.
            guard member != nil else {
                throw Problem(Authorizer.noTenant, "there is no tenant \(tenant)")
            }
            try await means.channel.ask(
                tenant, action(call.scope.account), for: own(call))
            return NoContent()
        }
    }

    private var acceptOwnership: Endpoint {
        ofTeam(
            .post, "/ownership", "ownership.accept",
            "Takes an ownership that is offered; who offered it becomes an admin."
        ) { _ in .acceptOwnership }
    }

    private var declineOwnership: Endpoint {
        ofTeam(
            .delete, "/ownership", "ownership.decline", "Declines an ownership that is offered."
        ) { _ in .endOffer }
    }

    private var leave: Endpoint {
        ofTeam(.delete, "", "members.leave", "Leaves a team.") { .remove($0) }
    }
}

extension Problem.Kind {
    static let passwordsBusy = Self(503, "busy_passwords")
}
