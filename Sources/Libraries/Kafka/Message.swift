import CLibrdkafka

/// A header of a message; a value may be absent, which is not the same as empty.
package struct MessageHeader: Hashable, Sendable {
    /// The name; names may repeat.
    package var name: String
    /// The value.
    package var value: [UInt8]?

    /// Makes a header.
    package init(_ name: String, _ value: [UInt8]?) {
        self.name = name
        self.value = value
    }
}

/// A message to produce.
package struct OutgoingMessage: Hashable, Sendable {
    /// The topic.
    package var topic: String
    /// The partition's number.
    package var partition: Int32
    /// The key.
    package var key: [UInt8]?
    /// The value; `nil` is a tombstone.
    package var value: [UInt8]?
    /// The headers, in order.
    package var headers: [MessageHeader]
    /// Milliseconds since 1970.
    package var timestamp: Int64

    /// Makes a message.
    package init(
        topic: String, partition: Int32, key: [UInt8]?, value: [UInt8]?,
        headers: [MessageHeader] = [], timestamp: Int64
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
    }
}

/// A message that was consumed.
package struct Message: Hashable, Sendable {
    /// The topic.
    package var topic: String
    /// The partition's number.
    package var partition: Int32
    /// The offset.
    package var offset: Int64
    /// Milliseconds since 1970, or -1 if the broker did not say.
    package var timestamp: Int64
    /// The key.
    package var key: [UInt8]?
    /// The value; `nil` is a tombstone.
    package var value: [UInt8]?
    /// The headers, in order.
    package var headers: [MessageHeader]
}

/// What a wait for messages brought.
package enum Fetched: Hashable, Sendable {
    /// A message.
    case message(Message)
    /// The end of a partition: the offset that the next visible message would have at least.
    case end(TopicPartitionOffset)
    /// A partition, or all of them, cannot be read for now or for good.
    case failure(KafkaError)
}

extension Fetched {
    /// Copies what librdkafka delivered; the original may be destroyed afterwards.
    init(copying message: UnsafeMutablePointer<rd_kafka_message_t>, headers names: Set<String>?) {
        let raw = unsafe message.pointee
        let topic =
            unsafe raw.rkt.flatMap { unsafe rd_kafka_topic_name($0) }
            .map { unsafe String(cString: $0) } ?? ""
        switch unsafe raw.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            self = unsafe .message(
                Message(
                    topic: topic, partition: raw.partition, offset: raw.offset,
                    timestamp: rd_kafka_message_timestamp(message, nil),
                    key: Self.bytes(raw.key, raw.key_len),
                    value: Self.bytes(raw.payload, raw.len),
                    headers: Self.headers(of: message, names)))
        case RD_KAFKA_RESP_ERR__PARTITION_EOF:
            self = unsafe .end(
                TopicPartitionOffset(topic, raw.partition, offset: raw.offset))
        default:
            let text = unsafe rd_kafka_message_errstr(message).map { unsafe String(cString: $0) }
            let operation = unsafe topic.isEmpty ? "consume" : "consume \(topic)-\(raw.partition)"
            self = unsafe .failure(KafkaError(raw.err, during: operation, text))
        }
    }

    private static func bytes(_ pointer: UnsafeRawPointer?, _ count: Int) -> [UInt8]? {
        guard let pointer = unsafe pointer else { return nil }
        return unsafe Array(UnsafeRawBufferPointer(start: pointer, count: count))
    }

    private static func headers(
        of message: UnsafeMutablePointer<rd_kafka_message_t>, _ names: Set<String>?
    ) -> [MessageHeader] {
        var found: OpaquePointer?
        guard unsafe rd_kafka_message_headers(message, &found) == RD_KAFKA_RESP_ERR_NO_ERROR,
            let list = unsafe found
        else { return [] }
        var headers: [MessageHeader] = []
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        var index = 0
        while unsafe rd_kafka_header_get_all(list, index, &name, &value, &size)
            == RD_KAFKA_RESP_ERR_NO_ERROR
        {
            index += 1
            let text = unsafe name.map { unsafe String(cString: $0) } ?? ""
            guard names?.contains(text) ?? true else { continue }
            unsafe headers.append(MessageHeader(text, bytes(value, size)))
        }
        return headers
    }
}
