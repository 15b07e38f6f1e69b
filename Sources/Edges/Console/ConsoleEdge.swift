import Conversation
import Endpoints
import HTTPServer
import Idempotency
import NetworkAddress
import RateLimits
import Telemetry

/// What the console does around all of its endpoints: rate limits, and acts that are done once.
struct ConsoleEdge: EndpointEdge {
    let gate: RateGate
    let store: IdempotencyStore
    /// Where a request came from, as far as proxies are trusted.
    let address: @Sendable (HTTPRequest) async -> IPAddress?
    let logger: Logger
    let now: @Sendable () -> Timestamp

    /// What it refuses with, whoever asks.
    static let problems: [Problem.Kind] = [.tooManyRequests]
    /// What it refuses with where an act has a name.
    static let onceProblems: [Problem.Kind] = [
        .idempotencyKeyMissing, .idempotencyKeyInvalid, .idempotencyRunning, .idempotencyReused,
        .notStored,
    ]

    func answer(
        _ request: HTTPRequest, of endpoint: Endpoint, about tenant: TenantID?,
        from caller: Principal, by run: (Arrival) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        let client = await address(request)
        let verdicts = gate.take(from: client, by: caller, about: tenant, at: now())
        let lines = RateLimitHeaders.lines(verdicts)
        guard verdicts.allSatisfy(\.verdict.isAllowed) else {
            return Problem(
                .tooManyRequests,
                "that was too often; wait as many seconds as Retry-After says"
            ).response(headers: lines)
        }
        do {
            var response = try await once(
                request, of: endpoint, about: tenant, caller, from: client?.description, run)
            // What was upgraded is no answer of the API any more.
            if response.status != 101 { response.headers += lines }
            return response
        } catch let problem as Problem {
            return problem.response(headers: lines)
        }
    }

    private func once(
        _ request: HTTPRequest, of endpoint: Endpoint, about tenant: TenantID?,
        _ caller: Principal, from client: String?, _ run: (Arrival) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        guard endpoint.repeating != .harmless else {
            return try await run(try OpenEdge.arrival(from: client))
        }
        // Who is not let in is told so, whether or not they name an act.
        var name = caller.caller
        if case .nobody = caller {
            guard endpoint.access == .anyone else {
                return try await run(Arrival(reference: "", client: client))
            }
            // Two strangers who happen to take the same key are two.
            name += "@\(client ?? "")"
        }
        let key = try IdempotencyKey(of: request)
        let scope = try IdempotencyScope(
            tenant: tenant?.rawValue ?? "", caller: name, request, key)
        // What stands in the query is part of what is asked for.
        let asked = Array(request.target.utf8) + [0] + request.body
        switch try await begin(scope, asked) {
        case .replay(let response): return response
        case .run(let begun):
            do {
                let response = try await run(
                    Arrival(
                        reference: begun.reference, client: client,
                        begunBefore: begun.begunBefore))
                let isSecret = endpoint.repeating == .onceWithSecret
                await keep {
                    try await store.finish(
                        begun, response, keeping: isSecret ? .nothingButTheFact : .wholeAnswer,
                        at: now())
                }
                return response
            } catch {
                let problem = error as? Problem
                await keep {
                    // Nobody knew that it was done until the handler looked.
                    if problem?.kind == .idempotencySecret {
                        try await store.finish(
                            begun, HTTPResponse(status: 200), keeping: .nothingButTheFact,
                            at: now())
                    } else {
                        try await store.abandon(begun, status: problem?.kind.status ?? 500)
                    }
                }
                throw error
            }
        }
    }

    private func begin(
        _ scope: IdempotencyScope, _ asked: [UInt8]
    ) async throws -> IdempotencyStore.Beginning {
        do {
            return try await store.begin(scope, body: asked, at: now())
        } catch let problem as Problem {
            throw problem
        } catch {
            logger.error("what was done once cannot be looked up", [.error: .error(error)])
            throw Problem(.notStored, "nothing was done: what was done before cannot be looked up")
        }
    }

    /// The act is done, whatever becomes of the note about it.
    private func keep(_ work: () async throws -> Void) async {
        do {
            try await work()
        } catch {
            logger.error("what was done once cannot be noted", [.error: .error(error)])
        }
    }
}

extension Problem.Kind {
    /// It was asked too often.
    static let tooManyRequests = Self(429, "too_many_requests")
}
