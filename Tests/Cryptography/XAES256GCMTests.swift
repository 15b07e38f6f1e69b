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

    @Test("any changed byte, other data and another key are refused")
    func tampering() throws {
        let cipher = try cipher(1)
        let sealed = try cipher.seal(text, nonce: nonce, authenticating: [9])
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: CryptographyError.authenticationFailed) {
                try cipher.open(changed[...], authenticating: [9])
            }
        }
        #expect(throws: CryptographyError.authenticationFailed) {
            try cipher.open(sealed[...], authenticating: [8])
        }
        #expect(throws: CryptographyError.authenticationFailed) {
            try self.cipher(2).open(sealed[...], authenticating: [9])
        }
        for length in 0..<sealed.count {
            #expect(throws: CryptographyError.authenticationFailed) {
                try cipher.open(sealed[..<length], authenticating: [9])
            }
        }
        // What was refused leaves nothing behind.
        #expect(try cipher.open(sealed[...], authenticating: [9]) == text)
    }

    @Test("nothing is sealed and opened, too, and what stands before stays before")
    func empty() throws {
        let cipher = try cipher(1)
        let sealed = try cipher.seal([], nonce: nonce, authenticating: [], after: [1, 2])
        #expect(sealed.count == 2 + XAES256GCM.overhead)
        #expect(try cipher.open(sealed[2...], authenticating: [], after: [3, 4][...]) == [3, 4])
        #expect(try cipher.open(sealed[2...], authenticating: []) == [])
    }

    @Test("many threads share a key")
    func threads() async throws {
        let cipher = try cipher(1)
        try await withThrowingTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<200 {
                        let text = [UInt8](repeating: UInt8(task), count: round)
                        var nonce = self.nonce
                        nonce[task] = UInt8(round)
                        let sealed = try cipher.seal(
                            text, nonce: nonce, authenticating: [UInt8(round)])
                        #expect(
                            try cipher.open(sealed[...], authenticating: [UInt8(round)]) == text)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("a key has 32 bytes")
    func keyLength() {
        #expect(throws: CryptographyError.wrongKeyLength(expected: 32, actual: 31)) {
            try XAES256GCM(SecretBytes(copying: [UInt8](repeating: 0, count: 31)))
        }
    }
}
