import Conversation
import HTTPServer

/// What is known of an act by its key.
enum IdempotencyEntry: Hashable, Sendable {
    /// Somebody does it since then.
    case running(bodyHash: String, since: Timestamp, run: String)
    /// It was done then, and answered so; without an answer where that held a secret.
    case finished(bodyHash: String, at: Timestamp, KeptAnswer?)
    /// It was refused, or failed: it may be sent again, corrected.
    case open
}

/// What is to be done with a request that names its act.
enum IdempotencyDecision: Hashable {
    /// Do it.
    case run
    /// Answer as before.
    case replay(KeptAnswer)
    /// Refuse.
    case refuse(Problem)
}

/// Decides by what is known alone.
enum IdempotencyRule {
    /// Answers are kept for so long: a day at least (Stripe keeps them so, and callers rely on it).
    static let keeping: Duration = .seconds(24 * 3600)
    /// Nothing runs longer than the server's own limit on a request: who has not finished by then
    /// has died, and the act may be tried again; its reference keeps it from being done twice.
    static let longestRun: Duration = .seconds(120)

    /// Whether an answer of this status says that nothing was done, for certain: what failed
    /// (5xx) may be done all the same.
    static func isRefusal(_ status: Int) -> Bool { (400..<500).contains(status) }

    static func decide(
        _ entry: IdempotencyEntry?, bodyHash: String, at now: Timestamp
    ) -> IdempotencyDecision {
        switch entry {
        case nil, .open: return .run
        case .running(let other, let since, _):
            if now.since(since) > longestRun { return .run }
            guard other == bodyHash else { return .refuse(reused) }
            return .refuse(
                Problem(
                    .idempotencyRunning,
                    "the same request is being carried out; ask again in a moment"))
        case .finished(let other, let at, let answer):
            if now.since(at) > keeping { return .run }
            guard other == bodyHash else { return .refuse(reused) }
            guard let answer else {
                return .refuse(.secretWasShown)
            }
            return .replay(answer)
        }
    }

    private static let reused = Problem(
        .idempotencyReused,
        "this Idempotency-Key was used for a request with another body; use a fresh one")
}

/// An answer as it is kept: what a replay says again.
struct KeptAnswer: Hashable, Sendable, Codable {
    /// The status, 2xx or 3xx.
    let status: Int
    /// Header lines, in order.
    let headers: [[String]]
    /// The body.
    let body: [UInt8]

    /// What a replay is marked with, as Stripe does.
    private static let mark = (name: "Idempotent-Replayed", value: "true")

    /// Takes a response over, but for cookies: those are whoever's who was there the first time.
    init(_ response: HTTPResponse) {
        status = response.status
        headers = response.headers.filter { $0.name.lowercased() != "set-cookie" }.map {
            [$0.name, $0.value]
        }
        body = response.body
    }

    /// The response again, marked.
    var response: HTTPResponse {
        let lines = headers.compactMap { $0.count == 2 ? (name: $0[0], value: $0[1]) : nil }
        return HTTPResponse(status: status, headers: lines + [Self.mark], body: body)
    }
}
