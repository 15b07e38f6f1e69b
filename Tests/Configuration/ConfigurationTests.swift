import AuditRecords
import Configuration
import Conversation
import Foundation
import PipelineTesting
import Records
import Synchronization
import Testing

@Suite struct PipelineFileTests {
    static let stages: Set<String> = [
        "ingester", "indexer", "retrieval", "orchestrator", "handoff", "sender", "console",
        "accounts", "addresses", "organisations", "installation", "audit", "mailer",
        "waiting", "announcements", "operators", "notifications", "media",
        "channels", "identity", "desk", "service-levels", "customers", "cases",
        "arrivals", "routing", "sites",
    ]

    static func read(_ text: String) throws(ConfigurationError) -> PipelineFile {
        try PipelineFile(
            Data(text.utf8), source: "p.json5",
            knownTopics: [Topic("a", kept: .pipeline), Topic("b", kept: .pipeline)],
            knownStages: ["s"])
    }

    @Test("the pipeline of this repository is whole")
    func ownFile() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Pipelines/whatsapp.json5").path
        let file = try PipelineFile(
            path: path, knownTopics: Array(RecordTypes.program.topics.values),
            knownStages: Self.stages)
        #expect(file.topics["tenants"]?.compacts == true)
        #expect(file.topics["decisions"]?.partitions.sqlite == 1)
        #expect(file.topics["messages.inbound"]?.partitions.sqlite == 4)
        #expect(file.topics["messages.inbound"]?.partitions.kafka == 12)
        #expect(file.stages["orchestrator"]?.settings["burstPause"] == .milliseconds(1200))
        let inbound = file.stages["handoff"]?.inputs.first { $0.topic == "messages.inbound" }
        #expect(inbound?.repeatsWithin == .seconds(8 * 86_400))
        // What a caller that is not sure wishes again is recognised.
        for name in ["accounts", "organisations", "installation"] {
            let wishes = file.stages[name]?.inputs.first { $0.topic == "\(name).commands" }
            #expect(wishes?.repeatsWithin == .seconds(86_400), "\(name)")
        }
    }

    @Test("stages that share a process are one process, and all others have one each")
    func sharedProcesses() throws {
        let file = try PipelineFile(
            Data(
                """
                {topics: {a: {}}, stages: {s: {inputs: {}, replicas: 2}, t: {inputs: {a: {}}},
                u: {}}, processes: {light: {stages: ["u", "t"], replicas: 3}}}
                """.utf8), source: "p.json5", knownTopics: [Topic("a", kept: .pipeline)],
            knownStages: ["s", "t", "u"])
        let processes = file.processes(of: ["u", "s", "t"])
        #expect(processes.map(\.name) == ["s", "light"])
        #expect(processes.map(\.stages) == [["s"], ["u", "t"]])
        #expect(processes.map(\.replicas) == [2, 3])
    }

    @Test(
        "what makes no sense of shared processes is told",
        arguments: [
            ("{x: {stages: [\"s\"]}, y: {stages: [\"s\"]}}", "s stands in x already"),
            ("{x: {stages: [\"s\", \"s\"]}}", "s stands in x already"),
            ("{x: {stages: [\"z\"]}}", "z is no stage of this program"),
            ("{x: {stages: []}}", "processes.x.stages should be a list"), ("{x: {}}", "a list"),
            ("{s: {stages: [\"s\"]}}", "not like a stage"),
            ("{\"../x\": {stages: [\"s\"]}}", "small letters"),
            ("{x: {stages: [\"t\"]}}", "stages.t.replicas must be left out"),
            ("{x: {stages: [\"s\"], replicas: 65}}", "from 0 to 64"),
        ])
    func sharedProblems(processes: String, expected: String) {
        let text = """
            {topics: {}, stages: {s: {}, t: {replicas: 2}}, processes: \(processes)}
            """
        let error = #expect(throws: ConfigurationError.self) {
            try PipelineFile(
                Data(text.utf8), source: "p.json5", knownTopics: [], knownStages: ["s", "t"])
        }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }

    @Test(
        "a problem is named with its key and what was expected",
        arguments: [
            ("{", "not JSON5"),
            ("{topics: {a: {}, b: {}}, stages: {s: {inputs: {}}}, extra: 1}", "extra"),
            ("{topics: {a: {}}, stages: {s: {inputs: {}}}}", "b is missing"),
            ("{topics: {a: {}, b: {}, c: {}}, stages: {s: {inputs: {}}}}", "topics.c"),
            (
                "{topics: {a: {partitions: 2}, b: {}}, stages: {s: {inputs: {a: {}, b: {}}}}}",
                "different numbers of partitions"
            ),
            (
                """
                {topics: {a: {partitions: {sqlite: 1, kafka: 2}}, b: {}},
                stages: {s: {inputs: {a: {}, b: {}}}}}
                """, "different numbers of partitions"
            ),
            (
                "{topics: {a: {partitions: {kafka: 2}}, b: {}}, stages: {s: {inputs: {}}}}",
                "topics.a.partitions.sqlite is missing"
            ),
            ("{topics: {a: {partitions: 0}, b: {}}, stages: {s: {inputs: {}}}}", "from 1 to 1000"),
            ("{topics: {a: {retention: 3}, b: {}}, stages: {s: {inputs: {}}}}", "8d"),
            ("{topics: {a: {}, b: {}}, stages: {s: {inputs: {z: {}}}}}", "no topic z"),
            ("{topics: {a: {}, b: {}}, stages: {t: {inputs: {}}}}", "stages.t"),
            ("[]", "should be an object"),
            (
                #"{topics: {a: {}, b: {}}, stages: {s: {inputs: {"z\u0000\ny": {}}}}}"#,
                #"p.json5: stages.s.inputs there is no topic z\0\ny"#
            ),
        ])
    func problems(text: String, expected: String) {
        let error = #expect(throws: ConfigurationError.self) { try Self.read(text) }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }

    @Test(
        "topics that must lose nothing take no retention",
        arguments: [
            ("audit: {retention: \"400d\"}, tenants: {}", "topics.audit.retention"),
            ("audit: {cleanup: \"compact\"}, tenants: {}", "topics.audit.cleanup"),
            ("audit: {}, tenants: {retention: \"30d\"}", "topics.tenants.retention"),
        ])
    func neverExpires(topics: String, expected: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try PipelineFile(
                Data("{topics: {\(topics)}, stages: {s: {inputs: {}}}}".utf8), source: "p.json5",
                knownTopics: [.audit, .tenants], knownStages: ["s"])
        }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }

    @Test("all problems are told at once")
    func allProblems() {
        let error = #expect(throws: ConfigurationError.self) {
            try Self.read("{topics: {a: {partitions: -1}, c: {}}, stages: {s: {inputs: {}, x: 1}}}")
        }
        #expect((error?.problems.count ?? 0) >= 4)
    }
}

@Suite struct ArgumentsTests {
    static let specification = ArgumentSpecification(
        "parley try", words: "FILE…", summary: "Tries.",
        options: [
            .option("wait", "SECONDS", "How long."), .flag("json", "As JSON."),
            .option("number", "ID", "A number.", repeats: true),
        ])

    @Test("options, flags and words are told apart")
    func reads() throws {
        let arguments = try Arguments(
            ["a", "--wait=5", "--json", "--number", "1", "--number", "2", "--", "--b"],
            Self.specification)
        #expect(arguments.words == ["a", "--b"])
        #expect(try arguments.integer("wait", in: 1...60) == 5)
        #expect(arguments.has("json"))
        #expect(arguments.all("number") == ["1", "2"])
    }

    @Test(
        "a slip is told, with a hint",
        arguments: [
            (["--wiat", "5"], "did you mean --wait"), (["--wait"], "needs a value"),
            (["--wait", "1", "--wait", "2"], "twice"), (["--json=1"], "takes no value"),
        ])
    func slips(line: [String], expected: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try Arguments(line, Self.specification)
        }
        #expect(error?.description.contains(expected) == true)
    }

    @Test("a number outside its range is refused with the range")
    func ranges() throws {
        let arguments = try Arguments(["--wait", "90"], Self.specification)
        let error = #expect(throws: ConfigurationError.self) {
            try arguments.integer("wait", in: 1...60)
        }
        #expect(error?.description.contains("from 1 to 60") == true)
    }
}

@Suite struct DataFolderTests {
    static func temporary() -> DataFolder {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "parley-\(UUID().uuidString)").path
        return DataFolder(path: path)
    }

    @Test("a folder is closed to others, and only one installation holds it")
    func lock() async throws {
        let folder = Self.temporary()
        // A leftover is harmless.
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        try folder.create()
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
        let lock = try await InstallationLock.acquire(folder)
        let error = await #expect(throws: ConfigurationError.self) {
            try await InstallationLock.acquire(folder)
        }
        #expect(error?.description.contains("process \(getpid())") == true)
        lock.release()
        try await InstallationLock.acquire(folder).release()
    }

    @Test("one that stops is waited for, and its processes until the last is gone")
    func lockOfOneThatStops() async throws {
        let folder = Self.temporary()
        // A leftover is harmless.
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        try folder.create()
        let first = try await InstallationLock.acquire(folder)
        // As a child's own does.
        let child = fcntl(first.processes, F_DUPFD_CLOEXEC, 3)
        first.noteStopping()
        let steps = Mutex<[String]>([])
        let ending = Task {
            // Longer than one that goes on running is waited for.
            try await Task.sleep(for: .milliseconds(2_500))
            steps.withLock { $0.append("released") }
            first.release()
            try await Task.sleep(for: .milliseconds(300))
            steps.withLock { $0.append("gone") }
            close(child)
        }
        let second = try await InstallationLock.acquire(folder) { _ in
            steps.withLock { $0.append("told") }
        }
        steps.withLock { $0.append("taken") }
        try await ending.value
        let all = steps.withLock { $0 }
        #expect(all.first == "told")
        // On a busy machine what is left is told, too.
        #expect(all.filter { $0 != "told" } == ["released", "gone", "taken"])
        second.release()
    }

    @Test("the run file of a process that is gone is no running installation")
    func staleRunFile() throws {
        let folder = Self.temporary()
        // A leftover is harmless.
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        try folder.create()
        #expect(throws: ConfigurationError.self) { try RunFile.read(from: folder) }
        var file = RunFile(process: getpid(), log: "l", webhook: "w", console: "c", simulator: nil)
        try file.write(to: folder)
        #expect(try RunFile.read(from: folder) == file)
        file.process = 2_000_000_000
        try file.write(to: folder)
        #expect(throws: ConfigurationError.self) { try RunFile.read(from: folder) }
    }
}
