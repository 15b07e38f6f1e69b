import Testing

@testable import parley

@Suite("Disconnecting a business")
struct TenantRemovalTests {
    @Test("the demo business is said to come back")
    func demo() throws {
        let demo = try #require(DemoBusiness.tenant)
        let lines = TenantRemoveCommand.report(of: demo, demo: demo)
        #expect(lines.contains { $0.text.contains("--no-simulator") })
        let other = TenantRemoveCommand.report(of: "other", demo: demo)
        #expect(other.first == "other is disconnected")
        #expect(!other.contains { $0.text.contains("--no-simulator") })
    }

    @Test("whoever disconnects is told how to remove for good")
    func pointer() {
        let lines = TenantRemoveCommand.report(of: "other", demo: nil)
        #expect(lines.contains { $0.text.contains("parley tenant purge other") })
    }
}
