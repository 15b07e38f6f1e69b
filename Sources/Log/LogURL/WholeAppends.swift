package import EventLog
import KafkaEventLog

extension EventLog {
    /// Opens an appender that writes all that it is given together, or nothing of it: an act and
    /// its entry in the audit log.
    ///
    /// Other logs do so anyhow. On Kafka it is slower than one that does not, and `name` has to be
    /// the process's own, and the same after a restart.
    package func openWholeAppender(
        as name: String
    ) async throws(EventLogError) -> any EventLogAppender {
        if let kafka = self as? KafkaEventLog {
            return try await kafka.openAppender(transactionsAs: name)
        }
        return try await openAppender()
    }
}
