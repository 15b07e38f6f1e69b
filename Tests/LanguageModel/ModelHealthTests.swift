import Conversation
import Synchronization
import Testing

@testable import LanguageModel

@Suite("The health of model servers")
struct ModelHealthTests {
    /// A clock that is set, and what was told.
    private final class World: Sendable {
        let now = Mutex(Timestamp(seconds: 1_000))
        let told = Mutex<[ModelHealth.Observation]>([])

        var health: ModelHealth {
            ModelHealth(now: { self.now.withLock { $0 } }) { seen in
                self.told.withLock { $0.append(seen) }
            }
        }

        func pass(_ time: Duration) { now.withLock { $0 = $0 + time } }
        var outcomes: [String] { told.withLock { $0.map(\.outcome) } }
    }

    private static let failure = LanguageModelError.transient(
        .serverError, retryAfter: nil, detail: "500")

    private func fail(_ health: ModelHealth) async -> LanguageModelError? {
        do throws(LanguageModelError) {
            _ = try await health.call("chat", at: "s") {
                () async throws(LanguageModelError) -> Int in
                throw Self.failure
            }
            return nil
        } catch {
            return error
        }
    }

    @Test("after some failures in a row a server is left alone, then tried once, then asked again")
    func breaker() async throws {
        let world = World()
        let health = world.health
        for _ in 0..<CircuitBreaker.mostFailures {
            #expect(await fail(health) == Self.failure)
        }
        guard case .permanent(.unavailable, _)? = await fail(health) else {
            Issue.record("a server that fails is asked again and again")
            return
        }
        #expect(world.outcomes.last == "not_asked")
        // Another server, and the same for something else, are not concerned.
        #expect(try await health.call("chat", at: "t") { 1 } == 1)
        #expect(try await health.call("embedding", at: "s") { 2 } == 2)
        world.pass(CircuitBreaker.firstPause)
        #expect(await fail(health) == Self.failure, "one call tries")
        guard case .permanent(.unavailable, _)? = await fail(health) else {
            Issue.record("a failed try opens nothing")
            return
        }
        world.pass(CircuitBreaker.firstPause * 2)
        #expect(try await health.call("chat", at: "s") { 3 } == 3)
        #expect(try await health.call("chat", at: "s") { 4 } == 4)
        let changes = world.told.withLock { $0.filter(\.isChange).map(\.isAvailable) }
        #expect(changes == [false, true])
    }

    @Test("what was asked wrongly says nothing against a server")
    func wrongRequests() async throws {
        let world = World()
        let health = world.health
        for _ in 0..<20 {
            await #expect(throws: LanguageModelError.self) {
                try await health.call("chat", at: "s") {
                    () async throws(LanguageModelError) -> Int in
                    throw .permanent(.contextTooLong, detail: "")
                }
            }
        }
        #expect(try await health.call("chat", at: "s") { 1 } == 1)
    }

    @Test("only one call at a time tries a server that failed")
    func oneTry() {
        var breaker = CircuitBreaker()
        let now = Timestamp(seconds: 0)
        for _ in 0..<CircuitBreaker.mostFailures { breaker.failed(at: now) }
        let later = now + CircuitBreaker.firstPause
        #expect(breaker.admit(at: now) == later)
        #expect(breaker.admit(at: later) == nil)
        #expect(breaker.admit(at: later) != nil)
        breaker.leftOpen()
        #expect(breaker.admit(at: later) == nil)
    }
}
