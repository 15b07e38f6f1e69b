import AccountCommands
package import AccountRecords
package import AccountView
import AuditRecords
package import Conversation
import Cryptography
package import Endpoints
package import HTTPServer
import InstallationView
package import NetworkAddress
package import OrganisationView
import Permissions
import SQLite
import Synchronization
import Views

/// A person who is signed in, with all that follows from it at this moment.
package struct SignedInPerson: Sendable {
    /// Who asks, as endpoints see it.
    package var person: Principal.Person
    /// The account.
    package var account: AccountRow
    /// The session.
    package var session: SessionRow
    /// The teams.
    package var memberships: [OrganisationLookup.Membership]
    /// Teams that cannot be reached from where the person is.
    package var unreachable: Set<TenantID>
    /// When the session ends for want of use, unless it is used.
    package var idleEnd: Timestamp
    /// By what an operator acts as this person; `nil` where it is the person.
    package var impersonation: Impersonation?
}

/// What is asked of a person's sessions and password by all that they belong to: the strictest.
package struct PersonalLimits: Hashable, Sendable {
    /// How long a session goes on without being used.
    package var idle: Duration
    /// How long a session goes on at most.
    package var longest: Duration
    /// The fewest characters of a password, 0 for no more than everybody's.
    package var passwordCharacters: Int
    /// Where a second factor is asked for now.
    package var factorFor: Set<TenantID>

    /// The strictest of what the teams ask, and the installation of who runs it.
    package init(
        _ memberships: [OrganisationLookup.Membership], installation: InstallationFacts,
        isOperator: Bool, at now: Timestamp
    ) {
        let standard = OrganisationPart.Security()
        let all = memberships.map(\.organisation.security)
        func least(_ path: KeyPath<OrganisationPart.Security, Int>) -> Duration {
            .seconds(60 * (all.map { max(1, $0[keyPath: path]) }.min() ?? standard[keyPath: path]))
        }
        idle = least(\.idleMinutes)
        longest = least(\.longestMinutes)
        passwordCharacters = all.compactMap(\.passwordCharacters).max() ?? 0
        factorFor = Set(
            memberships.filter {
                $0.organisation.security.secondFactorFrom.map { $0 <= now } ?? false
            }.map(\.tenant))
        if isOperator, installation.security.needsSecondFactor {
            factorFor.insert(.installation)
        }
    }
}

extension AccountAccess {
    /// The person whose session has this token; `nil` where it has ended, or never was one.
    package func person(
        token: String, of request: HTTPRequest
    ) async throws(Problem) -> SignedInPerson? {
        try await person(token: token, of: request, from: try await client(of: request)?.address)
    }

    /// The person whose session has this token, of a request that came from an address; `nil` where
    /// it has ended, or never was one.
    package func person(
        token: String, of request: HTTPRequest, from address: IPAddress?
    ) async throws(Problem) -> SignedInPerson? {
        let hash = SHA256.hex(token)
        var found = try await accounts { rows throws(SQLiteError) in try rows.session(token: hash) }
        if found == nil, let session = replacement(of: hash) {
            found = try await accounts { rows throws(SQLiteError) in try rows.session(session) }
        }
        guard let (session, account) = found else { return nil }
        return try await resolve(session, account, from: address, request)
    }

    /// The person of a session that was let in before; `nil` where it has ended since.
    ///
    /// For what is open: looking is no use of the session.
    package func person(
        again session: SessionID, from address: IPAddress?
    ) async throws(Problem) -> SignedInPerson? {
        let found = try await accounts { rows throws(SQLiteError) in try rows.session(session) }
        guard let (session, account) = found else { return nil }
        return try await resolve(session, account, from: address, nil)
    }

    /// Somebody who was let in before, as they are now; `nil` where their session has ended since.
    package func person(
        again person: Principal.Person, from address: IPAddress?
    ) async throws(Problem) -> SignedInPerson? {
        guard person.impersonator == nil else {
            return try await impersonating(again: person.session, from: address)
        }
        return try await self.person(again: person.session, from: address)
    }

    private func replacement(of hash: String) -> SessionID? {
        let now = now
        return memory.withLock { memory in
            memory.replaced = memory.replaced.filter { $0.value.until > now }
            return memory.replaced[hash]?.session
        }
    }

    /// A proof gives the session another token; the one before goes on for a moment.
    package func replace(token: String, of session: SessionID) {
        let end = now + Self.grace
        memory.withLock { $0.replaced[SHA256.hex(token)] = (session, end) }
    }

    /// The teams of an account, and what they ask of it.
    package func teams(
        of account: AccountID
    ) async throws(Problem) -> (
        memberships: [OrganisationLookup.Membership], member: TeamMember?,
        installation: InstallationFacts, limits: PersonalLimits
    ) {
        let memberships = try await read(parts.organisations) { rows throws(SQLiteError) in
            try OrganisationLookup(rows).memberships(of: account)
        }
        let (member, facts) = try await read(parts.installation) { rows throws(SQLiteError) in
            (try InstallationRows(rows).member(account), try InstallationRows(rows).facts())
        }
        let limits = PersonalLimits(
            memberships, installation: facts, isOperator: member != nil, at: now)
        return (memberships, member, facts, limits)
    }

    private func resolve(
        _ session: SessionRow, _ account: AccountRow, from address: IPAddress?,
        _ request: HTTPRequest?
    ) async throws(Problem) -> SignedInPerson? {
        let now = now
        guard account.facts.standing == .active, now < session.expires else { return nil }
        let (memberships, member, installation, limits) = try await teams(of: session.account)
        let used = lastUse(of: session)
        guard now < session.began + limits.longest, now < used + limits.idle else {
            await end(session, account)
            return nil
        }
        if let request { await noteUse(of: session, account, by: request) }
        var access = Access(isProven: now < session.proven + Self.proven)
        if !account.facts.hasFactor { access.factorDue = limits.factorFor }
        if let member, !member.isAway {
            access.everywhere = AccessMatrix.permissions(
                ofInstallationRole: member.role,
                Dictionary(installation.sets.map { ($0.id, $0) }) { $1 })
        }
        var unreachable: Set<TenantID> = []
        for membership in memberships {
            let networks = membership.organisation.security.networks
            guard Self.allows(networks, address) else {
                unreachable.insert(membership.tenant)
                continue
            }
            access.tenants[membership.tenant] = membership.permissions
        }
        return SignedInPerson(
            person: Principal.Person(
                account: session.account, name: account.facts.name, session: session.id,
                access: access),
            account: account, session: session, memberships: memberships,
            unreachable: unreachable, idleEnd: max(used, now) + limits.idle)
    }

    /// Whether a list of networks lets an address in; a list that cannot be read lets nobody in.
    static func allows(_ networks: [String], _ address: IPAddress?) -> Bool {
        guard !networks.isEmpty else { return true }
        guard let address else { return false }
        do throws(AddressAllowList.Flaw) {
            return try AddressAllowList(networks).allows(address)
        } catch {
            return false
        }
    }

    // MARK: Use

    /// When a session was last used, as far as is known.
    ///
    /// Records tell it to the hour. Of one that this process has not seen yet, it may have been
    /// used up to an hour after what the record says, by what was before this process: nobody is
    /// signed out by a restart.
    func lastUse(of session: SessionRow) -> Timestamp {
        if let used = memory.withLock({ $0.used[session.id] }) { return max(used, session.used) }
        return max(session.used, min(began, session.used + Self.betweenUses))
    }

    /// When a session was last used, for lists.
    package func lastKnownUse(of session: SessionRow) -> Timestamp {
        max(session.used, memory.withLock { $0.used[session.id] } ?? session.used)
    }

    /// What a page asks by itself, while nobody touches it, is no use.
    private func noteUse(
        of session: SessionRow, _ account: AccountRow, by request: HTTPRequest
    ) async {
        guard request.headers.first(named: "Parley-Unattended") == nil else { return }
        let now = now
        let isDue = memory.withLock { memory in
            if memory.used.count > Self.mostSessions { (memory.used, memory.noted) = ([:], [:]) }
            memory.used[session.id] = now
            guard now >= session.used + Self.betweenUses else { return false }
            // The note is on its way, perhaps.
            if let noted = memory.noted[session.id], now < noted + .seconds(60) { return false }
            memory.noted[session.id] = now
            return true
        }
        guard isDue else { return }
        await wish(.noteUse(session.id), of: session, account)
    }

    private func end(_ session: SessionRow, _ account: AccountRow) async {
        await wish(.endSession(session.id), of: session, account)
    }

    /// Has something done that the request does not wait for.
    private func wish(
        _ action: AccountCommand.Action, of session: SessionRow, _ account: AccountRow
    ) async {
        let actor = AuditActor(
            .account, session.account.rawValue, name: account.facts.name,
            session: session.id.rawValue)
        await parts.channel.tell(session.account, action, for: actor)
    }
}
