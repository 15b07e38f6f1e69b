import CLibcrypto

extension HMAC {
    /// The 20 bytes of HMAC-SHA-1 of a message (RFC 2104), for one-time passwords (RFC 4226).
    static func sha1(key: [UInt8], _ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 20)
        var length: UInt32 = 0
        let done = unsafe CLibcrypto.HMAC(
            EVP_sha1(), key, Int32(key.count), message, message.count, &code, &length)
        guard unsafe done != nil, length == 20 else {
            throw .libraryFailure(operation: "HMAC-SHA-1")
        }
        return code
    }
}
