import Conversation
import Foundation
import Testing

@Suite("E-mail addresses")
struct EmailAddressTests {
    @Test(
        "an address has one form, however it is typed",
        arguments: [
            ("ana@example.com", "ana@example.com"), (" Ana@EXAMPLE.com\n", "ana@example.com"),
            ("a.b+c_d-e'f@mail.example.co.uk", "a.b+c_d-e'f@mail.example.co.uk"),
            ("x@xn--bcher-kva.example", "x@xn--bcher-kva.example"), ("1@2.de", "1@2.de"),
        ])
    func normal(_ typed: String, _ text: String) throws {
        let address = try EmailAddress(typed)
        #expect(address.text == text)
        #expect(try EmailAddress(text) == address)
    }

    @Test(
        "what is no address says why",
        arguments: [
            ("", EmailAddress.Flaw.empty), ("  \n", .empty), ("ana", .form),
            ("@example.com", .form),
            ("ana@", .form), ("a@b@example.com", .form), (".ana@example.com", .name),
            ("ana.@example.com", .name), ("a..b@example.com", .name), ("a b@example.com", .name),
            ("\"a b\"@example.com", .name), ("a\r\nBcc: x@example.com", .name),
            ("a,b@example.com", .name), ("a<b@example.com", .name), ("a\\b@example.com", .name),
            ("ana@example", .domain), ("ana@[192.0.2.1]", .domain), ("ana@192.0.2.1", .domain),
            ("ana@-example.com", .domain), ("ana@example-.com", .domain),
            ("ana@example..com", .domain), ("ana@example.com.", .domain),
            ("ana@exa_mple.com", .domain), ("ana@example.com>\r\nRCPT TO:<x", .domain),
            ("ana@example.com\0", .domain), ("añá@example.com", .beyondASCII),
            ("ana@exämple.com", .beyondASCII), ("ana@gıthub.com", .beyondASCII),
        ])
    func flaws(_ typed: String, _ flaw: EmailAddress.Flaw) {
        #expect(throws: flaw) { try EmailAddress(typed) }
        #expect(!flaw.description.isEmpty)
    }

    @Test("parts are as long as SMTP takes them, and no longer")
    func lengths() throws {
        let name = String(repeating: "n", count: 64)
        let label = String(repeating: "d", count: 61)
        let domain = "\(label).\(label).\(label).de"
        #expect(throws: Never.self) { try EmailAddress("\(name)@\(domain)") }
        #expect(throws: EmailAddress.Flaw.length) { try EmailAddress("n\(name)@example.com") }
        #expect(throws: EmailAddress.Flaw.length) { try EmailAddress("\(name)@d.\(domain)") }
        #expect(throws: EmailAddress.Flaw.domain) { try EmailAddress("a@\(label)ddd.de") }
        #expect(throws: EmailAddress.Flaw.length) {
            try EmailAddress(String(repeating: "a", count: 1_000_000) + "@b.de")
        }
    }

    @Test("parts, the masked form and JSON")
    func parts() throws {
        let address = try EmailAddress("ana.sol@example.com")
        #expect(address.name == "ana.sol")
        #expect(address.domain == "example.com")
        #expect(address.masked == "a…@example.com")
        let json = try JSONEncoder().encode([address])
        #expect(String(decoding: json, as: UTF8.self) == #"["ana.sol@example.com"]"#)
        #expect(try JSONDecoder().decode([EmailAddress].self, from: json) == [address])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([EmailAddress].self, from: Data(#"["x"]"#.utf8))
        }
    }
}
