import Conversation
import OperationRecords
import OperationReporting
import Testing

/// What is wrong with the pipeline, decided from what is known of it.
@Suite struct PipelineSightTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static func machine(
        _ processes: [ProcessReport] = [], age: Duration = .seconds(3)
    ) -> MachineReport {
        var machine = MachineReport(
            machine: "m1", host: "host-1", startedAt: now - .seconds(900), at: now - age,
            everySeconds: 15, processors: 2, processes: processes)
        machine.diskFree = 50_000_000_000
        machine.diskTotal = 100_000_000_000
        return machine
    }

    private static func process(
        _ state: ProcessReport.State, since: Duration = .seconds(5), stages: [StageFigures] = []
    ) -> ProcessReport {
        ProcessReport(
            name: "sender-0", process: "sender", state: state, since: now - since, restarts: 4,
            lastEnd: "signal 9", stages: stages)
    }

    private static func kinds(_ sight: PipelineSight) -> [PipelineFinding.Kind] {
        sight.findings.map(\.kind)
    }

    @Test("nothing is wrong where all is well")
    func fine() {
        let sight = PipelineSight(now: Self.now, machines: [Self.machine([Self.process(.ready)])])
        #expect(Self.kinds(sight) == [])
    }

    @Test(
        "a process that does not run as it should is named, with how it ended",
        arguments: [
            (ProcessReport.State.died, PipelineFinding.Kind.processDied),
            (.failed, .processFailed), (.silent, .processSilent), (.stopped, .processStopped),
        ])
    func processes(_ state: ProcessReport.State, _ kind: PipelineFinding.Kind) throws {
        let sight = PipelineSight(now: Self.now, machines: [Self.machine([Self.process(state)])])
        let finding = try #require(sight.findings.first)
        #expect(Self.kinds(sight) == [kind])
        #expect(finding.process == "sender-0" && finding.host == "host-1")
        #expect(finding.count == 4 && finding.detail == "signal 9")
    }

    @Test("a process that begins is wrong only once it takes a minute")
    func starting() {
        for (seconds, wanted) in [(30, 0), (90, 1)] {
            let process = Self.process(.starting, since: .seconds(seconds))
            let sight = PipelineSight(now: Self.now, machines: [Self.machine([process])])
            #expect(sight.findings.count == wanted)
        }
    }

    @Test("a machine that has missed its reports is silent, and what it told last counts no more")
    func silence() {
        let machine = Self.machine([Self.process(.died)], age: .seconds(61))
        var sight = PipelineSight(now: Self.now, machines: [machine])
        #expect(sight.isSilent(machine))
        #expect(Self.kinds(sight) == [.machineSilent])
        // The log is the reason, and says so.
        sight.logProblem = "no broker"
        #expect(Self.kinds(sight) == [.logUnreachable])
        // Whoever was shut down says nothing.
        var stopped = machine
        stopped.isStopping = true
        #expect(Self.kinds(PipelineSight(now: Self.now, machines: [stopped])) == [])
    }

    @Test("records that wait for long, slow and failing calls, and a full disk are told")
    func slow() {
        let figures = StageFigures(
            stage: "orchestrator", retries: 6,
            call: Percentiles(p50: 4, p95: 12, p99: 20))
        var machine = Self.machine([Self.process(.ready, stages: [figures])])
        machine.diskFree = 2_000_000_000
        var sight = PipelineSight(now: Self.now, machines: [machine])
        sight.lags = [
            "orchestrator": .init(records: 7, oldestSeconds: 40),
            "handoff": .init(records: 2, oldestSeconds: 5),
            "sender": .init(records: 9, oldestSeconds: 500),
        ]
        let found = sight.findings
        #expect(
            found.map(\.kind) == [.diskLow, .callsSlow, .stageLate, .callsFail, .stageLate])
        #expect(found.map(\.level) == [.bad, .bad, .bad, .warn, .warn])
        #expect(found[2].stage == "sender" && found[2].count == 9)
        #expect(found[0].percent == 2)
    }

    @Test("reading a whole document may take longer than an answer")
    func documents() {
        let figures = StageFigures(stage: "indexer", call: Percentiles(p50: 20, p95: 60, p99: 60))
        let sight = PipelineSight(
            now: Self.now, machines: [Self.machine([Self.process(.ready, stages: [figures])])])
        #expect(Self.kinds(sight) == [])
    }

    @Test("dead letters, closed lines and messages that nobody accounts for are told")
    func rest() {
        var process = Self.process(.ready)
        process.unaccounted = 2
        var sight = PipelineSight(now: Self.now, machines: [Self.machine([process])])
        sight.deadLetters = ["handoff": 3, "sender": 0]
        sight.stops = [.init(tenant: "sol", meaning: "The token expired.", remedy: "Renew it.")]
        #expect(Self.kinds(sight) == [.unaccounted, .lineClosed, .deadLetters])
        #expect(sight.findings[1].tenant == "sol")
    }

    @Test("a model server that is left alone is told of once, with what was wrong")
    func models() {
        let down = ModelServerReport(
            kind: "chat", server: "http://m/v1", isAvailable: false, failure: "timeout",
            failedAt: Self.now)
        var (one, other) = (Self.process(.ready), Self.process(.ready))
        one.models = [down, .init(kind: "embedding", server: "http://e/v1", isAvailable: true)]
        other.models = [down]
        let sight = PipelineSight(now: Self.now, machines: [Self.machine([one, other])])
        #expect(Self.kinds(sight) == [.modelDown])
        #expect(sight.findings[0].detail == "chat: http://m/v1")
        #expect(sight.findings[0].remedy == "it took too long to answer")
    }

    @Test("what a process's metrics say of model servers is read, the worst first")
    func readsModels() throws {
        let reading = MetricsReading(
            """
            parley_model_available{kind="embedding",server="http://e/v1"} 1
            parley_model_available{kind="chat",server="http://m/v1"} 0
            parley_model_last_failure_seconds{kind="chat",server="http://m/v1",reason="timeout"} 90
            parley_model_last_failure_seconds{kind="chat",server="http://m/v1",reason="serverError"} 120
            """)
        #expect(reading.models.map(\.kind) == ["chat", "embedding"])
        let chat = try #require(reading.models.first)
        #expect(!chat.isAvailable && chat.failure == "serverError")
        #expect(chat.failedAt == Timestamp(seconds: 120))
        #expect(reading.models[1].failure == nil)
    }
}
