import Testing

@testable import Cryptography

/// One published vector of AES-256-GCM, in hexadecimal.
struct GCMVector: Sendable, CustomTestStringConvertible {
    var name: String
    var key: String
    var nonce: String
    var plainText: String
    var data: String
    var cipherText: String
    var tag: String
    var testDescription: String { name }
}

@Suite("AES-256-GCM")
struct AuthenticatedEncryptionTests {
    static let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
    static let plainText =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    static let cipherText =
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"

    /// Cases 13 to 16 of "The Galois/Counter Mode of Operation", which NIST SP 800-38D refers to.
    static let published = [
        GCMVector(
            name: "13", key: String(repeating: "00", count: 32),
            nonce: String(repeating: "00", count: 12), plainText: "", data: "", cipherText: "",
            tag: "530f8afbc74536b9a963b4f1c4cb738b"),
        GCMVector(
            name: "14", key: String(repeating: "00", count: 32),
            nonce: String(repeating: "00", count: 12),
            plainText: "00000000000000000000000000000000", data: "",
            cipherText: "cea7403d4d606b6e074ec5d3baf39d18",
            tag: "d0d1c8a799996bf0265b98b5d48ab919"),
        GCMVector(
            name: "15", key: key, nonce: "cafebabefacedbaddecaf888",
            plainText: plainText + "1aafd255",
            data: "", cipherText: cipherText + "898015ad", tag: "b094dac5d93471bdec1a502270e3cc6c"),
        GCMVector(
            name: "16", key: key, nonce: "cafebabefacedbaddecaf888", plainText: plainText,
            data: "feedfacedeadbeeffeedfacedeadbeefabaddad2", cipherText: cipherText,
            tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
    ]

    @Test("gives the published cipher texts and tags", arguments: published)
    func vectors(_ vector: GCMVector) throws {
        let key = try #require(Hex.decode(vector.key))
        let plainText = try #require(Hex.decode(vector.plainText))
        let data = try #require(Hex.decode(vector.data))
        let nonce = try #require(Hex.decode(vector.nonce))
        let sealed = try AuthenticatedEncryption.seal(
            plainText, key: key, authenticating: data, nonce: nonce)
        #expect(Hex.encode(sealed) == vector.nonce + vector.cipherText + vector.tag)
        #expect(
            try AuthenticatedEncryption.open(sealed, key: key, authenticating: data) == plainText)
    }

    @Test("any changed byte, other data and another key are refused")
    func tampering() throws {
        let key = try RandomBytes.make(count: 32)
        let sealed = try AuthenticatedEncryption.seal([1, 2, 3], key: key, authenticating: [9])
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: CryptographyError.authenticationFailed) {
                try AuthenticatedEncryption.open(changed, key: key, authenticating: [9])
            }
        }
        #expect(throws: CryptographyError.authenticationFailed) {
            try AuthenticatedEncryption.open(sealed, key: key, authenticating: [8])
        }
        #expect(throws: CryptographyError.authenticationFailed) {
            try AuthenticatedEncryption.open(
                sealed, key: RandomBytes.make(count: 32), authenticating: [9])
        }
        #expect(throws: CryptographyError.authenticationFailed) {
            try AuthenticatedEncryption.open(Array(sealed.prefix(27)), key: key)
        }
        #expect(throws: CryptographyError.wrongKeyLength(expected: 32, actual: 16)) {
            try AuthenticatedEncryption.seal([1], key: Array(key.prefix(16)))
        }
    }

    @Test("the same text is never sealed to the same bytes")
    func freshNonces() throws {
        let key = try RandomBytes.make(count: 32)
        let sealed = Set(try (0..<50).map { _ in try AuthenticatedEncryption.seal([1], key: key) })
        #expect(sealed.count == 50)
    }
}
