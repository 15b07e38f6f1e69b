package import Conversation
import Endpoints
package import JSON

/// What came of trying a model, as the API shows it.
package struct ModelTrialListing: Hashable, Sendable, Codable {
    /// The model's name.
    package var model: String
    /// Questions that were asked.
    package var questions: Int
    /// Those with the right outcome, by the model itself.
    package var right: Int
    /// The same of the built-in answerer.
    package var rightBuiltIn: Int
    /// Answers of the model that were wrong and got past all checks.
    package var wrong: Int
    /// Whether it is weaker than the built-in answerer, which then answers in its place.
    package var isWeak: Bool
    /// The version of the prompt: its file's hash.
    package var promptHash: String
    /// When it was tried.
    package var at: Timestamp

    /// Shows what came of a trial.
    package init(_ trial: ModelTrialResult) {
        model = trial.model
        questions = trial.questions
        right = trial.right
        rightBuiltIn = trial.rightBuiltIn
        wrong = trial.wrong
        isWeak = trial.isWeak
        promptHash = trial.promptHash
        at = trial.at
    }
}

extension ModelTrialListing: Described {
    package static let schema = JSONSchema.object(
        [
            .required("model", .text("The model's name.")),
            .required("questions", .count("Questions that were asked.")),
            .required("right", .count("Those with the right outcome, by the model itself.")),
            .required("rightBuiltIn", .count("The same of the built-in answerer.")),
            .required("wrong", .count("Wrong answers that got past all checks.")),
            .required(
                "isWeak", .boolean("Whether the built-in answerer answers in its place.")),
            .required("promptHash", .text("The version of the prompt: its file's hash.")),
            .required("at", .time("When it was tried.")),
        ], named: "ModelTrial")
}
