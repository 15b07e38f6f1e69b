package import Configuration
import Foundation

/// The command line of `parley eval retrieval`.
package let retrievalEvaluation = ArgumentSpecification(
    "parley eval retrieval", words: "FILE…",
    summary: "Puts the paragraphs of files in SQuAD's form into an installation of its own, each "
        + "a document, asks their questions as customers do, and counts how often the right one "
        + "comes first.",
    options: [
        .option(
            "questions", "FILE",
            "asks this file's questions instead: the same paragraphs in "
                + "another language, one for each FILE (may repeat)", repeats: true),
        .flag("together", "puts all files into one business's index"),
        .option(
            "variant", "NAME",
            "whole (default), misspelt (two of five longer words) or keywords (the three rarest)"),
        .option("seed", "N", "for what is misspelt (default: 1)"),
        .option("embedding-url", "URL", "an embedding server (default: words alone)"),
        .option("embedding-cache", "DIR", "keeps its vectors, for the next evaluation"),
        .option("compare", "FILE", "an earlier --json of the same questions: R@1 paired"),
        .option("most", "N", "questions of each file, spread over it (default: all)"),
        .option("floor", "SHARE", "fails where fewer come first, such as 0.95"),
        .flag("json", "prints the figures as JSON"),
    ])

/// Runs `parley eval retrieval`; answers the process's exit code.
///
/// - Throws: `ConfigurationError` for a wrong command line, and what the evaluation met.
package func evaluateRetrieval(_ arguments: Arguments) async throws -> Int32 {
    guard !arguments.words.isEmpty else {
        throw ConfigurationError("parley eval retrieval", "name a file in SQuAD's form")
    }
    var evaluation = RetrievalEvaluation(documents: arguments.words)
    evaluation.questions = arguments.all("questions")
    evaluation.embeddingURL = arguments.value("embedding-url")
    evaluation.most = try arguments.integer("most", in: 1...1_000_000) ?? evaluation.most
    evaluation.cache = arguments.value("embedding-cache")
    evaluation.isTogether = arguments.has("together")
    evaluation.seed = UInt64(try arguments.integer("seed", in: 0...Int.max) ?? 1)
    if let name = arguments.value("variant") {
        guard let variant = QuestionVariant(rawValue: name) else {
            throw ConfigurationError(
                "parley eval retrieval",
                "--variant is '\(name)', but should be one of "
                    + QuestionVariant.allCases.map(\.rawValue).joined(separator: ", "))
        }
        evaluation.variant = variant
    }
    if let path = arguments.value("compare") {
        do {
            let bytes = try Data(contentsOf: URL(filePath: path))
            evaluation.before = try JSONDecoder().decode(RetrievalReport.self, from: bytes)
        } catch {
            throw ConfigurationError(
                "parley eval retrieval", "--compare \(path) is no report: \(error)")
        }
    }
    if let floor = arguments.value("floor") {
        guard let share = Double(floor), (0...1).contains(share) else {
            throw ConfigurationError(
                "parley eval retrieval", "--floor is '\(floor)', but should be 0 to 1")
        }
        evaluation.floor = share
    }
    return try (await evaluation.run()).say(asJSON: arguments.has("json"))
}

/// The command line of `parley eval fit`.
package let fitEvaluation = ArgumentSpecification(
    "parley eval fit", words: "FILE…",
    summary: "Fits what tells how likely a passage answers, on files in SQuAD's form, each asked "
        + "with its paragraphs there and not there; files of the same paragraphs in several "
        + "languages are asked each other's questions, too. Tells how good that is on documents "
        + "that the fit has not seen.",
    options: [
        .option("embedding-url", "URL", "an embedding server (default: words alone)"),
        .option("embedding-cache", "DIR", "keeps its vectors, for the next evaluation"),
        .option("embedding-model", "NAME", "the model's name (default: multilingual-e5-small)"),
        .option("name", "NAME", "the coefficients' name (default: fit)"),
        .option("version", "N", "and their version (default: 1)"),
        .option("out", "FILE", "writes the coefficients, such as Pipelines/answerability.json"),
        .flag("json", "prints the figures as JSON"),
    ])

/// Runs `parley eval fit`; answers the process's exit code.
///
/// - Throws: `ConfigurationError` for a wrong command line, and what the evaluation met.
package func evaluateFit(_ arguments: Arguments) async throws -> Int32 {
    guard !arguments.words.isEmpty else {
        throw ConfigurationError("parley eval fit", "name a file in SQuAD's form")
    }
    var evaluation = FitEvaluation(files: arguments.words)
    evaluation.embeddingURL = arguments.value("embedding-url")
    evaluation.cache = arguments.value("embedding-cache")
    evaluation.model = arguments.value("embedding-model") ?? evaluation.model
    evaluation.name = arguments.value("name") ?? evaluation.name
    evaluation.version = try arguments.integer("version", in: 1...1_000_000) ?? 1
    let report = try await evaluation.run()
    if let path = arguments.value("out") {
        try report.file.write(to: URL(filePath: path), options: .atomic)
    }
    return try report.say(asJSON: arguments.has("json"))
}
