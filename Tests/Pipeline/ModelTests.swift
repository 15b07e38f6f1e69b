import FoundationEssentials
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// Chat models that answer, err, fail and dawdle, over real HTTP.
@Suite(
    .installation(
        "--model-url", "http://127.0.0.1:9/v1", "--model", "nobody", "--turn-time", "4000"))
struct ModelTests {
    private let installation: RunningInstallation

    init() throws { installation = try #require(RunningInstallation.shared) }

    /// A business whose model behaves like this; answers its customer.
    private func customer(
        of name: String, _ model: ModelDouble
    ) async throws -> Customer {
        _ = try await installation.connect(
            name, model: model.url, burstPause: 0, documents: Facts.documents)
        return Customer(of: name, in: installation)
    }

    @Test("a model's answer is sent with the passage that it cites")
    func answer() async throws {
        let model = try ModelDouble { _ in
            .say("We open at 7:15 on Tuesday [{n}].", holding: "opens at 7:15")
        }
        let customer = try await customer(of: "answers", model)
        let asked = try await ParleyProgram.run(
            "simulate", "message", "--data", installation.data, "--business", "answers", "--from",
            "+\(customer.phone)", "--text", Facts.questions[0], "--json")
        try #require(asked.exit == .code(0), "\(asked.output)")
        let report = try JSON(Array(asked.output.utf8))
        #expect(report["text"].string == "We open at 7:15 on Tuesday.")
        #expect(report["citations"].elements.count == 1)
        #expect(report["citations"].elements.first?["headings"].elements.last?.string == "Opening")
        #expect(report["provenance"]["model"].string == "double")
        #expect(report["provenance"]["promptHash"].string?.isEmpty == false)
        #expect(model.questions.count == 1)
        await model.stop()
    }

    @Test("instead of an answer with numbers that no passage holds, the documents' words go out")
    func wrongNumbers() async throws {
        let model = try ModelDouble { _ in .say("We open at 6:45 on Tuesday [1].") }
        try await expectQuote("wrong", model)
        #expect(model.questions.count == 2, "the model gets one chance to correct itself")
        await model.stop()
    }

    @Test("a model that says that the documents do not answer hands over")
    func declined() async throws {
        let model = try ModelDouble { _ in .say("HANDOFF") }
        try await expectHandoff("declines", model)
        await model.stop()
    }

    /// A way to fail.
    enum Trouble: String, CaseIterable {
        case error, refusal, silence, hangUp, laterInMinutes, laterByDate

        var behaviour: ModelDouble.Behaviour {
            switch self {
            case .error: .fail(500)
            case .refusal: .fail(401)
            case .silence: .stall(.seconds(60))
            case .hangUp: .hangUp
            case .laterInMinutes: .busy("180")
            case .laterByDate: .busy("Fri, 01 Jan 2100 00:00:00 GMT")
            }
        }
    }

    @Test(
        "a model that fails leads to the documents' own words, never to silence",
        arguments: Trouble.allCases)
    func trouble(_ trouble: Trouble) async throws {
        let behaviour = trouble.behaviour
        let model = try ModelDouble { _ in behaviour }
        try await expectQuote("trouble-\(trouble.rawValue.lowercased())", model)
        await model.stop()
    }

    @Test("an installation whose model is down quotes its documents, and courtesies still work")
    func modelDown() async throws {
        let customer = Customer(in: installation)
        #expect(try await customer.ask("Hello!").text.contains("How can I help you?"))
        let quote = try await customer.ask("What time do you open on Saturday?")
        #expect(quote.text.contains("On Saturday we open at 9:00"))
    }

    /// What the documents say is quoted.
    private func expectQuote(_ name: String, _ model: ModelDouble) async throws {
        let customer = try await customer(of: name, model)
        let reply = try await customer.ask(Facts.questions[0])
        #expect(reply.text.contains("7:15"), "\(reply.text)")
    }

    /// What the documents do not say goes to a person.
    private func expectHandoff(_ name: String, _ model: ModelDouble) async throws {
        let question = "Do you sell surfboards?"
        let customer = try await customer(of: name, model)
        let reply = try await customer.ask(question)
        #expect(reply.text.contains("colleague"))
        let handoff = try await eventually("the handoff is listed") {
            try await installation.console.call(.get, "/api/v1/tenants/\(name)/handoffs")[
                "handoffs"
            ]
            .elements.first
        }
        #expect(handoff["reason"].string == "unanswered")
        #expect(handoff["summary"].string?.contains(question) == true)
    }
}

/// With an embedding server, here a double.
@Suite(.ownInstallation)
struct EmbeddingTests {
    @Test("one business's document does not wait for all of another's that came before it")
    func fairShares() async throws {
        let double = try ModelDouble()
        try await RunningInstallation.with(["--embedding-url", double.url]) { installation in
            for name in ["many", "few"] { _ = try await installation.connect(name) }
            double.answerEmbeddings(0)
            for number in 0..<80 {
                _ = try await installation.console.call(
                    .post, "/api/v1/tenants/many/documents?name=\(number).md&wait=0",
                    Array("# Part \(number)\n\nThis is part \(number).".utf8))
            }
            _ = try await installation.console.call(
                .post, "/api/v1/tenants/few/documents?name=a.md&wait=0",
                Array("# Hours\n\nWe open at nine.".utf8))
            let indexed = { (name: String) in
                try await installation.console.call(.get, "/api/v1/tenants/\(name)/documents")[
                    "documents"
                ].elements.count { $0["outcome"].string == "indexed" }
            }
            // Two documents are in hand; the fourth request is the other business's at the latest.
            double.answerEmbeddings(4)
            try await eventually("the other business's document is indexed") {
                try await indexed("few") == 1
            }
            #expect(try await indexed("many") <= 4)
            double.answerEmbeddings(.max)
            try await eventually("all are indexed") {
                try await indexed("many") == 80
            }
        }
        await double.stop()
    }

    @Test("documents are embedded, a change embeds only what changed, and search uses both ways")
    func embeddings() async throws {
        let double = try ModelDouble()
        try await RunningInstallation.with(["--embedding-url", double.url]) { installation in
            let path = "/api/v1/tenants/\(RunningInstallation.demo)"
            let all = try await installation.console.call(.get, path + "/documents")
            #expect(all["documents"].elements.allSatisfy { $0["outcome"].string == "indexed" })
            #expect(double.embedded > 40)
            let sections = { (words: String) in
                (1...5).map { "## Part \($0)\n\nPart \($0) is about \($0 == 3 ? words : "rain")." }
                    .joined(separator: "\n\n")
            }
            let tenant = RunningInstallation.demo
            let first = try await installation.add(
                "parts.md", Array(sections("snow").utf8), to: tenant)
            #expect(first["embedded"].int == first["passages"].int)
            let second = try await installation.add(
                "parts.md", Array(sections("hail").utf8), to: tenant)
            #expect(second["embedded"].int == 1, "\(second)")
            try await eventually("the change is found") {
                try await installation.console.call(.get, path + "/search?q=part%20hail")[
                    "passages"
                ].elements.first?["text"].string?.contains("hail") == true
            }
            let reply = try await Customer(in: installation).ask(
                "Can I pay with American Express?")
            #expect(!reply.text.isEmpty)
        }
        await double.stop()
    }

    @Test("another model behind the same address is seen, and all is embedded again")
    func anotherModel() async throws {
        let double = try ModelDouble()
        try await RunningInstallation.with(["--embedding-url", double.url]) { installation in
            let path = "/api/v1/tenants/\(RunningInstallation.demo)/search?q=american%20express"
            func isFoundByMeaning() async throws -> Bool {
                let found = try await installation.console.call(.get, path)["passages"].elements
                #expect(!found.isEmpty)
                return found.contains { $0["similarity"] != .null }
            }
            #expect(try await isFoundByMeaning())
            let before = double.embedded
            double.change(to: "another-embed-v9")
            #expect(try await !isFoundByMeaning(), "vectors of two models are compared")
            try await eventually("all passages are embedded again") {
                try await isFoundByMeaning() && double.embedded >= 2 * before
            }
        }
        await double.stop()
    }
}
