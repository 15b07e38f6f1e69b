package import Conversation
package import Endpoints

/// What pages can listen to, and who may: the room of a page, and the changes of what it shows.
package struct LiveRoom: Hashable, Sendable {
    /// The room's name, as ``Views/RowChanged`` has it.
    package let name: String
    /// What one must be allowed to hear of one tenant; `nil` where tenants have no such room.
    package let tenant: TenantPermission?
    /// What one must be allowed to hear of all tenants and of the installation itself; `nil` where
    /// nobody does.
    package let installation: InstallationPermission?
    /// Whether everybody who is signed in hears of their own.
    package let isOwn: Bool

    /// A room of tenants, of the installation, or both.
    package init(
        _ name: String, tenant: TenantPermission? = nil, installation: InstallationPermission? = nil
    ) {
        self.name = name
        self.tenant = tenant
        self.installation = installation
        isOwn = false
    }

    /// A room of which everybody has their own.
    package init(ofEverybody name: String) {
        self.name = name
        tenant = nil
        installation = nil
        isOwn = true
    }
}

/// What a page listens to: a room, of one tenant or of all that whoever listens may hear.
package struct LiveInterest: Hashable, Sendable, Codable {
    /// The room.
    package var room: String
    /// The tenant.
    package var tenant: TenantID?

    /// Describes an interest.
    package init(_ room: String, of tenant: TenantID? = nil) {
        self.room = room
        self.tenant = tenant
    }
}
