package import Conversation

/// How a model server does, as a process sees it that asks it.
package struct ModelServerReport: Hashable, Sendable, Codable {
    /// What it is for: `chat`, `embedding`, `transcription`, `rerank`.
    package var kind: String
    /// Its base URL, without what is secret in it.
    package var server: String
    /// Whether it is asked: not after it failed several times in a row, for a while.
    package var isAvailable: Bool
    /// What was wrong when a call last failed, in one word of a few; `nil` where none has.
    package var failure: String?
    /// When that was.
    package var failedAt: Timestamp?

    /// Describes a server.
    package init(
        kind: String, server: String, isAvailable: Bool, failure: String? = nil,
        failedAt: Timestamp? = nil
    ) {
        self.kind = kind
        self.server = server
        self.isAvailable = isAvailable
        self.failure = failure
        self.failedAt = failedAt
    }

    /// What was wrong, in words.
    package var words: String? {
        guard let failure else { return nil }
        return Self.words[failure] ?? failure
    }

    private static let words = [
        "connection": "there is no connection to it",
        "timeout": "it took too long to answer",
        "rateLimited": "it asks for fewer requests",
        "serverError": "it failed",
        "invalidRequest": "it does not take what it is asked",
        "contextTooLong": "it cannot read so much",
        "unauthorized": "its key is missing, wrong or lacks a right",
        "quotaExhausted": "the account has no credit left",
        "notFound": "it knows no such model, or no such address",
        "invalidURL": "its URL is none, or leads where it may not",
        "malformedAnswer": "what it answers is no answer",
    ]
}
