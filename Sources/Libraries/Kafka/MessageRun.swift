import CLibrdkafka

/// Messages of one topic, their bytes one after the other: nothing is allocated for a message.
///
/// For those who read millions of them and keep little of each.
package struct MessageRun: Sendable {
    /// Where a message's parts stand among the ``MessageRun/bytes``.
    package struct Entry: Sendable, BitwiseCopyable {
        /// The partition's number.
        package let partition: Int32
        /// The offset.
        package let offset: Int64
        private let start: Int
        private let keyCount: Int
        /// -1 where there is no value.
        private let valueCount: Int
        private let headersCount: Int

        init(
            partition: Int32, offset: Int64, start: Int, key: Int, value: Int?, headers: Int
        ) {
            self.partition = partition
            self.offset = offset
            self.start = start
            keyCount = key
            valueCount = value ?? -1
            headersCount = headers
        }

        /// The key; empty where there is none.
        package var key: Range<Int> { start..<start + keyCount }

        /// The value; `nil` for a tombstone.
        package var value: Range<Int>? {
            let first = start + keyCount
            return valueCount < 0 ? nil : first..<first + valueCount
        }

        /// The headers, packed as `CLibrdkafka/shim.h` says.
        package var headers: Range<Int> {
            let first = start + keyCount + max(0, valueCount)
            return first..<first + headersCount
        }
    }

    /// The messages, in order within each partition.
    package private(set) var entries: [Entry] = []
    /// The bytes of all messages.
    package private(set) var bytes: [UInt8] = []
    /// Ends of partitions that were reached: what ``Fetched/end(_:)`` says.
    package var ends: [TopicPartitionOffset] = []
    /// What could not be read: what ``Fetched/failure(_:)`` says.
    package var failure: KafkaError?

    /// A run without messages.
    package init() {}

    /// Makes room for so many messages and bytes.
    package mutating func reserve(_ messages: Int, bytes count: Int) {
        entries.reserveCapacity(messages)
        bytes.reserveCapacity(count)
    }

    /// Adds a message.
    package mutating func append(_ message: Message) {
        let start = bytes.count
        bytes += message.key ?? []
        bytes += message.value ?? []
        bytes += message.headers
        entries.append(
            Entry(
                partition: message.partition, offset: message.offset, start: start,
                key: message.key?.count ?? 0, value: message.value?.count,
                headers: message.headers.count))
    }

    /// Adds what librdkafka delivered, or else gives what it is; the original may be destroyed
    /// afterwards.
    mutating func append(
        _ message: UnsafeMutablePointer<rd_kafka_message_t>, _ copier: inout MessageCopier
    ) {
        let raw = unsafe message.pointee
        guard unsafe raw.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
            switch unsafe copier.copy(message) {
            case .message: return
            case .end(let end): ends.append(end)
            case .failure(let error): failure = error
            }
            return
        }
        let start = bytes.count
        unsafe append(raw.key, raw.key_len)
        unsafe append(raw.payload, raw.len)
        let headers = unsafe copier.withHeaders(of: message) { headers in
            unsafe bytes.append(contentsOf: headers)
            return headers.count
        }
        unsafe entries.append(
            Entry(
                partition: raw.partition, offset: raw.offset, start: start,
                key: raw.key == nil ? 0 : raw.key_len, value: raw.payload == nil ? nil : raw.len,
                headers: headers))
    }

    private mutating func append(_ part: UnsafeRawPointer?, _ count: Int) {
        guard let part = unsafe part else { return }
        unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: part, count: count))
    }
}
