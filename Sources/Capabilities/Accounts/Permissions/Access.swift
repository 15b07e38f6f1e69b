package import Conversation

/// What somebody may, as it stands at this moment: made by the edge from what it knows of a
/// session, a key or a ticket, for each request and each frame of a socket.
package struct Access: Hashable, Sendable {
    /// What they may in the installation, and as operator in each tenant.
    package var everywhere: Set<Permission>
    /// What they may in the tenants that they belong to.
    package var tenants: [TenantID: Set<Permission>]
    /// The most that they may by the key with which they ask; `nil` without such a bound.
    package var bound: Set<Permission>?
    /// Whether they proved who they are within the last ten minutes, by the strongest factor they
    /// have.
    ///
    /// A key is its own proof.
    package var isProven: Bool
    /// Whether they hold the installation's own key, which opens everything and needs no consent.
    package var isBreakGlass: Bool
    /// Where a second factor is asked for that they do not have, ``TenantID/installation`` for the
    /// installation: there, they may nothing until they have one.
    package var factorDue: Set<TenantID> = []

    /// Describes what somebody may.
    package init(
        everywhere: Set<Permission> = [], tenants: [TenantID: Set<Permission>] = [:],
        bound: Set<Permission>? = nil, isProven: Bool = false, isBreakGlass: Bool = false
    ) {
        self.everywhere = everywhere
        self.tenants = tenants
        self.bound = bound
        self.isProven = isProven
        self.isBreakGlass = isBreakGlass
    }

    /// Where something is to be done.
    package enum Place: Hashable, Sendable {
        /// In the installation.
        case installation
        /// In a tenant, as it stands; `consents` says whether it lets operators in at this moment.
        case tenant(TenantID, Openness, consents: Bool)
    }

    /// What a tenant's standing lets its own people do.
    package enum Openness: Hashable, Sendable {
        /// All that they may.
        case open
        /// To look, to pay and to leave: it is suspended.
        case readOnly
        /// Nothing: it is deleted. Operators still may.
        case closed
    }

    /// Whether something may be done.
    package enum Verdict: Hashable, Sendable {
        /// It may.
        case allowed
        /// It may, and the tenant's audit log says so even where nothing is changed.
        case audited
        /// It may not.
        case refused(Refusal)
    }

    /// Why not.
    package enum Refusal: Hashable, Sendable {
        /// They do not belong to the tenant, and are not told whether there is one: 404.
        case unknownTenant
        /// They lack the permission: 403.
        case lacking
        /// They are operators, and the tenant does not consent: 403.
        case noConsent
        /// The tenant is suspended, and this changes something: 409.
        case readOnly
        /// They have to prove who they are again: 403 of a kind of its own.
        case unproven
        /// They have to set up a second factor first: 403 of a kind of its own.
        case factorDue
    }

    /// Whether they may: the one decision for HTTP, sockets, search and exports.
    package func may(_ permission: Permission, in place: Place) -> Verdict {
        guard !isBreakGlass else { return .audited }
        guard let row = AccessMatrix.row(permission) else { return .refused(.lacking) }
        switch place {
        case .installation:
            guard row.level == .installation, holds(permission, in: everywhere) else {
                return .refused(.lacking)
            }
            guard !factorDue.contains(.installation) else { return .refused(.factorDue) }
            return proven(row, .allowed)
        case .tenant(let tenant, let openness, let consents):
            return may(row, in: tenant, openness, consents)
        }
    }

    private func may(
        _ row: AccessMatrix.Row, in tenant: TenantID, _ openness: Openness, _ consents: Bool
    ) -> Verdict {
        if let own = tenants[tenant], openness != .closed {
            if holds(row.permission, in: own) {
                guard !factorDue.contains(tenant) else { return .refused(.factorDue) }
                guard openness == .open || row.isForSuspended else { return .refused(.readOnly) }
                return proven(row, .allowed)
            }
        }
        guard row.level == .tenant, holds(row.permission, in: everywhere) else {
            let isKnown = tenants[tenant] != nil && openness != .closed || !everywhere.isEmpty
            return .refused(isKnown ? .lacking : .unknownTenant)
        }
        guard !factorDue.contains(.installation) else { return .refused(.factorDue) }
        switch row.operators {
        case .free: return proven(row, .allowed)
        case .audited: return proven(row, .audited)
        case .withConsent: return consents ? proven(row, .audited) : .refused(.noConsent)
        case .never: return .refused(.lacking)
        }
    }

    private func holds(_ permission: Permission, in held: Set<Permission>) -> Bool {
        held.contains(permission) && bound?.contains(permission) ?? true
    }

    private func proven(_ row: AccessMatrix.Row, _ verdict: Verdict) -> Verdict {
        row.kind == .danger && !isProven ? .refused(.unproven) : verdict
    }
}
