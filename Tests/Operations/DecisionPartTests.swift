import Conversation
import EventLog
import PipelineTesting
import Records
import StageRuntime
import Testing

@testable import Operations

/// A decision that is made durable many times is recorded in parts.
@Suite("Decisions in parts")
struct DecisionPartTests {
    /// The decisions of a log, in order, with their bytes.
    private func decisions(
        _ past: Past
    ) async throws -> [(record: ConsumedRecord, decision: Decision)] {
        var found: [(ConsumedRecord, Decision)] = []
        for record in try await past.records(of: .decisions) {
            if case .payload(let decision as Decision) = try RecordEnvelope.program.decode(
                record.record
            ).value {
                found.append((record, decision))
            }
        }
        return found
    }

    @Test("a stage that commits a thousand times records what it learned, each thing once")
    func grows() async throws {
        func bytes(_ steps: Int) async throws -> Int {
            var sum = 0
            try await withPast(on: .memory) { past in
                try await past.send("long \(steps)")
                try await past.work(until: steps + 1)
                let all = try await decisions(past)
                #expect(all.count == steps + 1)
                #expect(all.map { $0.decision.part ?? -1 } == Array(0...steps))
                #expect(all.reduce(0) { $0 + $1.decision.exchanges.count } == steps)
                sum = all.reduce(0) { $0 + ($1.record.record.value?.count ?? 0) }
                let report = try await past.replay()
                #expect(report.exitCode == 0, "\(report.text)")
                #expect(report.identical == 1)
                #expect(report.outputs == steps)
            }
            return sum
        }
        let (few, many) = (try await bytes(100), try await bytes(1_000))
        #expect(many < few * 11, "\(few) bytes for 100 commits, \(many) for 1000")
        #expect(many < 1_000 * 500)
    }

    @Test("a run that ended in its midst and the one after it are repeated, part by part")
    func twoLives() async throws {
        for substrate in Story.substrates {
            try await withPast(on: substrate) { past in
                try await past.send("long 12")
                try await past.work(until: 6, abrupt: true) { call, context throws(CallFailure) in
                    if context.step < 5 { return "told \(call)" }
                    try? await Task.sleep(for: .seconds(3_600))  // ends as the run is cancelled
                    throw .permanent(reason: "killed")
                }
                try await past.send("plain")
                try await past.work(until: 6 + 13 + 1)
                let report = try await past.replay()
                #expect(report.exitCode == 0, "\(report.text)")
                #expect(report.identical == 2)
                #expect(report.outputs == 5 + 12 + 1)
            }
        }
    }

    @Test("a decision that was rejected after a commit is repeated whole")
    func rejected() async throws {
        try await withPast(on: .memory) { past in
            try await past.send("intend refuse")
            try await past.send("plain")
            try await past.work(until: 3)
            let all = try await decisions(past)
            #expect(all.prefix(2).map(\.decision.part) == [0, 1])
            #expect(all[0].decision.began == all[1].decision.began)
            let report = try await past.replay()
            #expect(report.exitCode == 0, "\(report.text)")
            #expect(report.identical == 2)
        }
    }

    @Test("a decision whose first parts are no longer kept is told, and never called different")
    func trimmed() async throws {
        try await withPast(on: .memory) { past in
            try await past.send("long 6")
            try await past.work(until: 7)
            let position = TopicPartition(
                Topic.decisions.rawValue, Partitioner.partition(of: Array("a".utf8), count: 4))
            let report = try await past.replay(in: TrimmedLog(past.log, position, low: 3))
            #expect(report.unrecorded == 1, "\(report.text)")
            #expect(report.exitCode == 3)
            #expect(report.different == 0)
        }
    }

    @Test("what the version before recorded, all since the beginning each time, is the same too")
    func older() async throws {
        try await withPast(on: .memory) { past in
            try await past.fill()
            try await past.send("long 5", to: "f")
            try await past.work(until: 14 + 6)
            let parts = try await decisions(past)
            try await withPipelineLog(on: .memory) { older in
                for topic in RecordTypes.program.topics.values where topic != .decisions {
                    let records = try await past.records(of: topic).map(\.record)
                    if !records.isEmpty { try await append(records, to: older) }
                }
                try await append(try Self.older(parts), to: older)
                let report = try await past.replay(in: older)
                #expect(report.first == nil, "\(report.text)")
                #expect(report.identical == 14)
                #expect(report.outputs == 15)
            }
        }
    }

    /// The records as the version before wrote them.
    private static func older(
        _ parts: [(record: ConsumedRecord, decision: Decision)]
    ) throws -> [Record] {
        var earlier: [RecordID: Decision] = [:]
        return try parts.map { consumed, part in
            var decision = part
            let answer = try RecordCodec.encode(String(repeating: "long 5", count: 40))
            for index in decision.exchanges.indices {
                let recorded = decision.exchanges[index].answer
                decision.exchanges[index].answer = RecordedJSON.resolved(recorded) { _ in answer }
            }
            let part = decision
            if let before = earlier[part.input] {
                decision.exchanges = before.exchanges + part.exchanges
                let outputs = outputs(of: before) + outputs(of: part)
                switch part.outcome {
                case .finished: decision.outcome = .finished(outputs: outputs)
                case .committed: decision.outcome = .committed(outputs: outputs)
                case .ignored, .repeated, .dead: break
                }
            }
            decision.part = nil
            earlier[part.input] = decision
            var record = consumed.record
            record.value = try decision.json()
            return record
        }
    }

    private static func outputs(of decision: Decision) -> [RecordID] {
        switch decision.outcome {
        case .finished(let outputs), .committed(let outputs): outputs
        case .ignored, .repeated, .dead: []
        }
    }

    @Test("a decision as the version before wrote it is read")
    func readsOlder() throws {
        let json =
            #"{"began":1795902284432,"exchanges":[{"answer":{"a":1},"began":1,"call":"ask","#
            + #""resumed":2}],"input":"168e","key":"4f85","#
            + #""outcome":{"committed":{"outputs":["o"]}},"#
            + #""place":"messages.outbound-2@1","stage":"sender","tenant":"bicicletas-sol"}"#
        let decision = try RecordCodec.decode(Decision.self, from: Array(json.utf8))
        #expect(decision.part == nil)
        #expect(decision.outcome == .committed(outputs: ["o"]))
        #expect(String(decoding: try decision.json(), as: UTF8.self) == json)
    }
}

extension Past {
    /// All records of a topic, in the order of their partitions.
    func records(of topic: Topic) async throws -> [ConsumedRecord] {
        let reader = try await log.openReader(of: [topic.rawValue], from: .beginning)
        var records: [ConsumedRecord] = []
        while true {
            let batch = try await reader.poll(atMost: 500, waiting: .zero)
            if batch.isEmpty { break }
            records += batch
        }
        await reader.close()
        return records.sorted { ($0.partition, $0.offset) < ($1.partition, $1.offset) }
    }
}
