import Foundation
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// A data folder of a version before, killed in the midst of its work, under this version.
@Suite("An upgrade", .ownInstallation)
struct UpgradeTests {
    @Test(
        "goes on where the version before stood: nothing is lost, nothing comes twice",
        arguments: ["before-endpoints", "before-sealing"])
    func goesOn(from version: String) async throws {
        try await withOutsideSimulator { simulator in
            let old = try await OldInstallation.unpack(version, for: simulator)
            let before = Set(try await old.stored().map(\.conversation))
            try #require(before.count == old.manifest.messages.count)
            try await RunningInstallation.with(
                ["--burst-pause", "0"], in: old.folder, simulator: simulator
            ) { installation in
                for business in Set(old.manifest.messages.map(\.business)) {
                    let body = try jsonBytes([
                        "name": business, "webhook_url": installation.webhook,
                    ])
                    let answer = try await simulator.call(.post, "/api/v1/businesses", body)
                    #expect(answer["verified"].isTrue, "\(answer)")
                }
                try await check(old, installation)
                // All went on under the names that they had, in states, claims and timers; but of
                // the two who wrote again a user id is known now, and theirs go on under that.
                let after = Set(try await old.stored().map(\.conversation))
                #expect(after.isSuperset(of: before))
                #expect(after.subtracting(before).count <= 2)
                try await sealing(old, installation)
            }
        }
    }

    private func check(
        _ old: OldInstallation, _ installation: RunningInstallation
    ) async throws {
        func customer(_ role: OldInstallation.Role) throws -> Customer {
            let message = try old.message(role)
            return Customer(
                of: message.business, phone: message.phone, in: installation)
        }
        // What waited for more of a burst, or for WhatsApp, is answered.
        let gathered = try await customer(.gathering).seen(atLeast: 1)
        #expect(gathered.first?.text.contains("7:15") == true)
        let sentAtLast = try await customer(.waiting).seen(atLeast: 1)
        #expect(sentAtLast.first?.text.contains("4 euros") == true)
        // A person is told of the one of which nobody knows whether it has arrived.
        let unknown = try old.message(.unknown)
        _ = try await Handoffs.conversation(of: unknown.phone, in: installation)

        let ana = try await Agent.connect("ana", name: "Ana", of: "shop", in: installation)
        let claimed = try await Handoffs.conversation(
            of: try old.message(.claimed).phone, in: installation)
        let sent = try await ana.ask("send", claimed, text: "But a friend does.")
        #expect(sent["type"].string == "accepted", "\(sent)")
        #expect(try await ana.ask("close", claimed)["type"].string == "accepted")
        let queued = try await Handoffs.conversation(
            of: try old.message(.queued).phone, in: installation)
        #expect(try await ana.ask("claim", queued)["type"].string == "accepted")
        #expect(try await ana.ask("close", queued)["type"].string == "accepted")
        await ana.leave()

        let asked = try await customer(.answered).write(Facts.questions[1])
        let answer = try await customer(.answered).seen(atLeast: 1)
        #expect(answer.first?.text.contains("3 euros") == true)
        let trace = try await ParleyProgram.run("trace", asked, "--data", installation.data)
        #expect(trace.output.contains("answer, 1 citations"), "\(trace.output)")
        #expect(try await customer(.queued).ask(Facts.questions[2]).text.contains("4 euros"))

        // Whatever would come twice has come by now.
        let counts: [OldInstallation.Role: Int] = [
            .answered: 1, .gathering: 1, .waiting: 1, .claimed: 1, .queued: 1,
        ]
        for (role, count) in counts {
            let seen = try await customer(role).seen()
            #expect(seen.count == count, "\(role): \(seen.map(\.text))")
        }
        #expect(try await customer(.unknown).seen().allSatisfy { !$0.text.contains("3 euros") })
        try await books(installation)
    }

    /// What is written from now on is sealed, and what was written before is still read.
    private func sealing(
        _ old: OldInstallation, _ installation: RunningInstallation
    ) async throws {
        let tail = try await ParleyProgram.run(
            "tail", "keys", "--from", "beginning", "--content", "--data", installation.data)
        let types = tail.output.matches(of: #/parley\.(key|conversations\.former) +shop /#)
            .map { $0.output.1 }
        #expect(types.first == "conversations.former" && types.last == "key", "\(tail.output)")
        let stored = try await old.stored().map(\.value)
        #expect(stored.contains { $0.contains(Facts.questions[0]) }, "it was written in the open")
        // What the customers of `check` wrote.
        #expect(stored.suffix(2).allSatisfy { $0.contains(#""personal":{"~":"1."#) })
        #expect(stored.suffix(2).allSatisfy { !$0.contains("euros") && !$0.contains("cost") })
        for role in [OldInstallation.Role.answered, .claimed] {
            let trace = try await ParleyProgram.run(
                "trace", try old.message(role).wamid, "--data", installation.data)
            #expect(trace.exit == .code(0), "\(role): \(trace.output)")
        }
    }

    /// The dead letter and the audit are still there, and every message is accounted for.
    private func books(_ installation: RunningInstallation) async throws {
        let letters = try await ParleyProgram.run(
            "dead-letters", "list", "--data", installation.data)
        #expect(letters.output.contains("indexer"), "\(letters.output)")
        let topics = try await ParleyProgram.run("topics", "--data", installation.data)
        #expect(topics.output.contains(#/audit +1 +[1-9]/#), "\(topics.output)")
        // What this version added.
        #expect(topics.output.contains(#/tools.requests +4 +0 /#), "\(topics.output)")
        #expect(topics.output.contains(#/tools.results +4 +0 /#), "\(topics.output)")
        #expect(topics.output.contains(#/messages.inbound +4 +[0-9]+ +delete after 400 d/#))
        try await eventually("every message is accounted for") {
            let ledger = try await ParleyProgram.run("ledger", "--data", installation.data)
            return ledger.exit == .code(0) && ledger.output.contains(#/awaiting +0\n/#)
        }
    }
}
