import Cryptography
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// What customers send, from WhatsApp to the agent's eyes.
@Suite(.installation())
struct MediaJourneyTests {
    private var installation: RunningInstallation {
        get throws { try #require(RunningInstallation.shared) }
    }

    /// A file that the simulated customer has at hand; answers the webhook's description of it.
    private struct Stored: Decodable {
        var id: String
        var mime_type: String
        var sha256: String
    }

    private static func store(
        _ bytes: [UInt8], as type: String, in installation: RunningInstallation
    ) async throws -> Stored {
        let answer = try await installation.simulator.send(
            .post, "/api/v1/media?business=\(RunningInstallation.demo)", bytes,
            headers: [("Content-Type", type)])
        return Stored(
            id: try #require(answer.body["id"].string),
            mime_type: try #require(answer.body["mime_type"].string),
            sha256: try #require(answer.body["sha256"].string))
    }

    private struct Sent: Encodable {
        struct Message: Encodable {
            struct Medium: Encodable {
                var id: String
                var mime_type: String
                var sha256: String
                var caption: String?
                var filename: String?
            }
            var type: String
            var image: Medium?
            var document: Medium?
        }
        var business = RunningInstallation.demo
        var from: String
        var message: Message
    }

    /// The only conversation of a customer, once it has so many lines with a file or a problem.
    private static func lines(
        of customer: Customer, files: Int, in installation: RunningInstallation
    ) async throws -> (conversation: String, lines: [JSON]) {
        let path = "/api/v1/tenants/\(RunningInstallation.demo)/conversations"
        return try await eventually("\(files) files in the transcript") {
            let all = try await installation.console.call(.get, path)["conversations"].elements
            let own = all.first { $0["customer"]["phone"].string == customer.phone }
            guard let conversation = own?["conversation"].string else { return nil }
            let lines = try await installation.console.call(.get, path + "/" + conversation)[
                "lines"
            ].elements
            let settled = lines.filter {
                $0["content"]["blob"] != .null || $0["content"]["problem"] != .null
            }
            return settled.count >= files ? (conversation, lines) : nil
        }
    }

    @Test("a picture and a file are fetched, kept and shown, and no log tells their words")
    func inbound() async throws {
        let installation = try installation
        let customer = Customer(in: installation)
        let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + Array("pix".utf8)
        let page = Array("<html><script>canary</script>".utf8)
        let picture = try await Self.store(png, as: "image/jpeg", in: installation)
        let file = try await Self.store(page, as: "application/pdf", in: installation)
        var sent = Sent(from: customer.phone, message: .init(type: "image"))
        sent.message.image = .init(
            id: picture.id, mime_type: picture.mime_type, sha256: picture.sha256,
            caption: "captioncanary: what does this cost?")
        try await installation.simulator.call(.post, "/api/v1/messages", try jsonBytes(sent))
        sent.message = .init(type: "document")
        sent.message.document = .init(
            id: file.id, mime_type: file.mime_type, sha256: file.sha256,
            filename: "namecanary.pdf")
        try await installation.simulator.call(.post, "/api/v1/messages", try jsonBytes(sent))

        let (conversation, lines) = try await Self.lines(
            of: customer, files: 2, in: installation)
        let files = lines.filter { $0["content"]["blob"] != .null }
        // What WhatsApp says of a file is not believed.
        #expect(
            Set(files.compactMap { $0["content"]["blob"]["mediaType"].string })
                == ["image/png", "text/html"])
        let agent = try await installation.console.call(
            .post, "/api/v1/tenants/\(RunningInstallation.demo)/tickets",
            try jsonBytes(["agent": "ana", "name": "Ana"]))["ticket"].string
        let http = try HTTPClient()
        for line in files {
            let id = try #require(line["id"].string)
            let answer = try await http.send(
                HTTPClientRequest(
                    .get,
                    installation.console.base + "/api/v1/tenants/\(RunningInstallation.demo)"
                        + "/conversations/\(conversation)/media/\(id)",
                    headers: ["Authorization": "Bearer \(try #require(agent))"]))
            #expect(answer.status == 200)
            let isPicture = line["content"]["kind"].string == "image"
            #expect(answer.body == (isPicture ? png : page))
            #expect(
                answer.headers["Content-Type"]
                    == (isPicture ? "image/png" : "application/octet-stream"))
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: installation.data + "/logs")
        {
            let log = ParleyProgram.text("\(installation.data)/logs/\(name)")
            #expect(!log.contains("captioncanary") && !log.contains("namecanary"), "\(name)")
        }
    }

    @Test("a file whose bytes are not those announced, and one that is gone, are told as such")
    func problems() async throws {
        let installation = try installation
        let customer = Customer(in: installation)
        let file = try await Self.store(Array("words".utf8), as: "text/plain", in: installation)
        var sent = Sent(from: customer.phone, message: .init(type: "document"))
        sent.message.document = .init(
            id: file.id, mime_type: file.mime_type,
            sha256: Cryptography.Base64.encode(SHA256.digest(Array("other words".utf8))))
        try await installation.simulator.call(.post, "/api/v1/messages", try jsonBytes(sent))
        sent.message.document = .init(
            id: "4242", mime_type: "text/plain", sha256: file.sha256)
        try await installation.simulator.call(.post, "/api/v1/messages", try jsonBytes(sent))
        let (_, lines) = try await Self.lines(of: customer, files: 2, in: installation)
        #expect(
            Set(lines.compactMap { $0["content"]["problem"].string }) == ["damaged", "gone"])
    }
}
