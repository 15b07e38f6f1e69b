import CLibrdkafka

/// A topic as the brokers describe it.
package struct TopicMetadata: Hashable, Sendable {
    /// The topic's name.
    package let name: String
    /// The number of its partitions.
    package let partitionCount: Int32
    /// Why the broker cannot say more, if so.
    package let error: KafkaError?
}

/// Asks the brokers for a topic, or for all if `nil`; blocks up to `timeout`.
func fetchMetadata(
    _ client: Client, topic: String?, within timeout: Duration
) throws(KafkaError) -> [TopicMetadata] {
    var local: OpaquePointer?
    if let topic {
        unsafe local = rd_kafka_topic_new(client.handle, topic, nil)
        guard unsafe local != nil else {
            throw KafkaError(rd_kafka_last_error(), during: "naming topic \(topic)")
        }
    }
    defer { if let local = unsafe local { unsafe rd_kafka_topic_destroy(local) } }
    var found: UnsafePointer<rd_kafka_metadata_t>?
    try KafkaError.check(
        unsafe rd_kafka_metadata(
            client.handle, local == nil ? 1 : 0, local, &found, timeout.timeoutMilliseconds),
        "metadata")
    guard let metadata = unsafe found else { return [] }
    defer { unsafe rd_kafka_metadata_destroy(metadata) }
    return unsafe (0..<Int(metadata.pointee.topic_cnt)).map { index in
        let topic = unsafe metadata.pointee.topics[index]
        let name = unsafe String(cString: topic.topic)
        let failed = unsafe topic.err != RD_KAFKA_RESP_ERR_NO_ERROR
        return unsafe TopicMetadata(
            name: name, partitionCount: topic.partition_cnt,
            error: failed ? KafkaError(topic.err, during: "describing topic \(name)") : nil)
    }
}
