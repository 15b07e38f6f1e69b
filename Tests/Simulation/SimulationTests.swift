import AccountRecords
import Conversation
import EventLog
import Foundation
import Records
import TenantKeys
import Testing

@testable import OrchestratorStage

/// Which seeds run: `PARLEY_SIMULATION_SEED=N` runs that one alone with its trace, and
/// `PARLEY_SIMULATION_SEEDS=N` as many as wanted.
enum Seeds {
    static let only = ProcessInfo.processInfo.environment["PARLEY_SIMULATION_SEED"]
        .flatMap { UInt64($0) }
    static let count = ProcessInfo.processInfo.environment["PARLEY_SIMULATION_SEEDS"]
        .flatMap { UInt64($0) }

    static func range(_ standard: UInt64) -> ClosedRange<UInt64> {
        if let only { return only...only }
        return 0...((count ?? standard) - 1)
    }
}

/// What a run is made of.
struct Scenario: Sendable {
    var test: String
    var steps: Int
    var world: @Sendable (inout Dice, Flaw?) -> any SimulatedWorld

    /// Runs a seed; answers what was violated.
    func run(_ seed: UInt64, flaw: Flaw? = nil, traces: Bool = false) -> (
        violations: [String], trace: [String]
    ) {
        var dice = Dice(seed: seed ^ 0xdead_beef)
        var simulation = Simulation(world(&dice, flaw), seed: seed, traces: traces)
        let violations = simulation.run(unkindSteps: steps)
        return (violations, simulation.trace)
    }

    /// Runs seeds, and tells of the first that violates anything how to run it again.
    func check(_ seeds: ClosedRange<UInt64>) async {
        for seed in seeds {
            // Other tests wait for a thread.
            await Task.yield()
            guard let first = run(seed).violations.first else { continue }
            let trace = run(seed, traces: true).trace
            Issue.record(
                """
                seed \(seed): \(first)
                \(trace.suffix(Seeds.only == nil ? 100 : 10_000).joined(separator: "\n"))
                run it again: PARLEY_SIMULATION_SEED=\(seed) swift test --disable-xctest \
                --filter SimulationTests.\(test)
                """)
            return
        }
    }

    /// The first seed at which a flaw is caught, and how.
    func catches(_ flaw: Flaw, within seeds: UInt64) async -> (seed: UInt64, how: String)? {
        for seed in 0..<seeds {
            await Task.yield()
            if let how = run(seed, flaw: flaw).violations.first { return (seed, how) }
        }
        return nil
    }
}

@Suite struct SimulationTests {
    static let relay = Scenario(test: "relay", steps: 150) { dice, flaw in
        RelayWorld(&dice, flaw: flaw)
    }

    static let pipeline = PipelineWorld.prompts.map { prompts in
        Scenario(test: "pipeline", steps: 800) { dice, flaw in
            PipelineWorld(prompts, &dice, flaw: flaw)
        }
    }

    static let tools = PipelineWorld.prompts.flatMap { prompts -> Scenario? in
        // Tools that cannot be registered show as no scenario at all.
        guard let tools = try? ToolRegistry(adding: ToolWorld.tools) else { return nil }
        return Scenario(test: "tools", steps: 500) { dice, flaw in
            ToolWorld(prompts, tools, &dice, flaw: flaw)
        }
    }

    static let accounts = Scenario(test: "accounts", steps: 10_000) { dice, flaw in
        AccountWorld(&dice, flaw: flaw)
    }

    @Test("whatever fails, what is once is once: owners, codes, addresses, invitations, answers")
    func accounts() async {
        await Self.accounts.check(Seeds.range(100))
    }

    @Test(
        "a flaw is caught by accounts",
        arguments: [
            Flaw.noFencing, .positionsFirst, .outputsFirst, .losesState, .forgetsHandled,
        ])
    func accountFlaws(flaw: Flaw) async {
        let caught = await Self.accounts.catches(flaw, within: 100)
        #expect(caught != nil, "\(flaw) was not caught")
    }

    @Test("what accounts, organisations and the installation can come to is come to")
    func accountsTried() async {
        var tried: Set<String> = []
        for seed in UInt64(0)..<60 {
            await Task.yield()
            var dice = Dice(seed: seed)
            let world = AccountWorld(&dice, flaw: nil)
            var simulation = Simulation(world, seed: seed, traces: false)
            _ = simulation.run(unkindSteps: 10_000)
            tried.formUnion(world.tried)
        }
        let wanted = [
            "created", "signedIn", "passwordReset", "factorActivated", "addressChanged",
            "addressChangeEnded", "disabled", "enabled", "deleted", "joined", "left", "setUp",
            "ownershipMoved", "invitationEnded", "restored", "purgeRequested",
        ]
        #expect(Set(wanted).subtracting(tried).isEmpty, "\(Set(wanted).subtracting(tried))")
        let refusals: [Refusal] = [
            .addressTaken, .lastOwner, .usedCode, .badToken, .otherAddress, .timedOut, .busy,
        ]
        for refusal in refusals {
            #expect(tried.contains { $0.contains("\"\(refusal.rawValue)\"") }, "\(refusal)")
        }
    }

    @Test("whatever fails and however tools answer, every message is answered once, every yes done")
    func tools() async throws {
        await (try #require(Self.tools)).check(Seeds.range(300))
    }

    @Test(
        "a flaw is caught by turns that wait",
        arguments: [Flaw.noFencing, .positionsFirst, .outputsFirst, .losesTimers, .losesState])
    func toolFlaws(flaw: Flaw) async throws {
        let caught = await (try #require(Self.tools)).catches(flaw, within: 300)
        #expect(caught != nil, "\(flaw) was not caught")
    }

    /// Writes and reads by real keys, which are always the same.
    private static func sealed() throws -> RecordEnvelope {
        let table = KeyTable()
        table.put(
            try TenantKey(
                id: "0011223344556677", tenant: "t", from: Timestamp(milliseconds: 0),
                secret: [UInt8](repeating: 5, count: TenantKey.length)))
        return RecordEnvelope(.conversation, sealing: PersonalSealing(table) { _ in })
    }

    @Test("sealed, the stages do the same as they do unsealed, step by step")
    func sealedPipeline() async throws {
        let prompts = try #require(PipelineWorld.prompts)
        let sealed = try Self.sealed()
        for seed in UInt64(0)..<40 {
            await Task.yield()
            var traces: [[String]] = []
            var words: [[String]] = []
            for envelope in [.conversation, sealed] {
                var dice = Dice(seed: seed ^ 0xdead_beef)
                let world = PipelineWorld(prompts, &dice, flaw: nil, by: envelope)
                var simulation = Simulation(world, seed: seed, traces: true)
                #expect(simulation.run(unkindSteps: 800).isEmpty, "seed \(seed)")
                traces.append(simulation.trace)
                words.append(try Self.words(in: world.log))
            }
            #expect(traces[0] == traces[1], "seed \(seed)")
            #expect(words[0] == words[1] && !words[0].isEmpty, "seed \(seed)")
        }
    }

    /// What all records of the log say, opened.
    private static func words(in log: SimulatedLog) throws -> [String] {
        try ConversationRecords.topics.sorted { $0.rawValue < $1.rawValue }
            .flatMap { try log.records($0).map { try log.envelope.decode($0).value } }
            .map { value in
                guard case .payload(let payload) = value else { return "\(value)" }
                return String(decoding: try payload.json(), as: UTF8.self)
            }
    }

    @Test("sealed, no word stands in the log, and the same run writes the same bytes")
    func sealedBytes() async throws {
        let prompts = try #require(PipelineWorld.prompts)
        var runs: [[Record]] = []
        // Two processes have a key table each.
        for _ in 0..<2 {
            var dice = Dice(seed: 7)
            let world = PipelineWorld(prompts, &dice, flaw: nil, by: try Self.sealed())
            var simulation = Simulation(world, seed: 7, traces: false)
            #expect(simulation.run(unkindSteps: 800).isEmpty)
            runs.append(
                ConversationRecords.topics.sorted { $0.rawValue < $1.rawValue }
                    .flatMap { world.log.records($0) })
        }
        #expect(runs[0] == runs[1] && runs[0].count > 10)
        for record in runs[0] {
            let text = String(decoding: record.value ?? [], as: UTF8.self)
            #expect(!text.contains("boat") && !text.contains("Saturday"), "\(record.topic)")
        }
    }

    @Test("each tool is asked for, and answers in each manner")
    func toolsTried() async throws {
        let prompts = try #require(PipelineWorld.prompts)
        let tools = try ToolRegistry(adding: ToolWorld.tools)
        var tried: Set<String> = []
        for seed in UInt64(0)..<300 {
            await Task.yield()
            var dice = Dice(seed: seed)
            let world = ToolWorld(prompts, tools, &dice, flaw: nil)
            var simulation = Simulation(world, seed: seed, traces: false)
            _ = simulation.run(unkindSteps: 500)
            tried.formUnion(world.tried)
        }
        let wanted = ToolStage.Manner.allCases.flatMap { ["book \($0)", "stock \($0)"] }
        #expect(Set(wanted).subtracting(tried).isEmpty, "\(Set(wanted).subtracting(tried))")
    }

    @Test("whatever fails, the stages answer every message once, in order and by the gate")
    func pipeline() async throws {
        await (try #require(Self.pipeline)).check(Seeds.range(100))
    }

    @Test(
        "a pipeline with a flaw is caught",
        arguments: [Flaw.noFencing, .outputsFirst, .forgetsHandled, .losesStatuses])
    func pipelineFlaws(flaw: Flaw) async throws {
        let caught = await (try #require(Self.pipeline)).catches(flaw, within: 150)
        #expect(caught != nil, "\(flaw) was not caught")
    }

    @Test("whatever fails, the runtime loses, repeats and reorders nothing")
    func relay() async {
        await Self.relay.check(Seeds.range(2000))
    }

    @Test(
        "a log or runtime with a flaw is caught",
        arguments: [
            Flaw.noFencing, .positionsFirst, .outputsFirst, .forgetsHandled, .forgetsAhead,
            .losesTimers, .losesState,
        ])
    func relayFlaws(flaw: Flaw) async {
        let caught = await Self.relay.catches(flaw, within: 500)
        #expect(caught != nil, "\(flaw) was not caught")
    }
}
