import Cryptography
import FoundationEssentials
import Glibc
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// Keys of tenants' words: where they come from, and what becomes of them while customers write.
@Suite(.ownInstallation)
struct KeysTests {
    private static func epochs(of data: String) -> [String] {
        ParleyProgram.text("\(data).keys/table.keys").split(separator: "\n")
            .filter { !$0.hasPrefix("#") }.compactMap { $0.split(separator: " ").first }
            .map(String.init)
    }

    /// Words that stand in no file of a folder.
    private static func files(of folder: String, holding words: String) async throws -> [String] {
        let (_, output) = try await ParleyProgram.script(
            "grep -rlaF -e '\(words)' '\(folder)' || true")
        return output.split(separator: "\n").map(String.init)
    }

    @Test("the table key changes under load: all is answered once, and a replay is the same")
    func rotation() async throws {
        try await RunningInstallation.with(["--burst-pause", "0"]) { installation in
            _ = try await installation.connect("turning", documents: Facts.documents)
            let customers = (0..<4).map { _ in Customer(of: "turning", in: installation) }
            for customer in customers {
                #expect(try await customer.ask(Facts.questions[0]).text.contains(Facts.answers[0]))
            }
            let before = try await replay(installation)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for customer in customers {
                    group.addTask {
                        for round in 0..<6 {
                            _ = try await customer.ask(Facts.questions[round % 3])
                        }
                    }
                }
                for epoch in 2...3 {
                    let (exit, output) = try await ParleyProgram.run(
                        "secrets", "rotate", "--data", installation.data)
                    #expect(exit == .code(0), "\(output)")
                    #expect(output.contains("of epoch \(epoch)"), "\(output)")
                }
                try await group.waitForAll()
            }
            #expect(Self.epochs(of: installation.data) == ["3"])
            for customer in customers { #expect(try await customer.seen().count == 7) }
            let after = try await replay(installation)
            #expect(after["different"].int == 0 && before["different"].int == 0)
            #expect((after["identical"].int ?? 0) > (before["identical"].int ?? 0))
            let ledger = try await ParleyProgram.run("ledger", "--data", installation.data)
            #expect(ledger.exit == .code(0), "\(ledger.output)")
            let letters = try await ParleyProgram.run(
                "dead-letters", "list", "--json", "--data", installation.data)
            #expect(!letters.output.contains("dead.letters"), "\(letters.output)")
        }
    }

    private func replay(_ installation: RunningInstallation) async throws -> JSON {
        let (exit, output) = try await ParleyProgram.run(
            "replay", "--stage", "orchestrator", "--json", "--data", installation.data)
        try #require(exit == .code(0), "\(output)")
        return try JSON(Array(output.utf8))
    }

    @Test("killed in the midst of a rotation, the next start has one table key, and answers")
    func killedRotation() async throws {
        let folder = try TemporaryFolder()
        let first = try await RunningInstallation.start(["--burst-pause", "0"], in: folder)
        _ = try await first.connect("shop", documents: Facts.documents)
        let customer = Customer(of: "shop", in: first)
        _ = try await customer.ask(Facts.questions[0])
        let rotation = Task {
            try await ParleyProgram.run("secrets", "rotate", "--data", folder.path)
        }
        // Wherever it is by then.
        try await eventually("a rotation has begun") {
            ParleyProgram.text(folder.path + "/secrets.key").split(separator: "\n")
                .filter { !$0.hasPrefix("#") }.count == 2
        }
        await first.kill9()
        _ = try await rotation.value
        try await RunningInstallation.with(["--burst-pause", "0"], after: first) { second in
            #expect(Self.epochs(of: folder.path).count == 1)
            let again = try await ParleyProgram.run(
                "secrets", "rotate", "--keep-key", "--data", folder.path)
            #expect(again.exit == .code(0), "\(again.output)")
            let opened = try await ParleyProgram.run(
                "tail", "messages.inbound", "--content", "--data", folder.path)
            #expect(opened.output.contains(Facts.questions[0]), "\(opened.output)")
        }
    }

    @Test("the key ring is what a command writes; no file of it is made")
    func ringByCommand() async throws {
        let folder = try TemporaryFolder()
        let vault = folder.path + "/vault"
        let line = "v1 \(Base64.encode([UInt8](repeating: 5, count: 32)))\n"
        try Data(line.utf8).write(to: URL(filePath: vault))
        let environment = ["PARLEY_SECRET_KEYS_COMMAND": "cat '\(vault)'"]
        let data = try TemporaryFolder()
        try await RunningInstallation.with(in: data, environment: environment) { installation in
            let customer = Customer(in: installation)
            _ = try await customer.ask("What time do you open on Saturday?")
            #expect(!FileManager.default.fileExists(atPath: data.path + "/secrets.key"))
            // A key that came later is met, and asked for.
            let newer = "v2 \(Base64.encode([UInt8](repeating: 6, count: 32)))\n" + line
            try Data(newer.utf8).write(to: URL(filePath: vault))
            let (exit, output) = try await ParleyProgram.run(
                ["secrets", "rotate", "--data", data.path], environment: environment)
            #expect(exit == .code(0), "\(output)")
            #expect(output.contains("is no file of ours") && output.contains("v2"), "\(output)")
            #expect(output.contains("of epoch 2"), "\(output)")
            #expect(
                ParleyProgram.text("\(data.path).keys/table.keys").contains("\n2 v2 "))
            _ = try await customer.ask("What time do you open on Saturday?")
        }
        for (command, says) in [
            ("exit 3", "failed"), ("echo nonsense", "line 1"), ("printf ''", "holds no key"),
        ] {
            let (exit, output) = try await ParleyProgram.run(
                ["up", "--data", data.path, "--no-local-models"],
                environment: ["PARLEY_SECRET_KEYS_COMMAND": command])
            #expect(exit == .code(1), "\(output)")
            #expect(output.contains("PARLEY_SECRET_KEYS_COMMAND"), "\(output)")
            #expect(output.contains(says), "\(output)")
        }
    }

    @Test("without its keys folder nothing starts or is made anew, and nobody reads the words")
    func missingKeys() async throws {
        let data = try TemporaryFolder()
        let words = "What time do you open on Saturday?"
        let installation = try await RunningInstallation.start(in: data)
        let customer = Customer(in: installation)
        _ = try await customer.ask(words)
        let pid = try #require(installation.child("sender")).pid
        #expect(
            ParleyProgram.text("/proc/\(pid)/limits").contains(#/Max core file size +0 +0/#))
        try await installation.stop()
        #expect(try await Self.files(of: data.path + "/log.sqlite", holding: words).isEmpty)

        let folder = data.path + ".keys"
        try FileManager.default.moveItem(atPath: folder, toPath: data.path + "/away")
        let (exit, output) = try await ParleyProgram.run(
            "up", "--data", data.path, "--port-base", "\(installation.base)", "--no-local-models")
        #expect(exit == .code(2), "\(output)")
        for say in ["table keys are missing", folder + "/table.keys", "--keys", "$PARLEY_KEYS"] {
            #expect(output.contains(say), "\(output)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder + "/table.keys"))

        let closed = try await ParleyProgram.run(
            "tail", "messages.inbound", "--content", "--data", data.path)
        #expect(closed.exit == .code(0), "\(closed.output)")
        #expect(closed.output.contains("stays closed") && closed.output.contains("\"~\":\"1."))
        #expect(!closed.output.contains(words))
        let opened = try await ParleyProgram.run(
            "tail", "messages.inbound", "--content", "--data", data.path, "--keys",
            data.path + "/away")
        #expect(opened.output.contains(words), "\(opened.output)")

        try FileManager.default.moveItem(atPath: data.path + "/away", toPath: folder)
        try await RunningInstallation.with(after: installation) { _ in
            _ = try await customer.ask(words)
        }
    }
}
