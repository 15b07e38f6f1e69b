package import Conversation

/// Why a message was answered as it was, beside what its questions find today.
package struct AnswerReport: Hashable, Sendable, Codable {
    /// What a question finds today.
    package struct Today: Hashable, Sendable, Codable {
        /// The message that asks it.
        package var message: MessageID
        /// What is looked for: the same as then.
        package var query: String
        /// What is found, best first; cited are those whose very words the answer cites.
        package var passages: [AnswerReasons.Found]
    }

    /// How it was then.
    package var then: AnswerReasons
    /// What is found today; `nil` where nothing could be looked for.
    package var today: [Today]?

    /// Passages of today that are shown.
    package static let mostPassages = 6

    /// Tells of then alone.
    package init(_ then: AnswerReasons) { self.then = then }

    /// Looks for the questions of then again.
    ///
    /// - Throws: What the search throws.
    package static func today<Failure: Error>(
        of then: AnswerReasons,
        _ search: (TenantID, String, Int) async throws(Failure) -> [RankedPassage]
    ) async throws(Failure) -> [Today] {
        let cited = Set(then.questions.flatMap(\.passages).filter(\.isCited).map(\.contentHash))
        var today: [Today] = []
        for question in then.questions where !question.query.isEmpty {
            let found = try await search(then.tenant, question.query, mostPassages)
            today.append(
                Today(
                    message: question.message, query: question.query,
                    passages: found.map {
                        AnswerReasons.Found($0, isCited: cited.contains($0.contentHash))
                    }))
        }
        return today
    }
}
