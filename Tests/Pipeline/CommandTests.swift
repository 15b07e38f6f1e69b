import FoundationEssentials
import Glibc
import Lifecycle
import PipelineTesting
import Testing

/// What people type against an installation that runs.
@Suite(.installation())
struct CommandTests {
    private var installation: RunningInstallation {
        get throws { try #require(RunningInstallation.shared) }
    }

    private func parley(
        _ words: String...
    ) async throws -> (exit: ProcessExit?, output: String) {
        let installation = try installation
        let (exit, output) = try await ParleyProgram.run(words + ["--data", installation.data])
        // Whatever is said, it is said to a person.
        for word in ["HTTP", "GET ", "POST ", "PUT ", "DecodingError", "/api/"] {
            #expect(!output.contains(word), "\(words): \(output)")
        }
        return (exit, output)
    }

    @Test("the README's first question is answered although there is a second business")
    func firstQuestion() async throws {
        #expect(try await parley("simulate", "business", "second").exit == .code(0))
        let asked = try await parley(
            "simulate", "message", "--text", "What time do you open on Saturday?", "--from",
            "+34600777001")
        #expect(asked.exit == .code(0), "\(asked.output)")
        #expect(asked.output.contains("On Saturday we open at 9:00"))
        // The commands about a tenant mean the demo's too.
        let listed = try await parley("knowledge", "list")
        #expect(listed.exit == .code(0), "\(listed.output)")
        let lines = listed.output.split(separator: "\n")
        #expect(lines.count { $0.contains("embedding server") } == 1)
    }

    @Test("a fault of an unknown kind is told with those that there are")
    func faults() async throws {
        let wrong = try await parley("simulate", "fault", "nonsense")
        #expect(wrong.exit == .code(2))
        #expect(wrong.output.contains("drop_answer"))
        let kinds = try await parley("simulate", "fault")
        #expect(kinds.exit == .code(0))
        #expect(kinds.output.contains("lost_acknowledgement"))
    }

    @Test("a tenant is disconnected only by who says so")
    func removal() async throws {
        let installation = try installation
        let registered = try await parley("simulate", "business", "gone")
        #expect(registered.exit == .code(0))
        let files = installation.data + "/secret"
        try Data("a-secret".utf8).write(to: URL(filePath: files))
        let added = try await parley(
            "tenant", "add", "gone", "--name", "Gone", "--account", "9", "--number", "999",
            "--app-secret-file", files, "--verify-token-file", files, "--access-token-file", files)
        #expect(added.exit == .code(0), "\(added.output)")
        let asked = try await parley("tenant", "remove", "gone")
        #expect(asked.exit == .code(2))
        #expect(asked.output.contains("--yes"))
        #expect(try await parley("tenant", "show", "gone").exit == .code(0))
        #expect(try await parley("tenant", "remove", "gone", "--yes").exit == .code(0))
        let shown = try await parley("tenant", "show", "gone")
        #expect(shown.exit == .code(1))
        #expect(shown.output.contains("`parley tenant list`"), "\(shown.output)")
    }

    @Test("what is refused is told in a person's words, with what to do")
    func refusals() async throws {
        let document = try await parley("knowledge", "remove", "doc_nothing")
        #expect(document.output.contains("`parley knowledge list`"), "\(document.output)")
        let agent = try await parley("agent", "--name", "Ana", "--tenant", "nobody")
        #expect(agent.output.contains("there is no tenant nobody"), "\(agent.output)")
        let handoffs = try await parley("handoff", "list", "--tenant", "nobody")
        #expect(handoffs.output.contains("`parley tenant list`"), "\(handoffs.output)")
    }

    @Test("a customer's name and words reach the terminal as they are, and harmless")
    func hostile() async throws {
        let name = "Eve\u{1b}[2J\nbicicletas-sol  00000000  claimed by boss"
        let written = try await parley(
            "simulate", "message", "--from", "+34600777002", "--name", name, "--text",
            "I want to talk to a person \u{202e}\u{9b}31m\nnow")
        #expect(written.exit == .code(0), "\(written.output)")
        let listed = try await eventually("the handoff is listed") {
            let listed = try await parley("handoff", "list")
            return listed.output.contains("Eve") ? listed.output : nil
        }
        let lines = listed.split(separator: "\n")
        #expect(lines.count { $0.contains("Eve") } == 1)
        #expect(!lines.contains { $0.contains("boss") && !$0.contains("Eve") })
        let told = try await parley("handoff", "list", "--json")
        let trace = try await parley("tail", "messages.inbound", "--content")
        for output in [listed, told.output, trace.output] {
            #expect(
                !output.unicodeScalars.contains { scalar in
                    (scalar.value < 0x20 && scalar != "\n") || (0x7f..<0xa0).contains(scalar.value)
                        || scalar == "\u{202e}"
                })
        }
        _ = try JSON(Array(told.output.utf8))
    }
}

/// What people type where nothing runs.
@Suite struct CommandsAloneTests {
    @Test("a shell completes command lines")
    func completion() async throws {
        let script = """
            source <("$1" completion bash)
            COMP_WORDS=("$1" knowledge l) COMP_CWORD=2
            _parley
            echo "found: ${COMPREPLY[*]}"
            """
        let (exit, output) = try await ParleyProgram.script(script)
        #expect(exit == .code(0))
        #expect(output == "found: list\n")
    }

    @Test("a log on a broker that is not there is named, with why")
    func deadBroker() async throws {
        let folder = try TemporaryFolder()
        let (exit, output) = try await ParleyProgram.run(
            "lag", "--log", "kafka:127.0.0.1:1", "--data", folder.path)
        #expect(exit == .code(2))
        #expect(output.contains("127.0.0.1:1: Connection refused"), "\(output)")
    }

    @Test("a console that is gone is told in a person's words")
    func gone() async throws {
        let folder = try TemporaryFolder()
        let run = """
            {"process":\(getpid()),"log":"sqlite:x","webhook":"http://127.0.0.1:1/webhook",
            "console":"http://127.0.0.1:1","simulator":"http://127.0.0.1:1"}
            """
        try Data(run.utf8).write(to: URL(filePath: folder.path + "/run.json"))
        try Data("key".utf8).write(to: URL(filePath: folder.path + "/console.key"))
        for words in [["tenant", "list"], ["simulate", "fault", "reset"]] {
            let (exit, output) = try await ParleyProgram.run(words + ["--data", folder.path])
            #expect(exit == .code(1))
            #expect(output.contains("cannot be reached: is `parley up` running?"), "\(output)")
            #expect(!output.contains("/api/") && !output.contains("/simulator/"))
        }
    }

    @Test(
        "a pipeline and a log that stand elsewhere need nothing beside them; all that is written is its owner's alone",
        InstallationScope())
    func elsewhere() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/mine.json5"
        let text = ParleyProgram.text(ParleyProgram.home + "/Pipelines/whatsapp.json5")
        try Data(text.utf8).write(to: URL(filePath: file))
        let log = folder.path + "/log"
        try FileManager.default.createDirectory(
            atPath: log, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
        let options = ["--pipeline", file, "--log", "sqlite:\(log)/log.sqlite"]
        try await RunningInstallation.with(options) { installation in
            #expect(installation.output.contains("ready: "))
            var count = 0
            for folder in [installation.data, log] {
                for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
                    // The test's own, and what was there for a moment.
                    let attributes = try? FileManager.default.attributesOfItem(
                        atPath: "\(folder)/\(path)")
                    guard !path.hasPrefix("up-"),
                        let mode = attributes?[.posixPermissions] as? Int
                    else { continue }
                    #expect(mode & 0o077 == 0, "\(path) has mode \(String(mode, radix: 8))")
                    count += 1
                }
            }
            #expect(count > 20)
        }
    }
}
