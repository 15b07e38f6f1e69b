import FoundationEssentials
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// Commands about what is not there, and about a stage that runs.
@Suite(.installation())
struct NamesTests {
    private let installation: RunningInstallation

    init() throws { installation = try #require(RunningInstallation.shared) }

    /// A command that names what is not there.
    struct Case: Sendable, CustomTestStringConvertible {
        var line: String
        /// What it has to say.
        var says: String
        var testDescription: String { line }
    }

    private static let cases = [
        Case(line: "replay --stage nope", says: "indexer, retrieval"),
        Case(line: "replay --stage handoff --tenant nope", says: "'nope'"),
        Case(line: "replay --stage handoff --key nope", says: "'nope'"),
        Case(line: "replay --stage handoff --from 5 --to 2", says: "--from is not before --to"),
        Case(line: "replay --stage handoff --from 2 --to 2", says: "--from is not before --to"),
        Case(line: "replay --stage handoff --from 1h --to 2h", says: "--from is not before --to"),
        Case(line: "replay --stage handoff --from 99999", says: "end at"),
        Case(line: "replay --stage handoff --from 2999-01-01", says: "future"),
        Case(line: "replay --stage handoff --rebuild-state --tenant nope", says: "--tenant"),
        Case(line: "ledger --tenant nope", says: "'nope'"),
        Case(line: "ledger --from 1h --to 2h", says: "--from is not before --to"),
        Case(line: "tail messages.inbound --tenant nope", says: "'nope'"),
        Case(line: "tail messages.inbound --key nope", says: "'nope'"),
        Case(line: "tail messages.inbound --type nope", says: "'nope'"),
        Case(line: "tail nope", says: "no topic nope"),
        Case(line: "trace nope", says: "nope"),
        Case(line: "dead-letters list --stage nope", says: "'nope'"),
        Case(line: "dead-letters list --tenant nope", says: "'nope'"),
        Case(line: "dead-letters list dead.letters-0@77", says: "dead.letters-0@77"),
        Case(line: "dead-letters show dead.letters-0@77", says: "dead.letters-0@77"),
        Case(line: "dead-letters redrive dead.letters-0@77", says: "dead.letters-0@77"),
        Case(line: "dead-letters redrive dead.letters-0@77 --execute", says: "dead.letters-0@77"),
        Case(line: "dead-letters discard dead.letters-0@77 --execute", says: "dead.letters-0@77"),
        Case(line: "handoff list --tenant nope", says: "nope"),
        Case(line: "audit --tenant nope", says: "nope"),
        Case(line: "audit --from 1h --to 2h", says: "--from is not before --to"),
        Case(line: "knowledge list --tenant nope", says: "nope"),
        Case(line: "knowledge remove nope", says: "nope"),
        Case(line: "tenant show nope", says: "nope"),
        Case(line: "simulate fault drop_answer --business nope", says: "nope"),
        Case(line: "simulate message --business nope --text hi", says: "no such business"),
    ]

    @Test("a command about what is not there says so and fails", arguments: cases)
    func unknown(_ bad: Case) async throws {
        _ = try await asked()
        let words = bad.line.split(separator: " ").map(String.init)
        let (exit, output) = try await ParleyProgram.run(
            words + ["--data", installation.data])
        #expect(exit == .code(1) || exit == .code(2), "\(exit as Any): \(output)")
        #expect(output.contains(bad.says), "\(output)")
    }

    @Test("a range of what is there and holds nothing is told and no error")
    func empty() async throws {
        _ = try await asked()
        let (exit, output) = try await ParleyProgram.run(
            "replay", "--stage", "handoff", "--tenant", RunningInstallation.demo, "--to",
            "2020-01-01",
            "--data", installation.data)
        #expect(exit == .code(0), "\(output)")
        #expect(output.contains("nothing to compare"), "\(output)")
    }

    @Test(
        "the state of a stage that runs is refused at once, and the stage does not notice",
        arguments: ["handoff", "retrieval", "sender"])
    func runningStage(_ stage: String) async throws {
        _ = try await asked()
        let reopened = "parley_stage_reopened_total{stage=\"\(stage)\"}"
        let before = try await installation.metrics(stage)
        let (exit, output) = try await ParleyProgram.run(
            "replay", "--stage", stage, "--rebuild-state", "--live", "--yes", "--data",
            installation.data)
        #expect(exit == .code(1), "\(output)")
        #expect(output.contains("\(stage)-0"), "\(output)")
        #expect(try await installation.metrics(stage)[reopened] == before[reopened])
        let joined = ParleyProgram.text("\(installation.data)/logs/\(stage)-0.log")
            .split(separator: "\n").count { $0.contains("joined the group") }
        #expect(joined == 1)
        _ = try await asked()
    }

    /// A customer's question, answered.
    private func asked() async throws -> String {
        let customer = Customer(of: RunningInstallation.demo, in: installation)
        return try await customer.ask("What time do you open on Saturday?").text
    }
}
