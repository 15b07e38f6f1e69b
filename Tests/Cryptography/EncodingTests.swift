import Cryptography
import Testing

@Suite("Encodings, digests and comparisons")
struct EncodingTests {
    /// FIPS 180-4 examples and the empty message.
    @Test(
        "SHA-256 gives the published digests",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ])
    func digests(_ message: String, _ digest: String) {
        #expect(SHA256.hex(message) == digest)
    }

    /// RFC 4648, section 10.
    @Test(
        "base64 follows RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ])
    func base64(_ plain: String, _ encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
        #expect(Base64.decode(encoded.prefix { $0 != "=" }) == Array(plain.utf8))
    }

    @Test("base64 in the URL-safe alphabet has no padding")
    func urlSafe() {
        #expect(Base64.encodeURLSafe([0xfb, 0xff, 0xfe, 0x01]) == "-__-AQ")
        #expect(Base64.decode("-__-AQ") == [0xfb, 0xff, 0xfe, 0x01])
        #expect(Base64.decode("+//+AQ==") == [0xfb, 0xff, 0xfe, 0x01])
    }

    @Test(
        "text that is not base64 is refused",
        arguments: ["A", "Zm9v=", "Zg=", "Zg===", "Zh==", "Zm9*", "Zm 9v", "é"])
    func notBase64(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("hexadecimal goes both ways and refuses what is not")
    func hex() {
        #expect(Hex.encode([0, 0x1f, 0xab, 0xff]) == "001fabff")
        #expect(Hex.decode("001fABff") == [0, 0x1f, 0xab, 0xff])
        for wrong in ["0", "0g", "0x", " 00", "é0"] {
            #expect(Hex.decode(wrong) == nil, "\(wrong)")
        }
    }

    @Test("constant-time equality is equality")
    func equality() {
        #expect(ConstantTime.equal([UInt8](), []))
        #expect(ConstantTime.equal([1, 2, 3], [1, 2, 3]))
        #expect(!ConstantTime.equal([1, 2, 3], [1, 2, 4]))
        #expect(!ConstantTime.equal([1, 2, 3], [1, 2]))
        #expect(ConstantTime.equal("token", "token"))
        #expect(!ConstantTime.equal("token", "tokem"))
    }

    @Test("tokens are URL-safe, of the asked length and never the same")
    func tokens() throws {
        let tokens = Set(try (0..<100).map { _ in try RandomBytes.token() })
        #expect(tokens.count == 100)
        for token in tokens {
            #expect(token.count == 43)
            #expect(token.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
        }
        #expect(try RandomBytes.make(count: 0).isEmpty)
    }
}
