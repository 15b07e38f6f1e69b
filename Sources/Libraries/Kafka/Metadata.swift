import CLibrdkafka

/// A topic as the brokers describe it.
package struct TopicMetadata: Hashable, Sendable {
    /// The topic's name.
    package let name: String
    /// The number of its partitions.
    package let partitionCount: Int32
    /// How many brokers are to keep each partition: the fewest of all partitions; 0 without any.
    package let copies: Int
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
            copies: (0..<Int(topic.partition_cnt)).map { index in
                unsafe Int(topic.partitions[index].replica_cnt)
            }.min() ?? 0,
            error: failed ? KafkaError(topic.err, during: "describing topic \(name)") : nil)
    }
}

/// How many brokers the cluster has now; blocks up to `timeout`.
func countBrokers(_ client: Client, within timeout: Duration) throws(KafkaError) -> Int {
    var found: UnsafePointer<rd_kafka_metadata_t>?
    // Without a topic of this client's, so that brokers are all that is told.
    try KafkaError.check(
        unsafe rd_kafka_metadata(client.handle, 0, nil, &found, timeout.timeoutMilliseconds),
        "metadata")
    guard let metadata = unsafe found else { return 0 }
    defer { unsafe rd_kafka_metadata_destroy(metadata) }
    return unsafe Int(metadata.pointee.broker_cnt)
}
