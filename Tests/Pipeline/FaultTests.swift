import Foundation
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// WhatsApp misbehaves: the customer must not notice.
@Suite(.installation("--burst-pause", "0"))
struct FaultTests {
    private let installation: RunningInstallation

    init() throws { installation = try #require(RunningInstallation.shared) }

    /// A fault of the simulator.
    struct Fault: Sendable, CustomTestStringConvertible {
        var kind: String
        var more: [String: Int] = [:]
        /// What the business wants where nobody knows whether a message has arrived.
        var unknownOutcome: String?
        var testDescription: String { "\(kind) \(more)" }
        /// A name for a business of its own.
        var business: String {
            let codes = more.filter { $0.key == "code" }.map { "-\($0.value)" }.joined()
            return kind.replacing("_", with: "-") + codes
        }
    }

    private static let harmless = [
        Fault(kind: "throttle"), Fault(kind: "throttle", more: ["count": 3]),
        Fault(kind: "graph_error", more: ["code": 131_056]),
        Fault(kind: "graph_error", more: ["code": 131_000]),
        Fault(kind: "drop_answer", more: ["count": 3]), Fault(kind: "server_error_after"),
        Fault(kind: "slow", more: ["milliseconds": 700, "count": 3]),
        Fault(kind: "disorder", more: ["count": 3]),
        Fault(kind: "status_first", more: ["count": 3, "milliseconds": 300]),
        Fault(kind: "no_status", more: ["count": 3]),
        Fault(kind: "repeat_webhook", more: ["count": 20]),
        Fault(kind: "lost_acknowledgement", more: ["count": 20]),
    ]

    @Test(
        "a misbehaving WhatsApp leads to one reply for each message, in order", arguments: harmless)
    func harmlessFault(_ fault: Fault) async throws {
        try await threeAnswers(fault)
    }

    @Test(
        "a message of unknown outcome is sent again where the business wants at least one",
        .enabled(if: isSlowWanted, "a minute's wait: set PARLEY_SLOW_TESTS"),
        arguments: ["reset", "server_error"])
    func unknownOutcome(_ kind: String) async throws {
        try await threeAnswers(
            Fault(kind: kind, unknownOutcome: "atLeastOnce"), within: .seconds(100))
    }

    private func threeAnswers(_ fault: Fault, within limit: Duration = .seconds(60)) async throws {
        let number = (fault.more["count"] ?? 1)
        let name = "\(fault.business)-\(number)"
        _ = try await installation.connect(
            name, burstPause: 0, unknownOutcome: fault.unknownOutcome, documents: Facts.documents)
        try await installation.fault(fault.kind, of: name, fault.more)
        let customer = Customer(of: name, in: installation)
        for question in Facts.questions { try await customer.writeInOrder(question) }
        let seen = try await customer.seen(atLeast: 3, within: limit)
        #expect(Facts.order(seen) == [0, 1, 2])
        // Whatever would come twice has come before the answer to one more question.
        _ = try await customer.ask(Facts.questions[0])
        #expect(Facts.order(try await customer.seen()) == [0, 1, 2, 0])
        let stats = try await installation.simulator.call(.get, "/api/v1/stats")
        #expect((stats["faults"][fault.kind].int ?? 0) > 0, "the fault never happened")
    }

    @Test("three messages in quick succession get one reply that covers them")
    func burst() async throws {
        let name = "burst"
        // In milliseconds; longer than a busy machine takes to start the program that writes last.
        _ = try await installation.connect(name, burstPause: 6_000, documents: Facts.documents)
        let customer = Customer(of: name, in: installation)
        #expect(Facts.order([try await customer.ask(Facts.questions[2])]) == [2])
        let first = try await customer.write("When does the shop open")
        let second = try await customer.write("on Tuesday?")
        let asked = try await ParleyProgram.run(
            "simulate", "message", "--data", installation.data, "--business", name, "--from",
            "+\(customer.phone)", "--text", "I mean the shop", "--json")
        try #require(asked.exit == .code(0), "\(asked.output)")
        let report = try JSON(Array(asked.output.utf8))
        let answers = report["answers"].elements.compactMap(\.string)
        #expect(answers.count == 3)
        #expect(answers.prefix(2) == [first, second])
        #expect(report["text"].string?.contains("7:15") == true)
        _ = try await customer.ask(Facts.questions[1])
        #expect(Facts.order(try await customer.seen()) == [2, 0, 1])
    }

    @Test("a withdrawn token holds the replies, the trace says why, and a right one frees them")
    func withdrawnToken() async throws {
        let name = "token"
        let business = try await installation.connect(
            name, burstPause: 0, documents: Facts.documents)
        let customer = Customer(of: name, in: installation)
        #expect(try await customer.ask(Facts.questions[0]).text.contains("7:15"))
        let changed = try await installation.register(["name": name, "access_token": "EAAother"])
        let message = try await customer.write(Facts.questions[1])
        try await eventually("the sender is refused with 190") {
            let stats = try await installation.simulator.call(.get, "/api/v1/stats")
            // The sign that the message was read is refused as well.
            return (stats["counts"]["refused"]["190"].int ?? 0) > 1
        }
        #expect(try await customer.seen().count == 1)
        try await eventually("the trace says why it is held") {
            let trace = try await ParleyProgram.run(
                "trace", message, "--data", installation.data)
            return trace.output.contains("held") && trace.output.contains("190")
        }
        try await installation.console.call(
            .put, "/api/v1/tenants/\(name)", try jsonBytes(changed.request(burstPause: 0)))
        #expect(changed.number == business.number)
        let seen = try await customer.seen(atLeast: 2, within: .seconds(90))
        #expect(Facts.order(seen) == [0, 1])
    }

    @Test("`simulate message` says why it has no reply, and exits with 1")
    func noReply() async throws {
        let name = "mute"
        _ = try await installation.register(["name": name])
        let asked = try await ParleyProgram.run(
            "simulate", "message", "--data", installation.data, "--business", name, "--text", "Hi",
            "--wait", "1")
        #expect(asked.exit == .code(1))
        #expect(asked.output.contains("no reply came within 1 s"))
    }

    @Test("a second installation in the same folder is refused, and the first goes on")
    func takenFolder() async throws {
        let second = try await ParleyProgram.run(
            "up", "--data", installation.data, "--port-base", "\(try FreePorts.base())",
            "--no-local-models")
        #expect(second.exit == .code(2))
        let pid = try #require(installation.process.pid)
        #expect(second.output.contains("another `parley up` is running here (process \(pid))"))
        let reply = try await Customer(in: installation).ask("Can I pay with American Express?")
        #expect(reply.text.contains("American Express"))
    }
}

/// Whether tests that take a minute or more are to run.
let isSlowWanted = ProcessInfo.processInfo.environment["PARLEY_SLOW_TESTS"] != nil
