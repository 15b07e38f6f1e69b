import NetworkAddress
import Testing

@testable import HTTPServer

/// A chain of addresses, and whom it leads to.
struct ForwardedCase: Sendable, CustomTestStringConvertible {
    var peer: String
    var lines: [String]
    var client: String
    var proxies: [String]

    init(_ peer: String, _ lines: [String], _ client: String, via proxies: [String] = []) {
        self.peer = peer
        self.lines = lines
        self.client = client
        self.proxies = proxies
    }

    var testDescription: String { "\(peer) with \(lines)" }
}

@Suite("Where requests come from")
struct TrustedProxiesTests {
    /// A proxy here, a network of them, and one of IPv6.
    private static func trusted() throws -> TrustedProxies {
        TrustedProxies(
            try ["127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"].map {
                try #require(AddressRange($0))
            })
    }

    @Test(
        "the nearest address that no trusted proxy has is the client's",
        arguments: [
            // Without a trusted peer nothing is believed.
            ForwardedCase("203.0.113.9", [], "203.0.113.9"),
            ForwardedCase("203.0.113.9", ["198.51.100.7"], "203.0.113.9"),
            ForwardedCase("203.0.113.9", ["127.0.0.1"], "203.0.113.9"),
            // One proxy, two, and one that appends a line of its own.
            ForwardedCase("127.0.0.1", ["198.51.100.7"], "198.51.100.7", via: ["127.0.0.1"]),
            ForwardedCase(
                "127.0.0.1", ["198.51.100.7, 10.1.1.1"], "198.51.100.7",
                via: ["127.0.0.1", "10.1.1.1"]),
            ForwardedCase(
                "127.0.0.1", ["198.51.100.7", "10.1.1.1"], "198.51.100.7",
                via: ["127.0.0.1", "10.1.1.1"]),
            // What the client wrote itself is never read.
            ForwardedCase(
                "127.0.0.1", ["192.0.2.1, 127.0.0.1, 198.51.100.7"], "198.51.100.7",
                via: ["127.0.0.1"]),
            ForwardedCase(
                "127.0.0.1", ["192.0.2.1", "198.51.100.7,10.2.2.2"], "198.51.100.7",
                via: ["127.0.0.1", "10.2.2.2"]),
            // A proxy that says nothing, or is alone.
            ForwardedCase("127.0.0.1", [], "127.0.0.1"),
            ForwardedCase("127.0.0.1", ["10.3.3.3"], "10.3.3.3", via: ["127.0.0.1"]),
            // IPv6, ports, brackets, mapped addresses.
            ForwardedCase(
                "127.0.0.1", ["2001:db8:9::7"], "2001:db8:9::7", via: ["127.0.0.1"]),
            ForwardedCase(
                "127.0.0.1", ["[2001:db8:9::7]:4711"], "2001:db8:9::7", via: ["127.0.0.1"]),
            ForwardedCase("127.0.0.1", ["[2001:db8:9::7]"], "2001:db8:9::7", via: ["127.0.0.1"]),
            ForwardedCase("127.0.0.1", ["198.51.100.7:80"], "198.51.100.7", via: ["127.0.0.1"]),
            ForwardedCase(
                "::ffff:127.0.0.1", ["::ffff:198.51.100.7"], "198.51.100.7",
                via: ["127.0.0.1"]),
            ForwardedCase(
                "2001:db8:1::1", [" 198.51.100.7\t,\t10.1.1.1 "], "198.51.100.7",
                via: ["2001:db8:1::1", "10.1.1.1"]),
            // Junk ends it at the nearest address that is known.
            ForwardedCase("127.0.0.1", ["unknown"], "127.0.0.1"),
            ForwardedCase("127.0.0.1", [""], "127.0.0.1"),
            ForwardedCase("127.0.0.1", ["198.51.100.7,"], "127.0.0.1"),
            ForwardedCase(
                "127.0.0.1", ["198.51.100.7, junk, 10.1.1.1"], "10.1.1.1", via: ["127.0.0.1"]),
            ForwardedCase("127.0.0.1", ["198.51.100.7:"], "127.0.0.1"),
            ForwardedCase("127.0.0.1", ["198.51.100.7:8a"], "127.0.0.1"),
            ForwardedCase("127.0.0.1", ["[198.51.100.7]:80"], "127.0.0.1"),
            ForwardedCase("127.0.0.1", ["[2001:db8:9::7"], "127.0.0.1"),
            ForwardedCase("127.0.0.1", ["[2001:db8:9::7]x"], "127.0.0.1"),
            ForwardedCase("127.0.0.1", ["fe80::1%eth0"], "127.0.0.1"),
            ForwardedCase("127.0.0.1", ["198.51.100.7 evil"], "127.0.0.1"),
            ForwardedCase("127.0.0.1", ["198.51.1 00.7"], "127.0.0.1"),
        ])
    func client(_ example: ForwardedCase) throws {
        let found = try Self.trusted().client(peer: example.peer, forwarded: example.lines)
        #expect(found?.address.description == example.client)
        #expect(found?.proxies.map(\.description) == example.proxies)
    }

    @Test("a request's own lines are read, whatever their name's case")
    func request() throws {
        let request = try HTTPRequest(
            method: .get, target: "/",
            headers: [("x-forwarded-for", "192.0.2.1"), ("X-FORWARDED-FOR", "198.51.100.7")],
            remoteAddress: "127.0.0.1")
        #expect(try Self.trusted().client(of: request)?.address.description == "198.51.100.7")
        #expect(TrustedProxies([]).client(of: request)?.address.description == "127.0.0.1")
    }

    @Test("a chain longer than any is read at its end only")
    func long() throws {
        let line = Array(repeating: "10.0.0.1", count: 100_000).joined(separator: ",")
        let found = try #require(try Self.trusted().client(peer: "127.0.0.1", forwarded: [line]))
        #expect(found.proxies.count == 64)
    }
}
