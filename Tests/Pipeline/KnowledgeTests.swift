import Cryptography
import FoundationEssentials
import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// Documents and tenants come, change and go while the installation runs.
@Suite(.installation())
struct KnowledgeTests {
    private let installation: RunningInstallation

    init() throws { installation = try #require(RunningInstallation.shared) }

    private func search(_ question: String, in tenant: String) async throws -> [JSON] {
        let query = LocalAPI.escaped(question)
        return try await installation.console.call(
            .get, "/api/v1/tenants/\(tenant)/search?q=\(query)")["passages"].elements
    }

    @Test("a new document answers, its change answers anew, and its removal ends that")
    func lifeOfADocument() async throws {
        let name = "lifecycle"
        let question = "How long is the guarantee on umbrellas?"
        _ = try await installation.connect(name, documents: Facts.documents)
        let customer = Customer(of: name, in: installation)
        #expect(try await customer.ask(Facts.questions[1]).text.contains("3 euros"))
        func text(_ years: String) -> [UInt8] {
            Array("# Umbrellas\n\nThe guarantee on umbrellas is \(years) long.".utf8)
        }
        let added = try await installation.add("umbrellas.md", text("two years"), to: name)
        #expect(added["outcome"].string == "indexedWithoutVectors")
        let found = { (years: String) in
            try await eventually("\(years) is found") {
                try await search(question, in: name).first?["text"].string?.contains(years) == true
            }
        }
        try await found("two years")
        let first = try await customer.ask(question)
        #expect(first.text.contains("two years"))
        let changed = try await installation.add("umbrellas.md", text("five years"), to: name)
        #expect(changed["id"] == added["id"])
        try await found("five years")
        #expect(try await customer.ask(question).text.contains("five years"))
        let document = try #require(added["id"].string)
        let path = "/api/v1/tenants/\(name)/documents/\(document)?wait=30"
        #expect(try await installation.console.call(.delete, path)["outcome"].string == "removed")
        try await eventually("no passage is left") {
            try await search(question, in: name).allSatisfy { $0["document"] != added["id"] }
        }
        let last = try await customer.ask(question)
        #expect(!last.text.contains("five years"))
        #expect(last.text.contains("colleague"))
    }

    @Test("two files of one name are refused before anything is sent; a name of its own keeps both")
    func filesOfOneName() async throws {
        let name = "twins"
        _ = try await installation.connect(name)
        let folder = try TemporaryFolder()
        for part in ["a", "b"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/\(part)", withIntermediateDirectories: false)
            try Data("# Part \(part)\n\nThis is part \(part).".utf8).write(
                to: URL(filePath: "\(folder.path)/\(part)/x.md"))
        }
        let first = "\(folder.path)/a/x.md"
        let second = "\(folder.path)/b/x.md"
        let options = ["--data", installation.data, "--tenant", name]
        let refused = try await ParleyProgram.run(
            ["knowledge", "add", first, second] + options)
        #expect(refused.exit != .code(0))
        #expect(refused.output.contains(first) && refused.output.contains(second))
        let path = "/api/v1/tenants/\(name)/documents"
        #expect(try await installation.console.call(.get, path)["documents"].elements.isEmpty)

        let kept = try await ParleyProgram.run(["knowledge", "add", first] + options)
        #expect(kept.exit == .code(0), "\(kept.output)")
        #expect(!kept.output.contains("in place of"))
        let other = try await ParleyProgram.run(
            ["knowledge", "add", second, "--name", "b-x.md"] + options)
        #expect(other.exit == .code(0), "\(other.output)")
        let documents = try await installation.console.call(.get, path)["documents"].elements
        #expect(documents.map { $0["name"].string } == ["b-x.md", "x.md"])

        let replaced = try await ParleyProgram.run(["knowledge", "add", second] + options)
        #expect(replaced.output.contains("in place of the earlier x.md"), "\(replaced.output)")
    }

    @Test("what cannot be read is told on the document, and the others go on")
    func unreadableDocuments() async throws {
        let name = "unreadable"
        _ = try await installation.connect(name)
        let folder = ParleyProgram.home + "/Tests/DocumentText/Fixtures/"
        for (file, bytes) in [
            ("broken.pdf", Array("%PDF-1.7\nnot really".utf8)),
            ("encrypted.pdf", try Self.bytes(folder + "encrypted.pdf")),
            ("bomb.docx", try Self.bytes(folder + "bomb.docx")),
        ] {
            let listing = try await installation.add(file, bytes, to: name)
            #expect(listing["outcome"].string == "failed", "\(listing)")
            #expect((listing["problem"].string ?? "").count > 10, "\(listing)")
        }
        let good = try await installation.add(
            "facts.md", Array((Facts.documents["facts.md"] ?? "").utf8), to: name)
        #expect(good["outcome"].string == "indexedWithoutVectors")
        let reply = try await Customer(of: name, in: installation).ask(Facts.questions[0])
        #expect(reply.text.contains("7:15"))
        let left = ProcessTable.naming(installation.data).filter {
            $0.words.first?.hasSuffix("/parley") != true
        }
        #expect(left.isEmpty, "a tool still reads a document")
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try #require(FileManager.default.contents(atPath: path), "\(path) is missing"))
    }

    @Test("two businesses' documents answer their own customers only")
    func separateTenants() async throws {
        for (name, code) in [("red", "RED-4711"), ("blue", "BLUE-0815")] {
            _ = try await installation.connect(
                name, documents: ["wifi.md": "# Guests\n\nThe password of the wifi is \(code)."])
        }
        let question = "What is the password of the wifi?"
        for (name, own, foreign) in [
            ("red", "RED-4711", "BLUE-0815"), ("blue", "BLUE-0815", "RED-4711"),
        ] {
            let reply = try await Customer(of: name, in: installation).ask(question)
            #expect(reply.text.contains(own))
            #expect(!reply.text.contains(foreign))
            let found = try await search(question, in: name)
            #expect(found.count == 1)
        }
        let demo = try await Customer(in: installation).ask(question)
        #expect(!demo.text.contains("RED") && !demo.text.contains("BLUE"))
    }

    @Test("webhooks for a removed business are taken with 200 and counted")
    func removedTenant() async throws {
        let kept = try await installation.connect("kept", documents: Facts.documents)
        let gone = try await installation.connect("gone", appSecret: kept.appSecret)
        #expect(
            try await installation.console.send(.delete, "/api/v1/tenants/\(gone.name)").status
                == 204)
        try await eventually("the ingester counts webhooks of no business") {
            #expect(try await post(Self.webhook(to: gone), signedBy: gone.appSecret) == 200)
            return try await unknownBusinesses() > 0
        }
        #expect(try await post(Self.webhook(to: gone), signedBy: "another secret") == 401)
        let reply = try await Customer(of: kept.name, in: installation).ask(Facts.questions[0])
        #expect(reply.text.contains("7:15"))
        let tenants = try await installation.console.call(.get, "/api/v1/tenants")["tenants"]
            .elements
        #expect(!tenants.contains { $0["id"].string == gone.name })
    }

    private func unknownBusinesses() async throws -> Double {
        try await installation.metrics("ingester")["parley_webhook_unknown_business_total"] ?? 0
    }

    private func post(_ body: [UInt8], signedBy secret: String) async throws -> Int {
        let signature = Hex.encode(try HMAC.sha256(key: Array(secret.utf8), body))
        let api = LocalAPI(base: installation.webhook)
        return try await api.send(
            .post, "", body, headers: [("X-Hub-Signature-256", "sha256=\(signature)")]
        ).status
    }

    private static func webhook(to business: Business) -> [UInt8] {
        Array(
            """
            {"object":"whatsapp_business_account","entry":[{"id":"\(business.account)","changes":[
            {"field":"messages","value":{"messaging_product":"whatsapp","metadata":
            {"display_phone_number":"15550001","phone_number_id":"\(business.number)"},
            "messages":[{"from":"34600999888","id":"wamid.X","timestamp":"1795261563",
            "type":"text","text":{"body":"Hi"}}]}}]}]}
            """.utf8)
    }
}
