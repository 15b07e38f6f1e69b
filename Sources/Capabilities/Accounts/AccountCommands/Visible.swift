/// Waits for what was decided to be seen where it is read: a view follows a moment later, and
/// another than the one that the decision answered in.
package enum Visible {
    /// How long is waited at most.
    private static let patience = Duration.seconds(10)
    /// How often it is looked for.
    private static let look = Duration.milliseconds(10)

    /// Waits until something is seen; after a while, or where nobody waits for the answer any more,
    /// no longer: it is decided all the same, and whoever looks later sees it.
    package static func wait<Failure>(
        until isSeen: () async throws(Failure) -> Bool
    ) async throws(Failure) {
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            if try await isSeen() { return }
            do { try await Task.sleep(for: look) } catch { return }
        }
    }
}
