import Conversation
import EventLog
import JSON
import PipelineTesting
import Records
import StageRuntime
import TenantKeys
import Testing

@testable import Operations

@Suite struct TraceTests {
    /// A burst of two messages, answered together; the second's timer and statuses with it, and
    /// another story of the same conversation.
    static func records() throws -> [Record] {
        var story = Story("c1", at: 1_000_000)
        var records = [try story.inbound("w1", .text("my address is Elm Street"))]
        records.append(try story.question("q1", about: "w1"))
        let search = Decision.Exchange(
            call: NestedJSON(#"{"search":{"_0":{"tenant":"sol"}}}"#),
            answer: NestedJSON(#"{"found":{"_0":{"kind":"textOnly"}}}"#), began: story.time,
            resumed: story.time + .milliseconds(120))
        records.append(
            try story.decision(
                "retrieval", on: "w1", of: "w1", at: "messages.inbound-0@0",
                .finished(outputs: ["q1"]), [search]))
        story.now += 200
        records.append(try story.inbound("w2", .text("and my name is Ana")))
        records.append(try story.question("q2", about: "w2"))
        records.append(
            try story.decision(
                "orchestrator", on: "q2", of: "w2", at: "questions.grounded-0@1",
                .finished(outputs: [])))
        story.now += 1_200
        let timer = RecordID.derived(from: "q2", by: "orchestrator/0/timer/turn")
        let complete = Decision.Exchange(
            call: NestedJSON(#"{"complete":{"_0":{}}}"#),
            answer: NestedJSON(#"{"completed":{"_0":{"model":"qwen","text":"hi \"you\""}}}"#),
            began: story.time, resumed: story.time + .milliseconds(2_500))
        records.append(
            try story.decision(
                "orchestrator", on: timer, of: "w2", at: "timer/turn",
                .finished(outputs: ["r"]), [complete]))
        story.now += 2_500
        records.append(try story.reply("r", to: ["w1", "w2"], cause: timer))
        records.append(
            try story.decision(
                "handoff", on: "r", of: "w2", at: "replies.proposed-0@0",
                .finished(outputs: ["o"])))
        records.append(
            try story.outbound(
                "o", to: "w2", .text("Elm Street it is"), answers: ["w1", "w2"], cause: "r"))
        story.now += 90
        records.append(try story.delivery("d1", of: "o", to: "w2", .accepted("w.out"), cause: "o"))
        story.now += 700
        records.append(try story.status("w.out", .delivered))
        records.append(
            try story.delivery(
                "d2", of: "o", to: "w2", .progressed("w.out", .delivered),
                cause: "w.out:delivered"))
        records.append(try story.inbound("w3", .text("another story")))
        records.append(story.deadLetter(of: try story.inbound("w3"), stage: "retrieval"))
        return records
    }

    private func traced(_ records: [Record]) -> [TracedRecord] {
        records.enumerated().map { offset, record in
            TracedRecord(
                ConsumedRecord(
                    record: record, partition: TopicPartition(record.topic, 0),
                    offset: Int64(offset)), by: .program)
        }
    }

    private func all(_ nodes: [TraceNode]) -> [TraceNode] {
        nodes.flatMap { [$0] + all($0.children) }
    }

    @Test("what cannot be read says why, and is not taken for another version's")
    func unreadable() throws {
        let story = Story("c1", at: 1_000)
        var record = try story.inbound("w1")
        record.value = Array(#"{"broken"#.utf8)
        let root = try #require(TraceTree.build(traced([record]), of: "w1").first)
        #expect(root.summary.hasPrefix("cannot be read: "), "\(root.summary)")
    }

    @Test("the tree of a message holds its stages, calls, timer, answer and statuses")
    func tree() throws {
        let forest = TraceTree.build(traced(try Self.records()), of: "w2")
        let root = try #require(forest.first)
        #expect(root.id == "w2")
        let nodes = all([root])
        let timer = try #require(nodes.first { $0.kind == .timer })
        #expect(timer.name == "timer/turn")
        let turn = try #require(timer.children.first)
        #expect(turn.calls.map(\.name) == ["complete"])
        #expect(turn.calls.first?.model == "qwen")
        #expect(turn.calls.first?.milliseconds == 2_500)
        #expect(turn.children.map(\.id) == ["r"])
        #expect(all(turn.children).contains { $0.id == "d1" })
        let everything = all(forest)
        #expect(everything.contains { $0.id == "w.out:delivered" })
        #expect(everything.contains { $0.id == "d2" })
        #expect(!everything.contains { $0.id == "w3" })
        let positions = everything.compactMap(\.position)
        #expect(Set(positions).count == positions.count, "no record stands twice")
    }

    @Test("a decision that was recorded in parts stands once, with all its calls and records")
    func parts() throws {
        let story = Story("c1", at: 1_000)
        var records = [try story.inbound("w1"), try story.question("q1", about: "w1")]
        let began = story.time
        func part(
            _ number: Int?, _ outcome: Decision.Outcome, call: String, life: Int64 = 0
        ) throws -> Record {
            let exchange = Decision.Exchange(
                call: NestedJSON("\"\(call)\""), answer: NestedJSON(#""done""#), began: began,
                resumed: began)
            let decision = Decision(
                stage: "retrieval", tenant: "sol", key: "c1", input: "w1",
                position: "messages.inbound-0@0", began: began + .milliseconds(life),
                exchanges: [exchange], outcome: outcome, part: number)
            return try story.record(
                decision, id: RecordID("decision-\(life)-\(number ?? 9)"), correlation: "w1",
                causation: "w1", source: "stage/retrieval")
        }
        // A life that ended by a crash, and the one that came to an end.
        records.append(try part(0, .committed(outputs: []), call: "lost"))
        let unfinished = TraceTree.build(traced(records), of: "w1")
        #expect(all(unfinished).flatMap(\.calls).map(\.name) == ["lost"])
        records.append(try part(0, .committed(outputs: ["q1"]), call: "first", life: 5))
        records.append(try part(1, .committed(outputs: []), call: "second", life: 5))
        records.append(try part(2, .finished(outputs: []), call: "third", life: 5))
        let forest = TraceTree.build(traced(records), of: "w1")
        let decisions = all(forest).filter { $0.kind == .decision }
        #expect(decisions.map { $0.calls.map(\.name) } == [["first", "second", "third"]])
        #expect(decisions.first?.children.map(\.id) == ["q1"])
    }

    @Test("a message of a burst leads to the answer that it shares")
    func burst() throws {
        let forest = TraceTree.build(traced(try Self.records()), of: "w1")
        #expect(forest.first?.id == "w1")
        let decision = try #require(forest.first?.children.first)
        #expect(decision.name == "retrieval")
        #expect(decision.calls.first?.name == "search")
        #expect(decision.children.map(\.id) == ["q1"])
        let ids = Set(all(forest).map(\.id))
        #expect(ids.isSuperset(of: ["r", "o", "d1"]))
    }

    @Test("what people wrote is shown only if asked for")
    func privacy() throws {
        let records = traced(try Self.records())
        let shy = TraceText.render(TraceTree.build(records, of: "w1"))
        #expect(!shy.contains("Elm Street"))
        #expect(shy.contains("text from the customer"))
        #expect(shy.contains("call search → found in 120 ms"))
        let open = TraceText.render(TraceTree.build(records, of: "w1", content: true))
        #expect(open.contains("Elm Street"))
    }

    @Test("a dead letter stands below its stage's decision, and what was redriven below it")
    func deadLetters() throws {
        var story = Story("c1", at: 1_000)
        let message = try story.inbound("w1")
        let letter = story.deadLetter(of: message, stage: "retrieval")
        var records = [
            message,
            try story.decision(
                "retrieval", on: "w1", of: "w1", at: "messages.inbound-0@0",
                .dead(because: "no tenant")),
            letter,
        ]
        story.now += 60_000
        let view = try #require(
            DeadLetterView(
                ConsumedRecord(
                    record: letter, partition: TopicPartition("dead.letters", 0), offset: 2)))
        records.append(view.redriven(at: story.time))
        records.append(
            try story.record(
                ProposedReply(
                    tenant: "sol", conversation: "c1", answers: ["w1"],
                    proposal: .silence(because: "x"), language: nil,
                    provenance: story.provenance, at: story.time),
                id: "r", correlation: "w1", causation: view.redriveID))
        let forest = TraceTree.build(traced(records), of: "w1")
        #expect(forest.count == 1)
        let decision = try #require(forest.first?.children.first)
        let dead = try #require(decision.children.first)
        #expect(dead.kind == .deadLetter)
        let again = try #require(dead.children.first)
        #expect(again.id == view.redriveID)
        #expect(again.delay == 60_000)
        #expect(again.children.map(\.id) == ["r"])
    }

    @Test("a story is found by WhatsApp's name of its message, or of the answer, by the key")
    func findsByWhatsAppName() async throws {
        let keys = try TestKeys.table(of: "luna", "sol")
        let key = try TestKeys.key(of: "sol")
        let (asked, answered) = (
            key.message("wamid.asked").rawValue, key.message("wamid.answered").rawValue
        )
        let story = Story()
        let records = [
            try story.inbound(asked), try story.outbound("o", to: asked, cause: RecordID(asked)),
            try story.status(answered, .read),
            try story.delivery(
                "d", of: "o", to: asked, .progressed(MessageID(answered), .read),
                cause: RecordID("\(answered):read")),
        ]
        try await withPipelineLog(on: .memory) { log in
            try await append(records, to: log)
            let trace = MessageTrace(log, by: .program, keys: keys)
            for id in ["wamid.asked", "wamid.answered", asked, answered, "o"] {
                let found = try #require(try await trace.story(of: id, at: 2_000_000), "\(id)")
                #expect(found.message.rawValue == asked)
            }
            #expect(try await trace.story(of: "wamid.other", at: 2_000_000) == nil)
            let without = MessageTrace(log, by: .program)
            #expect(try await without.story(of: "wamid.asked", at: 2_000_000) == nil)
        }
    }

    @Test(
        "a story is found by the message, by its answer's name, and by any record's id",
        arguments: Story.substrates)
    func finds(on substrate: Substrate) async throws {
        try await withPipelineLog(on: substrate) { log in
            try await append(try Self.records(), to: log)
            let trace = MessageTrace(log, by: .program)
            for (id, root) in [("w2", "w2"), ("o", "w2"), ("w.out", "w2"), ("q1", "w1")] {
                let story = try #require(try await trace.story(of: id, at: 2_000_000))
                #expect(story.message.rawValue == root, "by \(id)")
                #expect(story.tenant == "sol")
                #expect(story.trees.first?.id.rawValue == root)
                #expect(all(story.trees).contains { $0.id == "d1" })
                _ = try RecordCodec.encode(story)
            }
            #expect(try await trace.story(of: "w", at: 2_000_000) == nil)
        }
    }
}
