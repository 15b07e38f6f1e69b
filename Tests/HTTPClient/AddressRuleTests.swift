import NetworkAddress
import Testing

@testable import HTTPClient

@Suite("Address rule", .timeLimit(.minutes(5)))
struct AddressRuleTests {
    @Test(
        "addresses outside the public internet are refused",
        arguments: [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.9.9.9",
            "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1",
            "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.7",
            "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
            "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1",
            "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::10.0.0.1",
            "64:ff9b:1::1", "2001:db8::1", "2002:7f00:1::1", "2001::1", "100::1", "5f00::1",
        ])
    func refused(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(!AddressRule.publicOnly().allows(address))
        #expect(AddressRule.any.allows(address))
    }

    @Test(
        "public addresses are allowed",
        arguments: [
            "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
            "172.15.255.255", "172.32.0.0", "157.240.1.1", "223.255.255.255",
            "2a03:2880:f12f::1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1",
        ])
    func allowed(_ text: String) throws {
        #expect(AddressRule.publicOnly().allows(try #require(IPAddress(text))))
    }

    @Test("exceptions open what they name and nothing else")
    func exceptions() throws {
        let ranges = try ["10.1.0.0/16", "127.0.0.1", "fd00::/9"].map {
            try #require(AddressRange($0))
        }
        let rule = AddressRule.publicOnly(allowing: ranges)
        for text in ["10.1.9.9", "127.0.0.1", "::ffff:10.1.0.1", "fd7f::1"] {
            #expect(rule.allows(try #require(IPAddress(text))), "\(text)")
        }
        for text in ["10.2.0.1", "127.0.0.2", "fd80::1", "fc00::1"] {
            #expect(!rule.allows(try #require(IPAddress(text))), "\(text)")
        }
        for text in ["", "10.0.0.0/33", "10.0.0.0/-1", "10/8", "a", "::/129", "10.0.0.0/8/8"] {
            #expect(AddressRange(text) == nil, "\(text)")
        }
    }

    /// All of these reach 127.0.0.1, by name, by odd notation or by mapping.
    @Test(
        "no spelling of a loopback address gets through",
        arguments: [
            "127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0",
            "[::ffff:127.0.0.1]", "[::1]", "user@127.0.0.1",
        ])
    func spellings(_ host: String) async throws {
        let server = try ScriptedServer { _, _ in .bytes(answer()) }
        defer { server.stop() }
        var request = HTTPClientRequest(.post, "http://\(host):\(server.port)/", body: [])
        request.addressRule = .publicOnly()
        let client = try HTTPClient()
        do throws(HTTPClientError) {
            _ = try await client.send(request)
            Issue.record("it was sent")
        } catch {
            guard case .forbiddenAddress = error else {
                Issue.record("\(error)")
                return
            }
        }
        #expect(server.connections == 0)
    }

    @Test("a connection that a free request opened is not lent to a bound one")
    func reusedConnection() async throws {
        let server = try ScriptedServer { _, _ in .bytes(answer()) }
        defer { server.stop() }
        let client = try HTTPClient()
        var request = HTTPClientRequest(.post, server.url, body: [])
        #expect(try await client.send(request).status == 200)
        request.addressRule = .publicOnly()
        let bound = request
        await #expect(
            throws: HTTPClientError.forbiddenAddress(url: server.url, address: "127.0.0.1")
        ) { try await client.send(bound) }
        #expect(server.requests.count == 1)
        request.addressRule = .publicOnly(allowing: [try #require(AddressRange("127.0.0.0/8"))])
        #expect(try await client.send(request).status == 200)
    }

    @Test("a redirect to a forbidden address is not followed")
    func redirect() async throws {
        let inner = try ScriptedServer { _, _ in .bytes(answer("secret")) }
        defer { inner.stop() }
        let target = "http://127.0.0.2:\(inner.port)/"
        let outer = try ScriptedServer { _, _ in
            .bytes(answer("", status: "302 Found", headers: "location: \(target)\r\n"))
        }
        defer { outer.stop() }
        var request = HTTPClientRequest(.get, outer.url)
        request.redirectLimit = 3
        request.addressRule = .publicOnly(allowing: [try #require(AddressRange("127.0.0.1"))])
        let client = try HTTPClient()
        let bound = request
        await #expect(
            throws: HTTPClientError.forbiddenAddress(url: outer.url, address: "127.0.0.2")
        ) { try await client.send(bound) }
        #expect(inner.requests.isEmpty)
    }

    @Test(
        "errors never show user information, query or fragment",
        arguments: [
            ("https://u:p@h.example:8/a/b?c=d#e", "https://h.example:8/a/b"),
            ("https://h.example?c=d", "https://h.example"),
            ("https://a@b@h.example/x@y", "https://h.example/x@y"),
            ("user:pass@h", "…"), ("", ""),
        ])
    func safeURLs(_ url: String, _ safe: String) {
        #expect(HTTPClientError.safe(url) == safe)
    }
}
