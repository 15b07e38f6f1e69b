package import Conversation

/// Seals personal words on their way into the log and opens them on their way out.
///
/// What is sealed is JSON: a record's value, a stage's state, a timer. An implementation may seal
/// some fields of it or all of it; what it seals names its key itself, so that it can be opened
/// without knowing whose it is. The same record is sealed to the same bytes, or a replay would find
/// a difference; what a stage remembers may be other bytes each time, and is compared opened.
package protocol Sealing: Sendable {
    /// The bytes that the log keeps instead of a value of a tenant's.
    ///
    /// - Throws: ``RecordError`` if there is no key for it.
    func sealed(
        _ value: [UInt8], of tenant: TenantID, at context: SealingContext
    ) throws(RecordError) -> [UInt8]

    /// The value of the bytes that the log keeps; what was kept before anything was sealed is the
    /// value itself.
    ///
    /// - Throws: ``RecordError``: `.erased` if their key was destroyed, `.keyUnknown` if nobody
    ///   here has heard of it, `.broken` if they were not sealed for this context.
    func opened(_ bytes: [UInt8], at context: SealingContext) throws(RecordError) -> [UInt8]

    /// Whether all that a tenant had at a time was erased, so that what was never sealed of it is
    /// not shown either.
    func isErased(_ tenant: TenantID, at time: Timestamp) -> Bool

    /// Waits until the keys of some values that the log keeps, of records, states or timers, are
    /// known here, or known to be destroyed; until the caller is cancelled at most.
    ///
    /// A key stands in the log before what it seals, but another reader may be slower.
    func prepare(for values: [[UInt8]]) async
}

extension Sealing {
    /// Nothing was, where nobody erases.
    package func isErased(_ tenant: TenantID, at time: Timestamp) -> Bool { false }
}

/// Where a sealed value stands: nothing that was sealed in one context can be opened in another.
package enum SealingContext: Hashable, Sendable {
    /// The value of a record, in its topic or among the dead letters, when it was made, and which
    /// of its fields are personal. The time chooses the key that seals, and binds nothing.
    case record(RecordID, type: String, at: Timestamp, personal: [FieldPath])
    /// What a stage remembers of a key.
    case state(stage: String, key: String)
    /// An entry of what a stage remembers of a key.
    case stateEntry(stage: String, key: String, name: String)
    /// The names of all such entries of a key.
    case stateEntries(stage: String, key: String)
    /// A timer of a stage's key.
    case timer(stage: String, key: String, name: String)
}

/// Leaves everything as it is.
package struct NothingSealed: Sealing {
    /// Nothing to know.
    package init() {}

    /// The value itself.
    package func sealed(_ value: [UInt8], of tenant: TenantID, at context: SealingContext)
        -> [UInt8]
    {
        value
    }

    /// The value itself.
    package func opened(_ bytes: [UInt8], at context: SealingContext) -> [UInt8] { bytes }

    /// There are no keys to wait for.
    package func prepare(for values: [[UInt8]]) async {}
}
