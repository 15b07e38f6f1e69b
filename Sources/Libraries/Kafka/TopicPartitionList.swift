import CLibrdkafka

/// A partition with a position in it.
package struct TopicPartitionOffset: Hashable, Sendable {
    /// librdkafka's numbers for positions that are not offsets (rdkafka.h, `RD_KAFKA_OFFSET_`).
    package enum Place {
        /// The first kept record.
        package static let beginning = Int64(RD_KAFKA_OFFSET_BEGINNING)
        /// After the last record.
        package static let end = Int64(RD_KAFKA_OFFSET_END)
        /// None.
        package static let invalid = Int64(RD_KAFKA_OFFSET_INVALID)
    }

    /// The topic.
    package var topic: String
    /// The partition's number.
    package var partition: Int32
    /// The offset, or one of ``Place``.
    package var offset: Int64

    /// Names a position.
    package init(_ topic: String, _ partition: Int32, offset: Int64 = Place.invalid) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }
}

/// The owner of one `rd_kafka_topic_partition_list_t`.
@safe
struct TopicPartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(_ partitions: some Collection<TopicPartitionOffset>) throws(KafkaError) {
        let count = Int32(clamping: partitions.count)
        guard let list = unsafe rd_kafka_topic_partition_list_new(count) else {
            throw KafkaError(
                RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE, during: "topic_partition_list_new")
        }
        for partition in partitions {
            let element = unsafe rd_kafka_topic_partition_list_add(
                list, partition.topic, partition.partition)
            unsafe element?.pointee.offset = partition.offset
        }
        unsafe pointer = unsafe list
    }

    /// Takes a list over that librdkafka made.
    init(consuming list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) {
        unsafe pointer = unsafe list
    }

    deinit {
        unsafe rd_kafka_topic_partition_list_destroy(pointer)
    }

    /// The partitions, or the first error among them.
    func partitions(_ operation: String) throws(KafkaError) -> [TopicPartitionOffset] {
        for index in unsafe 0..<Int(pointer.pointee.cnt) {
            try KafkaError.check(unsafe pointer.pointee.elems[index].err, operation)
        }
        return unsafe Self.copy(pointer)
    }

    /// The partitions of a list that belongs to someone else.
    static func copy(
        _ list: UnsafePointer<rd_kafka_topic_partition_list_t>
    ) -> [TopicPartitionOffset] {
        unsafe (0..<Int(list.pointee.cnt)).map { index in
            let element = unsafe list.pointee.elems[index]
            return unsafe TopicPartitionOffset(
                String(cString: element.topic), element.partition, offset: element.offset)
        }
    }
}
