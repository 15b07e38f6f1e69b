import EventLog
import PipelineTesting
import Testing

/// Two inputs and an output, of four partitions each.
let topics = ["in", "also", "out"].map {
    TopicConfiguration(name: $0, partitions: 4, cleanup: .delete(retention: nil))
}

@Suite("Consuming")
struct ConsumingTests {
    @Test("records of a key come in the order of their appends", arguments: Substrate.available)
    func order(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let keys = (0..<10).map { "key-\($0)" }
            let records = (0..<200).map { test.record("in", keys[$0 % 10], "\($0)") }
            for start in stride(from: 0, to: 200, by: 50) {
                try await test.append(Array(records[start..<start + 50]))
            }
            let session = try await test.join("g", ["in"])
            let found = try await session.gather { $0.records.count >= 200 }
            #expect(Set(found.assigned) == [0, 1, 2, 3])
            for key in keys {
                let values = found.records.filter { $0.record.key == Array(key.utf8) }
                let expected = records.filter { $0.key == Array(key.utf8) }
                #expect(values.map(\.record.value) == expected.map(\.value))
                #expect(Set(values.map(\.partition)).count == 1)
                #expect(values.map(\.offset) == values.map(\.offset).sorted())
            }
            await session.close()
        }
    }

    @Test("a new session resumes after the committed offset", arguments: Substrate.available)
    func resumes(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            try await test.append((0..<8).map { test.record("in", "k", "\($0)", partition: 2) })
            let first = try await test.join("g", ["in"])
            let found = try await first.gather { $0.records.count >= 8 }
            let third = try #require(found.records.dropFirst(2).first)
            try await first.commit(Commit(positions: [third.partition: third.offset + 1]))
            await first.close()

            let second = try await test.join("g", ["in"], on: test.another())
            let rest = try await second.gather { $0.records.count >= 5 }
            #expect(rest.records.map(\.record.value) == (3..<8).map { Array("\($0)".utf8) })
            await second.close()
        }
    }

    @Test("groups do not see each other's positions", arguments: Substrate.available)
    func groups(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            try await test.append([test.record("in", "k", "1")])
            for group in ["a", "b"] {
                let session = try await test.join(group, ["in"])
                let found = try await session.gather { !$0.records.isEmpty }
                let record = try #require(found.records.first)
                try await session.commit(Commit(positions: [record.partition: record.offset + 1]))
                await session.close()
            }
            let positions = try await test.log.groupPositions()
            let record = test.record("in", "k", "1")
            let partition = TopicPartition(
                record.topic, Partitioner.partition(of: record.key, count: 4))
            #expect(positions[test.name("a")]?[partition] == 1)
            #expect(positions[test.name("b")]?[partition] == 1)
        }
    }

    @Test("a group's lag is what it has not read of each topic", arguments: Substrate.available)
    func lag(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            try await test.append((0..<5).map { test.record("in", "k", "\($0)") })
            try await test.append((0..<3).map { test.record("also", "k", "\($0)") })
            let session = try await test.join("g", ["in"])
            let found = try await session.gather { $0.records.count >= 2 }
            let record = try #require(found.records.dropFirst().first)
            try await session.commit(Commit(positions: [record.partition: record.offset + 1]))
            let names = [test.name("in"), test.name("also"), test.name("missing")]
            let lag = try await test.log.lag(of: test.name("g"), in: Set(names))
            // A broker's topic has an offset for the end of each transaction, too.
            #expect((3...5).contains(lag[names[0]] ?? -1))
            #expect((3...4).contains(lag[names[1]] ?? -1))
            #expect(lag[names[2]] == nil)
            let others = try await test.log.lag(of: test.name("nobody"), in: [names[0]])
            #expect((5...6).contains(others[names[0]] ?? -1))
            await session.close()
        }
    }

    @Test("bytes come back as they were given", arguments: Substrate.available)
    func bytes(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let name = test.name("in")
            let all = Array(UInt8.min...UInt8.max)
            let records = [
                Record(topic: name, key: all, value: all, timestamp: 1, partition: 0),
                Record(topic: name, key: [1], value: [], timestamp: 2, partition: 0),
                Record(topic: name, key: [1], value: nil, timestamp: 3, partition: 0),
                Record(
                    topic: name, key: [0], value: [1],
                    headers: [
                        RecordHeader("a", "1"), RecordHeader("b", bytes: all),
                        RecordHeader("a", ""), RecordHeader("grüße", "🌍"),
                    ], timestamp: 1_700_000_000_123, partition: 0),
                Record(
                    topic: name, key: [2],
                    value: (0..<900_000).map { UInt8(truncatingIfNeeded: $0 &* 31) },
                    timestamp: 5, partition: 0),
            ]
            try await test.append(records)
            let session = try await test.join("g", ["in"])
            let found = try await session.gather { $0.records.count >= records.count }
            #expect(found.records.map(\.record) == records)
            await session.close()
        }
    }

    @Test("co-partitioned inputs are read by the same member", arguments: Substrate.available)
    func inputs(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            try await test.append(
                (0..<4).flatMap { number in
                    ["in", "also"].map { test.record($0, "k", $0, partition: number) }
                })
            let session = try await test.join("g", ["in", "also"])
            let found = try await session.gather { $0.records.count >= 8 }
            #expect(found.assigned.sorted() == [0, 1, 2, 3])
            #expect(Set(found.records.map(\.partition)).count == 8)
            await session.close()
        }
    }

    @Test("a poll gives no more than its limit, and all in the end", arguments: Substrate.available)
    func limits(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            try await test.append((0..<40).map { test.record("in", "\($0)", "v") })
            let session = try await test.join("g", ["in"])
            var seen: Set<[UInt8]> = []
            for _ in 0..<200 where seen.count < 40 {
                let found = try await session.poll(atMost: 7, waiting: .milliseconds(200))
                #expect(found.records.count <= 7)
                seen.formUnion(found.records.map(\.record.key))
            }
            #expect(seen.count == 40)
            await session.close()
        }
    }

    @Test("unknown topics and unequal inputs are refused", arguments: Substrate.available)
    func refusals(on substrate: Substrate) async throws {
        let other = TopicConfiguration(
            name: "two", partitions: 2, cleanup: .delete(retention: nil))
        try await substrate.withLog(topics: topics + [other]) { test in
            try await expectUnknownTopic(on: substrate) {
                _ = try await test.join("g", ["missing"])
            }
            try await expectPermanent { _ = try await test.join("g", ["in", "two"]) }
            try await expectUnknownTopic(on: substrate) {
                try await test.append([test.record("missing", "k", "v")])
            }
            try await expectPermanent {
                try await test.append([test.record("in", "k", "v", partition: 9)])
            }
            try await expectPermanent {
                var wrong = test.named(other)
                wrong.partitions = 3
                try await test.log.createTopics([wrong])
            }
        }
    }
}
