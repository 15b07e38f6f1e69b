/// A service that begins only when what it needs is there.
package struct SuppliedService: DrainingService {
    /// How long to wait before it is asked again whether all is there.
    private static let pause = Duration.milliseconds(5)

    private let service: any DrainingService
    private let isSupplied: @Sendable () -> Bool
    private let draining = OneTimeValue<Void>()

    /// Wraps a service; `isSupplied` is asked until it says yes.
    package init(
        _ service: any DrainingService, when isSupplied: @escaping @Sendable () -> Bool
    ) {
        self.service = service
        self.isSupplied = isSupplied
    }

    /// The wrapped service's name.
    package var name: String { service.name }

    /// Waits, then runs the service; one that is drained while it waits never begins.
    package func run() async throws {
        while !isSupplied() {
            guard await draining.get(within: Self.pause) == nil else { return }
            try Task.checkCancellation()
        }
        try await service.run()
    }

    /// Ends the waiting, and drains the service.
    package func drain() async {
        draining.set(())
        await service.drain()
    }
}
