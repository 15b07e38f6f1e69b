import AuditRecords
import Conversation
import EventLog
import PipelineTesting
import Records
import StageRuntime
import Telemetry
import Testing

@testable import Operations

private let later = Timestamp(milliseconds: 9_000_000)

@Suite struct DeadLetterActionsTests {
    /// Three letters of two stages and two tenants, one of them with words of its own.
    private func fill(_ log: any EventLog) async throws {
        var story = Story("c1", tenant: "sol", at: 1_000)
        var letters: [Record] = []
        letters.append(story.deadLetter(of: try story.inbound("wamid.1"), stage: "retrieval"))
        story.now = 2_000
        letters.append(
            story.deadLetter(
                of: try story.reply("r1", to: ["wamid.1"], cause: "q"), stage: "handoff",
                reason: "The stored state cannot be read"))
        let other = Story("c2", tenant: "luna", at: 3_000)
        letters.append(other.deadLetter(of: try other.inbound("wamid.2"), stage: "retrieval"))
        for letter in letters { try await append([letter], to: log) }
    }

    private func records(_ topic: Topic, of log: any EventLog) async throws -> [ConsumedRecord] {
        var records: [ConsumedRecord] = []
        try await RecordTail(log, topic: topic.rawValue).read(from: .beginning, follow: false) {
            records.append($0)
            return true
        }
        return records
    }

    @Test(
        "letters are chosen by stage, tenant, error and time", arguments: Story.substrates)
    func chooses(on substrate: Substrate) async throws {
        try await withPipelineLog(on: substrate) { log in
            try await fill(log)
            let actions = DeadLetterActions(log, by: .program)
            func ids(_ filter: DeadLetterFilter) async throws -> [String] {
                try await actions.list(filter).map(\.id.rawValue)
            }
            #expect(try await ids(.init()) == ["wamid.1", "r1", "wamid.2"])
            #expect(try await ids(.init(stage: "retrieval")) == ["wamid.1", "wamid.2"])
            #expect(try await ids(.init(tenant: "sol")) == ["wamid.1", "r1"])
            #expect(try await ids(.init(error: "stored STATE")) == ["r1"])
            #expect(try await ids(.init(error: "permanent")).count == 3)
            let range = DeadLetterFilter(
                from: Timestamp(milliseconds: 2_000), to: Timestamp(milliseconds: 3_000))
            #expect(try await ids(range) == ["r1"])
            #expect(try await ids(.init(positions: ["dead.letters-0@1"])).count == 1)
        }
    }

    @Test(
        "a redriven record keeps bytes, key and headers, under an id of its own, once",
        arguments: Story.substrates)
    func redrives(on substrate: Substrate) async throws {
        try await withPipelineLog(on: substrate) { log in
            try await fill(log)
            let actions = DeadLetterActions(log, by: .program)
            let filter = DeadLetterFilter(stage: "retrieval")
            let done = try await actions.apply(.redrive, to: filter, by: "cli", at: later)
            #expect(done.count == 2)
            // Again, and by another operator: nothing is left to do.
            #expect(try await actions.apply(.redrive, to: filter, by: "cli", at: later).isEmpty)
            #expect(
                try await DeadLetterActions(log, by: .program)
                    .apply(.discard(because: "old"), to: filter, by: "eva", at: later).isEmpty)

            let acts = try await records(.audit, of: log).compactMap { consumed in
                try? RecordEnvelope.program.decode(consumed.record).value
            }
            let expected = [TenantID("sol"), "luna"].map { tenant in
                AuditEntry(
                    tenant: tenant, actor: "cli", action: "dead-letter.redrive",
                    subject: "dead.letters-0@\(tenant == "sol" ? 0 : 2)", at: later)
            }
            let found = acts.compactMap { value -> AuditEntry? in
                if case .payload(let entry as AuditEntry) = value { entry } else { nil }
            }
            #expect(found.sorted { $0.tenant > $1.tenant } == expected)

            let redriven = try await records(.messagesInbound, of: log).map(\.record)
            #expect(redriven.count == 2)
            let first = try #require(redriven.first { $0.key == Array("c1".utf8) })
            let original = try Story("c1", tenant: "sol", at: 1_000).inbound("wamid.1")
            #expect(first.value == original.value)
            #expect(first.header(HeaderName.correlation) == "wamid.1")
            #expect(first.header(HeaderName.id) != "wamid.1")
            #expect(first.header(HeaderName.redrive) == "dead.letters-0@0")
            #expect(first.header(HeaderName.redriveStage) == "retrieval")
            #expect(first.header(HeaderName.deadStage) == nil)
            let kept = first.headers.filter { header in
                original.headers.contains(header) || header.name == HeaderName.id
            }
            #expect(kept.count == original.headers.count)

            let open = try await actions.list()
            #expect(open.map(\.id) == ["r1"])
            let all = try await actions.list(DeadLetterFilter(isOpen: false))
            let letter = try #require(all.first)
            #expect(
                letter.standing == .redriven(as: letter.redriveID, by: "cli", at: later))
        }
    }

    @Test("a discarded letter writes no record and says why", arguments: Story.substrates)
    func discards(on substrate: Substrate) async throws {
        try await withPipelineLog(on: substrate) { log in
            try await fill(log)
            let actions = DeadLetterActions(log, by: .program)
            let filter = DeadLetterFilter(tenant: "luna")
            let done = try await actions.apply(
                .discard(because: "a test"), to: filter, by: "eva", at: later)
            #expect(done.map(\.id) == ["wamid.2"])
            #expect(try await records(.messagesInbound, of: log).isEmpty)
            let all = try await actions.list(DeadLetterFilter(isOpen: false))
            #expect(
                all.last?.standing == .discarded(because: "a test", by: "eva", at: later))
            #expect(DeadLetterText(.program).table(all).contains("discarded by eva"))
            #expect(try await LagReport(of: log, at: 1).rows.isEmpty)
        }
    }

    @Test("a conversation's letters are redriven in the order in which they were set aside")
    func keepsOrder() async throws {
        try await withPipelineLog(on: .sqlite) { log in
            var story = Story("c1", at: 1_000)
            for number in 0..<450 {
                story.now += 1
                let record = try story.inbound("wamid.\(number)")
                try await append([story.deadLetter(of: record, stage: "retrieval")], to: log)
            }
            _ = try await DeadLetterActions(log, by: .program).apply(
                .redrive, to: .init(), by: "cli", at: later)
            let messages = try await records(.messagesInbound, of: log)
                .sorted { $0.offset < $1.offset }.compactMap {
                    $0.record.header(HeaderName.correlation)
                }
            #expect(messages == (0..<450).map { "wamid.\($0)" })
        }
    }

    @Test(
        "of two operators at once each letter is redriven by one",
        arguments: [Substrate.memory, .sqlite])
    func twoOperators(on substrate: Substrate) async throws {
        try await withPipelineLog(on: substrate) { log in
            try await fill(log)
            await withTaskGroup { group in
                for number in 0..<6 {
                    group.addTask {
                        // One that is overtaken by another is refused.
                        _ = try? await DeadLetterActions(log, by: .program)
                            .apply(.redrive, to: .init(), by: "op-\(number)", at: later)
                    }
                }
            }
            _ = try await DeadLetterActions(log, by: .program).apply(
                .redrive, to: .init(), by: "last", at: later)
            let ids = try await records(.messagesInbound, of: log)
                .compactMap { $0.record.header(HeaderName.id) }
            #expect(ids.count == 2)
            #expect(Set(ids).count == 2)
        }
    }

    @Test("a letter of an unknown topic can be discarded, not redriven")
    func unknownTopic() async throws {
        try await withPipelineLog(on: .memory) { log in
            let story = Story()
            var record = try story.inbound("wamid.1")
            record.topic = "shadow.inbound"
            try await append([story.deadLetter(of: record, stage: "retrieval")], to: log)
            let actions = DeadLetterActions(log, by: .program)
            await #expect(throws: EventLogError.self) {
                try await actions.apply(.redrive, to: .init(), by: "cli", at: later)
            }
            let done = try await actions.apply(
                .discard(because: "shadow"), to: .init(), by: "cli", at: later)
            #expect(done.count == 1)
        }
    }

    @Test("a timer's letter is shown, left alone by a redrive of all, and can be discarded")
    func timer() async throws {
        try await withPipelineLog(on: .memory) { log in
            let story = Story()
            let key = TimerKey(partition: 0, key: "c1", name: "settle")
            let timer = DurableTimer(key: key, due: 7, payload: [1, 2, 3])
            try await append(
                [
                    DeadLetter.record(
                        of: timer, fired: nil, stage: "sender", kind: .permanent,
                        reason: "the timer cannot be read", attempts: 1, at: later),
                    story.deadLetter(of: try story.inbound("wamid.1"), stage: "retrieval"),
                ], to: log)
            let actions = DeadLetterActions(log, by: .program)
            let letter = try #require(try await actions.list(.init(stage: "sender")).first)
            #expect(letter.origin == "timer/settle")
            #expect(letter.key == "c1")
            #expect(DeadLetterText.leftAlone(letter).contains("discard it"))
            let redriven = try await actions.apply(.redrive, to: .init(), by: "cli", at: later)
            #expect(redriven.map(\.stage) == ["retrieval"])
            let gone = try await actions.apply(
                .discard(because: "mended"), to: .init(), by: "cli", at: later)
            #expect(gone.map(\.stage) == ["sender"])
        }
    }

    @Test("only the stage that set a record aside takes it again")
    func onlyItsStage() async throws {
        try await withPipelineLog(on: .memory) { log in
            let story = Story()
            let record = try story.inbound("wamid.1")
            try await append([record, story.deadLetter(of: record, stage: "one")], to: log)
            _ = try await DeadLetterActions(log, by: .program).apply(
                .redrive, to: .init(), by: "cli", at: later)
            let seen = Seen()
            let runners = ["one", "two"].map { runner($0, on: log, seen) }
            let running = runners.map { runner in Task { try await runner.run() } }
            try await eventually {
                try await records(.decisions, of: log).count == 4
            }
            for runner in runners { await runner.drain() }
            for task in running { try await task.value }
            #expect(seen.names.sorted() == ["one", "one", "two"])
        }
    }

    private func runner(
        _ name: String, on log: any EventLog, _ seen: Seen
    ) -> StageRunner<Counting> {
        StageRunner(
            Counting(name: name, count: seen.add),
            reading: [InputTopic(.messagesInbound, repeatsWithin: .seconds(60))],
            from: log, by: .program, slot: "\(name)-0", settings: RunnerSettings(),
            metrics: Metrics(),
            logger: Logger(service: name, to: { _ in }), now: { later }
        ) { _, _ throws(CallFailure) in throw .permanent(reason: "there are no calls") }
    }
}

/// A stage that counts what it begins with.
private struct Counting: Stage {
    typealias State = NoState
    typealias Call = String
    typealias Answer = String
    let reads: [any Payload.Type] = [InboundMessage.self, EchoedMessage.self]
    let name: String
    let count: @Sendable (String) -> Void

    func begin(
        _ input: StageInput, _ state: inout NoState, _ context: StageContext
    ) throws(Rejection) -> Plan<String> {
        count(name)
        return .ignore(because: "counted")
    }

    func resume(
        _ answer: String, to call: String, _ state: inout NoState, _ context: StageContext
    ) throws(Rejection) -> Plan<String> {
        .ignore(because: "never asked")
    }
}
