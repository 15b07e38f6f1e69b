import NetworkAddress
import Testing

@Suite("Address ranges and allow-lists")
struct AddressRangeTests {
    @Test(
        "an address is in a range when its first bits are the same",
        arguments: [
            ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.0", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("192.0.2.128/25", "192.0.2.127", false),
            ("192.0.2.128/25", "192.0.2.129", true), ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false), ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false), ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false), ("::/0", "2001:db8::1", true),
        ])
    func contains(_ range: String, _ address: String, _ isIn: Bool) throws {
        let range = try #require(AddressRange(range))
        #expect(range.contains(try #require(IPAddress(address))) == isIn)
    }

    @Test(
        "what is no range is none",
        arguments: [
            "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0/8",
            "10.0.0.0/8/8", "2001:db8::/129", "example.com", "10.0.0.1\0", "10.0.0.0/8\0",
        ])
    func unreadable(_ text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test(
        "one holder's network is an IPv4 /24 or an IPv6 /64",
        arguments: [
            ("203.0.113.77", "203.0.113.0/24"), ("::ffff:203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ])
    func network(_ address: String, _ network: String) throws {
        #expect(try #require(IPAddress(address)).network.description == network)
    }

    @Test("an empty list allows all, another only what it holds")
    func allows() throws {
        let office = try #require(IPAddress("192.0.2.10"))
        let home = try #require(IPAddress("2001:db8::1"))
        #expect(AddressAllowList.everywhere.allows(home))
        #expect(try AddressAllowList([]).allows(home))
        let list = try AddressAllowList([" 192.0.2.0/24 ", "192.0.2.0/24"])
        #expect(list.ranges.map(\.description) == ["192.0.2.0/24"])
        #expect(list.allows(office))
        #expect(!list.allows(home))
        try list.check(settingFrom: office)
        #expect(throws: AddressAllowList.Flaw.shutsOut("2001:db8::1")) {
            try list.check(settingFrom: home)
        }
    }

    @Test("a list with an entry that cannot be meant is refused, with the entry")
    func flaws() {
        #expect(throws: AddressAllowList.Flaw.unreadable("office")) {
            try AddressAllowList(["192.0.2.1", "office"])
        }
        #expect(throws: AddressAllowList.Flaw.unreadable("fe80::1%eth0")) {
            try AddressAllowList(["fe80::1%eth0"])
        }
        #expect(throws: AddressAllowList.Flaw.misplaced("10.1.2.3/8", meant: "10.0.0.0/8")) {
            try AddressAllowList(["10.1.2.3/8"])
        }
        #expect(throws: AddressAllowList.Flaw.tooMany(most: 100)) {
            try AddressAllowList(Array(repeating: "192.0.2.1", count: 101))
        }
    }
}
