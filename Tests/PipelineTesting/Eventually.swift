/// It did not happen in time.
package struct NeverHappened: Error, CustomStringConvertible {
    /// What did not happen.
    package var description: String

    /// Names what did not happen.
    package init(description: String) {
        self.description = description
    }
}

/// How long what must happen is waited for.
///
/// A loaded machine takes long, and only a failure waits to the end: generous is free.
package let patience = Duration.seconds(180)

/// Waits until something is found; asks again after each `pause`.
///
/// - Throws: ``NeverHappened`` when the time is over.
@discardableResult
package func eventually<Found>(
    _ what: String, within limit: Duration = patience,
    pause: Duration = .milliseconds(20), _ find: () async throws -> Found?
) async throws -> Found {
    let deadline = ContinuousClock.now + limit
    while true {
        if let found = try await find() { return found }
        guard ContinuousClock.now < deadline else {
            throw NeverHappened(description: "it never happened in \(limit): \(what)")
        }
        try await Task.sleep(for: pause)
    }
}

/// Waits until something is so.
package func eventually(
    _ what: String, within limit: Duration = patience, isSo: () async throws -> Bool
) async throws {
    try await eventually(what, within: limit) { try await isSo() ? true : nil }
}
