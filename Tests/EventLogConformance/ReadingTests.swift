import EventLog
import PipelineTesting
import Testing

@Suite("Reading and describing")
struct ReadingTests {
    private func values(_ records: [ConsumedRecord]) -> [String] {
        records.compactMap { $0.record.value.map { String(decoding: $0, as: UTF8.self) } }
    }

    @Test("a reader begins where it is told", arguments: Substrate.available)
    func starts(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            try await test.append((0..<5).map { test.record("in", "k", "\($0)", partition: 1) })
            let partition = TopicPartition(test.name("in"), 1)
            let all = try await test.log.openReader([partition: .beginning])
            let found = try await all.poll(atMost: 100, waiting: .seconds(10))
            #expect(values(found) == ["0", "1", "2", "3", "4"])
            let third = try #require(found.dropFirst(2).first)
            let some = try await test.log.openReader([partition: .offset(third.offset)])
            #expect(values(try await some.poll(atMost: 2, waiting: .seconds(10))) == ["2", "3"])
            #expect(await some.positions == [partition: third.offset + 2])
            let tail = try await test.another().openReader([partition: .end])
            #expect(try await tail.poll(atMost: 100, waiting: .milliseconds(50)).isEmpty)
            async let next = tail.poll(atMost: 100, waiting: .seconds(10))
            try await test.append([test.record("in", "k", "5", partition: 1)])
            #expect(values(try await next) == ["5"])
            for reader in [all, some, tail] { await reader.close() }
            try await expectUnknownTopic(on: substrate) {
                _ = try await test.log.openReader([TopicPartition(test.name("in"), 4): .end])
            }
        }
    }

    @Test(
        "a reader's position reaches the end, whatever stands there", arguments: Substrate.available
    )
    func end(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            // A broker ends a transaction with a marker, which takes an offset and is no record.
            let session = try await test.join("g", ["in"])
            _ = try await session.gather { !$0.assigned.isEmpty }
            try await session.commit(
                Commit(outputs: [test.record("out", "k", "made", partition: 0)]))
            await session.close()
            let partition = TopicPartition(test.name("out"), 0)
            let topic = try await test.log.describeTopics().first { $0.name == partition.topic }
            let high = try #require(topic?.partitions.first).high
            let reader = try await test.log.openReader([partition: .beginning])
            for _ in 0..<100 where await reader.positions[partition] ?? 0 < high {
                _ = try await reader.poll(atMost: 10, waiting: .milliseconds(100))
            }
            #expect(await reader.positions[partition] == high)
            await reader.close()
        }
    }

    @Test("records are found by their time", arguments: Substrate.available(with: .timeLookup))
    func times(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let base = test.clock.now - 10_000_000
            let records = (0..<3000).map { number in
                var record = test.record("in", "k", "v", partition: 0)
                // Every tenth is out of order.
                record.timestamp = base + Int64(number * 10 - (number % 10 == 9 ? 500 : 0))
                return record
            }
            try await test.append(records)
            for time in [-5, 0, 5, 10_235, 20_470, 20_480, 29_980, 29_990, 50_000] {
                let found = try await test.log.offsets(
                    of: test.name("in"), at: base + Int64(time))
                let expected = records.firstIndex { $0.timestamp >= base + Int64(time) }
                #expect(found[0] == Int64(expected ?? records.count), "at \(time)")
                #expect(found[1] == 0)
            }
            try await expectUnknownTopic(on: substrate) {
                _ = try await test.log.offsets(of: "missing", at: 0)
            }
        }
    }

    @Test(
        "a reader that wants few headers gets them, in order, with the values",
        arguments: Substrate.available)
    func fewHeaders(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let headers = ["first", "other", "second", "firs", "first"]
            try await test.append(
                (0..<3).map { number in
                    var record = test.record("in", "k", "\(number)", partition: 1)
                    record.headers = HeaderList(
                        headers.map { RecordHeader($0, "\($0) of \(number / 2)") })
                    return record
                })
            let partition = TopicPartition(test.name("in"), 1)
            let wanted = ["second", "first"]
            let reader = try await test.log.openReader([partition: .beginning], headers: wanted)
            let found = try await reader.poll(atMost: 100, waiting: .seconds(10))
            #expect(values(found) == ["0", "1", "2"])
            for (number, record) in found.enumerated() {
                let brought = record.record.headers.filter { wanted.contains($0.name) }
                #expect(brought.map(\.name) == ["first", "second", "first"])
                #expect(brought.allSatisfy { $0.text == "\($0.name) of \(number / 2)" })
            }
            await reader.close()
        }
    }

    @Test("topics are described by name with their ranges", arguments: Substrate.available)
    func described(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            try await test.append((0..<3).map { test.record("in", "k", "\($0)", partition: 2) })
            try await test.log.createTopics(topics.map(test.named))
            let found = try await test.log.describeTopics()
                .filter { topic in topics.contains { test.name($0.name) == topic.name } }
            #expect(found.map(\.name) == ["also", "in", "out"].map(test.name))
            let ranges = try #require(found.dropFirst().first).partitions
            #expect(ranges.map(\.low) == [0, 0, 0, 0])
            #expect(ranges.map(\.high) == [0, 0, 3, 0])
        }
    }

    @Test("concurrent appends keep the order of each key", arguments: Substrate.available)
    func appender(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let appender = try await test.log.openAppender()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for producer in 0..<16 {
                    group.addTask {
                        for number in 0..<25 {
                            try await appender.append([
                                test.record("in", "\(producer)", "\(number)")
                            ])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(appender.backlog == 0)
            await appender.close()
            let reader = try await test.log.openReader(of: [test.name("in")], from: .beginning)
            var found: [ConsumedRecord] = []
            for _ in 0..<100 where found.count < 400 {
                found += try await reader.poll(atMost: 1000, waiting: .milliseconds(200))
            }
            #expect(found.count == 400)
            for producer in 0..<16 {
                let own = found.filter { $0.record.key == Array("\(producer)".utf8) }
                #expect(values(own) == (0..<25).map(String.init))
            }
            await reader.close()
        }
    }

    @Test("appends handed in without waiting keep their order, too", arguments: Substrate.available)
    func unawaited(on substrate: Substrate) async throws {
        try await substrate.withLog(topics: topics) { test in
            let appender = try await test.log.openAppender()
            for number in 0..<299 {
                appender.append([test.record("in", "k", "\(number)")]) { result in
                    if case .failure(let error) = result { Issue.record(error) }
                }
            }
            try await appender.append([test.record("in", "k", "299")])
            let reader = try await test.log.openReader(of: [test.name("in")], from: .beginning)
            var found: [ConsumedRecord] = []
            for _ in 0..<100 where found.count < 300 {
                found += try await reader.poll(atMost: 1000, waiting: .milliseconds(200))
            }
            #expect(values(found) == (0..<300).map(String.init))
            await reader.close()
            await appender.close()
        }
    }
}
