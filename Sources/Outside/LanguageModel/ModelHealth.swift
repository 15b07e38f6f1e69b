package import Conversation
import Synchronization

/// How the model servers of a process do: each behind a circuit breaker of its own.
package final class ModelHealth: Sendable {
    /// What came of a call.
    package struct Observation: Sendable, Equatable {
        /// What the server is for: `chat`, `embedding`.
        package var kind: String
        /// The server's base URL, without what is secret in it.
        package var server: String
        /// `answered`, `failed`, or `not_asked` where the breaker was open.
        package var outcome: String
        /// How long it took, in milliseconds.
        package var milliseconds: Int64
        /// Whether the server is taken for able to answer from now on.
        package var isAvailable: Bool
        /// Whether that is news.
        package var isChange: Bool
        /// What was wrong, as ``LanguageModelError`` names it; `nil` where nothing was.
        package var failure: String?
    }

    private let breakers = Mutex<[String: CircuitBreaker]>([:])
    private let now: @Sendable () -> Timestamp
    private let tell: @Sendable (Observation) -> Void

    /// Nothing is known of any server; `tell` hears of each call.
    package init(
        now: @escaping @Sendable () -> Timestamp,
        tell: @escaping @Sendable (Observation) -> Void = { _ in }
    ) {
        self.now = now
        self.tell = tell
    }

    /// Makes a call of a server, unless its breaker is open.
    ///
    /// - Throws: What the call throws; a permanent error where the server is not asked.
    package func call<Answer: Sendable>(
        _ kind: String, at server: String,
        _ body: () async throws(LanguageModelError) -> Answer
    ) async throws(LanguageModelError) -> Answer {
        let began = now()
        let name = "\(kind) \(server)"
        if let until = breakers.withLock({ $0[name, default: CircuitBreaker()].admit(at: began) }) {
            note(kind, server, "not_asked", since: began, name) { _ in }
            throw .permanent(
                .unavailable,
                detail: "it failed several times and is not asked until \(until.rfc3339)")
        }
        do throws(LanguageModelError) {
            let answer = try await body()
            note(kind, server, "answered", since: began, name) { $0.succeeded() }
            return answer
        } catch {
            let now = now()
            note(kind, server, "failed", since: began, name, error.code) { breaker in
                switch error {
                case .cancelled, .permanent(.contextTooLong, _): breaker.leftOpen()
                // The server did answer: what it was asked was wrong.
                case .permanent(.invalidRequest, _): breaker.succeeded()
                default: breaker.failed(at: now)
                }
            }
            throw error
        }
    }

    private func note(
        _ kind: String, _ server: String, _ outcome: String, since began: Timestamp,
        _ name: String, _ failure: String? = nil, _ change: (inout CircuitBreaker) -> Void
    ) {
        let (before, after) = breakers.withLock { breakers in
            let before = breakers[name, default: CircuitBreaker()].isClosed
            change(&breakers[name, default: CircuitBreaker()])
            return (before, breakers[name, default: CircuitBreaker()].isClosed)
        }
        tell(
            Observation(
                kind: kind, server: server, outcome: outcome,
                milliseconds: now().since(began).wholeMilliseconds, isAvailable: after,
                isChange: before != after, failure: failure))
    }
}
