import Synchronization

/// Reads the log in memory without belonging to a group.
final class InMemoryReader: EventLogReader {
    private let log: InMemoryEventLog
    private let next: Mutex<[TopicPartition: Int64]>
    private let closed = Mutex(false)

    init(log: InMemoryEventLog, positions: [TopicPartition: Int64]) {
        self.log = log
        next = Mutex(positions)
    }

    var positions: [TopicPartition: Int64] {
        get async { next.withLock { $0 } }
    }

    func poll(atMost limit: Int, waiting: Duration) async throws(EventLogError)
        -> [ConsumedRecord]
    {
        let deadline = ContinuousClock.now + waiting
        while true {
            let records = nextRecords(limit)
            let rest = deadline - ContinuousClock.now
            guard records.isEmpty, rest > .zero, !closed.withLock({ $0 }) else { return records }
            // Any change wakes: also one that brings nothing to this reader.
            await log.wait(rest) { contents in
                self.closed.withLock { $0 }
                    || contents.hasRecords(beyond: self.next.withLock { $0 })
            }
        }
    }

    func close() async {
        closed.withLock { $0 = true }
        log.wake()
    }

    private func nextRecords(_ limit: Int) -> [ConsumedRecord] {
        log.contents.withLock { contents in
            next.withLock { next in
                var records: [ConsumedRecord] = []
                for partition in next.keys.sorted() where records.count < limit {
                    let more = InMemoryEventLog.read(
                        partition, from: next[partition] ?? 0, atMost: limit - records.count,
                        in: contents)
                    records += more
                    if let last = more.last { next[partition] = last.offset + 1 }
                }
                return records
            }
        }
    }
}

/// Appends to the log in memory, at once.
final class InMemoryAppender: EventLogAppender {
    private let log: InMemoryEventLog

    init(log: InMemoryEventLog) {
        self.log = log
    }

    var backlog: Int { 0 }

    func append(
        _ records: [Record],
        completion: @escaping @Sendable (Result<Void, EventLogError>) -> Void
    ) {
        do throws(EventLogError) {
            try log.sizeLimit.check(records)
        } catch {
            return completion(.failure(error))
        }
        do {
            try log.contents.withLock { contents throws(EventLogError) in
                try InMemoryEventLog.append(records, to: &contents)
            }
        } catch {
            return completion(.failure(error))
        }
        log.wake()
        completion(.success(()))
    }

    func close() async {}
}
