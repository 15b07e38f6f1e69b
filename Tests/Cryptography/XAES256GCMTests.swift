import Cryptography
import Testing

@Suite("XAES-256-GCM")
struct XAES256GCMTests {
    private func cipher(_ byte: UInt8) throws -> XAES256GCM {
        try XAES256GCM(SecretBytes(copying: [UInt8](repeating: byte, count: 32)))
    }

    private let nonce = Array("ABCDEFGHIJKLMNOPQRSTUVWX".utf8)
    private let text = Array("XAES-256-GCM".utf8)

    /// c2sp.org/XAES-256-GCM, "Test vectors": CMAC's subkey without and with its reduction.
    @Test(
        "gives the published cipher texts",
        arguments: [
            (UInt8(1), "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"),
            (
                UInt8(3), "c2sp.org/XAES-256-GCM",
                "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"
            ),
        ])
    func vectors(_ key: UInt8, _ data: String, _ published: String) throws {
        let cipher = try cipher(key)
        // Twice: what is kept between the calls changes nothing.
        for _ in 0..<2 {
            let sealed = try cipher.seal(text, nonce: nonce, authenticating: Array(data.utf8))
            #expect(Hex.encode(sealed) == Hex.encode(nonce) + published)
            #expect(try cipher.open(sealed[...], authenticating: Array(data.utf8)) == text)
        }
    }
}
