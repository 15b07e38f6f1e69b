import FoundationEssentials
import Glibc
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// Keys come and go while customers write.
@Suite(.installation())
struct SecretsTests {
    private let installation: RunningInstallation

    init() throws { installation = try #require(RunningInstallation.shared) }

    private func keyIDs() -> [String] {
        ParleyProgram.text("\(installation.data)/secrets.key").split(separator: "\n")
            .filter { !$0.hasPrefix("#") }.compactMap { $0.split(separator: " ").first }
            .map(String.init)
    }

    @Test("secrets are encrypted with a fresh key while all runs, and then the old one can go")
    func rotation() async throws {
        _ = try await installation.connect("rotated", documents: Facts.documents)
        let customer = Customer(of: "rotated", in: installation)
        #expect(try await customer.ask(Facts.questions[0]).text.contains(Facts.answers[0]))
        let old = keyIDs()
        #expect(old.count == 1)

        let (exit, output) = try await ParleyProgram.run(
            "secrets", "rotate", "--data", installation.data)
        #expect(exit == .code(0), "\(output)")
        let keys = keyIDs()
        #expect(keys.count == 2 && keys.last == old.first)
        #expect(output.contains("2 tenants"), "\(output)")
        #expect(output.contains("rotated") && output.contains(RunningInstallation.demo))
        #expect(output.contains("no longer needed: \(old[0])"), "\(output)")
        // Every stage that needs a secret has read the new key by itself.
        #expect(try await customer.ask(Facts.questions[1]).text.contains(Facts.answers[1]))
        let again = try await ParleyProgram.run(
            "secrets", "rotate", "--keep-key", "--data", installation.data)
        #expect(again.output.contains("of 0 tenants"), "\(again.output)")
        #expect(again.output.contains("2 tenants lay under it already"), "\(again.output)")

        let file = "\(installation.data)/secrets.key"
        let kept = ParleyProgram.text(file).split(separator: "\n")
            .filter { !$0.hasPrefix("\(old[0]) ") }.joined(separator: "\n")
        try Data((kept + "\n").utf8).write(to: URL(filePath: file))
        for stage in ["sender", "ingester", "console"] {
            let child = try #require(installation.child(stage))
            #expect(kill(child.pid, SIGKILL) == 0)
            try await eventually("the \(stage) runs again") {
                installation.child(stage).map { $0.pid != child.pid } ?? false
            }
        }
        try await eventually("the console answers again") {
            // Nobody may listen for a moment.
            (try? await installation.console.call(.get, "/api/v1/tenants")) != nil
        }
        #expect(try await customer.ask(Facts.questions[2]).text.contains(Facts.answers[2]))
        let tenants = try await installation.console.call(.get, "/api/v1/tenants")
        #expect(tenants["problems"].elements.isEmpty, "\(tenants)")
    }
}
