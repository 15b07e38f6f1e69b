import Blobs
import Console
import Conversation
import ConversationView
import Cryptography
import HTTPClient
import PipelineTesting
import Records
import Testing

@Suite("Files that agents send", .timeLimit(.minutes(5)))
struct MediaSendingTests {
    private static let path = "/api/v1/tenants/sol/conversations/c1/media"
    private static let pdf = Array("%PDF-1.7 prices".utf8)

    /// A handoff that the agent of these tests has claimed; answers the agent's ticket.
    private static func claim(_ office: Office) async throws -> String {
        try await office.addTenant()
        try await office.handOff("c1")
        let ana = try await office.socket("ana", "Ana")
        try await office.eventually("the handoff is listed") {
            try await office.ask(.get, "/api/v1/tenants/sol/handoffs").text.contains("\"c1\"")
        }
        try await ana.send(.claim, "c1", ref: "r1")
        _ = try await ana.next { message -> Bool? in
            if case .done("r1", _) = message { true } else { nil }
        }
        return try await office.ticket("ana", "Ana", tenant: "sol").ticket
    }

    private static func outbound(_ office: Office) async throws -> [OutboundContent] {
        try await office.payloads(in: .messagesOutbound).compactMap { payload in
            guard case .payload(let message as OutboundMessage) = payload else { return nil }
            guard let content = message.content.message, content.plainText == nil else {
                return nil
            }
            return content
        }
    }

    @Test("are kept, sent once however often one asks, and can be read in the transcript")
    func sending() async throws {
        try await Office.open(handingOff: true) { office in
            let ticket = try await Self.claim(office)
            let target = Self.path + "?filename=prices.pdf&caption=Here"
            for _ in 0..<2 {
                let answer = try await office.ask(
                    .post, target, key: ticket,
                    headers: [.init(name: "Idempotency-Key", value: "the-same-act")],
                    body: Self.pdf)
                try #require(answer.status == 201, "\(answer.text)")
                #expect(answer.text.contains("application/pdf"))
            }
            let blob = BlobReference(
                sha256: SHA256.hex(Self.pdf), mediaType: "application/pdf", size: 15)
            let content = OutboundContent(
                .document(OutboundMedia(.blob(blob), caption: "Here", filename: "prices.pdf")))
            try await office.eventually("it goes out") {
                try await Self.outbound(office) == [content]
            }
            let kept = try await office.payloads(in: .mediaKept)
            #expect(!kept.isEmpty)
            try await office.eventually("it stands in the transcript") {
                try await office.ask(.get, "/api/v1/tenants/sol/conversations/c1")
                    .value(ConversationTranscript.self).lines.contains {
                        $0.content?.blob == blob && $0.content?.filename == "prices.pdf"
                    }
            }
            let line = try #require(
                try await office.ask(.get, "/api/v1/tenants/sol/conversations/c1")
                    .value(ConversationTranscript.self).lines.first { $0.content?.blob != nil })
            let read = try await office.ask(.get, Self.path + "/" + line.id.rawValue)
            #expect(read.body == Self.pdf)
            #expect(
                read.headers["Content-Disposition"]
                    == "attachment; filename*=UTF-8''prices.pdf")
        }
    }

    @Test("are refused with a reason where WhatsApp would refuse them, and nothing is kept")
    func refusals() async throws {
        try await Office.open(handingOff: true) { office in
            let ticket = try await Self.claim(office)
            let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
            let large = png + [UInt8](repeating: 0, count: 5 * 1024 * 1024)
            let refused: [(String, [UInt8], String)] = [
                ("", large, "WhatsApp takes at most 5242880"),
                ("", Array("GIF89a...".utf8), "does not take image/gif"),
                ("?kind=sticker", png, "does not take image/png as a sticker"),
                ("", Array("<html>".utf8), "does not take text/html"),
            ]
            for (query, bytes, reason) in refused {
                let answer = try await office.ask(
                    .post, Self.path + query, key: ticket, body: bytes)
                #expect(answer.status == 422 && answer.text.contains(reason), "\(answer.text)")
            }
            let blobs = BlobFolder(office.folder.path + "/blobs")
            #expect(try await blobs.usage(of: "sol") == BlobUsage())
            #expect(try await Self.outbound(office).isEmpty)
        }
    }

    @Test("are sent by the agent who has the conversation, and by nobody else")
    func claims() async throws {
        try await Office.open(handingOff: true) { office in
            _ = try await Self.claim(office)
            let ben = try await office.ticket("ben", "Ben", tenant: "sol").ticket
            let other = try await office.ask(.post, Self.path, key: ben, body: Self.pdf)
            #expect(other.status == 409 && other.text.contains("no_claim"))
            let key = try await office.ask(.post, Self.path, body: Self.pdf)
            #expect(key.status == 409 && key.text.contains("no_agent"))
            #expect(try await Self.outbound(office).isEmpty)
        }
    }
}
