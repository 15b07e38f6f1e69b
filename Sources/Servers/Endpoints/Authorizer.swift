package import Conversation
package import HTTPServer
package import Permissions

/// The right to read and change one tenant's data: every table and view asks for it.
///
/// Only the ``Authorizer`` makes one, so that what holds one has been asked who it is.
package struct TenantScope: Hashable, Sendable {
    /// The tenant.
    package let tenant: TenantID

    fileprivate init(_ tenant: TenantID) { self.tenant = tenant }
}

/// The right to read and change what belongs to the whole installation, and to look at every
/// tenant.
package struct InstallationScope: Hashable, Sendable {
    fileprivate init() {}

    /// One tenant's scope, for what lists or counts over all of them.
    package func scope(of tenant: TenantID) -> TenantScope { TenantScope(tenant) }
}

/// Who is who, and what there is: what a service tells its ``Authorizer``.
package protocol AccessRules: Sendable {
    /// Who sent a request, by the key or ticket in its header lines.
    func principal(of request: HTTPRequest) throws(Problem) -> Principal
    /// Who opens a WebSocket, by the ticket among its subprotocols, which is used up.
    func agent(opening request: HTTPRequest) throws(Problem) -> Principal.Agent
    /// Refuses while what is known is not all there is.
    func checkReadiness() throws(Problem)
    /// Refuses a tenant that there is not, or that cannot be served.
    func checkTenant(_ tenant: TenantID) throws(Problem)
    /// How a tenant stands at this moment, for those who may what its standing allows.
    func place(of tenant: TenantID) -> Access.Place
}

/// The one place that decides who may what.
package struct Authorizer: Sendable {
    private let rules: any AccessRules

    /// Decides by a service's rules.
    package init(_ rules: any AccessRules) { self.rules = rules }

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
    /// What people and API keys may be refused with, besides ``noTenant``.
    package static let refusals = [unproven, noConsent, suspended]

    /// The scope of the installation, if whoever sent the request has the permission.
    func installation(
        _ request: HTTPRequest, needing permission: InstallationPermission
    ) throws(Problem) -> (Principal, InstallationScope) {
        let principal = try rules.principal(of: request)
        guard let access = principal.access else { throw Self.refusal(permission.name) }
        try Self.check(access, permission.name, in: .installation)
        try rules.checkReadiness()
        return (principal, InstallationScope())
    }

    /// The scope of a tenant, if whoever sent the request has the permission there.
    func tenant(
        _ tenant: TenantID, _ request: HTTPRequest, needing permission: TenantPermission
    ) throws(Problem) -> (Principal, TenantScope) {
        let principal = try rules.principal(of: request)
        let scope = try Self.scope(
            of: tenant, for: principal, needing: permission, at: rules.place(of: tenant))
        try rules.checkReadiness()
        try rules.checkTenant(tenant)
        return (principal, scope)
    }

    /// The scope of the tenant whose agent opens a WebSocket.
    func agent(
        opening request: HTTPRequest, needing permission: TenantPermission
    ) throws(Problem) -> (Principal, TenantScope) {
        try rules.checkReadiness()
        let agent = try rules.agent(opening: request)
        let scope = try Self.scope(
            of: agent.tenant, for: .agent(agent), needing: permission,
            at: rules.place(of: agent.tenant))
        try rules.checkTenant(agent.tenant)
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
            return TenantScope(tenant)
        case .agent(let agent):
            guard agent.tenant == tenant else {
                throw Problem(noTenant, "there is no tenant \(tenant)")
            }
            guard permission.isForAgents else { throw refusal(permission.name) }
            return TenantScope(tenant)
        case .nobody: throw refusal(permission.name)
        }
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
        }
    }

    private static func refusal(_ permission: String) -> Problem {
        Problem(
            forbidden, "this needs the permission \(permission), which your key or ticket lacks")
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
