/// What a record's headers say: who made it, when, because of what, and for whom.
package struct RecordHeaders: Hashable, Sendable, Codable {
    /// The record's id.
    package var id: RecordID
    /// The `ce_type`.
    package var type: String
    /// What made it: `stage/NAME`, `whatsapp/NUMBER`, `console`.
    package var source: String
    /// When the fact was made.
    package var time: Timestamp
    /// What it is about; the key.
    package var subject: String
    /// The inbound message that it all began with.
    package var correlation: RecordID
    /// The record that caused this one; itself for the first.
    package var causation: RecordID
    /// The tenant.
    package var tenant: TenantID
    /// W3C trace context, if the cause had one.
    package var traceParent: String?

    /// Describes a record.
    package init(
        id: RecordID, type: String, source: String, time: Timestamp, subject: String,
        correlation: RecordID, causation: RecordID, tenant: TenantID, traceParent: String? = nil
    ) {
        self.id = id
        self.type = type
        self.source = source
        self.time = time
        self.subject = subject
        self.correlation = correlation
        self.causation = causation
        self.tenant = tenant
        self.traceParent = traceParent
    }
}
