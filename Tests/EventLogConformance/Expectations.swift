import EventLog
import Testing

/// Expects `.permanent`.
func expectPermanent(_ body: () async throws -> Void) async throws {
    let error = await #expect(throws: EventLogError.self) { try await body() }
    guard case .permanent? = error else {
        Issue.record("not permanent: \(String(describing: error))")
        return
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
