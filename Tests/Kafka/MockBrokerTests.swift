import EventLog
import Foundation
import Synchronization
import Testing

@testable import Kafka

/// A client's behaviour under faults, on librdkafka's stand-in; promises are tested on a broker.
@Suite("Kafka client under faults", .timeLimit(.minutes(5)))
struct MockBrokerTests {
    let broker: MockBroker
    let configuration: ClientConfiguration

    init() throws {
        broker = try MockBroker()
        configuration = ClientConfiguration(
            bootstrapServers: broker.bootstrapServers, clientID: "tests")
        try broker.createTopic("t", partitions: 2)
    }

    func message(_ value: String, partition: Int32 = 0) -> OutgoingMessage {
        OutgoingMessage(
            topic: "t", partition: partition, key: Array("k".utf8), value: Array(value.utf8),
            headers: HeaderList([
                RecordHeader("a", bytes: [1]), RecordHeader("none", bytes: []),
                RecordHeader("long", bytes: Array(repeating: 7, count: 3_000)),
            ]).packed, timestamp: 12)
    }

    func read(_ count: Int) throws -> [Message] {
        let consumer = try Consumer(
            configuration.with(["group.id": "reader", "fetch.wait.max.ms": "10"]))
        try consumer.assign([TopicPartitionOffset("t", 0, offset: 0)])
        var messages: [Message] = []
        for _ in 0..<200 where messages.count < count {
            for item in consumer.fetch(atMost: 100, .milliseconds(50)) {
                if case .message(let message) = item { messages.append(message) }
            }
        }
        return messages
    }

    @Test("key, value and headers arrive as they were, absent and empty keys and values apart")
    func roundTrip() async throws {
        let producer = try Producer(configuration)
        var empty = message("")
        empty.key = []
        var tombstone = message("")
        tombstone.value = nil
        tombstone.key = nil
        try await producer.send([message("v"), empty, tombstone])
        let found = try read(3)
        #expect(found.map(\.value) == [Array("v".utf8), [], nil])
        #expect(found.map(\.key) == [Array("k".utf8), [], nil])
        #expect(found.allSatisfy { $0.headers == message("v").headers })
        producer.close(within: .seconds(1))
    }

    @Test("an idempotent producer outlives refused and broken requests, in order and once")
    func survivesFaults() async throws {
        broker.fail(
            .produce, with: [.init(rawValue: 6), .transport, .init(rawValue: 19)])
        let producer = try Producer(configuration.with(["retry.backoff.ms": "10"]))
        for number in 0..<5 { try await producer.send([message("\(number)")]) }
        let found = try read(5).map { String(decoding: $0.value ?? [], as: UTF8.self) }
        #expect(found == ["0", "1", "2", "3", "4"])
        #expect(producer.backlog == 0)
        producer.close(within: .seconds(1))
    }

    @Test("a partition that does not exist is refused before it reaches the library")
    func refusesUnknown() async throws {
        let producer = try Producer(configuration)
        await #expect(throws: KafkaError.self) {
            try await producer.send([message("x", partition: 9)])
        }
        #expect(producer.backlog == 0)
    }

    @Test("a message with headers that the library refuses is refused, and no more than that")
    func refusedByLibrary() throws {
        let client = try Client(
            .producer, configuration, callbacks: ClientCallbacks(log: { _ in }))
        let outlet = MessageOutlet(client: client)
        #expect(try outlet.partitionCount(of: "t") == 2)
        // Freed twice, the headers end the process here or in one of the next allocations.
        for number in 0..<2_000 {
            let error = #expect(throws: KafkaError.self) {
                try outlet.hand(message("x", partition: 9), UInt(number + 1))
            }
            #expect(error?.code == .unknownPartition)
        }
    }

    @Test("a topic of which the brokers know no partition for a moment is sent to afterwards")
    func flicker() async throws {
        let producer = try Producer(
            configuration.with([
                "topic.metadata.refresh.interval.ms": "20",
                "topic.metadata.propagation.max.ms": "0",
            ]))
        try await producer.send([message("before")])
        for round in 0..<3 {
            broker.setKnown("t", false)
            // As long as it is unknown to the client, sending fails, and harms nothing.
            let clock = ContinuousClock()
            let end = clock.now + .seconds(20)
            var refused = 0
            while refused < 50, clock.now < end {
                do {
                    try await producer.send([message("during")])
                } catch let error as KafkaError {
                    refused += 1
                    #expect(
                        [.unknownTopic, .unknownPartition, .unknownTopicOrPartition]
                            .contains(error.code))
                }
            }
            #expect(refused > 0, "round \(round)")
            broker.setKnown("t", true)
            try await sendUntilTaken(producer)
        }
        producer.close(within: .seconds(1))
    }

    private func sendUntilTaken(_ producer: Producer) async throws {
        for _ in 0..<500 {
            do {
                return try await producer.send([message("after")])
            } catch {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        try await producer.send([message("after")])
    }

    @Test("what the library knows of its settings: which there are, for whom, and what they take")
    func settings() {
        #expect(ClientSetting.known.count > 100)
        #expect(ClientSetting.known["retry.backoff.ms"]?.scope.includes(consumers: false) == true)
        #expect(ClientSetting.known["fetch.wait.max.ms"]?.scope == .consumers)
        #expect(ClientSetting.known["linger.ms"]?.scope == .producers)
        #expect(ClientSetting.known["bootstrap.servers"]?.scope == .all)
        #expect(ClientSetting.known["no.such"] == nil)
        #expect(ClientSetting.problem(with: "20", for: "linger.ms") == nil)
        let problem = ClientSetting.problem(with: "soon", for: "retry.backoff.ms")
        #expect(problem?.contains("retry.backoff.ms") == true)
    }

    @Test("messages for a broker that is gone are reported as failed when it closes")
    func givesUp() async throws {
        let producer = try Producer(configuration)
        try await producer.send([message("there")])
        try broker.setBroker(-1, up: false)
        let isSettled = Atomic(false)
        let sent = Task {
            defer { isSettled.store(true, ordering: .releasing) }
            return try await producer.send([message("gone")])
        }
        // On a busy machine it may have been given up before anybody looks.
        while producer.backlog == 0, !isSettled.load(ordering: .acquiring) { await Task.yield() }
        producer.close(within: .milliseconds(300))
        await #expect(throws: KafkaError.self) { try await sent.value }
    }

    @Test("what is sent after it closed fails at once, and no report is waited for in vain")
    func closed() async throws {
        let producer = try Producer(configuration)
        try await producer.send([message("there")])
        try broker.setBroker(-1, up: false)
        let sent = Task { try await producer.send((0..<2_000).map { message("gone \($0)") }) }
        while producer.backlog == 0 { await Task.yield() }
        producer.abandon()
        await #expect(throws: KafkaError.self) { try await sent.value }
        #expect(producer.backlog == 0)
        await #expect(throws: KafkaError.self) { try await producer.send([message("late")]) }
    }

    @Test("a fault in a transaction asks for an abort, and the next one succeeds")
    func abortable() throws {
        let producer = try TransactionalProducer(
            configuration, transactionalID: "id", timeout: .seconds(10))
        try producer.initialize(within: .seconds(10))
        // TOPIC_AUTHORIZATION_FAILED: no use in trying again.
        broker.fail(.addPartitionsToTransaction, with: [.init(rawValue: 29)])
        try producer.begin()
        try producer.produce(message("lost"), token: 1)
        let error = #expect(throws: KafkaError.self) { try producer.commit() }
        #expect(error?.requiresAbort == true)
        try producer.abort()
        try producer.begin()
        try producer.produce(message("kept"), token: 1)
        try producer.commit()
        #expect(producer.deliveredOffsets.keys.sorted() == [1])
    }

    @Test("a producer that the coordinator fences is told so, and needs no abort")
    func fenced() throws {
        let producer = try TransactionalProducer(
            configuration, transactionalID: "id", timeout: .seconds(10))
        try producer.initialize(within: .seconds(10))
        broker.fail(.endTransaction, with: [.init(rawValue: 47)])
        try producer.begin()
        try producer.produce(message("x"))
        let error = #expect(throws: KafkaError.self) { try producer.commit() }
        #expect(error?.isFatal == true)
        #expect(error?.code == .fenced || error?.code == .invalidProducerEpoch)
    }

    @Test("a wrong setting is named")
    func wrongSetting() {
        let error = #expect(throws: KafkaError.self) {
            try Producer(configuration.with(["no.such.setting": "1"]))
        }
        #expect(error?.operation.contains("no.such.setting") == true)
    }
}

extension Producer {
    func send(_ messages: [OutgoingMessage]) async throws {
        let result = await withCheckedContinuation { continuation in
            send(messages) { continuation.resume(returning: $0) }
        }
        try result.get()
    }
}
