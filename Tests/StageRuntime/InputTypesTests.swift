import AuditRecords
import Conversation
import EventLog
import PipelineTesting
import Records
import Telemetry
import Testing

@testable import StageRuntime

@Suite("What a stage reads")
struct InputTypesTests {
    @Test("a stage does not start on a topic with a known type that it does not read")
    func refused() async throws {
        let probe = try await Probe()
        let runner = StageRunner(
            ProbeStage(), reading: [InputTopic(.handoffCommands), InputTopic(.audit)],
            from: probe.log, by: .program, slot: "probe-0", settings: RunnerSettings(),
            metrics: Metrics(), logger: Logger(service: "probe", to: LogSinks.discard),
            now: Probe.now, perform: { call, _ in call })
        let error = await #expect(throws: EventLogError.self) { try await runner.run() }
        guard case .permanent(let reason) = error else {
            Issue.record("\(String(describing: error)) is not permanent")
            return
        }
        #expect(reason.contains("probe") && reason.contains("AuditEntry"), "\(reason)")
    }

    @Test("a type that nobody here knows is passed over, and what follows is decided")
    func unknown() async throws {
        let probe = try await Probe()
        try await probe.send("one")
        var record = try #require(try await probe.records(.handoffCommands, count: 1).first).record
        record.headers = HeaderList(
            record.headers.map { header in
                switch header.name {
                case HeaderName.id: RecordHeader(HeaderName.id, "newer")
                case HeaderName.type: RecordHeader(HeaderName.type, "parley.handoff.newer.v9")
                default: header
                }
            })
        record.value = Array(#"{"what":"nobody knows"}"#.utf8)
        try await probe.append(record)
        try await probe.send("two")
        try await running(probe.runner()) { try await probe.expect(["a: one", "a: two"]) }
        let letters = try await probe.log.describeTopics().first { $0.name == "dead.letters" }
        #expect(letters?.partitions.allSatisfy { $0.high == 0 } == true)
    }
}
