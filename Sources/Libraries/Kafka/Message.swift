import CLibrdkafka
import Glibc

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
    /// The headers, in order, packed as `CLibrdkafka/shim.h` says; an absent value counts as empty.
    package var headers: [UInt8]
    /// Milliseconds since 1970.
    package var timestamp: Int64

    /// Makes a message.
    package init(
        topic: String, partition: Int32, key: [UInt8]?, value: [UInt8]?,
        headers: [UInt8] = [], timestamp: Int64
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
    /// The headers, in order, packed as `CLibrdkafka/shim.h` says; an absent value counts as empty.
    package var headers: [UInt8]
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

/// Copies what librdkafka delivers, and keeps what does not change from message to message.
struct MessageCopier {
    /// The topic of the message before, which is mostly the next one's, too.
    private var topic = ""
    /// Room for a message's packed headers.
    private var room: [UInt8] = Array(repeating: 0, count: 1024)

    /// Copies what librdkafka delivered; the original may be destroyed afterwards.
    mutating func copy(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> Fetched {
        let raw = unsafe message.pointee
        unsafe name(raw.rkt.flatMap { unsafe rd_kafka_topic_name($0) })
        switch unsafe raw.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            return unsafe .message(
                Message(
                    topic: topic, partition: raw.partition, offset: raw.offset,
                    timestamp: rd_kafka_message_timestamp(message, nil),
                    key: Self.bytes(raw.key, raw.key_len),
                    value: Self.bytes(raw.payload, raw.len), headers: headers(of: message)))
        case RD_KAFKA_RESP_ERR__PARTITION_EOF:
            return unsafe .end(TopicPartitionOffset(topic, raw.partition, offset: raw.offset))
        default:
            let text = unsafe rd_kafka_message_errstr(message).map { unsafe String(cString: $0) }
            let operation = unsafe topic.isEmpty ? "consume" : "consume \(topic)-\(raw.partition)"
            return unsafe .failure(KafkaError(raw.err, during: operation, text))
        }
    }

    private mutating func name(_ name: UnsafePointer<CChar>?) {
        guard let name = unsafe name else { return topic = "" }
        let isSame = unsafe topic.withCString { unsafe strcmp($0, name) == 0 }
        if !isSame { topic = unsafe String(cString: name) }
    }

    private static func bytes(_ pointer: UnsafeRawPointer?, _ count: Int) -> [UInt8]? {
        guard let pointer = unsafe pointer else { return nil }
        return unsafe Array(UnsafeRawBufferPointer(start: pointer, count: count))
    }

    private mutating func headers(
        of message: UnsafeMutablePointer<rd_kafka_message_t>
    ) -> [UInt8] {
        unsafe withHeaders(of: message) { unsafe Array($0) }
    }

    /// Lends a message's packed headers until the closure returns.
    mutating func withHeaders<Result>(
        of message: UnsafeMutablePointer<rd_kafka_message_t>,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        while true {
            let size = unsafe room.withUnsafeMutableBufferPointer { room in
                unsafe parley_pack_headers(message, room.baseAddress, room.count)
            }
            if size <= room.count {
                return unsafe room.withUnsafeBytes { room in
                    unsafe body(UnsafeRawBufferPointer(rebasing: room[..<size]))
                }
            }
            room = Array(repeating: 0, count: size)
        }
    }
}
