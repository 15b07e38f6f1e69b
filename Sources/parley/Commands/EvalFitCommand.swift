import Bench
import Configuration

/// Fits what tells how likely a passage answers.
enum EvalFitCommand: Command {
    static let specification = fitEvaluation

    static func run(_ arguments: Arguments) async throws -> Int32 {
        try await evaluateFit(arguments)
    }
}
