package import Conversation
package import Endpoints
package import HTTPServer
package import Permissions

/// What live updates have to know of who is who: the console's rules, asked at every frame.
package protocol LiveAccess: Sendable {
    /// Who sent a request, by its cookie, key or ticket.
    func principal(of request: HTTPRequest) async throws(Problem) -> Principal
    /// The same one as they stand at this moment; `request` is the one that they were known by.
    ///
    /// - Throws: a problem where the session, key or account has ended.
    func present(
        _ principal: Principal, knownBy request: HTTPRequest
    ) async throws(Problem) -> Principal
    /// How a tenant stands at this moment.
    func place(of tenant: TenantID) async throws(Problem) -> Access.Place
}

/// Who listens, and the request that they were known by.
struct LiveCaller: Sendable {
    var principal: Principal
    let request: HTTPRequest
}

extension LiveAccess {
    /// Whether somebody may listen to a room of a tenant, or of all; the code of why not.
    func refusal(
        of interest: LiveInterest, _ room: LiveRoom?, to principal: Principal
    ) async -> String? {
        guard let room else { return "no_room" }
        do throws(Problem) {
            if room.isOwn {
                guard principal.account != nil, interest.tenant == nil else { return "no_room" }
            } else if let tenant = interest.tenant {
                guard let permission = room.tenant else { return "no_room" }
                let place = try await place(of: tenant)
                _ = try Authorizer.scope(
                    of: tenant, for: principal, needing: permission, at: place)
            } else {
                guard let permission = room.installation else { return "no_room" }
                try Authorizer.check(principal, permission)
            }
            return nil
        } catch {
            return error.kind.code
        }
    }
}
