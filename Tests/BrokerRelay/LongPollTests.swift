import Foundation
import Kafka
import PipelineTesting
import Testing

@testable import BrokerRelay

/// What the relay adds to noida-db, asked in the bytes of the protocol.
@Suite(
    "The relay before the tests' broker",
    .enabled(if: TestBroker.isAvailable && !TestBroker.isNamed, "\(TestBroker.missing)"),
    .timeLimit(.minutes(5)))
struct LongPollTests {
    private let topic = TestBroker.uniqueName("relay")
    private let configuration: ClientConfiguration
    private let port: UInt16

    init() throws {
        let servers = try TestBroker.bootstrapServers()
        port = try #require(servers.split(separator: ":").last.flatMap { UInt16($0) })
        configuration = ClientConfiguration(bootstrapServers: servers, clientID: "relay-tests")
        try Admin(configuration).create(
            [NewTopic(name: topic, partitions: 1)], within: .seconds(20))
    }

    /// The answer to a fetch of partition 0, version 4, that may wait so long.
    private func fetch(from offset: Int64, waiting limit: Duration) async throws -> [UInt8] {
        var request = [UInt8](Int16(1)) + [UInt8](Int16(4)) + [UInt8](Int32(7))
        request += [UInt8](kafka: "tests") + [UInt8](Int32(-1))
        request += [UInt8](Int32(limit.components.seconds * 1000)) + [UInt8](Int32(1))
        request += [UInt8](Int32(50 << 20)) + [0]
        request += [UInt8](Int32(1)) + [UInt8](kafka: topic) + [UInt8](Int32(1))
        request += [UInt8](Int32(0)) + [UInt8](offset) + [UInt8](Int32(1 << 20))
        let whole = request
        return try await onThreadsOfTheirOwn {
            let socket = try #require(Socket.connect(to: port))
            defer { close(socket) }
            try #require(Socket.writeFrame(whole, to: socket))
            return try #require(Socket.readFrame(socket))
        }
    }

    /// Writes a message of now: one of long ago may be deleted by the broker before it is read.
    private func write(_ bytes: Int) async throws {
        let producer = try Producer(configuration)
        let message = OutgoingMessage(
            topic: topic, partition: 0, key: nil, value: [UInt8](repeating: 7, count: bytes),
            headers: [], timestamp: Int64(Date().timeIntervalSince1970 * 1000))
        try await withCheckedThrowingContinuation { continuation in
            producer.send([message]) { continuation.resume(with: $0) }
        }
        producer.close(within: .seconds(5))
    }

    @Test("a fetch with nothing to read waits as long as it may")
    func waits() async throws {
        let began = ContinuousClock.now
        let answer = try await fetch(from: 0, waiting: .seconds(1))
        #expect(ContinuousClock.now - began >= .seconds(1))
        #expect(Answers.isEmpty(answer, ofFetch: 4))
    }

    @Test("a fetch that waits is answered once something is written")
    func wakes() async throws {
        // Longer than the test may take: only the write ends the wait.
        async let answer = fetch(from: 0, waiting: .seconds(600))
        try await write(10)
        #expect(try await !Answers.isEmpty(answer, ofFetch: 4))
    }

    @Test("an answer holds whole batches, and no more of them than a client asks for")
    func bounds() async throws {
        for _ in 0..<3 { try await write(400_000) }
        let answer = try await fetch(from: 0, waiting: .zero)
        #expect((800_000...1 << 20).contains(answer.count), "\(answer.prefix(100))")
        let consumer = try Consumer(configuration.with(["group.id": topic]))
        try consumer.assign([TopicPartitionOffset(topic, 0, offset: 0)])
        var sizes: [Int] = []
        // Each fetch blocks its thread, so none for longer than it takes to look.
        try await eventually("the consumer has three messages") {
            for item in consumer.fetch(atMost: 10, .zero) {
                if case .message(let message) = item { sizes.append(message.value?.count ?? 0) }
            }
            return sizes.count >= 3
        }
        #expect(sizes == [400_000, 400_000, 400_000])
    }
}
