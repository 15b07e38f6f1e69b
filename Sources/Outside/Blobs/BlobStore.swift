package import Conversation

/// Bytes that stand outside the log, by tenant and content: documents, media, logos.
///
/// A blob is there whole or not at all, and never changes: its name is the SHA-256 of its bytes.
/// Each tenant has its own, so that a tenant's can be counted and erased; the same bytes of two
/// tenants are two blobs.
package protocol BlobStore: Sendable {
    /// Stores bytes durably; the same bytes again change nothing.
    ///
    /// - Returns: the SHA-256 in hexadecimal.
    func put(
        _ bytes: [UInt8], of tenant: TenantID, on shelf: BlobShelf
    ) async throws(BlobError) -> String

    /// The bytes with that SHA-256.
    ///
    /// - Throws: ``BlobError/missing(_:)`` if the tenant has none, ``BlobError/damaged(_:)`` if
    ///   they are not what was stored.
    func get(
        _ hash: String, of tenant: TenantID, on shelf: BlobShelf
    ) async throws(BlobError) -> [UInt8]

    /// Whether the tenant has a blob of that SHA-256; its bytes are not looked at.
    func has(
        _ hash: String, of tenant: TenantID, on shelf: BlobShelf
    ) async throws(BlobError) -> Bool

    /// Removes one blob; harmless if there is none.
    func remove(
        _ hash: String, of tenant: TenantID, on shelf: BlobShelf
    ) async throws(BlobError)

    /// How much a tenant keeps, on all shelves.
    func usage(of tenant: TenantID) async throws(BlobError) -> BlobUsage

    /// Removes all that a tenant keeps, from all shelves. Done again, it goes on where it was
    /// interrupted.
    ///
    /// - Returns: what was removed.
    func erase(_ tenant: TenantID) async throws(BlobError) -> BlobUsage
}

/// Where among a tenant's blobs some stand: the same bytes on two shelves are two blobs, so that
/// what forgets one of them leaves the other.
package enum BlobShelf: String, Hashable, Sendable, CaseIterable {
    /// What the business put in: documents, logos. It stays until it is taken out.
    case documents
    /// What customers and agents sent each other. It stays as long as messages are kept.
    case media

    /// What its folders' names begin with; documents stood alone once.
    var prefix: String { self == .documents ? "" : "\(rawValue)-" }
}

extension BlobStore {
    /// Stores bytes of what the business put in.
    package func put(_ bytes: [UInt8], of tenant: TenantID) async throws(BlobError) -> String {
        try await put(bytes, of: tenant, on: .documents)
    }

    /// The bytes of what the business put in.
    package func get(_ hash: String, of tenant: TenantID) async throws(BlobError) -> [UInt8] {
        try await get(hash, of: tenant, on: .documents)
    }

    /// Removes what the business put in.
    package func remove(_ hash: String, of tenant: TenantID) async throws(BlobError) {
        try await remove(hash, of: tenant, on: .documents)
    }
}

/// How much a tenant keeps.
package struct BlobUsage: Hashable, Sendable, Codable {
    /// The number of blobs.
    package var count: Int
    /// Their bytes together.
    package var bytes: Int64

    /// Nothing, unless told otherwise.
    package init(count: Int = 0, bytes: Int64 = 0) {
        self.count = count
        self.bytes = bytes
    }

    /// Adds a blob.
    mutating func add(bytes: Int64) {
        count += 1
        self.bytes += bytes
    }
}

/// Why bytes could not be stored, read or removed.
package enum BlobError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The store does not have it.
    case missing(String)
    /// Its bytes are not those that were stored.
    case damaged(String)
    /// The store cannot do it now; it may later.
    case unavailable(operation: String, name: String, reason: String)
    /// The store will not do it: the configuration is wrong.
    case refused(operation: String, name: String, reason: String)

    /// Whether trying again may help.
    package var isTransient: Bool {
        if case .unavailable = self { true } else { false }
    }

    /// A sentence for people.
    package var description: String {
        switch self {
        case .missing(let name): "there is no \(name)"
        case .damaged(let name): "\(name) is damaged: its bytes are not those of its name"
        case .unavailable(let operation, let name, let reason),
            .refused(let operation, let name, let reason):
            "cannot \(operation) \(name): \(reason)"
        }
    }
}

/// Names of blobs.
enum BlobName {
    /// Whether a text is a SHA-256 in hexadecimal: it becomes part of a path.
    static func isHash(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// Whether a tenant's id can be part of a path: letters, digits and hyphens.
    static func isPlain(_ tenant: TenantID) -> Bool {
        let bytes = tenant.rawValue.utf8
        return (1...128).contains(bytes.count)
            && bytes.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                    || (0x61...0x7a).contains(byte) || byte == 0x2d || byte == 0x5f
            }
    }

    /// A blob's path below the store's root; folders of a 256th each stay short.
    ///
    /// - Throws: ``BlobError/missing(_:)`` if hash or tenant is no such name.
    static func path(
        _ hash: String, of tenant: TenantID, on shelf: BlobShelf
    ) throws(BlobError) -> String {
        guard isHash(hash), isPlain(tenant) else { throw .missing("blob of such a name") }
        return "\(tenant.rawValue)/\(shelf.prefix)\(hash.prefix(2))/\(hash)"
    }
}
