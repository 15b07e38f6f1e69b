import CLibrdkafka
import Synchronization

/// A producer whose messages, with its group's offsets, become visible together or not at all.
///
/// All calls block: make them on a thread that may. The order of the calls and what each error
/// means are those of rdkafka.h, "Transactional producer API". After a call that failed without
/// ``KafkaError/requiresAbort`` or ``KafkaError/isRetriable`` the outcome is unknown: drop the
/// producer and make a new one, whose ``initialize(within:)`` fences what is left of this one.
package final class TransactionalProducer: Sendable {
    private let client: Client
    private let outlet: MessageOutlet
    private let offsets: Offsets

    /// The highest delivered offset by token.
    private final class Offsets: Sendable {
        let highest = Mutex<[UInt: Int64]>([:])
    }

    /// Makes a producer for a transactional id, which must be stable over restarts; `timeout` is
    /// how long the broker leaves a transaction open.
    ///
    /// - Throws: if a setting is wrong.
    package init(
        _ configuration: ClientConfiguration, transactionalID: String, timeout: Duration,
        log: @escaping @Sendable (ClientLogLine) -> Void = { _ in }
    ) throws(KafkaError) {
        let offsets = Offsets()
        let callbacks = ClientCallbacks(log: log) { report in
            // A failed delivery fails the transaction by itself; only offsets are noted.
            guard report.error == nil, report.token != 0 else { return }
            offsets.highest.withLock {
                $0[report.token] = max($0[report.token] ?? -1, report.offset)
            }
        }
        let settings = configuration.with([
            "transactional.id": transactionalID,
            "transaction.timeout.ms": String(timeout.timeoutMilliseconds),
        ])
        client = try Client(.producer, settings, callbacks: callbacks)
        outlet = MessageOutlet(client: client)
        self.offsets = offsets
    }

    /// Takes the id: ends the predecessor's open transaction and fences it.
    ///
    /// May be called again after a retriable error, and then goes on where it stood.
    package func initialize(within timeout: Duration) throws(KafkaError) {
        try unsafe KafkaError.check(
            rd_kafka_init_transactions(client.handle, timeout.timeoutMilliseconds),
            "init_transactions")
    }

    /// Opens a transaction.
    package func begin() throws(KafkaError) {
        offsets.highest.withLock { $0 = [:] }
        try unsafe KafkaError.check(
            rd_kafka_begin_transaction(client.handle), "begin_transaction")
    }

    /// The number of partitions of a topic; asks the brokers the first time only.
    package func partitionCount(of topic: String) throws(KafkaError) -> Int32 {
        try outlet.partitionCount(of: topic)
    }

    /// Adds a message to the open transaction.
    ///
    /// The highest offset of the messages of a `token`
    /// other than 0 is kept for ``deliveredOffsets``.
    package func produce(_ message: OutgoingMessage, token: UInt = 0) throws(KafkaError) {
        while true {
            do {
                return try outlet.produce(message, token: token)
            } catch {
                guard error.code == .queueFull else { throw error }
                // Serving delivery reports makes room.
                unsafe rd_kafka_poll(client.handle, 10)
            }
        }
    }

    /// Adds a group's positions to the open transaction.
    package func sendOffsets(
        _ positions: [TopicPartitionOffset], as member: borrowing GroupMetadata
    ) throws(KafkaError) {
        let list = try TopicPartitionList(positions)
        try unsafe KafkaError.check(
            rd_kafka_send_offsets_to_transaction(client.handle, list.pointer, member.pointer, -1),
            "send_offsets_to_transaction")
    }

    /// Makes the open transaction visible.
    package func commit() throws(KafkaError) {
        // -1, the rest of the transaction's time: any other wait may let the library's state
        // drift from the broker's (rdkafka.h, rd_kafka_commit_transaction).
        try unsafe KafkaError.check(
            rd_kafka_commit_transaction(client.handle, -1), "commit_transaction")
    }

    /// Throws the open transaction away.
    package func abort() throws(KafkaError) {
        try unsafe KafkaError.check(
            rd_kafka_abort_transaction(client.handle, -1), "abort_transaction")
    }

    /// The highest offset that each token's messages got in the last transaction.
    package var deliveredOffsets: [UInt: Int64] { offsets.highest.withLock { $0 } }
}

/// A group member's identity and generation at one moment, for a transaction.
@safe
package struct GroupMetadata: ~Copyable {
    let pointer: OpaquePointer

    init(consuming metadata: OpaquePointer) {
        unsafe pointer = unsafe metadata
    }

    deinit {
        unsafe rd_kafka_consumer_group_metadata_destroy(pointer)
    }
}
