/// A passage is no longer searched: its document changed or was taken out.
///
/// It stands beside its passage, which stays in the topic for a while, as decisions and answers of
/// the past refer to it; then tombstones take both away. A passage that comes back is written anew,
/// behind this record: the topic has one partition, so that readers see them in that order.
package struct PassageWithdrawal: Payload {
    package static let type = "parley.passage.withdrawal"
    package static let topic = Topic.knowledgePassages
    package static let personal: [FieldPath] = []

    /// The passage.
    package var passage: PassageID
    /// The tenant that the passage belongs to.
    package var tenant: TenantID
    /// When it was withdrawn.
    package var at: Timestamp

    /// Tenant and passage, and what tells the key from the passage's own.
    package var key: String { Self.key(of: passage, tenant) }

    /// The key of a passage's withdrawal.
    package static func key(of passage: PassageID, _ tenant: TenantID) -> String {
        "\(tenant.rawValue)/\(passage.rawValue)/withdrawn"
    }

    /// Describes a withdrawal.
    package init(passage: PassageID, tenant: TenantID, at: Timestamp) {
        self.passage = passage
        self.tenant = tenant
        self.at = at
    }
}
