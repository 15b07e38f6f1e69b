import Blobs
import Console
import Conversation
import ConversationView
import HTTPClient
import PipelineTesting
import Testing

@Suite("Files of conversations", .timeLimit(.minutes(5)))
struct MediaTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]

    /// A customer sends a medium; it is kept where there is a file.
    private static func receive(
        _ id: String, _ content: MessageContent, _ bytes: [UInt8], as type: String,
        in office: Office, tenant: TenantID = "sol"
    ) async throws {
        let message = InboundMessage(
            tenant: tenant, conversation: "c1", number: "101", message: MessageID(id),
            contact: Contact(phone: "34600111222"), sentAt: office.now, receivedAt: office.now,
            content: content)
        let inbound = RecordID("in-\(id)")
        try await office.append(message, id: inbound)
        let hash = try await BlobFolder(office.folder.path + "/blobs")
            .put(bytes, of: tenant, on: .media)
        let blob = BlobReference(sha256: hash, mediaType: type, size: bytes.count)
        try await office.append(
            FetchedMedium(
                message: message, inbound: inbound, reading: MediumReading(blob: blob),
                at: office.now), id: RecordID("medium-\(id)"))
    }

    private static func lines(_ office: Office) async throws -> [Handoff.Line] {
        let answer = try await office.ask(.get, "/api/v1/tenants/sol/conversations/c1")
        guard answer.status == 200 else { return [] }
        return try answer.value(ConversationTranscript.self).lines
    }

    @Test("stand in the transcript, and are given as what their bytes are, never to be run")
    func serving() async throws {
        try await Office.open { office in
            try await office.addTenant()
            try await office.addTenant("luna", number: "102")
            let page = Array("<html><script>alert(1)</script>".utf8)
            let drawing = Array("<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>".utf8)
            try await Self.receive(
                "a", .image(Media(id: "1", caption: "my bike")), Self.png, as: "image/png",
                in: office)
            try await Self.receive(
                "b", .document(Media(id: "2", filename: "../été\"\r\nX: y.html")), page,
                as: "text/html", in: office)
            try await Self.receive(
                "c", .image(Media(id: "3")), drawing, as: "image/svg+xml", in: office)
            try await office.eventually("all files stand in the transcript") {
                try await Self.lines(office).filter { $0.content?.blob != nil }.count == 3
            }
            let line = try #require(try await Self.lines(office).first)
            #expect(line.text == "[image] my bike")
            #expect(line.content?.blob?.mediaType == "image/png")
            #expect(line.content?.blob?.size == Self.png.count)

            let path = "/api/v1/tenants/sol/conversations/c1/media"
            let shown = try await office.ask(.get, path + "/in-a")
            #expect(shown.status == 200 && shown.body == Self.png)
            #expect(shown.headers["Content-Type"] == "image/png")
            #expect(shown.headers["Content-Disposition"] == "inline")
            for (id, bytes) in [("in-b", page), ("in-c", drawing)] {
                let saved = try await office.ask(.get, path + "/" + id)
                #expect(saved.status == 200 && saved.body == bytes)
                #expect(saved.headers["Content-Type"] == "application/octet-stream")
                #expect(saved.headers["Content-Disposition"]?.hasPrefix("attachment") == true)
                #expect(saved.headers["X-Content-Type-Options"] == "nosniff")
                #expect(
                    saved.headers["Content-Security-Policy"] == "sandbox; default-src 'none'")
            }
            let named = try await office.ask(.get, path + "/in-b")
            #expect(
                named.headers["Content-Disposition"]
                    == "attachment; filename*=UTF-8''%C3%A9t%C3%A9%22%0D%0AX%3A%20y.html")
            #expect(named.headers["X"] == nil)
        }
    }

    @Test("are one tenant's alone, and what has no file says so")
    func apart() async throws {
        try await Office.open { office in
            try await office.addTenant()
            try await office.addTenant("luna", number: "102")
            try await Self.receive(
                "a", .image(Media(id: "1")), Self.png, as: "image/png", in: office)
            try await office.say("hello", "c1", 5)
            try await office.eventually("the file is there") {
                try await Self.lines(office).filter { $0.content?.blob != nil }.count == 1
            }
            for target in [
                "/api/v1/tenants/luna/conversations/c1/media/in-a",
                "/api/v1/tenants/sol/conversations/c2/media/in-a",
                "/api/v1/tenants/sol/conversations/c1/media/in-z",
            ] {
                let answer = try await office.ask(.get, target)
                #expect(answer.status == 404 && answer.text.contains("no_file"), "\(target)")
            }
            let ticket = try await office.ticket("ana", "Ana", tenant: "luna")
            let stranger = try await office.ask(
                .get, "/api/v1/tenants/sol/conversations/c1/media/in-a", key: ticket.ticket)
            #expect([401, 403, 404].contains(stranger.status))
            #expect(stranger.body != Self.png)
        }
    }

    @Test("that could not be fetched are told with the reason")
    func problems() async throws {
        try await Office.open { office in
            try await office.addTenant()
            let message = InboundMessage(
                tenant: "sol", conversation: "c1", number: "101", message: "a",
                contact: Contact(phone: "34600111222"), sentAt: office.now,
                receivedAt: office.now, content: .audio(Media(id: "1", voice: true)))
            // Before its message: topics are read side by side.
            try await office.append(
                FetchedMedium(
                    message: message, inbound: "in-a", reading: MediumReading(problem: .gone),
                    at: office.now), id: "medium-a")
            try await office.append(message, id: "in-a")
            try await office.eventually("the reason is told") {
                try await Self.lines(office).first?.content?.problem == .gone
            }
            let answer = try await office.ask(
                .get, "/api/v1/tenants/sol/conversations/c1/media/in-a")
            #expect(answer.status == 404)
        }
    }
}
