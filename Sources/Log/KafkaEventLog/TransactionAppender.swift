import EventLog
import Synchronization

/// Appends in transactions: all that is given together becomes visible, or nothing of it.
///
/// What is given while one is written shares the next. It costs each append a round through the
/// transaction's coordinator, so it is for acts of people, not for messages by the thousand.
final class TransactionAppender: EventLogAppender {
    /// What was given together.
    private struct Batch: Sendable {
        let records: [Record]
        let completion: @Sendable (Result<Void, EventLogError>) -> Void
    }

    /// Records that share a transaction at most.
    private static let shared = 1_000

    private let sizeLimit: SizeLimit
    private let writer: TransactionWriter
    private let writing = BlockingQueue("acts")
    private let waiting = Mutex<[Batch]>([])
    private let count = Mutex(0)

    /// Begins with a writer of its own.
    init(_ sizeLimit: SizeLimit, _ writer: TransactionWriter) {
        self.sizeLimit = sizeLimit
        self.writer = writer
    }

    var backlog: Int { count.withLock { $0 } }

    func append(
        _ records: [Record],
        completion: @escaping @Sendable (Result<Void, EventLogError>) -> Void
    ) {
        do throws(EventLogError) { try sizeLimit.check(records) } catch {
            return completion(.failure(error))
        }
        count.withLock { $0 += records.count }
        waiting.withLock {
            $0.append(
                Batch(records: records) { result in
                    self.count.withLock { $0 -= records.count }
                    completion(result)
                })
        }
        writing.start { self.writeWaiting() }
    }

    /// Writes what waits; nothing where a call before has written it.
    private func writeWaiting() {
        let batches = waiting.withLock { waiting in
            var size = 0
            let taken = waiting.prefix { batch in
                defer { size += batch.records.count }
                return size == 0 || size + batch.records.count <= Self.shared
            }
            waiting.removeFirst(taken.count)
            return Array(taken)
        }
        guard !batches.isEmpty else { return }
        do throws(EventLogError) {
            try writer.write(batches.flatMap(\.records))
            for batch in batches { batch.completion(.success(())) }
        } catch {
            guard batches.count > 1, !error.isOpen else {
                for batch in batches { batch.completion(.failure(error)) }
                return
            }
            // What is wrong with one is not the fault of the others.
            for batch in batches { batch.completion(alone(batch)) }
        }
    }

    private func alone(_ batch: Batch) -> Result<Void, EventLogError> {
        do throws(EventLogError) {
            return .success(try writer.write(batch.records))
        } catch {
            return .failure(error)
        }
    }

    func close() async {
        // What was given before is written before.
        _ = try? await writing.run { () throws(EventLogError) in self.writer.drop() }
    }
}

extension EventLogError {
    /// Whether it is not known what became of it.
    fileprivate var isOpen: Bool {
        if case .indeterminate = self { true } else { false }
    }
}
