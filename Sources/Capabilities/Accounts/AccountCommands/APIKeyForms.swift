package import AccountRecords
package import Conversation
import Endpoints
package import JSON

/// An API key as it is listed: never the key itself.
package struct APIKeyListing: Described, Codable, Hashable {
    var id: APIKeyID
    var name: String
    var permissions: [String]
    var networks: [String]
    var expires: Timestamp?
    var isLive: Bool
    var usedAt: Timestamp?
    var createdAt: Timestamp
    var maker: AccountID?
    var replaces: APIKeyID?

    /// A key as it stands at a time.
    package init(_ key: APIKeyFacts, at now: Timestamp) {
        id = key.id
        name = key.name
        permissions = key.permissions.map(\.rawValue)
        networks = key.networks
        expires = key.expires
        isLive = key.isLive(at: now)
        usedAt = key.usedAt
        createdAt = key.createdAt
        maker = key.maker
        replaces = key.replaces
    }

    package static let schema = JSONSchema.object(
        [
            .required("id", .text("The key's id, which the key itself holds, too.")),
            .required("name", .text("What it is called.")),
            .required("permissions", .list(.text(), "What it may.")),
            .required("networks", .list(.text(), "Where it may be used from; none: anywhere.")),
            .optional("expires", .time("When it ends, or ended.")),
            .required("isLive", .boolean("Whether it opens anything.")),
            .optional("usedAt", .time("When it was last used, to the hour.")),
            .required("createdAt", .time("When it was made.")),
            .optional("maker", .text("Who made it.")),
            .optional("replaces", .text("The key whose place it took.")),
        ], named: "APIKeyListing")
}

/// The API keys of a team, or of the installation.
package struct APIKeyList: Described, Codable, Hashable {
    var keys: [APIKeyListing]

    /// Keys as they stand at a time.
    package init(_ keys: [APIKeyFacts], at now: Timestamp) {
        self.keys = keys.map { APIKeyListing($0, at: now) }
    }

    package static let schema = JSONSchema.object(
        [.required("keys", .list(APIKeyListing.schema, "The newest first."))],
        named: "APIKeyList")
}

/// A key that was just made: the only time that it is told.
package struct FreshAPIKey: Described, Codable, Hashable {
    var key: APIKeyListing
    var secret: String

    package static let schema = JSONSchema.object(
        [
            .required("key", APIKeyListing.schema),
            .required("secret", .text("The key itself, told this once.")),
        ], named: "FreshAPIKey")
}

/// A key that is to be.
package struct APIKeyRequest: Described, Decodable {
    var name: String
    var permissions: [String]
    var expires: Timestamp?
    var networks: [String]?

    package static let schema = JSONSchema.object(
        [
            .required("name", .text("What it is called.", 1...100)),
            .required(
                "permissions", .list(.text("A permission.", 1...100), "What it may.", 1...100)),
            .optional("expires", .time("When it ends; never where it is missing.")),
            .optional(
                "networks",
                .list(.text("An address or a network.", 1...100), "Where from.", 0...100)),
        ], named: "NewAPIKey")
}

/// How a key is changed.
package struct APIKeyChange: Described, Decodable {
    var name: String
    var networks: [String]

    package static let schema = JSONSchema.object(
        [
            .required("name", .text("What it is called.", 1...100)),
            .required(
                "networks",
                .list(.text("An address or a network.", 1...100), "Where from.", 0...100)),
        ], named: "APIKeyChange")
}

/// How a key's place is taken.
package struct APIKeyRotation: Described, Decodable {
    var graceSeconds: Int

    package static let schema = JSONSchema.object(
        [
            .required(
                "graceSeconds",
                .integer("How long the one before still works, up to a week.", 0...604_800))
        ], named: "APIKeyRotation")
}

/// Which key is meant.
package struct OneAPIKey: Described, Decodable {
    /// The key.
    package var key: APIKeyID

    package static let schema = JSONSchema.object([.required("key", .id("The key."))])
}
