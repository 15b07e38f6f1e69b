import FoundationEssentials
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// A business's line to WhatsApp, closed and opened again, through the whole installation.
@Suite(.installation("--burst-pause", "0"))
struct ChannelJourneyTests {
    private let installation: RunningInstallation

    init() throws { installation = try #require(RunningInstallation.shared) }

    private func tenant(_ name: String) async throws -> JSON {
        try await installation.console.call(.get, "/api/v1/tenants/\(name)")
    }

    /// WhatsApp says something of the business's account.
    private func say(_ field: String, _ value: String, of business: String) async throws {
        let told = try await ParleyProgram.run(
            "simulate", "news", field, value, "--business", business, "--data", installation.data)
        #expect(told.exit == .code(0), "\(told.output)")
    }

    private func reasons(of name: String) async throws -> String {
        "\(try await installation.console.call(.get, "/api/v1/tenants/\(name)/handoffs"))"
    }

    @Test("an expired token stops the business until it has another one; then all goes, once")
    func token() async throws {
        let name = "expired"
        _ = try await installation.connect(name, burstPause: 0, documents: Facts.documents)
        let early = Customer(of: name, in: installation)
        #expect(Facts.order([try await early.ask(Facts.questions[0])]) == [0])
        // From now on WhatsApp wants another one.
        let renewed = try await installation.register(["name": name, "access_token": "renewed"])
        try await early.writeInOrder(Facts.questions[1])
        let stopped = try await eventually("the stop is shown") {
            let stops = try await tenant(name)["stops"].elements
            return stops.isEmpty ? nil : stops
        }
        #expect(stopped.count == 1)
        #expect(stopped[0]["code"].int == 190)
        #expect(stopped[0]["remedy"].string?.contains("new token") == true)
        let status = try await installation.console.call(.get, "/api/v1/status")
        let row = status["tenants"].elements.first { $0["id"].string == name }
        #expect(row?["stops"].elements.first?["code"].int == 190)
        let shown = try await ParleyProgram.run(
            "tenant", "show", name, "--data", installation.data)
        #expect(shown.output.contains("access token has expired"), "\(shown.output)")
        // No answer is made that could not leave.
        let late = Customer(of: name, in: installation)
        try await late.writeInOrder(Facts.questions[2])
        try await eventually("a person is asked") {
            try await reasons(of: name).contains("stopped")
        }
        let change = ["accessToken": renewed.accessToken]
        try await installation.console.call(
            .put, "/api/v1/tenants/\(name)", try jsonBytes(change))
        let seen = try await early.seen(atLeast: 2, within: .seconds(30))
        #expect(Facts.order(seen) == [0, 1])
        try await eventually("the line is open") {
            try await tenant(name)["stops"].elements.isEmpty
        }
        #expect(Facts.order([try await early.ask(Facts.questions[2])]) == [2])
        #expect(Facts.order(try await early.seen()) == [0, 1, 2])
        #expect(try await late.seen().isEmpty)
    }

    @Test("what WhatsApp says of an account is shown, and a restriction keeps the bot silent")
    func account() async throws {
        let name = "restricted"
        _ = try await installation.connect(
            name, burstPause: 0, documents: Facts.documents)
        try await say(
            "phone_number_quality_update",
            #"{"display_phone_number":"34600111222","event":"FLAGGED","current_limit":"TIER_1K"}"#,
            of: name)
        let event = try await eventually("the quality is shown") {
            try await tenant(name)["events"].elements.first
        }
        #expect(event["subject"].string == "+34600111222")
        #expect(event["weight"].string == "warning")
        let end = Int64(Date().timeIntervalSince1970) + 86_400
        try await say(
            "account_update",
            #"{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"#
                + #""RESTRICTED_CUSTOMER_INITIATED_MESSAGING","expiration":"\#(end)"}]}"#,
            of: name)
        let stop = try await eventually("the restriction is shown") {
            try await tenant(name)["stops"].elements.first
        }
        #expect(stop["ends"].int != nil)
        let customer = Customer(of: name, in: installation)
        try await customer.writeInOrder(Facts.questions[0])
        try await eventually("a person is asked") {
            try await reasons(of: name).contains("stopped")
        }
        #expect(try await customer.seen().isEmpty)
        // Once it is lifted, the bot answers whoever writes then.
        try await Task.sleep(for: .seconds(1))
        try await say(
            "account_update", #"{"event":"ACCOUNT_RESTRICTION","restriction_info":[]}"#,
            of: name)
        try await eventually("the line is open") {
            try await tenant(name)["stops"].elements.isEmpty
        }
        let next = Customer(of: name, in: installation)
        #expect(Facts.order([try await next.ask(Facts.questions[0])]) == [0])
    }
}
