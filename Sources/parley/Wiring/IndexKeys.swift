import Conversation
import KnowledgeSearch
import PassageIndex
import Synchronization
import TenantKeys

/// The keys of indexes' files, each derived once from its tenant's.
final class IndexKeys: Sendable {
    private let keys: KeyTable
    private let made = Mutex<[TenantID: IndexKey]>([:])

    init(_ keys: KeyTable) { self.keys = keys }

    /// What is known of a tenant's key.
    func knowledge(of tenant: TenantID) -> IndexFiles.Knowledge {
        // Where there is none yet, the tenant's passages stay in memory.
        guard let key = try? keys.namingKey(of: tenant) else {
            made.withLock { $0[tenant] = nil }
            return keys.isErased(tenant) ? .destroyed : .none
        }
        if let known = made.withLock({ $0[tenant] }), known.name == key.id.rawValue {
            return .key(known)
        }
        // Only exhausted memory ends up here.
        guard let secret = try? key.key(for: "index"),
            let fresh = try? IndexKey(name: key.id.rawValue, secret: secret)
        else { return .none }
        made.withLock { $0[tenant] = fresh }
        return .key(fresh)
    }
}
