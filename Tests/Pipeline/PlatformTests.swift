import AccountRecords
import Conversation
import EventLog
import FoundationEssentials
import Glibc
import HTTPClient
import Lifecycle
import PipelineTesting
import Records
import SQLiteEventLog
import Testing

/// The stages of accounts, organisations, the installation, the audit chain and mails, in the one
/// process that they share.
@Suite(.installation())
struct PlatformTests {
    private static let stages = [
        "accounts", "addresses", "organisations", "installation", "audit",
    ]

    private let installation: RunningInstallation

    init() throws { installation = try #require(RunningInstallation.shared) }

    private func run(_ words: String...) async throws -> (code: Bool, output: String) {
        let (exit, output) = try await ParleyProgram.run(words + ["--data", installation.data])
        return (exit == .code(0), output)
    }

    /// What a set-up link holds.
    private func token(in output: String) -> String? {
        output.split(separator: "#token=").dropFirst().first.map { text in
            String(text.prefix { $0.isHexDigit })
        }
    }

    @Test("a mail is kept once where there is no server, in the person's language")
    func mails() async throws {
        let request = MailRequest(
            tenant: .installation, kind: .passwordChanged, about: "a1", to: "eva@example.org",
            name: "Eva", language: "es",
            at: Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)))
        let record = try RecordEnvelope.program.record(
            request,
            headers: RecordHeaders(
                id: "mail-1", type: MailRequest.type, source: "test", time: request.at,
                subject: request.key, correlation: "mail-1", causation: "mail-1",
                tenant: request.tenant))
        let log = try await SQLiteEventLog.open(path: "\(installation.data)/log.sqlite") {
            Int64(Date().timeIntervalSince1970 * 1_000)
        }
        let appender = try await log.openAppender()
        try await appender.append([record])
        try await appender.append([record])
        await appender.close()
        await log.close()
        let folder = "\(installation.data)/mails/_"
        let file = try await eventually("the mail is kept") {
            // Before the first mail there is no folder.
            (try? FileManager.default.contentsOfDirectory(atPath: folder))?.first {
                $0.hasSuffix(".json")
            }
        }
        #expect(ParleyProgram.text("\(folder)/\(file)").contains("Tu contraseña cambió"))
        try await eventually("both requests are read") {
            try await installation.metrics("platform").contains {
                $0.key.contains("repeated") && $0.key.contains("mailer") && $0.value == 1
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
    }

    @Test("an installation gets its owner by a link or at once, and then never another")
    func setUp() async throws {
        try await eventually("the start ends with a link") {
            installation.output.contains("/pages/setup/#token=")
        }
        let shown = try #require(token(in: installation.output))
        let again = try await run("setup")
        #expect(again.code && token(in: again.output) != shown, "\(again.output)")

        let folder = try TemporaryFolder()
        let file = folder.path + "/password"
        func own(_ name: String, _ password: String) async throws -> (code: Bool, output: String) {
            try Data(password.utf8).write(to: URL(filePath: file))
            return try await run(
                "setup", "--email", "\(name)@example.org", "--name", name, "--password-file", file)
        }
        let weak = try await own("ana", "short")
        #expect(!weak.code && weak.output.contains("15"), "\(weak.output)")
        let good = "a bicycle with seven wheels"
        #expect(try await own("ana", good).code)
        for refused in [try await own("bea", good), try await run("setup")] {
            #expect(!refused.code && refused.output.contains("set up already"), "\(refused)")
        }

        // Neither link, password nor address is in what the processes wrote, nor in the log.
        let secrets = [shown, token(in: again.output) ?? shown, good, "ana@example.org"]
        let logs = installation.data + "/logs"
        for name in try FileManager.default.contentsOfDirectory(atPath: logs) {
            for secret in secrets {
                #expect(!ParleyProgram.text("\(logs)/\(name)").contains(secret), "\(name)")
            }
        }
        for name in ["log.sqlite", "log.sqlite-wal"] {
            let bytes = FileManager.default.contents(atPath: "\(installation.data)/\(name)")
            for secret in secrets {
                #expect(bytes?.firstRange(of: Data(secret.utf8)) == nil, "\(name)")
            }
        }
        try await organisations()
        try await repeats()
        try await chain()
    }

    /// The demo business, which was connected without an organisation, has one.
    private func organisations() async throws {
        try await eventually("the demo business has its organisation") {
            try await run("tail", "organisations.events", "--from", "beginning").output
                .contains(RunningInstallation.demo)
        }
    }

    /// What the stages did is done again from the log alone, and they go on where they were killed.
    private func repeats() async throws {
        let child = try #require(installation.child("platform"))
        #expect(kill(child.pid, SIGKILL) == 0)
        try await eventually("the process runs again") {
            installation.child("platform").map { $0.pid != child.pid } ?? false
        }
        let refused = try await run("setup")
        #expect(refused.output.contains("set up already"), "\(refused.output)")
        for stage in Self.stages {
            let (exit, output) = try await ParleyProgram.run(
                "replay", "--stage", stage, "--json", "--data", installation.data)
            let report = try JSON(Array(output.utf8))
            #expect(exit == .code(0), "\(stage): \(output)")
            #expect((report["identical"].int ?? 0) > 0, "\(stage): \(output)")
            for count in ["different", "undecided", "doubtful", "unrecorded", "inputsGone"] {
                #expect(report[count].int == 0, "\(stage): \(output)")
            }
        }
        let lag = try await installation.metrics("platform")
        for stage in Self.stages {
            #expect(
                lag.keys.contains { $0.contains("lag_records") && $0.contains("\"\(stage)\"") })
        }
    }

    /// The audit log holds, and what is changed in it is found.
    private func chain() async throws {
        try await eventually("all entries are chained") {
            let (code, output) = try await run("audit", "verify")
            return code && !output.contains("wait to be chained")
        }
        let anchors = installation.data + ".anchors"
        let (_, output) = try await run("audit", "verify", "--json")
        try Data(output.utf8).write(to: URL(filePath: anchors))
        #expect(try await run("audit", "verify", "--anchors", anchors).code)
        let longer = output.replacing(/"count":\d+/, with: "\"count\":999")
        try Data(longer.utf8).write(to: URL(filePath: anchors))
        let cut = try await run("audit", "verify", "--anchors", anchors)
        #expect(!cut.code && cut.output.contains("but had 999 links"), "\(cut.output)")
        // A leftover in the system's temporary folder harms nothing.
        try? FileManager.default.removeItem(atPath: anchors)
    }
}
