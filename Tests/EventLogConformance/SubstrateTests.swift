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
    func broker() async throws {
        try await Substrate.broker.withLog { test in
            let name = test.name("of-the-broker")
            try await test.log.createTopics([
                TopicConfiguration(name: name, partitions: 3, cleanup: .delete(retention: nil))
            ])
            // What only a server can do: another client of it sees the topic.
            let seen = try await test.another().describeTopics().first { $0.name == name }
            #expect(seen?.partitions.count == 3)
        }
    }

    @Test("a log promises what is pinned for it", arguments: Substrate.available)
    func capabilities(on substrate: Substrate) async throws {
        try await substrate.withLog { test in
            #expect(test.log.capabilities == substrate.capabilities)
        }
    }
}
