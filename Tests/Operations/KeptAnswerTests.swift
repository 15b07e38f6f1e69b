import AuditRecords
import Conversation
import EventLog
import PipelineTesting
import Records
import RetrievalStage
import StageRuntime
import Telemetry
import Testing

@testable import Operations

/// Decisions name what stands in other records instead of holding it.
@Suite("Kept answers")
struct KeptAnswerTests {
    @Test("a long answer that stands in what was written is recorded once, and repeated from there")
    func output() async throws {
        for substrate in Story.substrates {
            try await withPast(on: substrate) { past in
                try await past.send("ask same")
                try await past.send("long 3", to: "b")
                try await past.work(until: 1 + 4)
                let decisions = try await past.records(of: .decisions)
                #expect(
                    decisions.allSatisfy { ($0.record.value?.count ?? 0) < 700 },
                    "the answer of 2,000 bytes stands in the decision too")
                let report = try await past.replay()
                #expect(report.exitCode == 0, "\(report.text)")
                #expect(report.identical == 2)
            }
        }
    }

    @Test("an answer whose record is gone is told as not at hand, and never as different")
    func gone() async throws {
        try await withPast(on: .memory) { past in
            try await past.send("ask same")
            try await past.work(until: 1)
            let partition = Partitioner.partition(of: Array("t".utf8), count: 4)
            let entry = try #require(try await past.records(of: .audit).first)
            #expect(entry.partition.partition == partition)
            let position = TopicPartition(Topic.audit.rawValue, partition)
            let report = try await past.replay(in: TrimmedLog(past.log, position, low: 1))
            #expect(report.unrecorded == 1, "\(report.text)")
            #expect(report.different == 0)
            #expect(report.exitCode == 3)
        }
    }

    @Test("a long call is compared by its hash: another one is a difference")
    func calls() async throws {
        try await withPast(on: .memory) { past in
            let long = String(repeating: "please ", count: 60)
            try await past.send("ask \(long)")
            try await past.work(until: 1)
            let value = try #require(try await past.records(of: .decisions).first?.record.value)
            #expect(value.count < 1_200)
            #expect(!String(decoding: value, as: UTF8.self).contains("\"call\":\"ask please"))
            let name = try RecordCodec.decode(Decision.self, from: value).exchanges
                .map { TraceNode.Call($0).name }
            #expect(name == ["ask"])
            #expect(try await past.replay().exitCode == 0)
            let report = try await past.replay(PastStage(twist: " now"))
            #expect(report.different == 1)
            #expect(report.text.contains("question 1 to the world is another"), "\(report.text)")
        }
    }

    // MARK: Passages

    private static let passages = (0..<12).map { number in
        let words = (0..<40).map { "word\(number * 40 + $0)" }.joined(separator: " ")
        return Passage(
            id: PassageID("p\(number)"), tenant: "t", document: "d", documentName: "hours.md",
            ordinal: number, headings: ["Opening \"hours\""], page: nil, sheet: nil,
            text: "Fact \(number): we open at nine. \(words)", contentHash: "h\(number)",
            vector: nil, model: nil)
    }

    private func add(_ payload: any Payload, to log: any EventLog) async throws {
        let headers = RecordHeaders(
            id: RecordID(payload.key), type: type(of: payload).type, source: "stage/indexer",
            time: Past.now(), subject: payload.key, correlation: "up", causation: "up",
            tenant: payload.tenant)
        try await append([RecordEnvelope.program.record(payload, headers: headers)], to: log)
    }

    @Test("a search's passages are named in its decision, and found in their topic again")
    func search() async throws {
        try await withPast(on: .sqlite) { past in
            for passage in Self.passages { try await add(passage, to: past.log) }
            var story = Story("c1", at: Past.now().milliseconds)
            try await append(
                [
                    story.inbound("w1", .text("When do you open?")),
                    story.inbound("w2", .text("And word47?")),
                ], to: past.log)
            story.now += 1
            let inputs = [InputTopic(.messagesInbound), InputTopic(.mediaResults)]
            let runner = StageRunner(
                RetrievalStage(), reading: inputs, from: past.log, by: .program,
                slot: "retrieval-0",
                settings: RunnerSettings(), metrics: Metrics(),
                logger: Logger(service: "retrieval", to: LogSinks.discard), now: Past.now
            ) { call, _ throws(CallFailure) in
                guard case .search(let request) = call else { throw .permanent(reason: "no") }
                let ids = Self.passages.map(\.id)
                return .found(
                    SearchAnswer(
                        rankings: request.queries.map { _ in .init(text: ids, vectors: nil) },
                        passages: Self.passages.map { .init($0) }))
            }
            let run = Task { try await runner.run() }
            try await eventually { try await past.count(.decisions) == 2 }
            await runner.drain()
            try await run.value
            let decisions = try await past.records(of: .decisions)
            let sizes = decisions.map { $0.record.value?.count ?? 0 }
            let texts = Self.passages.reduce(0) { $0 + $1.text.utf8.count }
            #expect(sizes.allSatisfy { $0 < texts / 2 }, "\(sizes) bytes of \(texts)")
            func replay(_ log: any EventLog) async throws -> ReplayReport {
                try await ReplayRun(
                    RetrievalStage(), reading: inputs, in: log, by: .program, ReplayRange()
                ).run()
            }
            let first = try await replay(past.log)
            #expect(first.exitCode == 0, "\(first.text)")
            // One that is withdrawn is found still; one that is forgotten is told.
            try await add(
                PassageWithdrawal(passage: "p3", tenant: "t", at: Past.now()), to: past.log)
            let report = try await replay(past.log)
            #expect(report.exitCode == 0, "\(report.text)")
            #expect(report.identical == 2)
            let position = TopicPartition(
                Topic.knowledgePassages.rawValue,
                Partitioner.partition(of: Array("t/p3".utf8), count: 4))
            let forgotten = try await replay(TrimmedLog(past.log, position, low: 100))
            #expect(forgotten.exitCode == 3, "\(forgotten.text)")
            #expect(forgotten.different == 0)
        }
    }
}
