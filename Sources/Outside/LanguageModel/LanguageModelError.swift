/// Why a model server gave no usable answer; never holds the key or what was asked.
package enum LanguageModelError: Error, Sendable, Equatable, Codable, CustomStringConvertible {
    /// What may pass by itself.
    package enum Transient: String, Sendable, Codable {
        /// No connection, or it was lost.
        case connection
        /// The server took too long.
        case timeout
        /// The server asks for fewer requests (429).
        case rateLimited
        /// The server failed (5xx and its like).
        case serverError
    }

    /// What stays until somebody changes something.
    package enum Permanent: String, Sendable, Codable {
        /// The server does not accept the request (400, 413, 422).
        case invalidRequest
        /// The messages are longer than the model can read.
        case contextTooLong
        /// The key is missing, wrong or lacks a right (401, 403).
        case unauthorized
        /// The account has no credit left (402, or 429 that says so).
        case quotaExhausted
        /// The server knows no such model, or no such address (404).
        case notFound
        /// The URL is none, or leads where it may not.
        case invalidURL
        /// The server failed several times in a row and is left alone for a while.
        case unavailable
        /// The tenant has used up its tokens of the day.
        case budgetExhausted
    }

    /// Worth another try, no sooner than the server said.
    case transient(Transient, retryAfter: Duration?, detail: String)
    /// Not worth another try; the detail says what to change.
    case permanent(Permanent, detail: String)
    /// The server answered with something else than the interface promises.
    case malformedAnswer(detail: String)
    /// The task was cancelled.
    case cancelled

    /// What was wrong, in one word of a few.
    package var code: String {
        switch self {
        case .transient(let reason, _, _): reason.rawValue
        case .permanent(let reason, _): reason.rawValue
        case .malformedAnswer: "malformedAnswer"
        case .cancelled: "cancelled"
        }
    }

    /// One sentence for a log line.
    package var description: String {
        switch self {
        case .transient(let reason, let after, let detail):
            "the model server does not answer (\(reason.rawValue)): \(detail)"
                + (after.map { "; it asks to wait \($0)" } ?? "")
        case .permanent(let reason, let detail):
            "the model server refuses (\(reason.rawValue)): \(detail)"
        case .malformedAnswer(let detail):
            "the model server's answer makes no sense: \(detail)"
        case .cancelled:
            "the call of the model was cancelled"
        }
    }
}
