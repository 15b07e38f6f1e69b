import Cryptography
import Testing

/// One row of a table of published HMAC-SHA256 vectors.
struct HMACVector: Sendable, CustomTestStringConvertible {
    var name: String
    var key: [UInt8]
    var message: [UInt8]
    var code: String
    var testDescription: String { name }
}

@Suite("HMAC-SHA256")
struct HMACTests {
    static func repeated(_ byte: UInt8, _ count: Int) -> [UInt8] {
        Array(repeating: byte, count: count)
    }

    /// RFC 4231, section 4; the fifth case is truncated there, so it is left out.
    static let rfc4231 = [
        HMACVector(
            name: "1", key: repeated(0x0b, 20), message: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        HMACVector(
            name: "2", key: Array("Jefe".utf8),
            message: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        HMACVector(
            name: "3", key: repeated(0xaa, 20), message: repeated(0xdd, 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        HMACVector(
            name: "4", key: Array(1...25), message: repeated(0xcd, 50),
            code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        HMACVector(
            name: "6", key: repeated(0xaa, 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        HMACVector(
            name: "7", key: repeated(0xaa, 131),
            message: Array(
                ("This is a test using a larger than block-size key and a larger than "
                    + "block-size data. The key needs to be hashed before being used by the "
                    + "HMAC algorithm.").utf8),
            code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    /// The table of section 1.3 of the facts sheet on WhatsApp's Cloud API.
    static let webhookSignatures = [
        HMACVector(
            name: "envelope", key: Array("wa-test-secret-1".utf8),
            message: Array(#"{"object":"whatsapp_business_account","entry":[]}"#.utf8),
            code: "46310d16f45d05589a545ac227e927e8b4e2cbaf227008903f8bb67b63b0da03"),
        HMACVector(
            name: "escaped", key: Array("wa-test-secret-1".utf8),
            message: Array(#"{"t":"caf\u00e9"}"#.utf8),
            code: "c6996e3c39e3396dc53282e94e4ab7e50c3a29f9ec999a56d1a4a4d2ab76f10d"),
        HMACVector(
            name: "UTF-8", key: Array("wa-test-secret-1".utf8),
            message: Array("{\"t\":\"caf\u{e9}\"}".utf8),
            code: "8ff197dd644740baff24e9b6443af90d3f2836b9815964cd8f072f27e8bbe205"),
        HMACVector(
            name: "empty body", key: Array("wa-test-secret-1".utf8), message: [],
            code: "64c83fff304283844b8660223bc1bb89f5481e61c23af83a43299b610e6ef5f7"),
    ]

    @Test("gives the published codes", arguments: rfc4231 + webhookSignatures)
    func published(_ vector: HMACVector) throws {
        let code = try HMAC.sha256(key: vector.key, vector.message)
        #expect(Hex.encode(code) == vector.code)
        let key = try HMACKey(vector.key)
        for _ in 0..<3 {
            #expect(try key.authenticate(vector.message) == code)
        }
        #expect(try key.isValid(code, for: vector.message))
        #expect(try !key.isValid(Array(code.dropLast()), for: vector.message))
        #expect(try !key.isValid(code, for: vector.message + [0]))
    }

    @Test("an empty key is a key")
    func emptyKey() throws {
        // HMAC_SHA256("", ""), as in many implementations' tests.
        let code = try HMAC.sha256(key: [], [])
        #expect(
            Hex.encode(code) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test("one key serves many threads at once")
    func concurrent() async throws {
        let key = try HMACKey(Array("Jefe".utf8))
        let wrong = await withTaskGroup(of: Int.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var wrong = 0
                    for round in 0..<500 {
                        let message = Array("\(worker)/\(round)".utf8)
                        let alone = try? HMAC.sha256(key: Array("Jefe".utf8), message)
                        // A failure to compute counts as wrong.
                        let shared = try? key.authenticate(message)
                        if alone == nil || alone != shared { wrong += 1 }
                    }
                    return wrong
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }
}
