import AccountCommands
package import AccountRecords
import AccountView
package import Conversation
import Cryptography
import Endpoints
package import HTTPServer
import InstallationView
package import NetworkAddress
package import OrganisationView
import Permissions
import SQLite
import Views

/// Operators who act as somebody of a team: while it consents, for an hour at most, and no longer
/// than their own session goes on.
extension AccountAccess {
    /// The header line by which a page says in whose name it asks: the impersonation's id.
    package static let impersonationField = "Parley-Impersonation"

    /// That an operator acts as somebody no more.
    package static let impersonationEnded = Problem(
        .impersonationEnded, "you act as somebody else no more; load the page again")

    /// In whose name a person asks who is signed in: their own, unless the browser says otherwise
    /// by its second cookie.
    ///
    /// What a page believes has to be so: else what is meant as one's act would be another's. Only
    /// links and pictures, which cannot say it, are answered without a word.
    package func impersonating(
        _ own: SignedInPerson, by request: HTTPRequest, from address: IPAddress?
    ) async throws(Problem) -> SignedInPerson {
        let said = request.headers.first(named: Self.impersonationField)
        guard let token = SessionCookie.impersonationToken(in: request) else {
            guard said == nil else { throw Self.impersonationEnded }
            return own
        }
        let hash = SHA256.hex(token)
        let found = try await read(parts.organisations) { rows throws(SQLiteError) in
            try OrganisationLookup(rows).impersonation(hash: hash)
        }
        guard let found else { throw Self.impersonationEnded }
        guard
            case .success(let person) = try await self.person(
                found.impersonation, in: found.tenant, by: own, from: address)
        else { throw Self.impersonationEnded }
        let changes = ![.get, .head, .options].contains(request.method)
        guard said == found.impersonation.id.rawValue || said == nil && !changes else {
            throw Problem(
                .impersonatesElsewhere,
                "this browser acts as somebody else meanwhile; load the page again")
        }
        return person
    }

    /// The person as whom an operator acts, in a session that was let in before.
    func impersonating(
        again session: SessionID, from address: IPAddress?
    ) async throws(Problem) -> SignedInPerson? {
        let found = try await read(parts.organisations) { rows throws(SQLiteError) in
            try OrganisationLookup(rows).impersonation(session)
        }
        guard let found, let session = found.impersonation.operatorSession,
            let own = try await self.person(again: session, from: address),
            case .success(let person) = try await self.person(
                found.impersonation, in: found.tenant, by: own, from: address)
        else { return nil }
        return person
    }

    /// The person as whom an operator acts who is signed in, with all that follows at this moment;
    /// or why they do not.
    ///
    /// Of the teams that the person belongs to, only the one that consents is there.
    package func person(
        _ impersonation: Impersonation, in tenant: TenantID, by own: SignedInPerson,
        from address: IPAddress?
    ) async throws(Problem) -> Result<SignedInPerson, Problem> {
        guard own.session.id == impersonation.operatorSession,
            own.account.account == impersonation.operator, now < impersonation.expires
        else { return .failure(Self.impersonationEnded) }
        let access = own.person.access
        guard access.everywhere.contains(.actAsMember) else {
            return .failure(Refusal.forbidden.problem)
        }
        let (teams, member, _, limits) = try await self.teams(of: impersonation.account)
        guard let team = teams.first(where: { $0.tenant == tenant }), !team.member.isAway else {
            return .failure(Refusal.notMember.problem)
        }
        guard member == nil else {
            return .failure(
                Problem(.runsInstallation, "nobody acts as somebody who runs the installation"))
        }
        guard case .tenant(_, .open, consents: true) = team.organisation.place(of: tenant, at: now)
        else { return .failure(Refusal.noConsent.problem) }
        let asksFactor = limits.factorFor.contains(tenant) && !own.account.facts.hasFactor
        guard !asksFactor, !access.factorDue.contains(.installation) else {
            return .failure(
                Problem(Authorizer.factorDue, "this needs a second factor: set one up first"))
        }
        guard Self.allows(team.organisation.security.networks, address) else {
            return .failure(
                Problem(.foreignNetwork, "the business lets nobody in from your address"))
        }
        let account = try await accounts { rows throws(SQLiteError) in
            try rows.account(impersonation.account)
        }
        guard let account, account.facts.standing == .active else {
            return .failure(Refusal.disabled.problem)
        }
        return .success(own.impersonating(account, impersonation, team))
    }

    /// Operators who act as people of a tenant at this moment, the newest first, each with the name
    /// of that person.
    package func impersonations(
        in tenant: TenantID
    ) async throws(Problem) -> [(impersonation: Impersonation, name: String)] {
        let stored = try await read(parts.organisations) { rows throws(SQLiteError) in
            try OrganisationLookup(rows).impersonations(in: tenant)
        }
        var found: [(impersonation: Impersonation, name: String)] = []
        for impersonation in stored where now < impersonation.expires {
            // What ended with the operator's session is written down in a moment.
            guard let session = impersonation.operatorSession,
                try await self.person(again: session, from: nil) != nil
            else { continue }
            let account = try await accounts { rows throws(SQLiteError) in
                try rows.account(impersonation.account)
            }
            found.append((impersonation, account?.facts.name ?? ""))
        }
        return found
    }

    /// What the second cookie of a request stands for, whether it goes on or not.
    package func impersonation(
        of request: HTTPRequest
    ) async throws(Problem) -> OrganisationLookup.Impersonating? {
        guard let token = SessionCookie.impersonationToken(in: request) else { return nil }
        let hash = SHA256.hex(token)
        return try await read(parts.organisations) { rows throws(SQLiteError) in
            try OrganisationLookup(rows).impersonation(hash: hash)
        }
    }
}

extension SignedInPerson {
    /// The operator as somebody of a team, who may what that one may without proving who they are.
    fileprivate func impersonating(
        _ account: AccountRow, _ impersonation: Impersonation,
        _ team: OrganisationLookup.Membership
    ) -> SignedInPerson {
        let permissions = team.permissions.intersection(AccessMatrix.inAnothersName)
        let expires = min(impersonation.expires, session.expires)
        var row = session
        row.id = impersonation.id
        row.account = impersonation.account
        row.began = impersonation.began
        row.expires = expires
        row.proven = impersonation.began
        return SignedInPerson(
            person: Principal.Person(
                account: impersonation.account, name: account.facts.name,
                session: impersonation.id,
                access: Access(tenants: [team.tenant: permissions]),
                impersonator: impersonation.operator,
                impersonatorName: impersonation.operatorName),
            account: account, session: row, memberships: [team], unreachable: [],
            idleEnd: min(idleEnd, expires),
            impersonation: impersonation)
    }
}

extension Problem.Kind {
    /// An operator acts as somebody no more.
    package static let impersonationEnded = Self(401, "impersonation_ended")
    /// The browser acts as somebody, and the page that asks does not know it.
    package static let impersonatesElsewhere = Self(409, "impersonates_elsewhere")
    /// Somebody cannot be acted as, for they run the installation.
    package static let runsInstallation = Self(403, "runs_installation")
}
