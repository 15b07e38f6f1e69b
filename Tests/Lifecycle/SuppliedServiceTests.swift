import Testing

@testable import Lifecycle

@Suite("A service that waits for what it needs")
struct SuppliedServiceTests {
    /// Notes when it began.
    private final class Recorded: DrainingService {
        let name = "recorded"
        let began = OneTimeValue<Void>()
        let drained = OneTimeValue<Void>()

        func run() async throws {
            began.set(())
            _ = await drained.get()
        }
        func drain() async { drained.set(()) }
    }

    @Test("it begins only when that is there")
    func waits() async throws {
        let isThere = OneTimeValue<Void>()
        let asked = OneTimeValue<Void>()
        let recorded = Recorded()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let service = SuppliedService(recorded) {
                asked.set(())
                return isThere.current != nil
            }
            group.addTask { try await service.run() }
            _ = await asked.get()
            #expect(recorded.began.current == nil)
            isThere.set(())
            _ = await recorded.began.get()
            await service.drain()
            try await group.waitForAll()
        }
    }

    @Test("one that is drained before never begins")
    func drained() async throws {
        let recorded = Recorded()
        let service = SuppliedService(recorded) { false }
        await service.drain()
        try await service.run()
        #expect(recorded.began.current == nil)
    }
}
