import Cryptography
import FoundationEssentials
import HTTPClient
import PipelineTesting
import Testing

/// What customers show and say, until a model answers it.
@Suite(.ownInstallation)
struct MediaModelTests {
    private struct Model: Encodable {
        var url: String
        var name = "double"
        var seesImages = true
    }

    /// The customer's medium, as WhatsApp's webhook describes it.
    private static func send(
        _ kind: String, _ bytes: [UInt8], as type: String, caption: String? = nil,
        from customer: Customer
    ) async throws {
        struct Sent: Encodable {
            var business: String
            var from: String
            var message: [String: Part]
        }
        enum Part: Encodable {
            case text(String)
            case medium([String: String])

            func encode(to encoder: any Encoder) throws {
                var box = encoder.singleValueContainer()
                switch self {
                case .text(let text): try box.encode(text)
                case .medium(let medium): try box.encode(medium)
                }
            }
        }
        let stored = try await customer.simulator.send(
            .post, "/api/v1/media?business=\(customer.business)", bytes,
            headers: [("Content-Type", type)])
        var medium = [
            "id": try #require(stored.body["id"].string), "mime_type": type,
            "sha256": Cryptography.Base64.encode(SHA256.digest(bytes)),
        ]
        medium["caption"] = caption
        let sent = Sent(
            business: customer.business, from: customer.phone,
            message: ["type": .text(kind), kind: .medium(medium)])
        try await customer.simulator.call(.post, "/api/v1/messages", try jsonBytes(sent))
    }

    @Test("a voice note is answered as if it were written, and a picture is shown to the model")
    func answered() async throws {
        let model = try ModelDouble { _ in
            .say("On Saturday we open at 9:00 [{n}].", holding: "Saturday we open at 9:00")
        }
        let options = [
            "--model-url", model.url, "--model", "double", "--model-sees-images",
            "--transcription-url", model.url, "--burst-pause", "0",
        ]
        try await RunningInstallation.with(options) { installation in
            let customer = Customer(in: installation)
            let voice = Array("OggS".utf8) + [0, 1, 2, 3]
            try await Self.send("audio", voice, as: "audio/ogg", from: customer)
            #expect(
                try await customer.seen(atLeast: 1).last?.text == "On Saturday we open at 9:00.")
            #expect(model.sounds.count == 1)
            #expect(model.sounds.first?.firstRange(of: voice) != nil)
            #expect(model.questions.last?.contains("What time do you open on Saturday?") == true)

            let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 7]
            try await Self.send(
                "image", png, as: "image/png", caption: "Are you open then on Saturday?",
                from: customer)
            #expect(
                try await customer.seen(atLeast: 2).last?.text == "On Saturday we open at 9:00.")
            #expect(
                model.pictures
                    == ["data:image/png;base64," + Cryptography.Base64.encode(png)])
            // What was said stands in the transcript.
            let path = "/api/v1/tenants/\(RunningInstallation.demo)/conversations"
            let list = try await installation.console.call(.get, path)["conversations"].elements
            let conversation = try #require(list.first?["conversation"].string)
            let lines = try await installation.console.call(.get, path + "/" + conversation)[
                "lines"
            ].elements
            #expect(
                lines.contains {
                    $0["content"]["spoken"].string == "What time do you open on Saturday?"
                })
        }
        await model.stop()
    }
}
