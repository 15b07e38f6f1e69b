import EventLog
import Kafka
import Synchronization

/// Appends with an idempotent producer: records that are appended together share its batches,
/// but on Kafka some of them may be refused while others are not.
///
/// A producer whose sequence numbers a broker does not know any more (one that lost records, or
/// forgot an idle producer) fails for good; another then takes its place.
final class KafkaAppender: EventLogAppender {
    private let sizeLimit: SizeLimit
    private let makeProducer: @Sendable () throws(KafkaError) -> Producer
    private let producing: Mutex<Producer>
    /// One thread hands records over, so that looking a topic up never changes their order.
    private let sending = BlockingQueue("append")
    private let waiting = Mutex(0)

    init(
        _ sizeLimit: SizeLimit,
        _ makeProducer: @escaping @Sendable () throws(KafkaError) -> Producer
    ) throws(KafkaError) {
        self.sizeLimit = sizeLimit
        self.makeProducer = makeProducer
        producing = Mutex(try makeProducer())
    }

    /// The producer that sends now.
    var producer: Producer { producing.withLock { $0 } }

    var backlog: Int { waiting.withLock { $0 } }

    func append(
        _ records: [Record],
        completion: @escaping @Sendable (Result<Void, EventLogError>) -> Void
    ) {
        waiting.withLock { $0 += records.count }
        let settle: @Sendable (Result<Void, EventLogError>) -> Void = { result in
            self.waiting.withLock { $0 -= records.count }
            completion(result)
        }
        sending.start {
            let producer: Producer
            let messages: [OutgoingMessage]
            do throws(EventLogError) {
                try self.sizeLimit.check(records)
                producer = try self.usableProducer()
                messages = try Self.messages(records, for: producer)
            } catch {
                return settle(.failure(error))
            }
            producer.send(messages) { settle($0.mapError { EventLogError($0) }) }
        }
    }

    /// The producer, or a new one if it failed for good; runs on the sending queue.
    private func usableProducer() throws(EventLogError) -> Producer {
        let producer = producer
        guard producer.fatalFailure != nil else { return producer }
        producer.abandon()
        let next = try mapped { () throws(KafkaError) in try makeProducer() }
        producing.withLock { $0 = next }
        return next
    }

    private static func messages(
        _ records: [Record], for producer: Producer
    ) throws(EventLogError) -> [OutgoingMessage] {
        try mapped { () throws(KafkaError) in
            var messages: [OutgoingMessage] = []
            for record in records {
                let count = try producer.partitionCount(of: record.topic)
                let partition =
                    record.partition ?? Partitioner.partition(of: record.key, count: count)
                guard (0..<count).contains(partition) else {
                    throw .invalidArgument(
                        "there is no partition \(record.topic)-\(partition)", during: "append")
                }
                messages.append(OutgoingMessage(record, partition: partition))
            }
            return messages
        }
    }

    func close() async {
        // What could not be sent is reported to those who appended it.
        _ = try? await sending.run { () throws(EventLogError) in
            self.producer.close(within: Limits.flushing)
        }
    }
}
