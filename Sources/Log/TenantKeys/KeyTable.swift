package import Conversation
import Synchronization

/// The keys that a process knows: opened, by id and by tenant, and which were destroyed.
package final class KeyTable: Sendable {
    /// What is known of a key.
    package enum Knowledge: Sendable {
        /// It opens.
        case living(TenantKey)
        /// It was destroyed: what it sealed is erased.
        case destroyed
        /// Nobody here has heard of it.
        case unknown
    }

    private struct Contents {
        var keys: [KeyID: TenantKey] = [:]
        /// The living keys of each tenant, the newest last.
        var tenants: [TenantID: [TenantKey]] = [:]
        var destroyed: [KeyID: TenantID] = [:]
        var former: [TenantID: Set<ConversationID>] = [:]
        /// When a tenant with former conversations got keyed ids.
        var began: [TenantID: Timestamp] = [:]
        /// Until when each tenant's words are erased, also those that were never sealed.
        var erased: [TenantID: Timestamp] = [:]
        /// Until when what is known may be relied on; `nil` for ever.
        var reliable: ContinuousClock.Instant?
    }

    private let contents = Mutex(Contents())
    /// Whether anything is erased: mostly nothing is, and no more is asked then.
    private let hasErased = Atomic(false)

    /// Knows no key yet.
    package init() {}

    /// Takes a key that was opened; one that was destroyed stays so.
    package func put(_ key: TenantKey) {
        contents.withLock { contents in
            guard contents.destroyed[key.id] == nil else { return }
            contents.keys[key.id] = key
            var keys = contents.tenants[key.tenant, default: []].filter { $0.id != key.id }
            keys.append(key)
            contents.tenants[key.tenant] = keys.sorted { ($0.from, $0.id) < ($1.from, $1.id) }
        }
    }

    /// Forgets a key for good, which was destroyed at a time: all that its tenant had until then is
    /// erased.
    package func destroy(_ id: KeyID, of tenant: TenantID, at time: Timestamp) {
        hasErased.store(true, ordering: .releasing)
        contents.withLock { contents in
            contents.destroyed[id] = tenant
            contents.erased[tenant] = max(contents.erased[tenant] ?? time, time)
            contents.keys[id] = nil
            contents.tenants[tenant]?.removeAll { $0.id == id }
            if contents.tenants[tenant]?.isEmpty == true {
                contents.tenants[tenant] = nil
                contents.former[tenant] = nil
                contents.began[tenant] = nil
            }
        }
    }

    /// Whether what a tenant had at a time is erased, sealed or not.
    package func isErased(_ tenant: TenantID, at time: Timestamp) -> Bool {
        guard hasErased.load(ordering: .acquiring) else { return false }
        return contents.withLock { $0.erased[tenant].map { time <= $0 } ?? false }
    }

    /// Takes conversations that began before ids were keyed.
    package func add(_ former: FormerConversations) {
        contents.withLock { contents in
            contents.former[former.tenant, default: []].formUnion(former.conversations)
            guard let began = former.began else { return }
            contents.began[former.tenant] = max(contents.began[former.tenant] ?? began, began)
        }
    }

    /// What is known of a key.
    package func knowledge(of id: KeyID) -> Knowledge {
        contents.withLock { contents in
            if contents.destroyed[id] != nil { return .destroyed }
            return contents.keys[id].map { .living($0) } ?? .unknown
        }
    }

    /// Whether it is known whether a key lives: not of a living one while it may have been
    /// destroyed meanwhile.
    ///
    /// Whoever reads records waits for it before they are decoded, not in the middle: what is in
    /// hand is finished, even by a process that rested meanwhile.
    package func isSettled(_ id: KeyID) -> Bool {
        contents.withLock { contents in
            contents.destroyed[id] != nil
                || contents.keys[id] != nil && Self.isReliable(contents)
        }
    }

    // MARK: How long it may be relied on

    /// Says until when what is known may be relied on: whoever has not read the topic to its end
    /// for longer may not know that a key was destroyed, and opens nothing until it has.
    package func rely(until moment: ContinuousClock.Instant?) {
        contents.withLock { $0.reliable = moment }
    }

    /// Whether what is known may be relied on.
    package var isReliable: Bool { contents.withLock { Self.isReliable($0) } }

    private static func isReliable(_ contents: Contents) -> Bool {
        contents.reliable.map { ContinuousClock.now < $0 } ?? true
    }

    /// Whether a tenant has a living key.
    package func hasKey(_ tenant: TenantID) -> Bool {
        contents.withLock { $0.tenants[tenant] != nil }
    }

    /// Whether a tenant had keys, all of which were destroyed.
    package func isErased(_ tenant: TenantID) -> Bool {
        contents.withLock { contents in
            contents.tenants[tenant] == nil
                && contents.destroyed.contains { $0.value == tenant }
        }
    }

    /// The tenants of which keys were destroyed, and when the last was: what was written to them
    /// before is erased.
    package var erased: [TenantID: Timestamp] { contents.withLock(\.erased) }

    /// The key that seals a tenant's record of a time: the newest that had begun, else the first.
    ///
    /// - Throws: ``RecordError``: `.keyUnknown` where the tenant has no key yet, `.erased` where
    ///   all that it had were destroyed.
    package func key(
        of tenant: TenantID, at time: Timestamp = Timestamp(milliseconds: .max)
    ) throws(RecordError) -> TenantKey {
        let found = contents.withLock { contents -> Result<TenantKey, RecordError> in
            if let keys = contents.tenants[tenant], let first = keys.first {
                return .success(keys.last { $0.from <= time } ?? first)
            }
            let isErased = contents.destroyed.contains { $0.value == tenant }
            return .failure(
                RecordError(
                    type: "key", problem: "the tenant \(tenant) has no key",
                    kind: isErased ? .erased : .keyUnknown))
        }
        return try found.get()
    }

    /// The key that names what belongs to a tenant: always its first, whichever seals by now, so
    /// that a thing keeps its name.
    ///
    /// - Throws: ``RecordError``, as ``key(of:at:)`` does.
    package func namingKey(of tenant: TenantID) throws(RecordError) -> TenantKey {
        try key(of: tenant, at: Timestamp(milliseconds: .min))
    }

    /// The living keys of all tenants.
    package var living: [TenantKey] {
        contents.withLock { contents in
            contents.keys.values.sorted {
                ($0.tenant, $0.from, $0.id) < ($1.tenant, $1.from, $1.id)
            }
        }
    }

    /// Whether a conversation began before ids were keyed, and goes on under its former name.
    package func isFormer(_ conversation: ConversationID, of tenant: TenantID) -> Bool {
        contents.withLock { $0.former[tenant]?.contains(conversation) == true }
    }

    /// When ids of a tenant that existed before began to be keyed; `nil` where they always were.
    package func began(of tenant: TenantID) -> Timestamp? {
        contents.withLock { $0.began[tenant] }
    }

    /// Whether a tenant has conversations under former names.
    package func hasFormer(_ tenant: TenantID) -> Bool {
        contents.withLock { $0.former[tenant]?.isEmpty == false }
    }
}

extension KeyTable {
    /// The conversation that begins under an identifier of a customer; one that began before names
    /// were keyed goes on under its former name, as its state, its claim and its timers lie there.
    package func conversation(
        _ number: BusinessNumberID, identity: String, under key: TenantKey
    ) -> ConversationID {
        if hasFormer(key.tenant) {
            let former = FormerName.conversation(number: number, identity: identity)
            if isFormer(former, of: key.tenant) { return former }
        }
        return key.conversation(number: number, identity: identity)
    }
}
