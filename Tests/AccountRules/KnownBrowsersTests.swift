import AccountRules
import Conversation
import Cryptography
import Testing

@Suite("Browsers that were seen before")
struct KnownBrowsersTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static func browsers(_ byte: UInt8 = 7) throws -> KnownBrowsers {
        try KnownBrowsers(key: Array(repeating: byte, count: 32))
    }

    @Test("a browser is known to the account that was signed in to, for about a year")
    func known() throws {
        let browsers = try Self.browsers()
        let cookie = try browsers.cookie(of: "ana@example.com", at: Self.now)
        let id = try browsers.browser(in: cookie.value, of: "ana@example.com", at: Self.now)
        #expect(id?.count == 16)
        #expect(try browsers.cookieName(of: "ana@example.com") == cookie.name)
        #expect(cookie.name.wholeMatch(of: /seen-[0-9a-f]{12}/) != nil)
        let end = Self.now + .seconds(cookie.maxAgeSeconds)
        #expect(try browsers.browser(in: cookie.value, of: "ana@example.com", at: end) == id)
        #expect(
            try browsers.browser(
                in: cookie.value, of: "ana@example.com", at: end + .seconds(1)) == nil)
        let other = try browsers.cookie(of: "ana@example.com", at: Self.now)
        #expect(other.value != cookie.value)
    }

    @Test("nobody else's is taken: another account's, another key's, a changed or invented one")
    func foreign() throws {
        let browsers = try Self.browsers()
        let cookie = try browsers.cookie(of: "ana@example.com", at: Self.now)
        #expect(try browsers.browser(in: cookie.value, of: "eva@example.com", at: Self.now) == nil)
        #expect(
            try Self.browsers(8).browser(
                in: cookie.value, of: "ana@example.com", at: Self.now) == nil)
        let parts = cookie.value.split(separator: ".").map(String.init)
        for value in [
            "", ".", "..", "a.b.c", "\(parts[0]).9999999999.\(parts[2])",
            "other.\(parts[1]).\(parts[2])", "\(parts[0]).\(parts[1])", "\(cookie.value).x",
            "\(parts[0]).\(parts[1]).", String(repeating: "a", count: 1_000_000),
        ] {
            #expect(try browsers.browser(in: value, of: "ana@example.com", at: Self.now) == nil)
        }
    }

    @Test("a key that is too short signs nothing")
    func short() {
        #expect(throws: CryptographyError.wrongKeyLength(expected: 32, actual: 31)) {
            try KnownBrowsers(key: Array(repeating: 1, count: 31))
        }
    }
}
