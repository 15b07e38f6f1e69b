import Glibc
import HTTPClient
import PipelineTesting
import Testing

/// One customer under several names, from WhatsApp to the agent who has the conversation.
@Suite(.installation(), .serialized)
struct IdentityJourneyTests {
    private var installation: RunningInstallation {
        get throws { try #require(RunningInstallation.shared) }
    }

    private static let conversations = "/api/v1/tenants/\(RunningInstallation.demo)/conversations"

    /// The customer's conversations as the console lists them.
    private static func listed(
        _ customer: Customer, _ userID: String, in installation: RunningInstallation
    ) async throws -> [JSON] {
        try await installation.console.call(.get, conversations)["conversations"].elements
            .filter {
                $0["customer"]["phone"].string == customer.phone
                    || $0["customer"]["userID"].string == userID
            }
    }

    @Test(
        "phone, both and user id are one conversation, which stays the agent's who has it",
        arguments: [false, true])
    func oneConversation(isKilled: Bool) async throws {
        let installation = try installation
        let customer = Customer(in: installation)
        try await customer.write("I want to talk to a person", named: .phone)
        let agent = try await Agent.connect(
            "ana-\(isKilled)", name: "Ana", of: RunningInstallation.demo, in: installation)
        let waiting = try await agent.hear("the handoff") {
            $0["handoff"]["customer"]["phone"].string == customer.phone
        }
        let first = try #require(waiting["handoff"]["conversation"].string)
        #expect(try await agent.ask("claim", first)["type"].string == "accepted")
        let notices = try await customer.seen(atLeast: 1).count

        // Nobody can know yet who this is: the bot answers.
        let userID = try await customer.write(
            "What time do you open on Saturday?", named: .userID)
        let before = try await customer.seen(atLeast: notices + 1).count
        #expect(try await Self.listed(customer, userID, in: installation).count == 2)

        if isKilled {
            for stage in ["platform", "handoff", "ingester"] {
                let child = try #require(installation.child(stage), "the \(stage) runs")
                #expect(kill(child.pid, SIGKILL) == 0)
            }
        }
        // Now it is known, and from then on the bot is silent, whichever name is told.
        try await customer.write("Can I pay with American Express?", named: .both)
        // Where it goes on: in the older one, or in either where both began in one second.
        let conversation = try await eventually("both are one, and the agent's") {
            let listed = try await Self.listed(customer, userID, in: installation)
            guard listed.count == 1, listed[0]["holder"]["name"].string == "Ana" else {
                return nil as String?
            }
            return listed[0]["conversation"].string
        }
        _ = try await agent.ask("read", conversation)
        try await customer.write("What time do you open on Saturday?", named: .userID)
        _ = try await agent.hear("a suggestion for what came under the user id alone") {
            $0["type"].string == "suggestion" && $0["conversation"].string == conversation
                && $0["suggestion"]["text"].string?.contains("at 9:00") == true
        }
        try await eventually("all that was said stands in one transcript") {
            let lines = try await installation.console.call(
                .get, Self.conversations + "/\(conversation)")["lines"].elements
            return lines.filter { $0["speaker"].string == "customer" }.count == 4
        }
        #expect(
            try await agent.ask("send", conversation, text: "Hello, Ana here")["type"].string
                == "accepted")
        let seen = try await customer.seen(atLeast: before + 1)
        #expect(seen.count == before + 1, "\(seen)")
        #expect(seen.last?.text == "Hello, Ana here")

        let links = try await installation.console.call(
            .get, Self.conversations + "/\(conversation)/links")["links"].elements
        #expect(Set(links.compactMap { $0["value"].string }) == [customer.phone, userID])
        #expect(links.contains { $0["since"].int != nil })
        await agent.leave()
    }

    @Test("a link that is undone parts the conversations, and they are not joined again")
    func undone() async throws {
        let installation = try installation
        let customer = Customer(in: installation)
        try await customer.write("What time do you open on Saturday?", named: .phone)
        try await customer.seen(atLeast: 1)
        let userID = try await customer.write(
            "What time do you open on Saturday?", named: .userID)
        try await customer.seen(atLeast: 2)
        try await customer.write("What time do you open on Saturday?", named: .both)
        let conversation = try await eventually("both are one") {
            let listed = try await Self.listed(customer, userID, in: installation)
            return listed.count == 1 ? listed[0]["conversation"].string : nil
        }
        // Two that come at once may be answered by one.
        try await customer.seen(atLeast: 3)
        let path = Self.conversations + "/\(conversation)/links"
        let links = try await installation.console.call(.get, path)["links"].elements
        let link = try #require(links.first { $0["since"].int != nil }?["id"].string)
        let answer = try await installation.console.send(.delete, path + "/\(link)")
        #expect(answer.status == 202)
        try await eventually("they are two again") {
            try await Self.listed(customer, userID, in: installation).count == 2
        }
        try await customer.write("What time do you open on Saturday?", named: .both)
        try await customer.seen(atLeast: 4)
        #expect(try await Self.listed(customer, userID, in: installation).count == 2)
    }
}
