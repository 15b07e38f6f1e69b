import Conversation
import Foundation
import Testing

@testable import Mail

@Suite("Mails without a server")
struct MailFolderTests {
    private static func withFolder(_ body: (MailFolder, URL) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: root) }
        try await body(MailFolder(root.path), root)
    }

    private static func mail(_ number: Int) throws -> ComposedMail {
        var mail = try ComposingTests.mail(subject: "Mail \(number)")
        mail.cause = "record-\(number)"
        mail.date = Timestamp(seconds: 1_800_000_000 + Int64(number))
        return try mail.composed()
    }

    @Test("what was kept is listed, the newest first, and read whole; a repeat is no second mail")
    func keeps() async throws {
        try await Self.withFolder { folder, root in
            #expect(try await folder.list(of: nil) == [])
            let transport = folder.transport(of: nil)
            for number in [1, 3, 2, 3, 1] { _ = try await transport.send(try Self.mail(number)) }
            let mails = try await folder.list(of: nil)
            #expect(mails.map(\.subject) == ["Mail 3", "Mail 2", "Mail 1"])
            #expect(try await MailFolder(root.path).mail(mails[1].id, of: nil) == mails[1])
            #expect(try await folder.mail("nobody@example.com", of: nil) == nil)
        }
    }

    @Test("tenants have folders of their own, which go with them")
    func tenants() async throws {
        try await Self.withFolder { folder, root in
            for tenant in ["sol", "luna", nil] as [TenantID?] {
                _ = try await folder.transport(of: tenant).send(try Self.mail(1))
            }
            try await folder.erase("sol")
            try await folder.erase("sol")
            #expect(try await folder.list(of: "sol") == [])
            #expect(try await folder.list(of: "luna").count == 1)
            #expect(try await folder.list(of: nil).count == 1)
            #expect(try await folder.tenants() == ["luna"])
            let names = try FileManager.default.contentsOfDirectory(atPath: root.path)
            #expect(Set(names) == ["luna", "_"])
        }
    }

    @Test("no id leads out of the folder", arguments: ["..", "../x", "a/b", "_", "", "a.b"])
    func names(_ tenant: String) async throws {
        try await Self.withFolder { folder, root in
            await #expect(throws: MailError.self) {
                try await folder.transport(of: TenantID(tenant)).send(try Self.mail(1))
            }
            await #expect(throws: MailError.self) { try await folder.erase(TenantID(tenant)) }
            #expect(!FileManager.default.fileExists(atPath: root.path))
        }
    }

    @Test("only the newest are kept, and a damaged file hides no other")
    func bounded() async throws {
        try await Self.withFolder { folder, root in
            let transport = folder.transport(of: "sol")
            for number in 0..<(MailFolder.most + 5) {
                _ = try await transport.send(try Self.mail(number))
            }
            let mails = try await folder.list(of: "sol")
            #expect(mails.count == MailFolder.most)
            #expect(mails.last?.subject == "Mail 5")
            try Data("junk".utf8).write(to: root.appending(path: "sol/x.json"))
            #expect(try await folder.list(of: "sol").count == MailFolder.most)
        }
    }

    @Test("others on the machine read none of it")
    func closed() async throws {
        try await Self.withFolder { folder, root in
            _ = try await folder.transport(of: nil).send(try Self.mail(1))
            let attributes = try FileManager.default.attributesOfItem(
                atPath: root.appending(path: "_").path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
        }
    }
}
