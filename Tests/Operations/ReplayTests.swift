import AuditRecords
import Conversation
import EventLog
import PipelineTesting
import Records
import StageRuntime
import Synchronization
import Testing

@testable import Operations

@Suite("Replay")
struct ReplayTests {
    @Test(
        "a past with calls, timers, intents and dead letters is the same",
        arguments: Story.substrates)
    func identical(_ substrate: Substrate) async throws {
        try await withPast(on: substrate) { past in
            try await past.fill()
            let sizes = try await past.sizes()
            let report = try await past.replay()
            #expect(report.first == nil, "\(report.text)")
            #expect(report.exitCode == 0, "\(report.text)")
            // Twelve records and the burst's timer.
            #expect(report.identical == 13)
            // Entries: plain, ask, more, fail, intent and its answer, burst, last; two letters.
            #expect(report.outputs == 10)
            #expect(report.text.hasPrefix("identical: 13 inputs, 10 outputs"))
            #expect(try await past.sizes() == sizes, "a dry run wrote something")
        }
    }

    @Test(
        "a stage that reads chance is caught, with the first difference, and its words are not shown"
    )
    func chance() async throws {
        try await withPast(on: .memory) { past in
            let calls = Mutex(0)
            let stage = PastStage(chance: {
                calls.withLock { calls in
                    calls += 1
                    return " secret \(calls)"
                }
            })
            try await past.send("plain")
            try await past.send("plain", to: "b")
            try await past.work(until: 2, stage: stage)
            let report = try await past.replay(stage)
            #expect(report.exitCode == 1)
            #expect(report.different == 2)
            let first = try #require(report.first)
            #expect(first.lines.contains { $0.contains("field action") }, "\(first.lines)")
            #expect(!report.text.contains("secret"))
            let shown = try await past.replay(stage, content: true)
            #expect(shown.text.contains("secret"), "\(shown.text)")
        }
    }

    @Test("another question to the world is a difference, and gets no answer")
    func otherQuestion() async throws {
        try await withPast(on: .memory) { past in
            try await past.send("ask this")
            try await past.work(until: 1)
            let report = try await past.replay(PastStage(twist: " please"), content: true)
            #expect(report.different == 1)
            #expect(report.text.contains("question 1 to the world is another"), "\(report.text)")
            #expect(report.text.contains("ask this please"))
        }
    }

    @Test(
        "an input that began twice, as its process died after the intent, is the same",
        arguments: Story.substrates)
    func twoLives(_ substrate: Substrate) async throws {
        try await withPast(on: substrate) { past in
            try await past.send("intend this")
            // The intent is durable, the answer never comes.
            try await past.work(until: 1, abrupt: true) { _, _ throws(CallFailure) in
                try? await Task.sleep(for: .seconds(3_600))  // ends as the run is cancelled
                throw .permanent(reason: "killed")
            }
            try await past.send("after")
            try await past.work(until: 3)
            let report = try await past.replay()
            #expect(report.exitCode == 0, "\(report.text)")
            #expect(report.identical == 2)
            #expect(report.outputs == 3)
        }
    }

    @Test("a part of the past is compared alone: by offset, by time, by key, by tenant")
    func ranges() async throws {
        try await withPast(on: .memory) { past in
            for number in 0..<4 { try await past.send("plain \(number)") }
            try await past.send("plain", to: "b")
            try await past.work(until: 5)
            let tail = try await past.replay(
                PastStage(), ReplayRange(from: .offset(1), to: .offset(3), key: "a"))
            #expect(tail.identical == 2, "\(tail.text)")
            #expect(tail.history == 2, "\(tail.text)")
            #expect(try await past.replay(PastStage(), ReplayRange(key: "b")).identical == 1)
            #expect(try await past.replay(PastStage(), ReplayRange(tenant: "t")).identical == 5)
            #expect(try await past.replay(PastStage(), ReplayRange(tenant: "u")).identical == 0)
            let later = Past.now().milliseconds + 60_000
            let before = try await past.replay(PastStage(), ReplayRange(to: .time(later)))
            #expect(before.identical == 5, "\(before.text)")
            let after = try await past.replay(PastStage(), ReplayRange(from: .time(later)))
            #expect(after.identical == 0)
        }
    }

    @Test("inputs whose decision is gone, or whose past is, are told and never passed over")
    func gone() async throws {
        try await withPast(on: .memory) { past in
            try await past.send("plain")
            try await past.send("plain")
            try await past.send("plain")
            try await past.work(until: 3)
            try await past.send("not yet")
            let position = TopicPartition(
                Topic.decisions.rawValue, Partitioner.partition(of: Array("a".utf8), count: 4))
            let report = try await past.replay(in: TrimmedLog(past.log, position, low: 1))
            #expect(report.undecided == 1, "\(report.text)")
            #expect(report.doubtful == 2)
            #expect(report.doubtfulKeys == 1)
            // Their count is another one: nobody knows whether by their past or by a fault.
            #expect(report.doubtfulSame == 0)
            #expect(report.identical == 0)
            #expect(report.pending == 1)
            #expect(report.exitCode == 3)
            #expect(report.text.contains("no decision record is kept (handoff.commands-"))
        }
    }

    @Test("an answer too large to be recorded is told, and doubts what follows it")
    func largeAnswer() async throws {
        try await withPast(on: .memory) { past in
            try await past.send("ask large")
            try await past.send("plain")
            try await past.work(until: 2)
            let report = try await past.replay()
            #expect(report.unrecorded == 1, "\(report.text)")
            #expect(report.doubtful == 1)
            #expect(report.exitCode == 3)
        }
    }

    @Test("a record that stands in a topic and is not repeated is a difference")
    func extra() async throws {
        try await withPast(on: .memory) { past in
            try await past.send("plain", id: "cause")
            try await past.work(until: 1)
            let headers = RecordHeaders(
                id: "stray", type: AuditEntry.type, source: "stage/past", time: Past.now(),
                subject: "a", correlation: "cause", causation: "cause", tenant: "t")
            let entry = AuditEntry(
                tenant: "t", actor: "a", action: "stray", subject: "s", at: Past.now())
            try await append(
                [RecordEnvelope.program.record(entry, headers: headers)], to: past.log)
            let report = try await past.replay()
            #expect(report.different == 1)
            #expect(report.first?.position.hasPrefix("audit-") == true)
        }
    }

    @Test("a shadow run grows its own topics and no other")
    func shadow() async throws {
        try await withPast(on: .sqlite) { past in
            try await past.fill()
            let sizes = try await past.sizes()
            let shadow = try await ShadowTopics(of: "try-1", in: past.log)
            let report = try await past.replay(PastStage(twist: "!"), shadow: shadow)
            await shadow.close()
            #expect(report.exitCode == 1)
            var after = try await past.sizes()
            let audit = after.removeValue(forKey: "replay.try-1.audit")
            // Three of eight: what was asked otherwise found no answer, so it wrote nothing.
            #expect(audit == 5, "\(after)")
            for (topic, _) in after where topic.hasPrefix("replay.try-1.") { after[topic] = nil }
            #expect(after == sizes)
            await #expect(throws: EventLogError.self) {
                _ = try await ShadowTopics(of: "no spaces", in: past.log)
            }
        }
    }

    @Test("a copy that was redriven for another stage is passed over, whatever it holds")
    func redrivenForAnother() async throws {
        try await withPast(on: .memory) { past in
            try await past.send("plain")
            for name in ["other", "past"] {
                var broken = Record(
                    topic: Topic.handoffCommands.rawValue, key: Array("a".utf8), value: [1, 2, 3],
                    timestamp: Past.now().milliseconds)
                broken.headers = [
                    RecordHeader(HeaderName.redrive, "dead.letters-0@0"),
                    RecordHeader(HeaderName.redriveStage, name),
                ]
                try await append([broken], to: past.log)
            }
            try await past.send("plain")
            try await past.work(until: 2)
            let report = try await past.replay()
            #expect(report.exitCode == 0, "\(report.text)")
            // Both records, and the dead letter of its own copy.
            #expect(report.identical == 3, "\(report.text)")
            #expect(report.forOthers == 1)
        }
    }

    @Test("a range that holds nothing is not called identical")
    func emptyRange() async throws {
        try await withPast(on: .memory) { past in
            try await past.send("plain")
            try await past.work(until: 1)
            let report = try await past.replay(PastStage(), ReplayRange(key: "nobody"))
            #expect(report.isEmpty)
            #expect(report.text.hasPrefix("nothing to compare"), "\(report.text)")
            #expect(try await past.replay().isEmpty == false)
        }
    }

    @Test(
        "the state of a stage that runs is refused at once, and its members keep all they have",
        arguments: Story.substrates)
    func rebuildOfRunningStage(_ substrate: Substrate) async throws {
        try await withPast(on: substrate) { past in
            try await past.fill()
            let session = try await past.log.openSession(
                Membership(
                    group: "past", topics: [Topic.handoffCommands.rawValue], slot: "past-0"))
            let held = try await session.gather { $0.assigned.count == 4 }
            #expect(held.lost.isEmpty)
            let failure = await #expect(throws: StateRebuild<PastStage>.Failure.self) {
                try await StateRebuild(
                    PastStage(), reading: Past.inputs, in: past.log, by: .program
                )
                .run(writing: true, at: Past.now().milliseconds)
            }
            #expect(failure == .stageRuns(stage: "past", members: ["past-0"]))
            // Had anybody joined, it would have to give something back, or be superseded.
            let after = try await session.poll(atMost: 1, waiting: .milliseconds(500))
            #expect(after.revoking.isEmpty && after.lost.isEmpty)
            try await session.commit(
                Commit(state: [StateChange(StateKey(partition: 0, store: "s", key: "k"), value: [])]
                ))
            await session.close()
            #expect(try await past.log.members(of: "past").isEmpty)
        }
    }

    @Test("state that was lost or altered is told and repaired")
    func rebuild() async throws {
        try await withPast(on: .sqlite) { past in
            try await past.fill()
            func rebuild(writing: Bool = false) async throws -> StateRebuild<PastStage>.Report {
                try await StateRebuild(
                    PastStage(), reading: Past.inputs, in: past.log, by: .program
                )
                .run(writing: writing, at: Past.now().milliseconds)
            }
            let sound = try await rebuild()
            #expect(sound.different + sound.missing + sound.extra + sound.doubtful == 0)
            #expect(sound.same > 4)
            let membership = Membership(
                group: "past", topics: [Topic.handoffCommands.rawValue], slot: "past-0")
            let session = try await past.log.openSession(membership)
            _ = try await session.gather { $0.assigned.count == 4 }
            var change = Commit()
            for key in ["a", "b"] {
                let partition = Partitioner.partition(of: Array(key.utf8), count: 4)
                change.state.append(
                    StateChange(
                        StateKey(partition: partition, store: "state", key: key),
                        value: key == "a" ? nil : Array(#"{"burst":[],"count":77}"#.utf8)))
            }
            try await session.commit(change)
            await session.close()
            let broken = try await rebuild()
            #expect(broken.missing == 1)
            #expect(broken.different == 1)
            #expect(Set(broken.keys) == ["a", "b"])
            _ = try await rebuild(writing: true)
            #expect(try await rebuild() == sound)
        }
    }
}

/// A log whose partition has lost its first records to retention.
struct TrimmedLog: EventLog {
    let base: any EventLog
    let position: TopicPartition
    let low: Int64

    init(_ base: any EventLog, _ position: TopicPartition, low: Int64) {
        self.base = base
        self.position = position
        self.low = low
    }

    var capabilities: Set<Capability> { base.capabilities }
    var largestRecord: Int { base.largestRecord }
    func createTopics(_ topics: [TopicConfiguration]) async throws(EventLogError) {
        try await base.createTopics(topics)
    }
    func describeTopics() async throws(EventLogError) -> [TopicDescription] {
        var topics = try await base.describeTopics()
        for index in topics.indices where topics[index].name == position.topic {
            topics[index].partitions[Int(position.partition)].low = low
        }
        return topics
    }
    func groupPositions() async throws(EventLogError) -> [String: [TopicPartition: Int64]] {
        try await base.groupPositions()
    }
    func members(of group: String) async throws(EventLogError) -> [String] {
        try await base.members(of: group)
    }
    func offsets(of topic: String, at timestamp: Int64) async throws(EventLogError)
        -> [Int32: Int64]
    {
        try await base.offsets(of: topic, at: timestamp)
    }
    func openAppender() async throws(EventLogError) -> any EventLogAppender {
        try await base.openAppender()
    }
    func openSession(_ membership: Membership) async throws(EventLogError)
        -> any EventLogSession
    { try await base.openSession(membership) }
    func openReader(
        _ starts: [TopicPartition: ReadStart], headers names: [String]?
    ) async throws(EventLogError) -> any EventLogReader {
        try await base.openReader(starts, headers: names)
    }
    func close() async { await base.close() }
}
