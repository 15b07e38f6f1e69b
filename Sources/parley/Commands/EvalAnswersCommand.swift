import Bench
import Configuration

/// Measures how right answers are, and whether a model is weaker than none.
enum EvalAnswersCommand: Command {
    static let specification = answersEvaluation

    static func run(_ arguments: Arguments) async throws -> Int32 {
        try await evaluateAnswers(arguments)
    }
}
