import EventLog
import SQLite

/// Reads partitions without belonging to a group.
actor SQLiteReader: EventLogReader {
    private let executor = QueueExecutor(label: "parley.log.reader")
    private let location: LogLocation
    private let wakeups: Wakeups
    private let signal = WakeSignal()
    private var opened: Store?
    private var reader: RecordReader
    private var subscription: Int?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ location: LogLocation, wakeups: Wakeups, _ reader: RecordReader) {
        self.location = location
        self.wakeups = wakeups
        self.reader = reader
    }

    deinit {
        if let subscription { wakeups.unsubscribe(subscription) }
    }

    var positions: [TopicPartition: Int64] { reader.positions }

    func start(_ starts: [TopicPartition: ReadStart]) throws(EventLogError) {
        try mapped {
            let store = try Store(location)
            var topics: Set<Int64> = []
            for partition in starts.keys { topics.insert(try store.topic(partition.topic).id) }
            subscription = try wakeups.subscribe(signal, topics: Array(topics))
            try store.read {
                for (partition, start) in starts {
                    let offset = try Self.offset(partition, start, in: store)
                    try reader.set(partition, to: offset, store: store)
                }
            }
            opened = store
        }
    }

    private static func offset(
        _ partition: TopicPartition, _ start: ReadStart, in store: Store
    ) throws -> Int64 {
        let lane = try store.topic(partition.topic).lane(partition.partition)
        switch start {
        case .beginning: return 0
        case .offset(let offset): return max(0, offset)
        case .end:
            return try store.connection.first(
                "SELECT next FROM heads WHERE lane = ?", [.integer(lane)]
            ) { $0.int64(0) } ?? 0
        }
    }

    func poll(atMost limit: Int, waiting: Duration) async throws(EventLogError)
        -> [ConsumedRecord]
    {
        let deadline = ContinuousClock.now + waiting
        while true {
            _ = signal.collect()
            let records = try nextRecords(limit)
            let rest = deadline - ContinuousClock.now
            guard records.isEmpty, rest > .zero, opened != nil else { return records }
            await signal.wait(atMost: rest)
        }
    }

    private func nextRecords(_ limit: Int) throws(EventLogError) -> [ConsumedRecord] {
        guard let store = opened else { return [] }
        return try mapped { try store.read { try reader.nextRecords(limit, from: store) } }
    }

    func close() {
        opened = nil
        if let subscription { wakeups.unsubscribe(subscription) }
        subscription = nil
        signal.wake(.closed)
    }
}
