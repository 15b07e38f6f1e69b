import Foundation
import Glibc
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// Processes that are killed without a word, while customers write.
@Suite(.ownInstallation)
struct KillTests {
    private static let business = "killed"
    /// Each message is a turn of its own.
    private static let options = ["--burst-pause", "0"]

    @Test("whichever stage is killed, every message is answered once and in order")
    func stages() async throws {
        try await withOutsideSimulator { simulator in
            try await RunningInstallation.with(Self.options, simulator: simulator) { installation in
                try await connect(installation)
                for stage in ["ingester", "retrieval", "orchestrator", "handoff", "sender"] {
                    try await kill(stage, of: installation)
                }
                // These two answer nobody, and come back all the same.
                for stage in ["console", "indexer"] {
                    let child = try #require(installation.child(stage))
                    #expect(Glibc.kill(child.pid, SIGKILL) == 0)
                    try await eventually("the \(stage) runs again") {
                        installation.child(stage).map { $0.pid != child.pid } ?? false
                    }
                }
                try await eventually("the console answers again") {
                    // Nobody may listen for a moment.
                    (try? await installation.console.call(.get, "/api/v1/tenants")) != nil
                }
                let added = try await installation.add(
                    "late.md", Array("# Late\n\nLate parcels come at 21:45.".utf8),
                    to: Self.business)
                #expect(added["outcome"].string == "indexedWithoutVectors")
                let customer = Customer(of: Self.business, in: installation)
                try await eventually("the new document answers") {
                    try await customer.ask("When do late parcels come?").text.contains("21:45")
                }
            }
        }
    }

    /// Kills a stage while three customers write, and waits for all answers.
    private func kill(_ stage: String, of installation: RunningInstallation) async throws {
        let customers = (0..<3).map { _ in Customer(of: Self.business, in: installation) }
        // WhatsApp tries a webhook that failed again later, and promises no order.
        let isOrdered = stage != "ingester"
        func write(_ question: String) async throws {
            for customer in customers {
                if isOrdered {
                    try await customer.writeInOrder(question)
                } else {
                    try await customer.write(question)
                }
            }
        }
        try await write(Facts.questions[0])
        let child = try #require(installation.child(stage), "the \(stage) runs")
        #expect(Glibc.kill(child.pid, SIGKILL) == 0)
        try await write(Facts.questions[1])
        try await eventually("the \(stage) runs again") {
            installation.child(stage).map { $0.pid != child.pid } ?? false
        }
        try await write(Facts.questions[2])
        for customer in customers {
            let seen = try await customer.seen(atLeast: 3, within: .seconds(100))
            let order = Facts.order(seen)
            #expect(
                (isOrdered ? order : order.sorted()) == [0, 1, 2],
                "after the \(stage) was killed")
        }
        // A repeat would have come before the answer to one more question.
        for customer in customers {
            _ = try await customer.ask(Facts.questions[0])
            #expect(try await customer.seen().count == 4, "after the \(stage) was killed")
        }
    }

    @Test("when `parley up` is killed its children end, and the next start loses nothing")
    func wholeInstallation() async throws {
        try await withOutsideSimulator { simulator in
            let first = try await RunningInstallation.start(Self.options, simulator: simulator)
            let customers = (0..<3).map { _ in Customer(of: Self.business, in: first) }
            do {
                try await connect(first)
                for customer in customers { try await customer.write(Facts.questions[0]) }
                await first.kill9()
                try await eventually("the children end by themselves", within: .seconds(15)) {
                    ProcessTable.naming(first.data).isEmpty
                }
            } catch {
                await first.end()
                throw error
            }
            // Meanwhile WhatsApp finds nobody, and tries again.
            for customer in customers { try await customer.write(Facts.questions[1]) }
            try await RunningInstallation.with(Self.options, after: first, simulator: simulator) {
                second in
                for customer in customers {
                    let seen = try await customer.seen(atLeast: 2, within: .seconds(100))
                    // A webhook that WhatsApp tried later may be overtaken by another.
                    #expect(Facts.order(seen).sorted() == [0, 1])
                }
                for customer in customers { _ = try await customer.ask(Facts.questions[2]) }
                for customer in customers {
                    #expect(Facts.order(try await customer.seen()).sorted() == [0, 1, 2])
                }
                _ = second
            }
        }
    }

    private func connect(_ installation: RunningInstallation) async throws {
        // A reply whose call was cut off by a kill before it was written is sent again.
        _ = try await installation.connect(
            Self.business, burstPause: 0, unknownOutcome: "atLeastOnce",
            documents: Facts.documents)
    }
}
