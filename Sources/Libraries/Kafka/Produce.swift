import CLibrdkafka
import Synchronization

/// Hands messages over to a producer's handle; the one place that fills `rd_kafka_vu_t`.
///
/// Swift cannot call the variadic `rd_kafka_producev`, so the array form is used. Up to 2.12.0 it
/// frees the headers twice when the partition does not exist (librdkafka issue 4628), so topic and
/// partition are looked up first.
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
        let error = unsafe Self.withArguments(message, token: token) { arguments in
            unsafe rd_kafka_produceva(client.handle, arguments.baseAddress, arguments.count)
        }
        try unsafe KafkaError.check(error, "produce to \(message.topic)")
    }

    private static func withArguments<Result>(
        _ message: OutgoingMessage, token: UInt,
        _ body: (UnsafeBufferPointer<rd_kafka_vu_t>) -> Result
    ) -> Result {
        let texts = HeaderTexts(message)
        return unsafe texts.bytes.withUnsafeBytes { texts_ in
            unsafe (message.key ?? []).withUnsafeBytes { key in
                unsafe (message.value ?? []).withUnsafeBytes { value in
                    var list = unsafe fixedArguments(message, token)
                    unsafe list[0].u.cstr = texts_.baseAddress?.assumingMemoryBound(to: CChar.self)
                    if message.key != nil {
                        unsafe list.append(memory(RD_KAFKA_VTYPE_KEY, key))
                    }
                    if message.value != nil {
                        unsafe list.append(memory(RD_KAFKA_VTYPE_VALUE, value))
                    }
                    for (name, place) in texts.headers {
                        unsafe list.append(header(texts_, name, place))
                    }
                    return unsafe list.withUnsafeBufferPointer { unsafe body($0) }
                }
            }
        }
    }

    private static func fixedArguments(
        _ message: OutgoingMessage, _ token: UInt
    ) -> [rd_kafka_vu_t] {
        var topic = unsafe rd_kafka_vu_t()
        unsafe topic.vtype = RD_KAFKA_VTYPE_TOPIC
        var partition = unsafe rd_kafka_vu_t()
        unsafe partition.vtype = RD_KAFKA_VTYPE_PARTITION
        unsafe partition.u.i32 = message.partition
        var flags = unsafe rd_kafka_vu_t()
        unsafe flags.vtype = RD_KAFKA_VTYPE_MSGFLAGS
        unsafe flags.u.i = RD_KAFKA_MSG_F_COPY
        var timestamp = unsafe rd_kafka_vu_t()
        unsafe timestamp.vtype = RD_KAFKA_VTYPE_TIMESTAMP
        unsafe timestamp.u.i64 = message.timestamp
        var opaque = unsafe rd_kafka_vu_t()
        unsafe opaque.vtype = RD_KAFKA_VTYPE_OPAQUE
        unsafe opaque.u.ptr = UnsafeMutableRawPointer(bitPattern: token)
        return unsafe [topic, partition, flags, timestamp, opaque]
    }

    private static func memory(
        _ type: rd_kafka_vtype_t, _ bytes: UnsafeRawBufferPointer
    ) -> rd_kafka_vu_t {
        var argument = unsafe rd_kafka_vu_t()
        unsafe argument.vtype = type
        // An empty array has no address, and no address would mean none at all: any other will do.
        unsafe argument.u.mem.ptr = UnsafeMutableRawPointer(
            mutating: bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1))
        unsafe argument.u.mem.size = bytes.count
        return unsafe argument
    }

    private static func header(
        _ texts: UnsafeRawBufferPointer, _ name: Int, _ place: Range<Int>?
    ) -> rd_kafka_vu_t {
        var argument = unsafe rd_kafka_vu_t()
        unsafe argument.vtype = RD_KAFKA_VTYPE_HEADER
        unsafe argument.u.header.name = texts.baseAddress?.advanced(by: name)
            .assumingMemoryBound(to: CChar.self)
        if let place {
            unsafe argument.u.header.val = texts.baseAddress?.advanced(by: place.lowerBound)
            unsafe argument.u.header.size = place.count
        }
        return unsafe argument
    }
}

/// The topic and the headers of a message in one piece of memory, names ended by NUL for C.
private struct HeaderTexts {
    var bytes: [UInt8]
    /// Each header's name and value, by place in `bytes`.
    var headers: [(name: Int, value: Range<Int>?)] = []

    init(_ message: OutgoingMessage) {
        bytes = Array(message.topic.utf8) + [0]
        for header in message.headers {
            let name = bytes.count
            bytes += header.name.utf8
            bytes.append(0)
            let start = bytes.count
            bytes += header.value ?? []
            headers.append((name, header.value == nil ? nil : start..<bytes.count))
        }
    }
}
