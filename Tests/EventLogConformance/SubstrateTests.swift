import EventLog
import PipelineTesting
import Testing

@Suite("Substrates")
struct SubstrateTests {
    @Test("every substrate that the environment demands is here")
    func required() {
        for name in Substrate.required where name != "mockBroker" {
            #expect(Substrate.available.contains { $0.rawValue == name }, "\(name) is missing")
        }
    }

    @Test(
        "the contract is tested on a broker",
        .enabled(if: Substrate.available.contains(.broker), Comment(rawValue: BrokerSubstrate.hint))
    )
    func broker() {}

    @Test("a log promises what is pinned for it", arguments: Substrate.available)
    func capabilities(on substrate: Substrate) async throws {
        try await substrate.withLog { test in
            #expect(test.log.capabilities == substrate.capabilities)
        }
    }
}
