import Testing

@testable import Cryptography

@Suite("One-time passwords")
struct OneTimePasswordTests {
    /// The secret of both RFCs' vectors.
    private static let password = OneTimePassword(secret: Array("12345678901234567890".utf8))

    @Test("a step has the code that RFC 4226, appendix D, publishes")
    func hotp() throws {
        let published = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ]
        for (step, code) in published.enumerated() {
            #expect(try Self.password.code(ofStep: Int64(step)) == code)
        }
    }

    @Test(
        "a moment has the code that RFC 6238, appendix B, publishes, its last six digits",
        arguments: [
            (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"),
            (1_234_567_890, "005924"), (2_000_000_000, "279037"), (20_000_000_000, "353130"),
        ] as [(Int64, String)])
    func totp(_ seconds: Int64, _ code: String) throws {
        let step = OneTimePassword.step(at: seconds)
        #expect(try Self.password.code(ofStep: step) == code)
        #expect(try Self.password.step(of: code, at: seconds) == step)
    }

    @Test("the step before and the one after are taken, and told; those further away are not")
    func tolerance() throws {
        let now = OneTimePassword.step(at: 1_800_000_000)
        for (offset, isTaken) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let code = try Self.password.code(ofStep: now + Int64(offset))
            let found = try Self.password.step(of: code, at: 1_800_000_000)
            #expect(found == (isTaken ? now + Int64(offset) : nil))
        }
    }

    @Test("a moment before 1970 falls into the step that began before it")
    func early() {
        #expect(OneTimePassword.step(at: 0) == 0)
        #expect(OneTimePassword.step(at: 29) == 0)
        #expect(OneTimePassword.step(at: 30) == 1)
        #expect(OneTimePassword.step(at: -1) == -1)
        #expect(OneTimePassword.step(at: -30) == -1)
        #expect(OneTimePassword.step(at: -31) == -2)
    }

    @Test(
        "a code is read with spaces and in the digits of other scripts",
        arguments: ["287082", " 287 082\n", "287-082", "٢٨٧٠٨٢", "२८७०८२", "２８７０８２"])
    func typed(_ text: String) throws {
        #expect(try Self.password.step(of: text, at: 59) == 1)
    }

    @Test(
        "what is no code of six digits is none",
        arguments: [
            "", "28708", "2870822", "28708a", "+87082", "½87082", String(repeating: " ", count: 99),
        ])
    func malformed(_ text: String) throws {
        #expect(try Self.password.step(of: text, at: 59) == nil)
    }

    @Test("a fresh secret has 160 bits and is another each time")
    func fresh() throws {
        let first = try OneTimePassword.make()
        #expect(first.secret.count == 20)
        #expect(first.secretText.count == 32)
        #expect(try first.secret != OneTimePassword.make().secret)
    }

    @Test("the URI keeps issuer and account apart, and says nothing of the defaults")
    func uri() {
        let uri = Self.password.uri(issuer: "Sol & Söhne: Ltd", account: "ana+x@example.com")
        #expect(
            uri == "otpauth://totp/Sol%20%26%20S%C3%B6hne%20Ltd:ana%2Bx%40example.com"
                + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=Sol%20%26%20S%C3%B6hne%20Ltd")
    }
}

@Suite("Base32")
struct Base32Tests {
    @Test(
        "bytes have the text of RFC 4648, section 10, without its padding",
        arguments: [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI"),
        ])
    func published(_ plain: String, _ text: String) {
        #expect(Base32.encode(Array(plain.utf8)) == text)
        #expect(Base32.decode(text) == Array(plain.utf8))
        #expect(Base32.decode(text.lowercased()) == Array(plain.utf8))
    }

    @Test(
        "text that no bytes have is refused", arguments: ["M", "MYA", "MZ", "M1", "MY======", "Ñ"])
    func malformed(_ text: String) {
        #expect(Base32.decode(text) == nil)
    }
}
