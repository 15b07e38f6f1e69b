import EventLog
import Kafka
import Synchronization

/// Writes transactions under one transactional id; all calls block and are made on one queue.
///
/// After a call whose outcome is unknown the producer is dropped, and the next transaction makes
/// a new one, whose start fences what the old one may still have under way.
final class TransactionWriter: Sendable {
    /// What one transaction holds.
    struct Transaction: Sendable {
        /// What others see.
        var outputs: [Record] = []
        /// What the changelog gets.
        var changes: [OutgoingMessage] = []
        /// The group's next offsets.
        var positions: [TopicPartitionOffset] = []
    }

    private let settings: KafkaSettings
    private let messageLimit: Int
    private let id: String
    private let current = Mutex<TransactionalProducer?>(nil)

    init(_ settings: KafkaSettings, messageLimit: Int, id: String) {
        self.settings = settings
        self.messageLimit = messageLimit
        self.id = id
    }

    /// Takes the transactional id, if this has not happened, and looks the topics up, so that the
    /// first transaction is as quick as any.
    @discardableResult
    func start(for topics: [String] = []) throws(EventLogError) -> TransactionalProducer {
        if let producer = current.withLock({ $0 }) { return producer }
        let producer = try mapped { () throws(KafkaError) in
            let made = try TransactionalProducer(
                settings.transactions(id, messageLimit: messageLimit), transactionalID: id,
                timeout: settings.transactionTimeout, log: settings.log)
            try Self.initialize(made)
            for topic in topics { _ = try made.partitionCount(of: topic) }
            return made
        }
        current.withLock { $0 = producer }
        return producer
    }

    /// How long a transaction may take that is begun now: after its own time the brokers end it,
    /// and what is not known by then is not waited for.
    var longestWrite: Duration {
        let starting = current.withLock { $0 == nil } ? Limits.request : .zero
        return starting + settings.transactionTimeout + Limits.commitGrace
    }

    /// Gives the producer up; what it has under way ends with the next one's start.
    func drop() {
        current.withLock { $0 = nil }
    }

    /// Writes a transaction, for the member that `metadata` stands for.
    ///
    /// - Returns: the highest offset that the changes of each partition got.
    func write(
        _ transaction: Transaction, as metadata: borrowing GroupMetadata
    ) throws(EventLogError) -> [Int32: Int64] {
        let producer = try start()
        let deadline = ContinuousClock.now + settings.transactionTimeout
        do throws(KafkaError) {
            try producer.begin()
            try fill(producer, with: transaction)
            if !transaction.positions.isEmpty {
                try send(transaction.positions, metadata, producer, until: deadline)
            }
        } catch {
            throw undo(error, on: producer)
        }
        try finish(producer, until: deadline)
        var highest: [Int32: Int64] = [:]
        for (token, offset) in producer.deliveredOffsets { highest[Int32(token - 1)] = offset }
        return highest
    }

    /// Writes records together, for no group.
    func write(_ records: [Record]) throws(EventLogError) {
        let producer = try start()
        let deadline = ContinuousClock.now + settings.transactionTimeout
        do throws(KafkaError) {
            try producer.begin()
            try fill(producer, with: Transaction(outputs: records))
        } catch {
            throw undo(error, on: producer)
        }
        try finish(producer, until: deadline)
    }

    private static func initialize(_ producer: TransactionalProducer) throws(KafkaError) {
        let clock = ContinuousClock()
        let deadline = clock.now + Limits.request
        while true {
            do throws(KafkaError) {
                return try producer.initialize(within: Limits.request)
            } catch {
                guard error.isRetriable, clock.now < deadline else { throw error }
            }
        }
    }

    private func fill(
        _ producer: TransactionalProducer, with transaction: Transaction
    ) throws(KafkaError) {
        for change in transaction.changes {
            // 0 means no token, so the partition's number plus one.
            try producer.produce(change, token: UInt(change.partition) + 1)
        }
        for record in transaction.outputs {
            let count = try producer.partitionCount(of: record.topic)
            let partition = record.partition ?? Partitioner.partition(of: record.key, count: count)
            try producer.produce(OutgoingMessage(record, partition: partition))
        }
    }

    private func send(
        _ positions: [TopicPartitionOffset], _ metadata: borrowing GroupMetadata,
        _ producer: TransactionalProducer, until deadline: ContinuousClock.Instant
    ) throws(KafkaError) {
        while true {
            do throws(KafkaError) {
                return try producer.sendOffsets(positions, as: metadata)
            } catch {
                guard error.isRetriable, ContinuousClock.now < deadline else { throw error }
            }
        }
    }

    /// Takes back what was not committed; whatever happens here, nothing becomes visible.
    private func undo(_ error: KafkaError, on producer: TransactionalProducer) -> EventLogError {
        let mappedError = EventLogError(error)
        do throws(KafkaError) {
            // A call that was refused before it reached a broker leaves the transaction open, too.
            try producer.abort()
        } catch {
            drop()
            if error.code.isProducerFenced { return .init(error) }
        }
        if case .superseded = mappedError { drop() }
        return mappedError
    }

    private func finish(
        _ producer: TransactionalProducer, until deadline: ContinuousClock.Instant
    ) throws(EventLogError) {
        while true {
            do throws(KafkaError) {
                return try producer.commit()
            } catch {
                if error.requiresAbort { throw undo(error, on: producer) }
                if error.isRetriable, ContinuousClock.now < deadline { continue }
                drop()
                // A fenced producer's commit is refused by the coordinator as a whole.
                if error.code.isProducerFenced { throw .init(error) }
                throw .indeterminate(reason: error.description)
            }
        }
    }
}

extension OutgoingMessage {
    /// A record as a message.
    init(_ record: Record, partition: Int32) {
        self.init(
            topic: record.topic, partition: partition, key: record.key, value: record.value,
            headers: record.headers.packed,
            timestamp: record.timestamp)
    }
}

extension ConsumedRecord {
    /// A message as a record.
    init(_ message: Message) {
        self.init(message, in: TopicPartition(message.topic, message.partition))
    }

    /// A message of a partition as a record.
    init(_ message: Message, in partition: TopicPartition) {
        let record = Record(
            topic: message.topic, key: message.key ?? [], value: message.value,
            headers: HeaderList(packed: message.headers),
            timestamp: message.timestamp, partition: message.partition)
        self.init(record: record, partition: partition, offset: message.offset)
    }
}
