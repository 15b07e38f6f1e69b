import Conversation
import Cryptography
import Testing

import enum Cryptography.Base64

@testable import AccountSecrets

@Suite("Secrets of accounts")
struct SecretsTests {
    private static func ring(_ numbers: UInt8...) throws -> KeyRingStore {
        let lines = numbers.map { number in
            "k\(number) \(Base64.encode([UInt8](repeating: number, count: 32)))"
        }
        return KeyRingStore(
            try KeyRing(text: lines.joined(separator: "\n"), source: "test"))
    }

    @Test("a secret opens for its purpose alone, and is sealed again under a newer key")
    func purposes() throws {
        let secrets = AccountSecrets(try Self.ring(1))
        let sealed = try secrets.seal("JBSWY3DP", .factor("f1"))
        #expect(try secrets.open(sealed, .factor("f1")) == "JBSWY3DP")
        #expect(throws: KeyRingError.self) { try secrets.open(sealed, .factor("f2")) }
        #expect(throws: KeyRingError.self) { try secrets.open(sealed, .mailPassword) }
        #expect(try secrets.resealed(sealed, .factor("f1")) == nil)
        let later = AccountSecrets(try Self.ring(2, 1))
        let fresh = try #require(try later.resealed(sealed, .factor("f1")))
        #expect(fresh.keyID == "k2")
        #expect(try later.open(fresh, .factor("f1")) == "JBSWY3DP")
    }
}
