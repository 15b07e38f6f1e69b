import EventLog
import Kafka
import Synchronization

/// Appends with an idempotent producer: records that are appended together share its batches,
/// but on Kafka some of them may be refused while others are not.
final class KafkaAppender: EventLogAppender {
    private let producer: Producer
    /// One thread hands records over, so that looking a topic up never changes their order.
    private let sending = BlockingQueue("append")
    private let waiting = Mutex(0)

    init(_ producer: Producer) {
        self.producer = producer
    }

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
            let messages: [OutgoingMessage]
            do throws(EventLogError) {
                messages = try self.messages(records)
            } catch {
                return settle(.failure(error))
            }
            self.producer.send(messages) { settle($0.mapError { EventLogError($0) }) }
        }
    }

    private func messages(_ records: [Record]) throws(EventLogError) -> [OutgoingMessage] {
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
        let producer = producer
        // What could not be sent is reported to those who appended it.
        _ = try? await sending.run { () throws(EventLogError) in
            producer.close(within: Limits.flushing)
        }
    }
}
