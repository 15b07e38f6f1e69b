import AuditRecords
import Conversation
import EventLog
import JSON
import PipelineTesting
import Records
import StageRuntime
import Synchronization
import Telemetry
import Testing

@testable import Operations

/// A stage that writes what it knows of its tenant: at once, or after that was made durable.
private struct GreetingStage: Stage {
    struct State: StageState { var count = 0 }

    struct Settings: SettingsPart {
        var name: String?
    }

    let name = "greeting"
    let reads: [any Payload.Type] = [HandoffCommand.self, CustomerPreference.self]
    /// What a version before asked.
    var formerCalls: Set<String> = []

    func settings(from tenant: TenantSettings) -> Settings { Settings(name: tenant.name) }

    func begin(
        _ input: StageInput, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<String> {
        state.count += 1
        guard case .record(let command as HandoffCommand, _, _) = input,
            case .send(let content) = command.action
        else { return .ignore(because: "not for me") }
        switch content.plainText {
        case "ask": return .commit(context.effects, then: "ask")
        case "idle": return .ignore(because: "idle, \(name(context))")
        case "reject": throw Rejection("no, \(name(context))")
        default: return greet(context)
        }
    }

    func resume(
        _ answer: String, to call: String, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<String> {
        greet(context)
    }

    private func name(_ context: StageContext) -> String {
        context.settings(Settings.self).name ?? "nobody"
    }

    private func greet(_ context: StageContext) -> Plan<String> {
        var effects = context.effects
        effects.emit(
            AuditEntry(
                tenant: "t", actor: context.key, action: name(context), subject: "s",
                at: context.now))
        return .finish(effects)
    }
}

@Suite("Settings of the past")
struct SettingsReplayTests {
    private static let inputs = [InputTopic(.handoffCommands)]

    private static func tenant(_ name: String) -> TenantSettings {
        let secret = TenantSettings.Sealed(keyID: "", box: "")
        return TenantSettings(
            tenant: "t", name: name, account: "a", numbers: [], appSecret: secret,
            verifyToken: secret, accessToken: secret, graphURL: "", graphVersion: "",
            updatedAt: Timestamp(seconds: 0))
    }

    /// Lets the stage work with a tenant of this name until `decisions` are recorded.
    private func work(
        _ past: Past, as name: String?, until decisions: Int, abrupt: Bool = false,
        perform: @escaping StageRunner<GreetingStage>.Perform = { call, _ in call }
    ) async throws {
        let tenant = name.map(Self.tenant)
        let runner = StageRunner(
            GreetingStage(), reading: Self.inputs, from: past.log, by: .program,
            slot: "greeting-0", settings: RunnerSettings(), metrics: Metrics(),
            logger: Logger(service: "greeting", to: LogSinks.discard), tenants: { _ in tenant },
            now: Past.now, perform: perform)
        let run = Task { try await runner.run() }
        try await eventually { try await past.count(.decisions) >= decisions }
        if abrupt { run.cancel() } else { await runner.drain() }
        try await run.value
    }

    private func replay(
        _ past: Past, _ stage: GreetingStage = GreetingStage()
    ) async throws -> ReplayReport {
        try await ReplayRun(
            stage, reading: Self.inputs, in: past.log, by: .program, ReplayRange()
        ).run()
    }

    private func recorded(_ past: Past) async throws -> [String?] {
        var found: [String?] = []
        for record in try await past.records(of: .decisions) {
            if case .payload(let decision as Decision) = try RecordEnvelope.program.decode(
                record.record
            ).value {
                found.append(decision.settings?.text)
            }
        }
        return found
    }

    @Test(
        "decisions are repeated with the settings of their time, which stand where they changed",
        arguments: Story.substrates)
    func changes(_ substrate: Substrate) async throws {
        try await withPast(on: substrate) { past in
            try await past.send("plain")
            try await work(past, as: nil, until: 1)
            for text in ["plain", "idle", "plain"] { try await past.send(text) }
            try await work(past, as: "Sol", until: 4)
            // The process starts anew with the same settings: nothing is told twice.
            for text in ["reject", "plain"] { try await past.send(text) }
            try await work(past, as: "Sol", until: 6)
            for text in ["reject", "plain"] { try await past.send(text) }
            try await work(past, as: "Mar", until: 8)
            try await past.send("plain")
            try await work(past, as: nil, until: 9)
            let (sol, mar) = (#"{"name":"Sol"}"#, #"{"name":"Mar"}"#)
            #expect(try await recorded(past) == [nil, sol, nil, nil, nil, nil, mar, nil, "{}"])
            let report = try await replay(past)
            #expect(report.exitCode == 0, "\(report.text)")
            #expect(report.identical == 9)
            let rebuild = StateRebuild(
                GreetingStage(), reading: Self.inputs, in: past.log, by: .program)
            let found = try await rebuild.run(writing: false, at: Past.now().milliseconds)
            #expect(found.different + found.missing + found.extra == 0, "\(found.text)")
        }
    }

    @Test("a decision keeps its settings to its end, and begins with others after a crash")
    func lives() async throws {
        try await withPast(on: .memory) { past in
            try await past.send("ask")
            try await work(past, as: "Sol", until: 1, abrupt: true) { _, _ throws(CallFailure) in
                try? await Task.sleep(for: .seconds(3_600))  // ends as the run is cancelled
                throw .permanent(reason: "killed")
            }
            try await work(past, as: "Mar", until: 3)
            #expect(try await recorded(past) == [#"{"name":"Sol"}"#, #"{"name":"Mar"}"#, nil])
            let report = try await replay(past)
            #expect(report.exitCode == 0, "\(report.text)")
        }
    }

    @Test("what a version before asked is told as not compared, and never called different")
    func formerly() async throws {
        try await withPast(on: .memory) { past in
            try await past.send("ask")
            try await past.send("plain")
            try await past.send("plain", to: "b")
            try await work(past, as: "Sol", until: 4)
            var stage = GreetingStage()
            stage.formerCalls = ["ask"]
            let report = try await replay(past, stage)
            #expect(report.exitCode == 3, "\(report.text)")
            #expect(report.different == 0)
            #expect(report.askedFormerly == 1)
            #expect(report.doubtful == 1)
            #expect(report.identical == 1)
        }
    }
}
