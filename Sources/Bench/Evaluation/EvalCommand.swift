package import Configuration

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
        .option("embedding-url", "URL", "an embedding server (default: words alone)"),
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
    if let floor = arguments.value("floor") {
        guard let share = Double(floor), (0...1).contains(share) else {
            throw ConfigurationError(
                "parley eval retrieval", "--floor is '\(floor)', but should be 0 to 1")
        }
        evaluation.floor = share
    }
    return try (await evaluation.run()).say(asJSON: arguments.has("json"))
}
