import Foundation
import Glibc
import HTTPClient
import PipelineTesting
import Testing

/// Acts that were done, and whose answer nobody heard.
@Suite("An answer that was lost", .ownInstallation, .serialized, .timeLimit(.minutes(10)))
struct LostAnswerTests {
    private struct Business: Encodable {
        struct Locale: Encodable {
            let language = "en"
            let timeZone = "Europe/Madrid"
            let dateFormat = "y-MM-dd"
        }
        let id = "lost"
        let name = "Lost & Found"
        let plan = "free"
        let locale = Locale()
    }

    private struct Key: Encodable {
        let name = "Lost"
        let permissions = ["documents:read"]
    }

    /// Does something while the stages stand still, until its wish is in the log; then the console
    /// dies, and the stages go on.
    private func lose(
        _ installation: RunningInstallation, in topic: String,
        _ act: @escaping @Sendable () async -> Void
    ) async throws {
        let stages = try #require(installation.child("platform"))
        let console = try #require(installation.child("console"))
        let before = try await count(of: topic, in: installation)
        #expect(kill(stages.pid, SIGSTOP) == 0)
        let asked = Task { await act() }
        do {
            try await eventually("the wish is in the log") {
                try await count(of: topic, in: installation) > before
            }
        } catch {
            _ = kill(stages.pid, SIGCONT)
            throw error
        }
        #expect(kill(console.pid, SIGKILL) == 0)
        #expect(kill(stages.pid, SIGCONT) == 0)
        await asked.value
        try await eventually("the console answers again") {
            // Nobody may listen for a moment.
            (try? await installation.console.call(.get, "/api/v1/organisations")) != nil
        }
    }

    private func count(of topic: String, in installation: RunningInstallation) async throws -> Int {
        let said = try await ParleyProgram.run([
            "tail", topic, "--from", "beginning", "--json", "--data", installation.data,
        ])
        return said.output.split(separator: "\n").count
    }

    @Test("is given to whoever asks again under the same name, and nothing is done twice")
    func crash() async throws {
        try await RunningInstallation.with(["--no-simulator"]) { installation in
            let console = installation.console
            try await installation.found("other")
            let name = ("Idempotency-Key", UUID().uuidString)
            let body = try jsonBytes(Business())
            @Sendable func found() async throws -> LocalAPI.Answer {
                try await console.send(.post, "/api/v1/organisations", body, headers: [name])
            }
            try await lose(installation, in: "organisations.commands") { _ = try? await found() }
            // As the first would have been answered, and then as a repeat is.
            for _ in 0..<2 {
                let answer = try await found()
                #expect(answer.status == 201, "\(answer.body)")
                #expect(answer.body["listed"]["organisation"]["id"].string == "lost")
            }
            let made = try await eventually("it is in the audit log") {
                let entries = try await console.call(
                    .get, "/api/v1/tenants/lost/audit?action=tenant.create")["entries"].elements
                return entries.isEmpty ? nil : entries
            }
            #expect(made.count == 1, "\(made)")
            try await secret(installation)
        }
    }

    /// A key is told once: who did not hear it is told that it was made, and no other is.
    private func secret(_ installation: RunningInstallation) async throws {
        let console = installation.console
        let name = ("Idempotency-Key", UUID().uuidString)
        let body = try jsonBytes(Key())
        @Sendable func make() async throws -> LocalAPI.Answer {
            try await console.send(.post, "/api/v1/tenants/lost/keys", body, headers: [name])
        }
        try await lose(installation, in: "organisations.commands") { _ = try? await make() }
        for _ in 0..<2 {
            let answer = try await make()
            #expect(answer.status == 409, "\(answer.body)")
            #expect(answer.body["code"].string == "idempotency_secret_shown")
        }
        let keys = try await console.call(.get, "/api/v1/tenants/lost/keys")["keys"].elements
        #expect(keys.count == 1)
    }
}
