import Foundation
import Glibc
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// A business that is removed for good, beside one that stays.
@Suite(.ownInstallation)
struct PurgeTests {
    private static let gone = "vanishing"
    private static let stays = "staying"

    /// The words of one business's customers, agents and documents, as nobody else has them.
    private struct Words {
        var mark: String
        var customer: Customer
        var wamids: [String] = []

        var question: String { "Does the \(mark)question open at 7 on Tuesday?" }
        var contact: String { "Contact \(mark)person" }
        var document: String { "\(mark)paper.md" }
        var documentText: String { "# Shop\n\nThe \(mark)fact is that dogs pay 4 euros." }
        var agent: String { "Agent \(mark)clerk" }
        var answer: String { "The \(mark)answer is a friendly one." }

        var all: [String] {
            [
                "\(mark)question", "\(mark)person", "\(mark)paper", "\(mark)fact", "\(mark)clerk",
                "\(mark)answer", customer.phone, "\(mark)buyer", "\(mark)matter", "\(mark)macro",
                "\(mark)outcome",
            ] + wamids
        }
    }

    @Test("on SQLite nothing of it is left in any file, and no older copy brings it back")
    func onSQLite() async throws {
        try await withOutsideSimulator { simulator in
            let first = try await RunningInstallation.start(
                ["--burst-pause", "0"], simulator: simulator)
            let copies = try TemporaryFolder()
            let (gone, stays) = try await running(first) {
                try await fill(first)
            }
            try await first.stop()
            try copy(first.data, to: copies.path + "/data")
            try copy(first.data + ".keys", to: copies.path + "/keys")
            try await RunningInstallation.with(
                ["--burst-pause", "0"], after: first, simulator: simulator
            ) { second in
                try await purge(second)
                try await check(second, gone, stays, further: [])
            }
            try await restore(first, simulator, from: copies.path, gone, stays)
        }
    }

    @Test(
        "on a broker nothing of it is left in any file",
        .enabled(
            if: TestBroker.isAvailable && !TestBroker.isNamed, "\(TestBroker.missing)"))
    func onBroker() async throws {
        let (servers, folder) = try TestBroker.startAnother()
        try await withOutsideSimulator { simulator in
            try await RunningInstallation.with(
                ["--burst-pause", "0", "--log", "kafka:\(servers)"], simulator: simulator
            ) { installation in
                let (gone, stays) = try await fill(installation)
                try await purge(installation)
                try await check(installation, gone, stays, further: [folder])
            }
        }
    }

    @Test("killed again and again, the console carries it on: one receipt")
    func kills() async throws {
        try await withOutsideSimulator { simulator in
            try await RunningInstallation.with(
                ["--burst-pause", "0"], simulator: simulator
            ) { installation in
                let (gone, stays) = try await fill(installation)
                let asked = try await installation.console.call(
                    .post, "/api/v1/tenants/\(Self.gone)/purges",
                    try jsonBytes(["reason": "trial"]))
                let id = try #require(asked["id"].string)
                for _ in 0..<4 {
                    try await killConsole(installation)
                    let again = try await installation.console.send(
                        .post, "/api/v1/tenants/\(Self.gone)/purges",
                        try jsonBytes(["reason": "request"]))
                    #expect(again.body["id"].string == id)
                }
                let receipt = try await completed(id, installation)
                #expect(receipt["reason"].string == "trial")
                let all = try await installation.console.call(.get, "/api/v1/purges")
                #expect(all["purges"].elements.count == 1)
                try await check(installation, gone, stays, further: [])
            }
        }
    }

    @Test("killed while the demo business goes, all starts again and carries its removal on")
    func demo() async throws {
        let first = try await RunningInstallation.start()
        let asked = try await first.console.call(
            .post, "/api/v1/tenants/\(RunningInstallation.demo)/purges",
            try jsonBytes(["reason": "trial"]))
        let id = try #require(asked["id"].string)
        await first.kill9()
        try await RunningInstallation.with(after: first) { second in
            #expect(second.output.contains("is being removed for good"), "\(second.output)")
            _ = try await completed(id, second)
        }
    }

    @Test("what was written before anything was sealed is gone, and a copy from then stays so")
    func beforeSealing() async throws {
        try await withOutsideSimulator { simulator in
            let old = try await OldInstallation.unpack("before-endpoints", for: simulator)
            for name in ["manifest.json", "businesses.json"] {
                try FileManager.default.removeItem(atPath: old.data + "/" + name)
            }
            let copies = try TemporaryFolder()
            try copy(old.data, to: copies.path + "/data")
            let tenant = try old.message(.answered).business
            let others = Set(
                old.manifest.messages.filter { $0.business != tenant }.map(\.text))
            let words = old.manifest.messages.filter { $0.business == tenant }
                .flatMap { [$0.text, $0.phone, $0.wamid] }.filter { !others.contains($0) }
            #expect(try !WordSearch(words).found(in: [old.data]).isEmpty)
            let options = ["--burst-pause", "0"]
            let first = try await RunningInstallation.start(
                options, in: old.folder, simulator: simulator)
            try await running(first) {
                let run = try await ParleyProgram.run(
                    "tenant", "purge", tenant, "--yes", "--data", first.data)
                #expect(run.exit == .code(0), "\(run.output)")
                let found = try WordSearch(words).found(in: [old.data, old.data + ".keys"])
                #expect(found == [])
            }
            try await first.stop()
            try copy(copies.path + "/data", to: old.data)
            let restored = try await ParleyProgram.run("restore", "--data", old.data)
            #expect(restored.output.contains("erased again: \(tenant)"), "\(restored.output)")
            try await RunningInstallation.with(options, after: first, simulator: simulator) {
                second in
                let list = try await second.console.call(.get, "/api/v1/purges")["purges"]
                let id = try #require(list.elements.first?["id"].string)
                _ = try await completed(id, second)
                let found = try WordSearch(words).found(in: [old.data, old.data + ".keys"])
                #expect(found == [])
            }
        }
    }

    // MARK: Parts

    private func running<Value>(
        _ installation: RunningInstallation, _ body: () async throws -> Value
    ) async throws -> Value {
        do { return try await body() } catch {
            installation.tell(about: error)
            await installation.end()
            throw error
        }
    }

    /// Connects two businesses, each with a document, a customer who asked, and an agent who
    /// answered.
    private func fill(
        _ installation: RunningInstallation
    ) async throws -> (gone: Words, stays: Words) {
        (
            try await fill(Self.gone, "Vexatrub", installation),
            try await fill(Self.stays, "Quomplast", installation)
        )
    }

    private func fill(
        _ name: String, _ mark: String, _ installation: RunningInstallation
    ) async throws -> Words {
        _ = try await installation.connect(name, burstPause: 0, documents: Facts.documents)
        var words = Words(mark: mark, customer: Customer(of: name, in: installation))
        try await installation.add(words.document, Array(words.documentText.utf8), to: name)
        let body = [
            "business": name, "from": words.customer.phone, "name": words.contact,
            "text": words.question,
        ]
        let written = try await installation.simulator.call(
            .post, "/api/v1/messages", try jsonBytes(body))
        words.wamids.append(try #require(written["wamid"].string))
        try await words.customer.seen(atLeast: 1)
        // A question that nothing answers goes to a person.
        words.wamids.append(try await words.customer.write("\(mark)question? A person, please!"))
        let conversation = try await Handoffs.conversation(
            of: words.customer.phone, business: name, in: installation)
        let agent = try await Agent.connect(
            "a-\(mark.lowercased())", name: words.agent, of: name, in: installation)
        #expect(try await agent.ask("claim", conversation)["type"].string == "accepted")
        let sent = try await agent.ask("send", conversation, text: words.answer)
        #expect(sent["type"].string == "accepted", "\(sent)")
        try await eventually("the agent's answer has arrived") {
            try await words.customer.seen().contains { $0.text == words.answer }
        }
        await agent.leave()
        try await keep(words, of: name, in: conversation, installation)
        // All that there is can be found, or nothing would be proven by what is not found later.
        let search = WordSearch(words.all)
        try await eventually("the words are found in the views") {
            let found = try search.found(in: [installation.data + "/views"])
            return [
                "question", "person", "paper", "clerk", "answer", "buyer", "matter", "macro",
                "outcome",
            ].allSatisfy { part in
                found.contains { $0.hasPrefix(mark + part) }
            }
        }
        return words
    }

    /// What is kept of customers and cases, and for those who answer them.
    private func keep(
        _ words: Words, of name: String, in conversation: String,
        _ installation: RunningInstallation
    ) async throws {
        let (base, mark) = ("/api/v1/tenants/\(name)", words.mark)
        try await installation.console.call(
            .post, base + "/imports/customers",
            Array(
                "phone,name,consent\n+34699\(words.customer.phone.suffix(6)),\(mark)buyer,no\n".utf8
            ))
        try await installation.console.call(
            .post, base + "/desk/macros",
            Array(#"{"name":"\#(mark)macro","steps":[{"kind":"bot"}]}"#.utf8))
        try await installation.console.call(
            .put, base + "/desk/outcomes", Array(#"{"outcomes":["\#(mark)outcome"]}"#.utf8))
        let cases = base + "/conversations/\(conversation)/cases"
        let story = try await eventually("the handoff has opened a case") {
            try await installation.console.call(.get, cases)["cases"].elements.first?["id"].string
        }
        try await installation.console.call(
            .put, cases + "/\(story)", Array(#"{"title":"\#(mark)matter","version":1}"#.utf8))
    }

    private func purge(_ installation: RunningInstallation) async throws {
        let run = try await ParleyProgram.run(
            "tenant", "purge", Self.gone, "--yes", "--data", installation.data,
            within: .seconds(180))
        #expect(run.exit == .code(0), "\(run.output)")
        #expect(run.output.contains("completed"))
        #expect(!run.output.contains("never sealed"), "\(run.output)")
    }

    private func completed(
        _ id: String, _ installation: RunningInstallation
    ) async throws -> JSON {
        try await eventually("the purge is complete") {
            // The console may just start.
            let receipt = try? await installation.console.call(.get, "/api/v1/purges/\(id)")
            return receipt?["isComplete"].isTrue == true ? receipt : nil
        }
    }

    private func killConsole(_ installation: RunningInstallation) async throws {
        let child = try #require(installation.child("console"))
        #expect(Glibc.kill(child.pid, SIGKILL) == 0)
        try await eventually("the console answers again") {
            // Nobody may listen for a moment.
            (try? await installation.console.call(.get, "/api/v1/purges")) != nil
        }
    }

    /// Searches everything, and asks who is left.
    private func check(
        _ installation: RunningInstallation, _ gone: Words, _ stays: Words, further: [String]
    ) async throws {
        let folders =
            [installation.data, installation.data + ".keys", ParleyProgram.ledgers] + further
        #expect(try WordSearch(gone.all).found(in: folders) == [])
        #expect(
            try !WordSearch(stays.all).found(in: [installation.data + "/views"]).isEmpty)
        // What is written to its number is nobody's.
        _ = try await gone.customer.write("\(gone.mark)question again")
        let other = Customer(of: Self.stays, in: installation)
        #expect(try await other.ask(Facts.questions[1]).text.contains(Facts.answers[1]))
        #expect(try WordSearch(gone.all).found(in: folders) == [])
        let tenants = try await installation.console.call(.get, "/api/v1/tenants")["tenants"]
        #expect(tenants.elements.compactMap { $0["id"].string } == [Self.stays])
    }

    private func copy(_ from: String, to: String) throws {
        // What is there already goes first.
        try? FileManager.default.removeItem(atPath: to)
        try FileManager.default.copyItem(atPath: from, toPath: to)
    }

    /// Puts an older copy of the data back: nothing starts, until it is erased again.
    private func restore(
        _ installation: RunningInstallation, _ simulator: LocalAPI, from copies: String,
        _ gone: Words, _ stays: Words
    ) async throws {
        let data = installation.data
        let newest = try TemporaryFolder()
        try copy(data + ".keys", to: newest.path + "/keys")
        // With the keys folder of then: the machine's own copy of the ledger knows better.
        try copy(copies + "/data", to: data)
        try copy(copies + "/keys", to: data + ".keys")
        let words = ["up", "--data", data, "--no-simulator", "--port-base", "\(installation.base)"]
        let older = try await ParleyProgram.run(words)
        #expect(older.exit == .code(2) && older.output.contains("parley restore"), "\(older)")
        // With today's.
        try copy(newest.path + "/keys", to: data + ".keys")
        let refused = try await ParleyProgram.run(words)
        #expect(refused.exit == .code(2) && refused.output.contains(Self.gone), "\(refused)")
        let restored = try await ParleyProgram.run("restore", "--data", data)
        #expect(restored.exit == .code(0), "\(restored.output)")
        #expect(restored.output.contains("erased again: \(Self.gone)"))
        try await RunningInstallation.with(
            ["--burst-pause", "0"], after: installation, simulator: simulator
        ) { third in
            let purges = try await third.console.call(.get, "/api/v1/purges")["purges"].elements
            let id = try #require(purges.first?["id"].string)
            _ = try await completed(id, third)
            try await check(third, gone, stays, further: [])
        }
    }
}
