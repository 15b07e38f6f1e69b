import Cryptography
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// What agents send, from their hands to the customer's phone.
@Suite(.installation())
struct MediaSendingTests {
    private static let business = RunningInstallation.demo

    private static func medium(_ view: JSON) -> JSON? {
        view["messages"].elements.map { $0["medium"] }.last { $0 != .null }
    }

    /// Sends a file as the agent who has the conversation; tickets are good for half a minute.
    private static func send(
        _ bytes: [UInt8], _ name: String, _ conversation: String,
        in installation: RunningInstallation
    ) async throws {
        let ticket = try await installation.console.call(
            .post, "/api/v1/tenants/\(business)/tickets",
            try jsonBytes(["agent": "ana", "name": "Ana"]))["ticket"].string
        let agent = LocalAPI(base: installation.console.base, key: ticket)
        try await agent.call(
            .post,
            "/api/v1/tenants/\(business)/conversations/\(conversation)/media"
                + "?filename=\(LocalAPI.escaped(name))", bytes)
    }

    private static func uploads(_ installation: RunningInstallation) async throws -> Int {
        try await installation.simulator.call(.get, "/api/v1/stats")["counts"]["uploads"].int ?? 0
    }

    @Test("a document reaches the phone, its id is used again, and anew once WhatsApp forgot it")
    func outbound() async throws {
        let installation = try #require(RunningInstallation.shared)
        let ana = try await Agent.connect("ana", name: "Ana", of: Self.business, in: installation)
        let before = try await Self.uploads(installation)
        let pdf = Array("%PDF-1.7 the prices of wheels".utf8)
        var media: [JSON] = []
        for round in 0..<3 {
            let customer = Customer(in: installation)
            _ = try await customer.ask("I want to talk to a person")
            let path = "/api/v1/tenants/\(Self.business)/handoffs"
            let conversation = try await eventually("the handoff is listed") {
                try await installation.console.call(.get, path)["handoffs"].elements.first {
                    $0["customer"]["phone"].string == customer.phone
                }?["conversation"].string
            }
            let claim = try await ana.ask("claim", conversation)
            try #require(claim["type"].string == "accepted", "\(claim)")
            if round == 2 {
                let id = try #require(media.last?["id"].string)
                _ = try await installation.simulator.send(.delete, "/api/v1/media/\(id)")
            }
            try await Self.send(pdf, "prices.pdf", conversation, in: installation)
            media.append(
                try await eventually("the file is on the phone") {
                    Self.medium(try await customer.view())
                })
        }
        for medium in media {
            #expect(medium["sha256"].string == SHA256.hex(pdf))
            #expect(medium["filename"].string == "prices.pdf")
            #expect(medium["mime_type"].string == "application/pdf")
        }
        #expect(media[0]["id"] == media[1]["id"] && media[1]["id"] != media[2]["id"])
        #expect(try await Self.uploads(installation) - before == 2)
        await ana.leave()
    }
}
