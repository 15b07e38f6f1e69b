package import Conversation

/// A message's id as 16 bytes: what the ledger keeps a million of.
package struct MessageKey: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// The key of an id.
    package init(_ id: RecordID) { self.init(bytes: Array(id.rawValue.utf8)) }

    /// The key of an id's text.
    init(bytes: [UInt8]) { (high, low) = NameHash.hash(bytes) }

    /// Half of the key tells keys apart well enough; equality looks at both.
    package func hash(into hasher: inout Hasher) { hasher.combine(low) }
}
