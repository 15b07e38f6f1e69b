/// Where a record stands in the log.
package struct RecordPosition: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The topic.
    package var topic: String
    /// The partition's number.
    package var partition: Int32
    /// The offset.
    package var offset: Int64

    /// Names a position.
    package init(topic: String, partition: Int32, offset: Int64) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }

    /// `topic-partition@offset`.
    package var description: String { "\(topic)-\(partition)@\(offset)" }
}
