package import Conversation
package import HTTPServer
package import Permissions

/// The right to read and change one tenant's data: every table and view asks for it.
///
/// Only the ``Authorizer`` makes one, so that what holds one has been asked who it is.
package struct TenantScope: Hashable, Sendable {
    /// The tenant.
    package let tenant: TenantID
    /// Who of the tenant's team looks: rows show them what they may see; `nil` sees all.
    package let viewer: Viewer?

    fileprivate init(_ tenant: TenantID, seenBy viewer: Viewer? = nil) {
        self.tenant = tenant
        self.viewer = viewer
    }

    /// The same tenant, as somebody of its team sees it who was looked up again.
    package func seen(by viewer: Viewer?) -> TenantScope { TenantScope(tenant, seenBy: viewer) }
}

/// The right to read and change what belongs to the whole installation, and to look at every
/// tenant.
package struct InstallationScope: Hashable, Sendable {
    fileprivate init() {}

    /// One tenant's scope, for what lists or counts over all of them.
    package func scope(of tenant: TenantID) -> TenantScope { TenantScope(tenant) }
}

/// The right of a person who is signed in to look at and change their own account.
///
/// Only the ``Authorizer`` makes one.
package struct PersonScope: Hashable, Sendable {
    /// The account.
    package let account: AccountID
    /// The session in which the person asks.
    package let session: SessionID

    fileprivate init(_ person: Principal.Person) {
        account = person.account
        session = person.session
    }
}

/// Who is who, and what there is: what a service tells its ``Authorizer``.
package protocol AccessRules: Sendable {
    /// Who sent a request, by the cookie, key or ticket in its header lines.
    func principal(of request: HTTPRequest) async throws(Problem) -> Principal
    /// Who opens a WebSocket, by the ticket among its subprotocols, which is used up.
    func agent(opening request: HTTPRequest) async throws(Problem) -> Principal.Agent
    /// Refuses while what is known is not all there is.
    func checkReadiness() throws(Problem)
    /// Refuses a tenant that there is not, or that cannot be served.
    func checkTenant(_ tenant: TenantID) async throws(Problem)
    /// How a tenant stands at this moment, for those who may what its standing allows.
    func place(of tenant: TenantID) async throws(Problem) -> Access.Place
    /// Somebody looks at a tenant that is not theirs, or acts there: its audit log is to say so.
    func note(
        _ principal: Principal, _ permission: Permission, in tenant: TenantID,
        for request: HTTPRequest, _ arrival: Arrival
    ) async throws(Problem)
}

extension AccessRules {
    /// Tells nobody.
    package func note(
        _ principal: Principal, _ permission: Permission, in tenant: TenantID,
        for request: HTTPRequest, _ arrival: Arrival
    ) async throws(Problem) {}
}

/// The one place that decides who may what.
package struct Authorizer: Sendable {
    private let rules: any AccessRules
    /// Who sent the request that is answered, where that was looked up already.
    private var found: Result<Principal, Problem>?

    /// Decides by a service's rules.
    package init(_ rules: any AccessRules) { self.rules = rules }

    /// What is known of the request that is answered, for what it makes.
    var arrival = Arrival(reference: "")

    /// Looks up once who sent a request; what is decided about it afterwards goes by that.
    mutating func find(_ request: HTTPRequest) async -> Principal {
        do throws(Problem) {
            let principal = try await rules.principal(of: request)
            found = .success(principal)
            return principal
        } catch {
            found = .failure(error)
            return .nobody
        }
    }

    private func principal(of request: HTTPRequest) async throws(Problem) -> Principal {
        if let found { return try found.get() }
        return try await rules.principal(of: request)
    }

    /// Of a service where only endpoints that anyone may ask are: it knows nobody.
    package static let knowingNobody = Authorizer(NobodyKnown())

    /// What everybody without a key or ticket is told.
    static let forbidden = Problem.Kind(403, "forbidden")
    /// What an agent of another tenant is told, too: not even that there is such a tenant.
    package static let noTenant = Problem.Kind(404, "no_tenant")
    /// What somebody is told who has to prove again who they are: pages ask, and try again.
    package static let unproven = Problem.Kind(403, "unproven")
    /// What an operator is told whom the tenant does not let in.
    package static let noConsent = Problem.Kind(403, "no_consent")
    /// What a suspended tenant's people are told.
    package static let suspended = Problem.Kind(409, "suspended")
    /// What somebody is told who has to set up a second factor first.
    package static let factorDue = Problem.Kind(403, "second_factor_due")
    /// What people and API keys may be refused with, besides ``noTenant``.
    package static let refusals = [unproven, noConsent, suspended, factorDue]

    /// Whoever is known, whatever they may.
    func known(_ request: HTTPRequest) async throws(Problem) -> Principal {
        let principal = try await principal(of: request)
        try rules.checkReadiness()
        return principal
    }

    /// The scope of a person's own account; whoever acts as somebody else only looks at it.
    func person(_ request: HTTPRequest) async throws(Problem) -> (Principal, PersonScope) {
        let principal = try await principal(of: request)
        guard case .person(let person) = principal else {
            throw Problem(
                Self.forbidden, "this is for people who are signed in, about their own account")
        }
        guard person.impersonator == nil || request.method == .get || request.method == .head else {
            throw Problem(Self.forbidden, "who acts as somebody else does not change their account")
        }
        try rules.checkReadiness()
        return (principal, PersonScope(person))
    }

    /// The scope of the installation, if whoever sent the request has the permission.
    func installation(
        _ request: HTTPRequest, needing permission: InstallationPermission
    ) async throws(Problem) -> (Principal, InstallationScope) {
        let principal = try await principal(of: request)
        guard let access = principal.access else { throw Self.refusal(permission.name) }
        try Self.check(access, permission.name, in: .installation)
        try rules.checkReadiness()
        return (principal, InstallationScope())
    }

    /// The scope of a tenant, if whoever sent the request has the permission there.
    func tenant(
        _ tenant: TenantID, _ request: HTTPRequest, needing permission: TenantPermission
    ) async throws(Problem) -> (Principal, TenantScope) {
        let principal = try await principal(of: request)
        let place = try await rules.place(of: tenant)
        let scope = try Self.scope(of: tenant, for: principal, needing: permission, at: place)
        try rules.checkReadiness()
        try await rules.checkTenant(tenant)
        let name = Permission(permission.name)
        if principal.isInAnothersName || principal.access?.may(name, in: place) == .audited {
            try await rules.note(principal, name, in: tenant, for: request, arrival)
        }
        return (principal, scope)
    }

    /// The scope of the tenant whose agent opens a WebSocket.
    func agent(
        opening request: HTTPRequest, needing permission: TenantPermission
    ) async throws(Problem) -> (Principal, TenantScope) {
        try rules.checkReadiness()
        let agent = try await rules.agent(opening: request)
        let scope = try Self.scope(
            of: agent.tenant, for: .agent(agent), needing: permission,
            at: try await rules.place(of: agent.tenant))
        try await rules.checkTenant(agent.tenant)
        return (.agent(agent), scope)
    }

    /// The scope of a tenant for somebody who is known, by the permission and the tenant's
    /// standing; of an open tenant unless said.
    package static func scope(
        of tenant: TenantID, for principal: Principal, needing permission: TenantPermission,
        at place: Access.Place? = nil
    ) throws(Problem) -> TenantScope {
        switch principal {
        case .key: return TenantScope(tenant)
        case .person, .program:
            guard let access = principal.access else { throw refusal(permission.name) }
            let open = Access.Place.tenant(tenant, .open, consents: false)
            try check(access, permission.name, in: place ?? open)
            return TenantScope(tenant, seenBy: principal.viewer(in: tenant))
        case .agent(let agent):
            guard agent.tenant == tenant else {
                throw Problem(noTenant, "there is no tenant \(tenant)")
            }
            guard permission.isForAgents else { throw refusal(permission.name) }
            return TenantScope(tenant, seenBy: principal.viewer(in: tenant))
        case .nobody: throw refusal(permission.name)
        }
    }

    /// Refuses somebody who is known and lacks a permission over the installation.
    package static func check(
        _ principal: Principal, _ permission: InstallationPermission
    ) throws(Problem) {
        guard let access = principal.access else { throw refusal(permission.name) }
        try check(access, permission.name, in: .installation)
    }

    private static func check(
        _ access: Access, _ permission: String, in place: Access.Place
    ) throws(Problem) {
        guard case .refused(let refusal) = access.may(Permission(permission), in: place) else {
            return
        }
        switch refusal {
        case .unknownTenant:
            guard case .tenant(let tenant, _, _) = place else { throw self.refusal(permission) }
            throw Problem(noTenant, "there is no tenant \(tenant)")
        case .lacking: throw self.refusal(permission)
        case .noConsent:
            throw Problem(noConsent, "the business does not let operators look at this now")
        case .readOnly: throw Problem(suspended, "the business is suspended: it can only be read")
        case .unproven:
            throw Problem(unproven, "this needs a fresh proof of who you are; sign in again")
        case .factorDue:
            throw Problem(factorDue, "this needs a second factor: set one up first")
        }
    }

    private static func refusal(_ permission: String) -> Problem {
        Problem(
            forbidden, "this needs the permission \(permission), which you do not have here")
    }
}

/// The rules of a service without keys, tickets and tenants.
private struct NobodyKnown: AccessRules {
    private static let unknown = Problem(401, "unauthorized", "nobody is known here")

    func principal(of request: HTTPRequest) throws(Problem) -> Principal { throw Self.unknown }

    func agent(opening request: HTTPRequest) throws(Problem) -> Principal.Agent {
        throw Self.unknown
    }

    func checkReadiness() {}

    func place(of tenant: TenantID) -> Access.Place { .tenant(tenant, .closed, consents: false) }

    func checkTenant(_ tenant: TenantID) throws(Problem) {
        throw Problem(Authorizer.noTenant, "there are no tenants here")
    }
}
