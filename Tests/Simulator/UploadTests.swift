import Cryptography
import Foundation
import HTTPClient
import Testing

@testable import Simulator

@Suite("The simulator's media")
struct UploadTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1]

    private static func upload(
        _ bytes: [UInt8], as type: String, to lab: Lab, product: String = "whatsapp",
        token: String? = nil
    ) async throws -> JSON {
        let form = MultipartForm(
            fields: [("messaging_product", product), ("type", type)], file: "file",
            filename: "a \"name\"\r\nX: y", mediaType: type, bytes: bytes)
        let answer = try await lab.http.send(
            HTTPClientRequest(
                .post, "http://127.0.0.1:\(lab.port)/v26.0/\(lab.number)/media",
                headers: [
                    "Authorization": "Bearer \(token ?? lab.token)",
                    "Content-Type": form.contentType,
                ], body: form.body))
        return try JSON(answer.body)
    }

    private static func send(
        _ type: String, _ medium: String, to lab: Lab
    ) async throws -> (status: Int, body: JSON) {
        try await lab.graph(
            "\(lab.number)/messages",
            """
            {"messaging_product":"whatsapp","to":"+34600111222","type":"\(type)",
            "\(type)":\(medium)}
            """)
    }

    @Test("are uploaded, sent by their id, and seen by the customer as they are")
    func sent() async throws {
        try await Lab.run { lab in
            try await lab.customer("Hello")
            let id = try #require(
                try await Self.upload(Self.png, as: "image/png", to: lab).string("id"))
            let answer = try await Self.send(
                "image", "{\"id\":\"\(id)\",\"caption\":\"look\"}", to: lab)
            #expect(answer.status == 200)
            let seen = try await lab.control("conversations/sol/34600111222")
            let medium = try #require(seen.list("messages").first?["medium"])
            #expect(medium.string("sha256") == SHA256.hex(Self.png))
            #expect(medium.string("mime_type") == "image/png")
            #expect(medium.string("caption") == "look")
            #expect(medium.int("file_size") == 9)
        }
    }

    @Test("are refused as WhatsApp refuses them: by type, size, bytes, product and token")
    func refusals() async throws {
        try await Lab.run { lab in
            func code(
                _ bytes: [UInt8], _ type: String, product: String = "whatsapp",
                token: String? = nil
            ) async throws -> Int? {
                try await Self.upload(bytes, as: type, to: lab, product: product, token: token)
                    .code
            }
            #expect(try await code(Self.png, "image/gif") == 100)
            #expect(try await code(Self.png, "image/jpeg") == 131_053)
            #expect(try await code([], "image/png") == 131_053)
            #expect(try await code(Self.png, "image/png", product: "x") == 100)
            #expect(try await code(Self.png, "image/png", token: "wrong") == 190)
            let large = Self.png + [UInt8](repeating: 0, count: 5 * 1024 * 1024)
            #expect(try await code(large, "image/png") == 131_053)
            let plain = try await lab.graph("\(lab.number)/media", "{}")
            #expect(plain.body.code == 100)
        }
    }

    @Test("are taken in messages by a valid id only, within what each kind may have")
    func messages() async throws {
        try await Lab.run { lab in
            try await lab.customer("Hello")
            let id = try #require(
                try await Self.upload(Self.png, as: "image/png", to: lab).string("id"))
            func code(_ type: String, _ medium: String) async throws -> Int? {
                try await Self.send(type, medium, to: lab).body.code
            }
            #expect(try await code("image", "{\"id\":\"4711\"}") == 100)
            #expect(try await code("image", "{}") == 100)
            #expect(try await code("image", "{\"link\":\"ftp://x\"}") == 100)
            #expect(try await code("video", "{\"id\":\"\(id)\"}") == 131_053)
            #expect(try await code("audio", "{\"id\":\"\(id)\",\"caption\":\"x\"}") == 100)
            #expect(try await code("image", "{\"id\":\"\(id)\",\"filename\":\"x\"}") == 100)
            let long = String(repeating: "a", count: 1_025)
            #expect(
                try await code("image", "{\"id\":\"\(id)\",\"caption\":\"\(long)\"}") == 100)
            // What a customer sent is nothing that a business may send on.
            let stored = try await lab.http.send(
                HTTPClientRequest(
                    .post, "http://127.0.0.1:\(lab.port)/api/v1/media?business=sol",
                    headers: ["Content-Type": "image/png"], body: Self.png))
            let inbound = try #require(try JSON(stored.body).string("id"))
            #expect(try await code("image", "{\"id\":\"\(inbound)\"}") == 100)
            _ = try await lab.http.send(
                HTTPClientRequest(
                    .delete, "http://127.0.0.1:\(lab.port)/api/v1/media/\(id)"))
            #expect(try await code("image", "{\"id\":\"\(id)\"}") == 100)
            let gone = try await lab.graph("\(inbound)?phone_number_id=\(lab.number)", nil)
            #expect(gone.status == 200)
            _ = try await lab.http.send(
                HTTPClientRequest(
                    .delete, "http://127.0.0.1:\(lab.port)/api/v1/media/\(inbound)"))
            let later = try await lab.graph("\(inbound)?phone_number_id=\(lab.number)", nil)
            #expect(later.body.code == 100)
        }
    }
}
