/// What a record's headers say: who made it, when, because of what, and for whom.
///
/// They go with the record through every step of a stage, so what is handed on is one reference
/// rather than eight texts.
package struct RecordHeaders: Hashable, Sendable, Codable {
    private struct Values: Hashable, Codable {
        var id: RecordID
        var type: String
        var source: String
        var time: Timestamp
        var subject: String
        var correlation: RecordID
        var causation: RecordID
        var tenant: TenantID
        var traceParent: String?
    }

    private final class Box: Sendable {
        let values: Values

        init(_ values: Values) { self.values = values }
    }

    private let box: Box

    /// The record's id.
    package var id: RecordID { box.values.id }
    /// The `ce_type`.
    package var type: String { box.values.type }
    /// What made it: `stage/NAME`, `whatsapp/NUMBER`, `console`.
    package var source: String { box.values.source }
    /// When the fact was made.
    package var time: Timestamp { box.values.time }
    /// What it is about; the key.
    package var subject: String { box.values.subject }
    /// The inbound message that it all began with.
    package var correlation: RecordID { box.values.correlation }
    /// The record that caused this one; itself for the first.
    package var causation: RecordID { box.values.causation }
    /// The tenant.
    package var tenant: TenantID { box.values.tenant }
    /// W3C trace context, if the cause had one.
    package var traceParent: String? { box.values.traceParent }

    /// Describes a record.
    package init(
        id: RecordID, type: String, source: String, time: Timestamp, subject: String,
        correlation: RecordID, causation: RecordID, tenant: TenantID, traceParent: String? = nil
    ) {
        box = Box(
            Values(
                id: id, type: type, source: source, time: time, subject: subject,
                correlation: correlation, causation: causation, tenant: tenant,
                traceParent: traceParent))
    }

    /// Reads them.
    package init(from decoder: any Decoder) throws {
        box = Box(try Values(from: decoder))
    }

    /// Writes them.
    package func encode(to encoder: any Encoder) throws {
        try box.values.encode(to: encoder)
    }

    /// Whether they say the same.
    package static func == (one: Self, other: Self) -> Bool {
        one.box === other.box || one.box.values == other.box.values
    }

    /// Hashes what they say.
    package func hash(into hasher: inout Hasher) { hasher.combine(box.values) }
}
