import CLibrdkafka
import Synchronization

/// Hands messages over to a producer's handle; the one place that produces.
struct MessageOutlet: Sendable {
    let client: Client
    let catalogue = Catalogue()

    /// The topics' partition counts, as far as they were asked for.
    final class Catalogue: Sendable {
        let counts = Mutex<[String: Int32]>([:])
    }

    /// How long a lookup of a topic's partitions may take: a broker that answers does so in
    /// milliseconds, one that is gone should not hold up a commit much longer.
    static let lookup = Duration.seconds(5)

    /// The number of partitions of a topic, from memory or else from the broker.
    func partitionCount(of topic: String) throws(KafkaError) -> Int32 {
        if let known = catalogue.counts.withLock({ $0[topic] }) { return known }
        let described = try fetchMetadata(client, topic: topic, within: Self.lookup)
        guard let found = described.first(where: { $0.name == topic }) else {
            throw KafkaError(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, during: "looking up \(topic)")
        }
        if let error = found.error { throw error }
        // Said for a moment by a broker that has just started: no number to remember.
        guard found.partitionCount > 0 else {
            throw KafkaError(
                RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, during: "looking up \(topic)",
                "the brokers know no partition of it")
        }
        catalogue.counts.withLock { $0[topic] = found.partitionCount }
        return found.partitionCount
    }

    /// Hands a message over; `token` comes back with its delivery report.
    func produce(_ message: OutgoingMessage, token: UInt) throws(KafkaError) {
        let count = try partitionCount(of: message.topic)
        guard (0..<count).contains(message.partition) else {
            throw KafkaError(
                RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, during: "produce",
                "\(message.topic) has \(count) partitions, none numbered \(message.partition)")
        }
        try hand(message, token)
    }

    /// Hands a message over without looking the partition up.
    func hand(_ message: OutgoingMessage, _ token: UInt) throws(KafkaError) {
        let code = unsafe Self.withPointer(message.key) { key in
            unsafe Self.withPointer(message.value) { value in
                unsafe message.headers.withUnsafeBufferPointer { headers in
                    unsafe parley_produce(
                        client.handle, message.topic, message.partition, key,
                        message.key?.count ?? 0, value, message.value?.count ?? 0,
                        headers.baseAddress, headers.count, message.timestamp,
                        UnsafeMutableRawPointer(bitPattern: token))
                }
            }
        }
        try KafkaError.check(code, "produce to \(message.topic)")
    }

    /// No address stands for no bytes at all; an empty array, which has none, gets another.
    private static func withPointer<Result>(
        _ bytes: [UInt8]?, _ body: (UnsafeRawPointer?) -> Result
    ) -> Result {
        guard let bytes else { return body(nil) }
        return unsafe bytes.withUnsafeBytes { bytes in
            unsafe body(bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1))
        }
    }
}
