import EventLog
import Kafka
import Synchronization

/// Reads committed records of given partitions, outside of any group.
final class KafkaReader: EventLogReader {
    private let consumer: Consumer
    private let next: Mutex<[TopicPartition: Int64]>
    private let closed = Mutex(false)
    private let fetching: BlockingQueue

    init(_ consumer: Consumer, from positions: [TopicPartition: Int64]) {
        self.consumer = consumer
        next = Mutex(positions)
        fetching = BlockingQueue("reader")
    }

    var positions: [TopicPartition: Int64] {
        get async { next.withLock { $0 } }
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
            let start = next.withLock { $0 }
            let fetch = try await fetching.run { () throws(EventLogError) in
                // Nothing but errors comes here, and they come again if they last.
                _ = consumer.awaitControl(.zero)
                var fetch = Fetch(from: start)
                consumer.fetch(atMost: limit, rest) { fetch.receive($0) }
                return fetch
            }
            let records = fetch.records
            next.withLock { $0 = fetch.allPositions }
            if let failure = fetch.failure, records.isEmpty { throw EventLogError(failure) }
            if !records.isEmpty || clock.now >= deadline || closed.withLock({ $0 }) {
                return records
            }
        }
    }

    /// The records of one fetch, and how far it came.
    private struct Fetch: Sendable {
        private(set) var records: [ConsumedRecord] = []
        private(set) var failure: KafkaError?
        private var positions: [TopicPartition: Int64]
        /// The partition of the record before, mostly the next one's, too, and its position.
        private var current = TopicPartition("", -1)
        private var next: Int64 = 0

        init(from positions: [TopicPartition: Int64]) {
            self.positions = positions
        }

        mutating func receive(_ item: consuming Fetched) {
            switch consume item {
            case .message(let message):
                move(to: message.topic, message.partition)
                guard message.offset >= next else { return }
                next = message.offset + 1
                records.append(ConsumedRecord(message, in: current))
            case .failure(let error): failure = error
            case .end(let end):
                // What ends a transaction takes an offset and is no record.
                move(to: end.topic, end.partition)
                next = max(next, end.offset)
            }
        }

        private mutating func move(to topic: String, _ partition: Int32) {
            guard partition != current.partition || topic != current.topic else { return }
            if current.partition >= 0 { positions[current] = next }
            current = TopicPartition(topic, partition)
            next = positions[current] ?? 0
        }

        /// The positions after it.
        var allPositions: [TopicPartition: Int64] {
            guard current.partition >= 0 else { return positions }
            var all = positions
            all[current] = next
            return all
        }
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
