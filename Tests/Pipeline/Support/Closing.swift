import WebSocket

extension WebSocketClient {
    /// How long after an act the other side closed, and with which code.
    func closing(
        after act: () async throws -> Void
    ) async throws -> (time: Duration, code: UInt16?) {
        let clock = ContinuousClock()
        let closed = Task { () -> ContinuousClock.Instant in
            while await self.next() != nil {}
            return clock.now
        }
        let limit = Task {
            // Cancelled, it is no limit any more.
            guard (try? await Task.sleep(for: .seconds(20))) != nil else { return }
            self.close()
        }
        try await act()
        let done = clock.now
        let end = await closed.value
        limit.cancel()
        return (end - done, close?.code)
    }
}
