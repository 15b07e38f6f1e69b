import AuditRecords
import Conversation
import EventLog
import OperationEndpoints
import Operations
import PipelineTesting
import Records
import Testing

/// The dead letters as the page lists them.
@Suite struct DeadLetterIndexTests {
    private func letter(_ id: String, _ stage: String, at: Int64) throws -> Record {
        let story = Story("c1", tenant: "sol", at: at)
        return story.deadLetter(of: try story.inbound(id), stage: stage)
    }

    @Test("reads only what is new, and knows what was done meanwhile", arguments: Story.substrates)
    func grows(on substrate: Substrate) async throws {
        try await withPipelineLog(on: substrate) { log in
            let index = DeadLetterIndex(log, by: .program)
            #expect(try await index.list(.init()).isEmpty)
            try await append([try letter("wamid.1", "retrieval", at: 1_000)], to: log)
            try await append([try letter("wamid.2", "handoff", at: 2_000)], to: log)
            let first = try await index.list(.init())
            #expect(first.map(\.letter.id.rawValue) == ["wamid.2", "wamid.1"])
            #expect(first.allSatisfy { $0.bytes > 0 && $0.letter.record.value == nil })
            #expect(await index.openByStage() == ["retrieval": 1, "handoff": 1])
            let done = try await DeadLetterActions(log, by: .program).apply(
                .redrive, to: .init(stage: "handoff"),
                by: AuditActor(.operator, "o1", name: "Op"), from: nil,
                at: Timestamp(milliseconds: 3_000))
            #expect(done.count == 1)
            #expect(await index.openByStage() == ["retrieval": 1])
            let all = try await index.list(.init(isOpen: false))
            #expect(all.count == 2 && all.first?.letter.isOpen == false)
        }
    }

    @Test("a log that hangs keeps nobody waiting, and what it told last stands with the reason")
    func hangs() async throws {
        let log = InMemoryEventLog(clock: { 1_000 })
        try await log.createTopics(pipelineTopics)
        let hanging = HangingLog(log)
        let sampling = LogSampling(
            hanging, limit: .milliseconds(100), now: { Timestamp(milliseconds: 1_000) })
        let before = await sampling.look()
        #expect(before.problem == nil && before.at != nil)
        hanging.hang()
        try await Task.sleep(for: .seconds(2))  // what was told just now is told again
        let begun = ContinuousClock.now
        let after = await sampling.look()
        #expect(after.problem?.contains("has not answered") == true)
        #expect(after.at == before.at)
        #expect(ContinuousClock.now - begun < .seconds(20))
        hanging.goOn()
    }
}
