import Testing

@testable import Cryptography

/// One vector of RFC 7914, section 12.
struct ScryptVector: Sendable {
    var password: String
    var salt: String
    var cost: PasswordHash.Cost
    var hash: String
}

@Suite("Password hashes")
struct PasswordHashTests {
    /// Cheap, so that tests are quick.
    static let cheap = PasswordHash.Cost(logN: 4, r: 8, p: 1)

    @Test(
        "scrypt gives the published hashes",
        arguments: [
            ScryptVector(
                password: "", salt: "", cost: .init(logN: 4, r: 1, p: 1),
                hash: "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                    + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"),
            ScryptVector(
                password: "password", salt: "NaCl", cost: .init(logN: 10, r: 8, p: 16),
                hash: "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                    + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"),
            ScryptVector(
                password: "pleaseletmein", salt: "SodiumChloride",
                cost: .init(logN: 14, r: 8, p: 1),
                hash: "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                    + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"),
        ])
    func published(_ vector: ScryptVector) throws {
        let hash = try PasswordHash.scrypt(
            Array(vector.password.utf8), salt: Array(vector.salt.utf8), cost: vector.cost,
            length: 64)
        #expect(Hex.encode(hash) == vector.hash)
    }

    @Test("the stored text verifies its password and no other")
    func verifies() throws {
        let hash = try PasswordHash(of: "correct horse ñ", cost: Self.cheap)
        #expect(hash.text.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        let stored = PasswordHash(stored: hash.text)
        #expect(try stored.verify("correct horse ñ"))
        #expect(try !stored.verify("correct horse n"))
        #expect(try !stored.verify(""))
        #expect(try stored.needsRehash())
        #expect(try !stored.needsRehash(cost: Self.cheap))
    }

    @Test("the same password gets another salt each time")
    func salted() throws {
        let first = try PasswordHash(of: "same", cost: Self.cheap)
        let second = try PasswordHash(of: "same", cost: Self.cheap)
        #expect(first.text != second.text)
    }

    @Test("the standard cost works and is verified")
    func standardCost() throws {
        let hash = try PasswordHash(of: "standard")
        #expect(try hash.verify("standard"))
        #expect(try !hash.needsRehash())
    }

    @Test(
        "a malformed or too costly stored text is refused",
        arguments: [
            "", "plain", "$scrypt$", "$scrypt$ln=4,r=8,p=1$AAAA$AAAA",
            "$scrypt$ln=31,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8,p=99$AAAAAAAAAAAAAAAAAAAAAA$"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ])
    func malformed(_ text: String) {
        #expect(throws: CryptographyError.malformedPasswordHash) {
            try PasswordHash(stored: text).verify("x")
        }
    }
}
