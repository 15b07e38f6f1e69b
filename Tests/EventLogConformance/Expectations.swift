import EventLog
import PipelineTesting
import Testing

/// Expects `.permanent`.
func expectPermanent(_ body: () async throws -> Void) async throws {
    let error = await #expect(throws: EventLogError.self) { try await body() }
    guard case .permanent? = error else {
        Issue.record("not permanent: \(String(describing: error))")
        return
    }
}

/// Expects that a topic that there is none of is refused: for good, but for brokers, which know no
/// topic for a moment when they have just started.
func expectUnknownTopic(
    on substrate: Substrate, _ body: () async throws -> Void
) async throws {
    let error = await #expect(throws: EventLogError.self) { try await body() }
    switch error {
    case .permanent? where substrate != .broker: return
    case .transient? where substrate == .broker: return
    default: Issue.record("\(substrate): \(String(describing: error))")
    }
}

/// Expects `.fenced`.
func expectFenced(_ body: () async throws -> Void) async {
    let error = await #expect(throws: EventLogError.self) { try await body() }
    guard case .fenced? = error else {
        Issue.record("not fenced: \(String(describing: error))")
        return
    }
}

/// Expects `.superseded`.
func expectSuperseded(_ body: () async throws -> Void) async {
    let error = await #expect(throws: EventLogError.self) { try await body() }
    guard case .superseded? = error else {
        Issue.record("not superseded: \(String(describing: error))")
        return
    }
}
