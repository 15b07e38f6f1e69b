import Conversation
import FoundationEssentials
import HTTPClient
import Simulator
import Testing
import WhatsAppCloudAPI

@Suite struct UploadTests {
    @Test("a file is given to WhatsApp as it is, whatever bytes it holds, and can then be sent")
    func upload() async throws {
        try await Pipe.run { pipe in
            let access = GraphAccess(
                baseURL: "http://127.0.0.1:\(pipe.port)", version: "v26.0", number: "n1",
                token: "token")
            let endpoint = MediaEndpoint(over: pipe.http)
            // What looks like the end of a part, or of all parts.
            let bytes =
                Array("%PDF-1.7\r\n--parley-1-2--\r\n\r\n--\r\n".utf8) + Array(0...255)
            let id = try await endpoint.upload(
                bytes, as: "application/pdf", filename: "precios\"\r\n.pdf", through: access)
            #expect(!id.isEmpty)
            let kept = try await endpoint.resolve(id, through: access)
            #expect(try await endpoint.download(kept, through: access) == bytes)
            let outcome = await MessagesEndpoint(over: pipe.http).send(
                OutboundContent(
                    .document(OutboundMedia(.uploaded(id: id), filename: "precios.pdf"))),
                to: Contact(phone: "34600111222"), callbackData: "p1.c.o.1", through: access)
            guard case .accepted = outcome else {
                Issue.record("it was not taken: \(outcome)")
                return
            }
            await #expect(throws: CloudAPIError.self) {
                _ = try await endpoint.upload(
                    Array("no picture".utf8), as: "image/png", filename: "x", through: access)
            }
        }
    }
}
