import CLibrdkafka
import Dispatch
import Synchronization

/// An idempotent producer: within its life no message is repeated and the order of a partition
/// is kept; reports come by callback, for batches.
package final class Producer: Sendable {
    private let client: Client
    private let outlet: MessageOutlet
    private let batches: Batches
    private let stopped = Mutex(false)

    /// The batches whose reports are not complete.
    private final class Batches: Sendable {
        struct Batch {
            var missing: Int
            var error: KafkaError?
            var completion: @Sendable (Result<Void, KafkaError>) -> Void
        }

        struct Contents {
            var isClosed = false
            var next: UInt = 1
            var open: [UInt: Batch] = [:]
            var messages = 0
        }

        let contents = Mutex(Contents())

        func add(
            _ count: Int, _ completion: @escaping @Sendable (Result<Void, KafkaError>) -> Void
        ) -> UInt? {
            contents.withLock { contents in
                if contents.isClosed { return nil }
                let number = contents.next
                contents.next += 1
                contents.open[number] = Batch(missing: count, completion: completion)
                contents.messages += count
                return number
            }
        }

        func settle(_ number: UInt, messages: Int = 1, error: KafkaError?) {
            let finished: Batch? = contents.withLock { contents in
                guard var batch = contents.open[number] else { return nil }
                batch.missing -= messages
                batch.error = batch.error ?? error
                contents.messages -= messages
                contents.open[number] = batch.missing == 0 ? nil : batch
                return batch.missing == 0 ? batch : nil
            }
            guard let finished else { return }
            finished.completion(finished.error.map { .failure($0) } ?? .success(()))
        }

        /// Takes no more batches, and fails those whose reports nobody will hear.
        func close() {
            let open = contents.withLock { contents in
                let open = contents.open
                contents = Contents(isClosed: true)
                return open
            }
            for (_, batch) in open.sorted(by: { $0.key < $1.key }) {
                batch.completion(.failure(batch.error ?? Producer.purged))
            }
        }
    }

    /// How long the thread that serves reports waits at a time; only closing waits for its end.
    private static let servingWait = Duration.milliseconds(100)

    /// Makes a producer and the thread that serves its reports.
    ///
    /// - Throws: if a setting is wrong.
    package init(
        _ configuration: ClientConfiguration,
        log: @escaping @Sendable (ClientLogLine) -> Void = { _ in }
    ) throws(KafkaError) {
        let batches = Batches()
        let callbacks = ClientCallbacks(log: log) { report in
            batches.settle(report.token, error: report.error)
        }
        client = try Client(
            .producer, configuration.with(["enable.idempotence": "true"]), callbacks: callbacks)
        outlet = MessageOutlet(client: client)
        self.batches = batches
        let serving = DispatchQueue(label: "kafka.producer.reports")
        serving.async { [weak self] in
            while let self, !self.stopped.withLock({ $0 }) {
                unsafe rd_kafka_poll(
                    self.client.handle, Self.servingWait.timeoutMilliseconds)
            }
        }
    }

    /// The number of messages without a report.
    package var backlog: Int { batches.contents.withLock(\.messages) }

    /// What made the producer useless, if anything has: it sends nothing any more, and a new one
    /// has to take its place.
    package var fatalFailure: KafkaError? { client.fatalFailure(during: "produce") }

    /// Makes the producer as useless as an error of its sequence numbers would, which only a
    /// broker that lost records can bring about (`rd_kafka_test_fatal_error`, for tests).
    func failFatally(_ reason: String) {
        unsafe rd_kafka_test_fatal_error(
            client.handle, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, reason)
    }

    /// The number of partitions of a topic; asks the brokers, and blocks, the first time only.
    package func partitionCount(of topic: String) throws(KafkaError) -> Int32 {
        try outlet.partitionCount(of: topic)
    }

    /// Sends messages in order; `completion` is called once, when all of them are settled.
    ///
    /// Blocks only for topics not yet looked up.
    package func send(
        _ messages: [OutgoingMessage],
        completion: @escaping @Sendable (Result<Void, KafkaError>) -> Void
    ) {
        guard !messages.isEmpty else { return completion(.success(())) }
        guard let number = batches.add(messages.count, completion) else {
            return completion(.failure(KafkaError(RD_KAFKA_RESP_ERR__DESTROY, during: "produce")))
        }
        for (index, message) in messages.enumerated() {
            do {
                try outlet.produce(message, token: number)
            } catch {
                return batches.settle(number, messages: messages.count - index, error: error)
            }
        }
    }

    /// Gives all that is under way up at once; nothing may be sent any more.
    package func abandon() { close(within: .zero) }

    /// Waits for what is under way, then gives the rest up.
    ///
    /// Blocks up to `timeout`.
    package func close(within timeout: Duration) {
        unsafe rd_kafka_flush(client.handle, timeout.timeoutMilliseconds)
        if backlog > 0 {
            unsafe rd_kafka_purge(
                client.handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
            unsafe rd_kafka_flush(client.handle, Self.servingWait.timeoutMilliseconds)
        }
        stopped.withLock { $0 = true }
        // On a busy machine not every report is served in that time.
        batches.close()
    }

    /// What was given up may have been written.
    private static var purged: KafkaError {
        KafkaError(RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, during: "produce")
    }
}
