package import Configuration
import Foundation

private let floorOption = ArgumentSpecification.Option.option(
    "floor", "SHARE", "fails where fewer come first, such as 0.95")
private let asJSON = ArgumentSpecification.Option.flag("json", "prints the figures as JSON")

/// The command line of `parley eval retrieval`.
package let retrievalEvaluation = ArgumentSpecification(
    "parley eval retrieval", words: "FILE…",
    summary: "Puts the paragraphs of files in SQuAD's form into an installation of its own, each "
        + "a document, asks their questions as customers do, and counts how often the right one "
        + "comes first.",
    options: EvaluationOptions.asking + [
        .flag("together", "puts all files into one business's index"),
        .option(
            "rerank-url", "URL",
            "a server with the common /rerank interface: asked all again with it, and told whether "
                + "it helps"),
        .option("rerank-model", "NAME", "its model (default: reranker)"),
        .option("compare", "FILE", "an earlier --json of the same questions: R@1 paired"),
        floorOption, asJSON,
    ] + EvaluationOptions.embedding)

/// Runs `parley eval retrieval`; answers the process's exit code.
///
/// - Throws: `ConfigurationError` for a wrong command line, and what the evaluation met.
package func evaluateRetrieval(_ arguments: Arguments) async throws -> Int32 {
    let command = retrievalEvaluation.command
    var evaluation = RetrievalEvaluation(try EvaluationOptions(command, arguments))
    evaluation.isTogether = arguments.has("together")
    evaluation.rerankURL = arguments.value("rerank-url")
    evaluation.rerankModel = arguments.value("rerank-model")
    evaluation.before = try EvaluationOptions.earlier(
        RetrievalReport.self, command, arguments)
    evaluation.floor = try EvaluationOptions.share("floor", command, arguments) ?? 0
    return try (await evaluation.run()).say(asJSON: arguments.has("json"))
}

/// The command line of `parley eval fit`.
package let fitEvaluation = ArgumentSpecification(
    "parley eval fit", words: "FILE…",
    summary: "Fits what tells how likely a passage answers, on files in SQuAD's form, each asked "
        + "with its paragraphs there and not there; files of the same paragraphs in several "
        + "languages are asked each other's questions, too. Tells how good that is on documents "
        + "that the fit has not seen.",
    options: EvaluationOptions.embedding + [
        .option("embedding-model", "NAME", "the model's name (default: multilingual-e5-small)"),
        .option("name", "NAME", "the coefficients' name (default: fit)"),
        .option("version", "N", "and their version (default: 1)"),
        .option("out", "FILE", "writes the coefficients, such as Pipelines/answerability.json"),
        asJSON,
    ])

/// Runs `parley eval fit`; answers the process's exit code.
///
/// - Throws: `ConfigurationError` for a wrong command line, and what the evaluation met.
package func evaluateFit(_ arguments: Arguments) async throws -> Int32 {
    var evaluation = FitEvaluation(try EvaluationOptions(fitEvaluation.command, arguments))
    evaluation.model = arguments.value("embedding-model") ?? evaluation.model
    evaluation.name = arguments.value("name") ?? evaluation.name
    evaluation.version = try arguments.integer("version", in: 1...1_000_000) ?? 1
    let report = try await evaluation.run()
    if let path = arguments.value("out") {
        try report.file.write(to: URL(filePath: path), options: .atomic)
    }
    return try report.say(asJSON: arguments.has("json"))
}

/// The command line of `parley eval answers`.
package let answersEvaluation = ArgumentSpecification(
    "parley eval answers", words: "FILE…",
    summary: "Puts the paragraphs of files in SQuAD's form into an installation of its own, writes "
        + "their questions to its webhook as customers do, and counts what they were answered: "
        + "right, wrong, handed over. With --model-url also with that model, and says whether it "
        + "is weaker than the built-in answerer (then, and below a floor, it exits with 1). "
        + "A question of SQuAD 2.0 with is_impossible, or whose paragraph was left out, should be "
        + "handed over.",
    options: EvaluationOptions.asking + [
        .option(
            "leave-out", "N",
            "leaves out every N-th paragraph, whose questions nothing answers then"),
        .option("model-url", "URL", "an OpenAI-compatible chat server, tried besides"),
        .option("model", "NAME", "its model; the key comes from $PARLEY_MODEL_KEY"),
        .option("turn-time", "MILLISECONDS", "how long the model has (default: the product's)"),
        .option("compare", "FILE", "an earlier --json of the same questions: paired"),
        .option("floor", "SHARE", "fails where the built-in answerer's outcomes are right less"),
        .option("refusal-floor", "F1", "fails where it knows worse what nothing answers"),
        asJSON,
    ] + EvaluationOptions.embedding)

/// Runs `parley eval answers`; answers the process's exit code.
///
/// - Throws: `ConfigurationError` for a wrong command line, and what the evaluation met.
package func evaluateAnswers(_ arguments: Arguments) async throws -> Int32 {
    let command = answersEvaluation.command
    var evaluation = AnswersEvaluation(try EvaluationOptions(command, arguments))
    evaluation.leftOut = try arguments.integer("leave-out", in: 2...1_000_000)
    switch (arguments.value("model-url"), arguments.value("model")) {
    case (nil, nil): break
    case (let url?, let name?):
        evaluation.model = .init(
            url: url, name: name,
            key: ProcessInfo.processInfo.environment["PARLEY_MODEL_KEY"])
    default: throw ConfigurationError(command, "--model-url goes together with --model")
    }
    evaluation.turnTime = try arguments.integer("turn-time", in: 100...600_000)
    evaluation.before = try EvaluationOptions.earlier(AnswersReport.self, command, arguments)
    evaluation.floor = try EvaluationOptions.share("floor", command, arguments) ?? 0
    evaluation.refusalFloor =
        try EvaluationOptions.share("refusal-floor", command, arguments) ?? 0
    return try (await evaluation.run()).say(asJSON: arguments.has("json"))
}
