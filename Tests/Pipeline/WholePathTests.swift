import FoundationEssentials
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// What a newcomer does first, on both logs.
@Suite(.ownInstallation)
struct WholePathTests {
    @Test("on SQLite a question is answered, an agent takes over, and a restart changes nothing")
    func onSQLite() async throws { try await walk([]) }

    @Test(
        "on a broker a question is answered, an agent takes over, and a restart changes nothing",
        .enabled(if: TestBroker.isAvailable, "\(TestBroker.missing)"))
    func onBroker() async throws {
        try await walk(["--log", "kafka:\(try TestBroker.bootstrapServers())"])
    }

    private func walk(_ options: [String]) async throws {
        let begun = Date()
        let clock = ContinuousClock()
        let startOfFirst = clock.now
        let first = try await RunningInstallation.start(options)
        let firstTook = clock.now - startOfFirst
        var installation = first
        do {
            try await firstQuestion(installation)
            try await Self.handoff(installation)
            let documents = try await Self.documents(installation)
            let replay = ReplayCheck(of: installation, options, since: begun)
            try await replay.replaysReachNobody(installation)
            try await replay.runningStateIsRefused()
            try await installation.stop()
            if options.isEmpty { try await replay.stateIsRebuilt() }
            let startOfSecond = clock.now
            installation = try await RunningInstallation.start(options, after: first)
            let took = clock.now - startOfSecond
            // It has less to do; only one that waits for the first one's leases to end is slower.
            #expect(took < max(.seconds(20), firstTook * 3), "the second start took \(took)")
            #expect(!installation.output.contains("reading"), "a document was set up twice")
            #expect(try await Self.documents(installation) == documents)
            let customer = Customer(in: installation)
            let reply = try await customer.ask("What time do you open on Saturday?")
            #expect(reply.text.contains("On Saturday we open at 9:00"))
            if !options.isEmpty { try await WebhookTests.sendTooLarge(to: installation) }
        } catch {
            installation.tell(about: error)
            await installation.end()
            throw error
        }
        try await installation.stop()
    }

    /// The documents and what became of them.
    private static func documents(_ installation: RunningInstallation) async throws -> [[String]] {
        let path = "/api/v1/tenants/\(RunningInstallation.demo)/documents"
        let list = try await installation.console.call(.get, path)["documents"].elements
        #expect(list.count == 7)
        return list.map { document in
            ["id", "name", "outcome", "passages", "uploadedAt"].map { "\(document[$0])" }
        }
    }

    private func firstQuestion(_ installation: RunningInstallation) async throws {
        let ask = ["simulate", "message", "--data", installation.data, "--from", "+34600111222"]
        let asked = try await ParleyProgram.run(
            ask + ["--json", "--text", "What time do you open on Saturday?"])
        try #require(asked.exit == .code(0), "\(asked.output)")
        let report = try JSON(Array(asked.output.utf8))
        #expect(report["text"].string?.contains("On Saturday we open at 9:00") == true)
        let citation = try #require(report["citations"].elements.first)
        #expect(citation["documentName"].string == "opening-hours-and-location.md")
        #expect(report["provenance"]["positions"].elements.count == 1)
        let view = try await installation.simulator.call(
            .get, "/api/v1/conversations/\(RunningInstallation.demo)/34600111222")
        let wamid = try #require(report["answers"].elements.first)
        #expect(view["read"].elements.contains(wamid))
        #expect(view["typing"].elements.contains(wamid))
        #expect(view["messages"].elements.count == 1)
    }

    /// From an unanswerable question to the bot's return.
    static func handoff(
        _ installation: RunningInstallation, business: String = RunningInstallation.demo
    ) async throws {
        let customer = Customer(of: business, in: installation)
        let ana = try await Agent.connect("ana", name: "Ana", of: business, in: installation)
        let ben = try await Agent.connect("ben", name: "Ben", of: business, in: installation)
        let notice = try await customer.ask("Do you sell surfboards?")
        #expect(notice.text.contains("colleague"))
        let isOurs = { @Sendable (handoff: JSON) in
            handoff["customer"]["phone"].string == customer.phone
        }
        let handoff = try await eventually("the handoff is listed") {
            try await installation.console.call(.get, "/api/v1/tenants/\(business)/handoffs")[
                "handoffs"
            ]
            .elements.first(where: isOurs)
        }
        #expect(handoff["reason"].string == "unanswered")
        #expect(handoff["summary"].string?.contains("Do you sell surfboards?") == true)
        let conversation = try #require(handoff["conversation"].string)
        for agent in [ana, ben] {
            _ = try await agent.hear("the handoff") { isOurs($0["handoff"]) }
        }

        async let anaClaims = ana.ask("claim", conversation)
        async let benClaims = ben.ask("claim", conversation)
        let claims = try await [anaClaims, benClaims]
        try #require(Set(claims.map { $0["type"].string }) == ["accepted", "refused"], "\(claims)")
        let anaWon = claims[0]["type"].string == "accepted"
        #expect(claims[anaWon ? 1 : 0]["holder"].string == (anaWon ? "Ana" : "Ben"))
        let (winner, loser) = anaWon ? (ana, ben) : (ben, ana)

        let read = try await winner.ask("read", conversation)
        let lines = read["transcript"]["lines"].elements
        #expect(lines.first?["speaker"].string == "customer")
        #expect(lines.first?["text"].string == "Do you sell surfboards?")
        #expect(lines.contains { $0["text"].string == notice.text })
        let uninvited = try await loser.ask("send", conversation, text: "Not my customer")
        #expect(uninvited["type"].string == "refused")
        let sent = try await winner.ask("send", conversation, text: "We do not, but we rent them.")
        #expect(sent["type"].string == "accepted")
        let seen = try await customer.seen(atLeast: 2)
        #expect(seen.map(\.text) == [notice.text, "We do not, but we rent them."])

        try await customer.write("What time do you open on Saturday?")
        let suggestion = try await winner.hear("a suggestion") {
            $0["type"].string == "suggestion" && $0["conversation"].string == conversation
        }
        #expect(suggestion["suggestion"]["text"].string?.contains("at 9:00") == true)
        #expect(try await winner.ask("close", conversation)["type"].string == "accepted")
        _ = try await loser.hear("the end") {
            $0["type"].string == "ended" && $0["conversation"].string == conversation
        }
        let after = try await customer.ask("Can I pay with American Express?")
        #expect(after.text.contains("American Express"))
        // What the bot proposed while a person had the conversation never arrives.
        #expect(try await customer.seen().count == 3)
        await ana.leave()
        await ben.leave()
    }
}
