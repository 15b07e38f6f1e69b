/// A log that can take records out before their time, and leave nothing of them in its files.
///
/// Kafka's cannot: there records go with their topic's retention.
package protocol RecordErasing: Sendable {
    /// Takes records out, with what groups remember of their keys; done again, it goes on where
    /// it was interrupted.
    ///
    /// Whoever has read them already keeps what it has read.
    ///
    /// - Returns: How many records were taken out of each topic, this time.
    func erase(_ erasure: Erasure) async throws(EventLogError) -> [String: Int]

    /// Sees to it that the log's files hold nothing any more that was taken out of the log or
    /// replaced; with `rewriting`, not even in what their pages have free, for which they are
    /// written anew as a whole.
    ///
    /// - Throws: `.transient` naming the file if somebody is in the way until the end of `limit`.
    func settle(within limit: Duration, rewriting: Bool) async throws(EventLogError)
}

/// Which records are to be taken out.
package struct Erasure: Hashable, Sendable {
    /// The name of the header that tells them from others.
    package var header: String
    /// What it says of them.
    package var value: String
    /// The offset below which they are taken out, of each partition concerned.
    package var ends: [TopicPartition: Int64]

    /// Describes records.
    package init(header: String, value: String, below ends: [TopicPartition: Int64]) {
        self.header = header
        self.value = value
        self.ends = ends
    }
}
