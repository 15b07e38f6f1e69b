package import Conversation

extension Named {
    /// Something that may be done.
    package enum Permission {}
    /// A role: one of ours, or a set of permissions that people made.
    package enum Role {}
}

/// Names something that may be done, as `resource:verb`.
package typealias Permission = Identifier<Named.Permission>
/// Names a role: `owner`, `admin`, `agent`, `viewer`, `operator`, or a ``PermissionSet``.
package typealias RoleName = Identifier<Named.Role>

extension RoleName {
    /// May everything in its tenant; there is always one who can sign in.
    package static let owner: Self = "owner"
    /// May what owners may, but for ownership, deletion and payment methods.
    package static let admin: Self = "admin"
    /// Answers customers.
    package static let agent: Self = "agent"
    /// Looks, and changes nothing.
    package static let viewer: Self = "viewer"
    /// Runs the installation; there is always one who can sign in.
    package static let `operator`: Self = "operator"

    /// The roles that every tenant has, from the most to the least.
    package static let ofTenants: [Self] = [owner, admin, agent, viewer]

    /// Whether no set of permissions may be called so.
    package var isBuiltIn: Bool { self == .operator || Self.ofTenants.contains(self) }
}

/// A role that people made: some of the permissions that there are.
package struct PermissionSet: Hashable, Sendable, Codable {
    /// Its id, which is the name of the role.
    package var id: RoleName
    /// What people call it.
    package var name: String
    /// What it may, in the order of names.
    package var permissions: [Permission]

    /// Describes a set.
    package init(id: RoleName, name: String, permissions: some Sequence<Permission>) {
        self.id = id
        self.name = name
        self.permissions = Set(permissions).sorted()
    }
}
