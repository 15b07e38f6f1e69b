import FoundationEssentials
import Glibc
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// What accounts and the installation hold sealed goes over to a fresh key while all runs.
@Suite(
    .installation("--no-simulator"),
    .enabled(if: MailServer.isAvailable, "Tests/run installs aiosmtpd and PyOTP"),
    .timeLimit(.minutes(5)))
struct ResealingTests {
    private let installation: RunningInstallation

    init() throws { installation = try #require(RunningInstallation.shared) }

    private struct Settings: Encodable {
        let host = "127.0.0.1"
        let port: Int
        let transport = "plain"
        let user = "parley"
        let password = "pä55 word"
        let sender = "parley@parley.example.com"
    }

    private var keyFile: String { "\(installation.data)/secrets.key" }

    private var keyLines: [String] {
        ParleyProgram.text(keyFile).split(separator: "\n").map(String.init)
    }

    /// Takes the keys from the ring that were there before, and lets all that read it start anew.
    private func forget(_ old: [String]) async throws {
        let kept = keyLines.filter { $0.hasPrefix("#") || !old.contains($0) }
        try Data((kept.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: keyFile))
        for name in ["platform", "console"] {
            let child = try #require(installation.child(name))
            #expect(kill(child.pid, SIGKILL) == 0)
            try await eventually("the \(name) runs again") {
                installation.child(name).map { $0.pid != child.pid } ?? false
            }
        }
        try await eventually("the console answers again") {
            // Nobody may listen for a moment.
            (try? await installation.console.call(.get, "/api/v1/installation/mail")) != nil
        }
    }

    private func expectMail(_ server: MailServer.Running) async throws {
        let email = "taken-\(UUID().uuidString.prefix(8).lowercased())@example.com"
        try await installation.console.call(
            .post, "/api/v1/tenants/luz/invitations",
            try jsonBytes(["email": email, "role": "agent"]))
        _ = try await server.mail(for: email)
    }

    @Test("a second factor and the mail server's password go on, also once the old key is gone")
    func reseal() async throws {
        let server = try await MailServer.running()
        let olga = try await Person.owner(of: installation)
        let offer = try await olga.api.call(.post, "/api/v1/me/factor")
        let secret = try #require(offer["secret"].string)
        try await olga.api.call(
            .put, "/api/v1/me/factor",
            try jsonBytes([
                "factor": offer["factor"].string, "code": try Phone.code(secret, steps: -1),
            ]))
        _ = try await Person.signIn(olga.email, at: installation, code: try Phone.code(secret))
        let version = try await installation.console.call(.get, "/api/v1/installation/mail")
        let set = try await installation.console.send(
            .put, "/api/v1/installation/mail", try jsonBytes(Settings(port: server.signIn)),
            headers: [("If-Match", "\"\(version["version"].int ?? 0)\"")])
        #expect(set.status == 200, "\(set.body)")
        try await installation.found("luz")
        try await expectMail(server)

        let old = keyLines.filter { !$0.hasPrefix("#") }
        let (exit, output) = try await ParleyProgram.run(
            "secrets", "rotate", "--data", installation.data)
        #expect(exit == .code(0), "\(output)")
        try await expectMail(server)
        try await forget(old)
        try await expectMail(server)
        let again = try await Person.signIn(
            olga.email, at: installation, code: try Phone.code(secret, steps: 1))
        #expect(try await again.api.send(.get, "/api/v1/me").status == 200)
        // It was asked for: without it, nobody comes in.
        let body = ["email": olga.email, "password": Person.password, "kind": "cli"]
        let bare = try await LocalAPI(base: installation.console.base).send(
            .post, "/api/v1/session", try jsonBytes(body))
        #expect(bare.status == 403 && bare.body["code"].string == "second_factor", "\(bare)")
    }
}
