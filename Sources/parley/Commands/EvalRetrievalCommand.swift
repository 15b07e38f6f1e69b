import Bench
import Configuration

/// Measures how good retrieval is.
enum EvalRetrievalCommand: Command {
    static let specification = retrievalEvaluation

    static func run(_ arguments: Arguments) async throws -> Int32 {
        try await evaluateRetrieval(arguments)
    }
}
