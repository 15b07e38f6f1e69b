import Conversation
import EventLog
import PipelineTesting
import Records
import StageRuntime
import Telemetry
import Testing

@testable import Operations

@Suite struct MessageLedgerTests {
    /// One conversation a message, so that partitions differ: answered, queued, silent, dead,
    /// waiting, and one that retrieval passed by.
    private func fill(_ log: any EventLog) async throws -> [TopicPartition: Int64] {
        var records: [Record] = []
        for number in 0..<40 {
            let tenant: TenantID = number % 2 == 0 ? "sol" : "luna"
            let story = Story(
                ConversationID("c\(number)"), tenant: tenant, at: 1_000_000 + Int64(number))
            let id = "wamid.\(number)"
            records.append(try story.inbound(id))
            switch number % 5 {
            case 0:
                records.append(try story.inbound(id))
                records.append(try story.reply(RecordID("r\(id)"), to: [id], cause: "q"))
                records.append(
                    try story.delivery(
                        RecordID("d\(id)"), of: "o", to: id, .accepted("w"), cause: "o"))
            case 1:
                records.append(
                    try story.event(
                        RecordID("e\(id)"), of: id,
                        .queued(reason: .asked, summary: "", transcript: [])))
            case 2:
                records.append(
                    try story.decision(
                        "orchestrator", on: RecordID("q\(id)"), of: id,
                        at: "questions.grounded-0@1", .ignored(because: "no")))
            case 3: records.append(story.deadLetter(of: try story.inbound(id), stage: "retrieval"))
            default: records.append(try story.question(RecordID("q\(id)"), about: id))
            }
        }
        let lost = Story("lost", tenant: "sol", at: 1_000_500)
        let partition = Partitioner.partition(of: Array("lost".utf8), count: 4)
        records.append(try lost.inbound("wamid.lost"))
        try await append(records, to: log)
        let described = try await log.describeTopics()
        let topic = try #require(described.first { $0.name == Topic.messagesInbound.rawValue })
        let position = TopicPartition(topic.name, partition)
        return [position: topic.partitions[Int(partition)].high]
    }

    /// Lets a group pass partitions by without a word, as a stage that loses records would.
    private func pass(
        _ positions: [TopicPartition: Int64], as group: String, in log: any EventLog
    ) async throws {
        let session = try await log.openSession(
            Membership(group: group, topics: [Topic.messagesInbound.rawValue], slot: "s"))
        var assigned: Set<Int32> = []
        try await eventually {
            let result = try await session.poll(atMost: 1_000, waiting: .milliseconds(50))
            assigned.formUnion(result.assigned)
            return assigned.count == 4
        }
        try await session.commit(Commit(positions: positions))
        await session.close()
    }

    @Test(
        "every message is accounted for, and the one that vanished is named",
        arguments: Story.substrates)
    func accounts(on substrate: Substrate) async throws {
        try await withPipelineLog(on: substrate) { log in
            let positions = try await fill(log)
            try await pass(positions, as: "retrieval", in: log)
            let report = try await MessageLedger(log, by: .program).report(at: 2_000_000)
            #expect(report.messages == 41)
            #expect(report.repeats == 8)
            #expect(
                report.states == [
                    "answered": 8, "handed": 8, "silent": 8, "dead_lettered": 8, "awaiting": 8,
                    "unaccounted": 1,
                ])
            #expect(report.awaiting["orchestrator"]?.count == 8)
            #expect(report.awaiting["orchestrator"]?.oldest == "1970-01-01T00:16:40.004Z")
            let lost = try #require(report.items.first)
            #expect(lost.message == "wamid.lost")
            #expect(lost.state == "unaccounted")
            #expect(lost.waiting == "retrieval")
            #expect(report.text.contains("UNACCOUNTED"))
        }
    }

    @Test("a range and a tenant bound what is counted", arguments: [Substrate.memory, .sqlite])
    func ranges(on substrate: Substrate) async throws {
        try await withPipelineLog(on: substrate) { log in
            _ = try await fill(log)
            let ledger = MessageLedger(log, by: .program)
            let luna = try await ledger.report(.init(tenant: "luna"), at: 2_000_000)
            #expect(luna.messages == 20)
            #expect(luna.tenants.keys.sorted() == ["luna"])
            let range = MessageLedger.Range(from: 1_000_010, to: 1_000_020)
            let part = try await ledger.report(range, at: 2_000_000)
            #expect(part.messages == 10)
            #expect(part.states["answered"] == 2)
            let cut = try await ledger.report(at: 2_000_000, listing: 3)
            #expect(cut.items.count == 3)
            #expect(cut.isCut)
        }
    }

    @Test("the running ledger tells an alert of a message that vanished")
    func service() async throws {
        try await withPipelineLog(on: .sqlite) { log in
            let positions = try await fill(log)
            try await pass(positions, as: "retrieval", in: log)
            let metrics = Metrics()
            let service = LedgerService(
                log, by: .program, metrics: metrics,
                logger: Logger(service: "ledger", to: { _ in }),
                interval: .milliseconds(100), now: { 2_000_000 })
            let running = Task { try await service.run() }
            try await eventually { await service.report.messages == 41 }
            running.cancel()
            _ = await running.result
            let report = await service.report
            #expect(report.states["answered"] == 8)
            #expect(report.states["silent"] == 8)
            let text = metrics.render()
            #expect(text.contains("parley_unaccounted_messages 1"))
            #expect(text.contains(#"parley_messages{state="awaiting"} 8"#))
        }
    }
}

@Suite struct ReportTests {
    @Test("lag is told in records and in the age of the oldest", arguments: Story.substrates)
    func lag(on substrate: Substrate) async throws {
        try await withPipelineLog(on: substrate) { log in
            let story = Story("c1", at: 1_000_000)
            let records = try (0..<5).map { try story.inbound("wamid.\($0)") }
            try await append(records, to: log)
            let session = try await log.openSession(
                Membership(
                    group: "retrieval", topics: [Topic.messagesInbound.rawValue], slot: "s"))
            var positions: [ConsumedRecord] = []
            try await eventually {
                positions += try await session.poll(atMost: 10, waiting: .milliseconds(50)).records
                return positions.count == 5
            }
            let second = try #require(positions.dropFirst().first)
            try await session.commit(Commit(positions: [second.partition: second.offset]))
            await session.close()
            let report = try await LagReport(of: log, at: 1_090_000)
            let row = try #require(report.rows.first { $0.lag > 0 })
            #expect(row.lag == row.high - second.offset)
            #expect(row.lagSeconds == 90)
            #expect(report.text(partitions: false).contains("1 min 30 s"))
            #expect(report.text(partitions: true).contains("retrieval"))
        }
    }

    @Test("topics are told with their records and what is cleaned up")
    func topics() async throws {
        try await withPipelineLog(on: .memory) { log in
            try await append([try Story().inbound("wamid.1")], to: log)
            let report = try await TopicReport(of: log)
            let inbound = try #require(report.topics.first { $0.name == "messages.inbound" })
            #expect(inbound.records == 1)
            #expect(inbound.cleanup == "keep")
            #expect(report.topics.first { $0.name == "tenants" }?.cleanup == "compact")
            #expect(report.text(partitions: true).contains("0..<1"))
        }
    }

    @Test(
        "a tail is filtered, ordered by time over partitions, and silent about content",
        arguments: Story.substrates)
    func tail(on substrate: Substrate) async throws {
        try await withPipelineLog(on: substrate) { log in
            var expected: [String] = []
            for number in 0..<20 {
                let tenant: TenantID = number % 2 == 0 ? "sol" : "luna"
                let story = Story(
                    ConversationID("c\(number % 7)"), tenant: tenant, at: 1_000 + Int64(number))
                try await append(
                    [try story.inbound("wamid.\(number)", .text("Elm Street"))], to: log)
                if number % 2 == 0 { expected.append("wamid.\(number)") }
            }
            let tail = RecordTail(log, topic: "messages.inbound")
            func read(_ filter: RecordTail.Filter, _ start: RecordTail.Start) async throws
                -> [ConsumedRecord]
            {
                var seen: [ConsumedRecord] = []
                try await tail.read(filter, from: start, follow: false) {
                    seen.append($0)
                    return true
                }
                return seen
            }
            let sol = try await read(.init(tenant: "sol", type: "inbound"), .beginning)
            #expect(sol.compactMap { $0.record.header(HeaderName.id) } == expected)
            #expect(try await read(.init(key: "c3"), .beginning).count == 3)
            #expect(try await read(.init(type: "nothing"), .beginning).isEmpty)
            #expect(try await read(.init(), .last(4)).count == 4)
            #expect(try await read(.init(), .end).isEmpty)
            #expect(try await read(.init(), .time(1_015)).count == 5)
            let record = try #require(sol.first)
            #expect(!RecordLine(.program).text(record, content: false).contains("Elm"))
            #expect(RecordLine(.program).text(record, content: true).contains("Elm"))
            #expect(try !RecordLine(.program).json(record, content: false).contains("Elm"))
            #expect(
                try RecordLine(.program).json(record, content: true).contains(#""value":{"#))
        }
    }

    @Test("a followed tail shows what comes after")
    func follows() async throws {
        try await withPipelineLog(on: .memory) { log in
            let seen = Seen()
            try await append([try Story().inbound("wamid.1")], to: log)
            let task = Task {
                try await RecordTail(log, topic: "messages.inbound").read(
                    from: .beginning, follow: true
                ) { record in
                    seen.add(record.record.header(HeaderName.id) ?? "")
                    return seen.names.count < 2
                }
            }
            try await eventually { seen.names.count == 1 }
            try await append([try Story().inbound("wamid.2")], to: log)
            try await task.value
            #expect(seen.names == ["wamid.1", "wamid.2"])
        }
    }

    @Test(
        "moments are read as operators type them",
        arguments: [
            ("2h", 1_700_000_000_000 - 7_200_000), ("90s", 1_699_999_910_000),
            ("2023-11-14T22:13:20Z", 1_700_000_000_000),
            ("2023-11-14T22:13:20.500Z", 1_700_000_000_500),
            ("2023-11-14", 1_699_920_000_000), ("yesterday", nil), ("-5m", nil), ("5", nil),
        ] as [(String, Int64?)])
    func moments(text: String, expected: Int64?) {
        #expect(MomentText.parse(text, now: 1_700_000_000_000) == expected)
    }
}
