import Conversation
import Cryptography
import TenantKeys
import Testing

@Suite("Names by a tenant's key")
struct TenantKeyTests {
    private func key(_ tenant: TenantID, _ byte: UInt8) throws -> TenantKey {
        try TenantKey(
            id: "0011223344556677", tenant: tenant, from: Timestamp(milliseconds: 0),
            secret: [UInt8](repeating: byte, count: 32))
    }

    @Test("the same message has the same name, and another under another key")
    func messages() throws {
        let (one, other) = (try key("sol", 1), try key("luna", 2))
        let wamid: WhatsAppMessageID = "wamid.HBgLMTY1MDUwNzY1MjAVAgARGBI5"
        #expect(one.message(wamid) == one.message(wamid))
        #expect(one.message(wamid) != other.message(wamid))
        #expect(one.message(wamid).rawValue.count == 32)
    }

    @Test("the parts of a name do not run into each other")
    func parts() throws {
        let key = try key("sol", 1)
        #expect(
            key.conversation(number: "12", identity: "3")
                != key.conversation(number: "1", identity: "23"))
        #expect(key.name("a", "bc") != key.name("ab", "c"))
    }
}
