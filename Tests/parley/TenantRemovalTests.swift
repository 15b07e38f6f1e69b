import Testing

@testable import parley

@Suite("Disconnecting a business")
struct TenantRemovalTests {
    @Test("the demo business is said to come back")
    func demo() throws {
        let demo = try #require(DemoBusiness.tenant)
        let lines = TenantRemoveCommand.report(of: demo, demo: demo)
        #expect(lines.contains { $0.text.contains("--no-simulator") })
        #expect(TenantRemoveCommand.report(of: "other", demo: demo) == ["other is disconnected"])
    }
}
