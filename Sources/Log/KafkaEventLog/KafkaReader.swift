import EventLog
import Kafka
import Synchronization

/// Reads committed records of given partitions, outside of any group.
final class KafkaReader: EventLogReader {
    private let consumer: Consumer
    private let held: Mutex<[TopicPartition: Int64]>
    private let closed = Mutex(false)
    private let fetching: BlockingQueue
    init(_ consumer: Consumer, from positions: [TopicPartition: Int64]) {
        self.consumer = consumer
        held = Mutex(positions)
        fetching = BlockingQueue("reader")
    }

    var positions: [TopicPartition: Int64] {
        get async { held.withLock { $0 } }
    }

    func poll(
        atMost limit: Int, waiting: Duration
    ) async throws(EventLogError) -> [ConsumedRecord] {
        let clock = ContinuousClock()
        let deadline = clock.now + waiting
        while true {
            guard !closed.withLock({ $0 }) else {
                throw .permanent(reason: "the reader is closed")
            }
            let rest = max(.zero, clock.now.duration(to: deadline))
            let consumer = consumer
            let fetched = try await fetching.run { () throws(EventLogError) in
                // Nothing but errors comes here, and they come again if they last.
                _ = consumer.awaitControl(.zero)
                return consumer.fetch(atMost: limit, rest)
            }
            let records = try take(fetched)
            if !records.isEmpty || clock.now >= deadline || closed.withLock({ $0 }) {
                return records
            }
        }
    }

    private func take(_ fetched: [Fetched]) throws(EventLogError) -> [ConsumedRecord] {
        var failure: KafkaError?
        let records = held.withLock { held in
            var records: [ConsumedRecord] = []
            for item in fetched {
                switch item {
                case .message(let message):
                    let record = ConsumedRecord(message)
                    guard message.offset >= held[record.partition] ?? 0 else { continue }
                    held[record.partition] = message.offset + 1
                    records.append(record)
                case .failure(let error): failure = error
                case .end(let place):
                    // What ends a transaction takes an offset and is no record.
                    let partition = TopicPartition(place.topic, place.partition)
                    held[partition] = max(held[partition] ?? 0, place.offset)
                }
            }
            return records
        }
        if let failure, records.isEmpty { throw EventLogError(failure) }
        return records
    }

    func close() async {
        let already = closed.withLock { closed in
            defer { closed = true }
            return closed
        }
        guard !already else { return }
        consumer.wakeFetch()
        let consumer = consumer
        // Without a group there is nothing to leave, so nothing that could fail matters.
        _ = try? await fetching.run { () throws(EventLogError) in
            consumer.close(within: Limits.leaving)
        }
    }
}
