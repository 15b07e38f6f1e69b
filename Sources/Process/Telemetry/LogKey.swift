/// The name of a field of a log line.
///
/// Names follow OpenTelemetry's semantic conventions where these have one
/// (<https://opentelemetry.io/docs/specs/semconv/>). The closed list keeps spelling alike.
package enum LogKey: String, CaseIterable, Sendable {
    /// The topic.
    case topic = "messaging.destination.name"
    /// The partition's number.
    case partition = "messaging.destination.partition.id"
    /// The offset in the partition.
    case offset = "messaging.kafka.offset"
    /// The consumer group.
    case consumerGroup = "messaging.consumer.group.name"
    /// The record's id.
    case messageID = "messaging.message.id"
    /// How many records at once.
    case batchCount = "messaging.batch.message_count"
    /// The conversation.
    case conversation = "gen_ai.conversation.id"
    /// The model that was asked.
    case model = "gen_ai.request.model"
    /// The inbound message that it all began with.
    case correlation = "correlation.id"
    /// The record that caused this one.
    case causation = "causation.id"
    /// The tenant.
    case tenant = "tenant.id"
    /// The document.
    case document = "document.id"
    /// The key that seals personal words.
    case key = "key.id"
    /// What went wrong, in words.
    case error = "error.message"
    /// The kind of error.
    case errorType = "error.type"
    /// Why, in words.
    case reason
    /// How often it was tried so far.
    case attempt
    /// How long to wait, or how long it took, in seconds.
    case duration = "duration.seconds"
    /// How many.
    case count
    /// How many there are in all.
    case total
    /// How much of it is done, from 0 to 100.
    case percent
    /// The state that something is in now.
    case state
    /// A service of this process.
    case component = "service.component"
    /// A process's id.
    case processID = "process.pid"
    /// A process's exit code or the signal that ended it.
    case exitCode = "process.exit.code"
    /// The HTTP status code.
    case httpStatus = "http.response.status_code"
    /// The HTTP route, without values.
    case httpRoute = "http.route"
    /// The peer's host.
    case address = "server.address"
    /// The port.
    case port = "server.port"
    /// A file's path.
    case file = "file.path"
    /// How many identical lines were left out before this one.
    case suppressed = "log.suppressed"
}
