import AccountRecords
import AuditRecords
import Conversation
import EventLog
import FoundationEssentials
import HTTPClient
import Lifecycle
import PipelineTesting
import Records
import SQLiteEventLog
import Testing

/// What a business's standing does to the conversations of its customers.
@Suite(.installation())
struct StandingTests {
    private static let notice = "We are away for a while, and answer when we are back."

    private let installation: RunningInstallation

    init() throws { installation = try #require(RunningInstallation.shared) }

    /// Wishes something of a business's organisation, as an operator's endpoint does.
    private func wish(
        _ action: OrganisationCommand.Action, _ reference: String,
        of tenant: String = RunningInstallation.demo
    ) async throws {
        // Its organisation follows a business by itself, some time after; before it, it is refused.
        let events = ["tail", "organisations.events", "--from", "beginning"]
        try await eventually("it has an organisation") {
            try await ParleyProgram.run(events + ["--data", installation.data]).output
                .contains(tenant)
        }
        let command = OrganisationCommand(
            tenant: TenantID(tenant), by: .system, action: action, reference: reference,
            at: Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)))
        let record = try RecordEnvelope.program.record(
            command,
            headers: RecordHeaders(
                id: command.id, type: OrganisationCommand.type, source: "test",
                time: command.at, subject: command.key, correlation: command.id,
                causation: command.id, tenant: command.tenant))
        let log = try await SQLiteEventLog.open(path: "\(installation.data)/log.sqlite") {
            Int64(Date().timeIntervalSince1970 * 1_000)
        }
        let appender = try await log.openAppender()
        try await appender.append([record])
        await appender.close()
        await log.close()
    }

    private func handoffs() async throws -> String {
        let (_, output) = try await ParleyProgram.run(
            "handoff", "list", "--json", "--data", installation.data)
        return output
    }

    @Test("a deleted business is not answered, and is removed for good once that is decided")
    func removal() async throws {
        _ = try await installation.connect("closing", documents: Facts.documents)
        try await wish(.delete, "delete", of: "closing")
        try await eventually("nobody is answered") {
            let customer = Customer(of: "closing", in: installation)
            // No answer is what is waited for.
            let seen = try? await customer.ask(Facts.questions[0], within: .seconds(3))
            return seen == nil
        }
        try await wish(.purge, "purge", of: "closing")
        try await eventually("it is being removed for good") {
            try await ParleyProgram.run("tenant", "purges", "--data", installation.data).output
                .contains("closing")
        }
    }

    @Test("what is written to a deleted business is kept, and people find it once it is restored")
    func restoration() async throws {
        let name = "returning"
        _ = try await installation.connect(name, documents: Facts.documents)
        let early = Customer(of: name, in: installation)
        #expect(try await early.ask(Facts.questions[0]).text.contains(Facts.answers[0]))
        try await wish(.delete, "delete \(name)", of: name)
        try await eventually("nobody is answered") {
            // No answer is what is waited for.
            let seen = try? await Customer(of: name, in: installation).ask(
                Facts.questions[0], within: .seconds(3))
            return seen == nil
        }
        try await early.writeInOrder("Is anybody there?")
        try await wish(.restore, "restore \(name)", of: name)
        try await eventually("the bot answers again") {
            let seen = try? await Customer(of: name, in: installation).ask(
                Facts.questions[1], within: .seconds(5))
            return seen?.text.contains(Facts.answers[1]) == true
        }
        #expect(try await early.seen().count == 1)
        let console = installation.console
        let waiting = try await eventually("what she wrote is with people") {
            let page = try await console.call(.get, "/api/v1/tenants/\(name)/handoffs")
            for handoff in page["handoffs"].elements {
                let id = handoff["conversation"].string ?? ""
                let whole = try await console.call(.get, "/api/v1/tenants/\(name)/handoffs/\(id)")
                if "\(whole)".contains("Is anybody there?") { return whole }
            }
            return nil as JSON?
        }
        #expect("\(waiting)".contains("suspended"), "\(waiting)")
        let ledger = try await ParleyProgram.run("ledger", "--data", installation.data)
        #expect(ledger.exit == .code(0), "\(ledger.output)")
    }

    @Test("customers of a suspended business are told once and wait for people; then all goes on")
    func suspension() async throws {
        let early = Customer(in: installation)
        let question = "What time do you open on Saturday?"
        #expect(try await early.ask(question).text != Self.notice)

        try await wish(.change(.suspension(.init(notice: Self.notice)), version: 1), "notice")
        try await wish(.suspend(reason: "unpaid"), "suspend")
        var told: Customer?
        try await eventually("customers are told") {
            let customer = Customer(in: installation)
            told = customer
            // The stages learn of it one by one; who wrote in between waits for a person.
            let seen = try? await customer.ask(question, within: .seconds(5))
            return seen?.text == Self.notice
        }
        let customer = try #require(told)
        #expect(try await handoffs().contains("suspended"))
        try await customer.writeInOrder("Are you there?")
        try await early.writeInOrder("And me?")
        #expect(try await early.seen(atLeast: 2).last?.text == Self.notice)
        // What comes after that came before would be seen by now.
        #expect(try await customer.seen().count == 1)

        try await wish(.resume, "resume")
        try await eventually("the bot answers again") {
            let seen = try? await Customer(in: installation).ask(question, within: .seconds(5))
            return seen.map { $0.text != Self.notice } ?? false
        }
        // Who wrote meanwhile waits for a person, and gets nothing by itself.
        #expect(try await customer.seen().count == 1)
        let ledger = try await ParleyProgram.run("ledger", "--data", installation.data)
        #expect(ledger.exit == .code(0), "\(ledger.output)")
    }
}
