/// Names of the headers that every record of Parley carries.
///
/// CloudEvents' binary mode for Kafka prefixes its attributes with `ce_`; correlation, causation,
/// tenant and trace travel beside them (cloudevents/spec, kafka-protocol-binding; W3C Trace
/// Context).
package enum HeaderName {
    /// CloudEvents' version, always `1.0`.
    package static let specVersion = "ce_specversion"
    /// The record's id; with the source it tells a repeat.
    package static let id = "ce_id"
    /// The record's type, which names its Swift type in the catalogue.
    package static let type = "ce_type"
    /// What made the record: a stage, or the business number that a webhook came from.
    package static let source = "ce_source"
    /// The source of what a stage made.
    package static func source(ofStage name: String) -> String { "stage/\(name)" }
    /// When the fact was made, RFC 3339 in UTC.
    package static let time = "ce_time"
    /// What the record is about: the conversation or the document.
    package static let subject = "ce_subject"
    /// The value's media type.
    package static let contentType = "content-type"
    /// The id of the inbound message that it all began with.
    package static let correlation = "correlationid"
    /// The id of the record that caused this one.
    package static let causation = "causationid"
    /// The tenant that the record belongs to.
    package static let tenant = "tenant"
    /// W3C trace context.
    package static let traceParent = "traceparent"

    /// Why a record was set aside (dead letters only, as are the following).
    package static let deadReason = "parley_dead_reason"
    /// `permanent`, `unexpected` or `crash`.
    package static let deadClass = "parley_dead_class"
    /// The stage that set it aside.
    package static let deadStage = "parley_dead_stage"
    /// The topic that it came from.
    package static let deadTopic = "parley_dead_topic"
    /// The partition that it came from.
    package static let deadPartition = "parley_dead_partition"
    /// The offset that it had.
    package static let deadOffset = "parley_dead_offset"
    /// The bytes of its value, where the dead letter has no room for them.
    package static let deadOmitted = "parley_dead_omitted"
    /// How often it was tried.
    package static let deadAttempts = "parley_dead_attempts"
    /// When it was set aside, RFC 3339 in UTC.
    package static let deadTime = "parley_dead_time"

    /// The position of the dead letter that a record was redriven from.
    package static let redrive = "parley_redrive"
    /// The one stage that a redriven record is for: the others have handled it before.
    package static let redriveStage = "parley_redrive_stage"
}
