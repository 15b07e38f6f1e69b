import Configuration
import Conversation
import FoundationEssentials
import OrchestratorStage

/// Tries the cases that stand in prompt files.
enum PromptsTestCommand: Command {
    static let specification = ArgumentSpecification(
        "parley prompts test",
        summary: "Tries the cases that stand in the prompt files, those of businesses' own prompts "
            + "(DIR/tenants/ID/answer.md) included, and shows each file's version.",
        options: [
            .option("prompts", "DIR", "the prompts (default: Prompts)"),
            .flag("json", "prints JSON"),
        ])

    /// What came of a file.
    struct Outcome: Encodable {
        var file: String
        /// The tenant whose own it is; missing for the installation's.
        var tenant: TenantID?
        /// The version: the hash of its bytes, as an answer's provenance names it.
        var hash: String
        var cases: Int
        var failures: [PromptCases.Failure]
    }

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let home = ProcessOptions.home(ProcessInfo.processInfo.environment)
        let folder = PromptsFolder(arguments.value("prompts") ?? "\(home)/Prompts")
        let texts = try folder.texts()
        let book = try PromptBook(texts)
        var outcomes: [Outcome] = []
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            outcomes.append(outcome(try PromptFile(text, file: name), name, nil, book))
        }
        for (tenant, file) in try folder.ownAnswers().sorted(by: { $0.key < $1.key }) {
            outcomes.append(outcome(file, "tenants/\(tenant)/answer.md", tenant, book))
        }
        let isSound = outcomes.allSatisfy(\.failures.isEmpty)
        guard !arguments.has("json") else {
            Terminal.say(json: try RecordCodec.encode(outcomes))
            return isSound ? 0 : 1
        }
        let rows = outcomes.map { outcome in
            [
                outcome.file, String(outcome.hash.prefix(12)), "\(outcome.cases) cases",
                outcome.failures.isEmpty ? "hold" : "\(outcome.failures.count) fail",
            ]
        }
        Terminal.say(TextTable.lines(rows))
        for outcome in outcomes {
            for failure in outcome.failures {
                Terminal.complain("\(outcome.file): '\(failure.input)': \(failure.problem)")
            }
        }
        return isSound ? 0 : 1
    }

    private static func outcome(
        _ file: PromptFile, _ name: String, _ tenant: TenantID?, _ book: PromptBook
    ) -> Outcome {
        Outcome(
            file: name, tenant: tenant, hash: file.hash, cases: file.cases.count,
            failures: PromptCases.failures(of: file, in: book))
    }
}
