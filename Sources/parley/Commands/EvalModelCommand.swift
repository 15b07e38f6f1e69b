import Configuration
import Console
import Conversation
import HTTPClient

/// Tries the model that answers a business's customers.
enum EvalModelCommand: Command {
    static let specification = ArgumentSpecification(
        "parley eval model",
        summary: "Tries the model that answers a business's customers on a small set of questions, "
            + "beside the built-in answerer. The running installation keeps the outcome: in the "
            + "place of a model that is weaker, the built-in answerer answers (exit code 1).",
        options: [
            .flag("forget", "forgets the outcome, so that the model is asked again"),
            .flag("json", "prints JSON"),
        ] + ConsoleClient.tenantOptions)

    /// A slow model takes its time: seconds.
    private static let patience = 600

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let console = try ConsoleClient(arguments)
        let tenant = try await console.tenant(arguments)
        let path = ConsoleClient.path("tenants", tenant, "model-trial")
        guard !arguments.has("forget") else {
            _ = try await console.send(.delete, path)
            Terminal.say("forgotten; the model answers, if there is one")
            return 0
        }
        let trial = try await console.call(
            .post, path, wait: patience, as: ModelTrialListing.self)
        if arguments.has("json") {
            Terminal.say(json: try RecordCodec.encode(trial))
        } else {
            Terminal.say(report: words(trial))
        }
        return trial.isWeak ? 1 : 0
    }

    /// What came of a trial, for people.
    static func words(_ trial: ModelTrialListing) -> String {
        let figures =
            "\(trial.right) of \(trial.questions) came out right by itself, \(trial.wrong) wrong; "
            + "the built-in answerer has \(trial.rightBuiltIn)"
        return trial.isWeak
            ? "\(trial.model) is weak: \(figures), and answers in its place"
            : "\(trial.model) is good enough: \(figures)"
    }
}
