package import AuditRecords
package import Conversation
package import Endpoints
package import HTTPServer
import Permissions

/// What a request says of who asks and from where.
extension Asker {
    /// Who asks something about a tenant: as one of its people or programs where they belong to it,
    /// else as who runs the installation.
    package init<Scope, Parameters, Body>(
        _ call: Call<Scope, Parameters, Body>, in tenant: TenantID
    ) {
        self.init(AuditActor(call.principal, in: tenant), by: call)
    }

    /// Somebody who asks by a request, such as whoever opened a link.
    package init<Scope, Parameters, Body>(
        _ actor: AuditActor, by call: Call<Scope, Parameters, Body>
    ) {
        self.init(
            actor,
            origin: AuditOrigin(call.principal, call.request, from: call.client, call.reference),
            reference: call.reference, begunBefore: call.begunBefore)
    }

    /// The same asker, for one of several things that the same request wishes: each is known by a
    /// name of its own.
    package func part(_ name: some CustomStringConvertible) -> Asker {
        Asker(
            actor, origin: origin, reference: "\(reference)/\(name)", begunBefore: begunBefore)
    }
}

extension AuditOrigin {
    /// Characters of what a browser calls itself that are kept.
    private static let longestName = 300

    /// Where a request came from that has a name of its own.
    package init(
        _ principal: Principal, _ request: HTTPRequest, from address: String, _ name: String
    ) {
        let agent = request.headers.all(named: "User-Agent").first
        let isProven: Bool? =
            if case .person(let person) = principal { person.access.isProven } else { nil }
        self.init(
            address: address, userAgent: agent.map { String($0.prefix(Self.longestName)) },
            request: name, isProven: isProven)
    }
}

extension AuditActor {
    /// A principal as what it acts as in a tenant: one of its people or programs, or who runs the
    /// installation.
    package init(_ principal: Principal, in tenant: TenantID) {
        let isOurs =
            switch principal {
            case .person(let person): person.access.tenants[tenant] != nil
            case .program(let program): program.access.tenants[tenant] != nil
            case .nobody, .key, .agent: false
            }
        self.init(principal, inTeam: isOurs)
    }
}
