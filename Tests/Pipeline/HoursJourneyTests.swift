import FoundationEssentials
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// A business's opening hours, from its settings to what its customers are told.
@Suite(.installation("--burst-pause", "0"))
struct HoursJourneyTests {
    private let installation: RunningInstallation

    init() throws { installation = try #require(RunningInstallation.shared) }

    private static let person = "I want to talk to a person"

    /// The date of a day from now, in UTC, which is the zone of a business that set none.
    private func date(in days: Int) -> String {
        Date(timeIntervalSinceNow: Double(days) * 86_400).formatted(
            .iso8601.year().month().day())
    }

    private func set(_ hours: String, of name: String) async throws {
        let target = "/api/v1/tenants/\(name)/organisation/hours"
        // Its organisation follows a business by itself, some time after.
        let now = try await eventually("it has an organisation") {
            let answer = try await installation.console.send(.get, target)
            return answer.status == 200 ? answer.body : nil
        }
        let answer = try await installation.console.send(
            .put, target, Array(hours.utf8),
            headers: [("If-Match", "\"\(now["version"].int ?? -1)\"")])
        #expect(answer.status == 200, "\(answer.body)")
    }

    private func hours(of name: String, _ options: String...) async throws -> String {
        try await ParleyProgram.run(
            ["hours", "--tenant", name, "--data", installation.data] + options
        ).output
    }

    @Test("tell who asks for a person when they open, once, until they count no more")
    func journey() async throws {
        let name = "siesta"
        _ = try await installation.connect(name, burstPause: 0, documents: Facts.documents)
        let early = Customer(of: name, in: installation)
        let usual = try await early.ask(Self.person).text
        #expect(!usual.contains("closed"))
        #expect(try await hours(of: name).contains("no opening hours are set"))

        // Open in three days, for an hour: closed now, whenever this runs.
        try await set(
            #"{"inUse":true,"week":[],"closures":[],"extras":[{"date":"\#(date(in: 3))","#
                + #""from":"09:00","to":"10:00"}]}"#, of: name)
        let shown = try await hours(of: name)
        #expect(shown.contains("closed") && shown.contains("\(date(in: 3)) 09:00"), "\(shown)")
        #expect(shown.contains("UTC"))
        let state = try JSON(Array(try await hours(of: name, "--json").utf8))
        #expect(state["isOpen"].isTrue == false && state["rules"].string != nil)

        // The stages learn of it one by one.
        var told: Customer?
        let text = try await eventually("customers are told") {
            let customer = Customer(of: name, in: installation)
            told = customer
            let seen = try await customer.ask(Self.person).text
            return seen.contains("closed") ? seen : nil
        }
        #expect(text.hasPrefix(usual), "the handoff's own notice stays: \(text)")
        #expect(text.contains("We open again on ") && text.contains(" at 9:00 am"), "\(text)")
        let customer = try #require(told)
        try await customer.writeInOrder("Is anybody there?")
        // Who waited already is told with the next message, and once, too.
        let late = try await early.ask("Is anybody there at all?").text
        #expect(late.contains("We open again on "))
        try await early.writeInOrder("Hello?")
        // The bot does not close; when they open it reckons itself.
        let other = Customer(of: name, in: installation)
        #expect(Facts.order([try await other.ask(Facts.questions[1])]) == [1])
        #expect(try await customer.seen().count == 1)
        #expect(try await early.seen().count == 2)

        try await set(
            #"{"inUse":false,"week":[],"closures":[],"extras":[]}"#, of: name)
        try await eventually("customers are told as before") {
            try await Customer(of: name, in: installation).ask(Self.person).text == usual
        }
        let replayed = try await ParleyProgram.run(
            "replay", "--stage", "handoff", "--from", "1h", "--tenant", name, "--data",
            installation.data)
        #expect(replayed.exit == .code(0), "\(replayed.output)")
        let ledger = try await ParleyProgram.run("ledger", "--data", installation.data)
        #expect(ledger.exit == .code(0), "\(ledger.output)")
    }
}
