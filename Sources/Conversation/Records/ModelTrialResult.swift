/// What came of trying a model on the small set of cases that the program brings.
package struct ModelTrialResult: Hashable, Sendable, Codable {
    /// The model's name.
    package var model: String
    /// The server of a business's own model; `nil` for the installation's.
    package var server: String?
    /// Questions that were asked.
    package var questions: Int
    /// Those with the right outcome: answered right by the model itself, or handed over where
    /// nothing answers.
    package var right: Int
    /// The same of the built-in answerer.
    package var rightBuiltIn: Int
    /// Answers that say something else than the right ones, and got past all checks.
    package var wrong: Int
    /// The version of the prompt: its file's hash.
    package var promptHash: String
    /// When it was tried.
    package var at: Timestamp

    /// Describes an outcome.
    package init(
        model: String, server: String?, questions: Int, right: Int, rightBuiltIn: Int, wrong: Int,
        promptHash: String, at: Timestamp
    ) {
        self.model = model
        self.server = server
        self.questions = questions
        self.right = right
        self.rightBuiltIn = rightBuiltIn
        self.wrong = wrong
        self.promptHash = promptHash
        self.at = at
    }

    /// Whether customers are better served without it: fewer right outcomes than without a model.
    package var isWeak: Bool { right < rightBuiltIn }

    /// Whether it was this model of this server (`nil` for the installation's) that was tried.
    package func isAbout(_ model: String, at server: String?) -> Bool {
        self.model == model && self.server == server
    }
}
