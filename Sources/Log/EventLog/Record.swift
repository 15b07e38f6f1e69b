/// A header of a record: a name and bytes, as in Kafka; names may repeat and keep their order.
package struct RecordHeader: Hashable, Sendable {
    /// The header's name, UTF-8.
    package var name: String
    /// The header's value; most are UTF-8 text.
    package var value: [UInt8]

    /// Makes a header of bytes.
    package init(_ name: String, bytes value: [UInt8]) {
        self.name = name
        self.value = value
    }

    /// Makes a header of text.
    package init(_ name: String, _ value: String) {
        self.init(name, bytes: Array(value.utf8))
    }

    /// The value as text; invalid UTF-8 is repaired with replacement characters.
    package var text: String { String(decoding: value, as: UTF8.self) }
}

/// A record to append: what a topic holds, without its position in the log.
package struct Record: Hashable, Sendable {
    /// The topic that the record belongs to.
    package var topic: String
    /// The record's key; records of one key keep their order and share a partition.
    package var key: [UInt8]
    /// The record's value; `nil` is a tombstone, which compaction takes as "this key is gone".
    package var value: [UInt8]?
    /// The record's headers, in order.
    package var headers: HeaderList
    /// Milliseconds since 1970-01-01 UTC.
    package var timestamp: Int64
    /// The partition to append to, or `nil` to choose it by the key (``Partitioner``).
    package var partition: Int32?

    /// Makes a record.
    package init(
        topic: String, key: [UInt8], value: [UInt8]?, headers: HeaderList = [],
        timestamp: Int64, partition: Int32? = nil
    ) {
        self.topic = topic
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
        self.partition = partition
    }

    /// The bytes of key, value and headers together.
    package var size: Int { key.count + (value?.count ?? 0) + headers.packed.count }

    /// The last header of that name, as text.
    package func header(_ name: String) -> String? { headers.text(of: name) }
}

/// A record read from the log, with its position.
package struct ConsumedRecord: Hashable, Sendable {
    /// The record; its ``Record/partition`` is set.
    package var record: Record
    /// Where the record stands.
    package var partition: TopicPartition
    /// The record's offset in its partition; offsets grow, but are not dense.
    package var offset: Int64

    /// positions a record.
    package init(record: Record, partition: TopicPartition, offset: Int64) {
        self.record = record
        self.partition = partition
        self.offset = offset
    }
}
