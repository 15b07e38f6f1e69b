import CLibcrypto

/// The SHA-1 hash function (FIPS 180-4), for the WebSocket handshake alone (RFC 6455, 4.2.2).
///
/// It is broken as protection against forgery; never use it for anything that must be trusted
/// (within HMAC, as one-time passwords use it, it still holds: RFC 6194, 3.3).
package enum SHA1 {
    /// The 20 bytes of the digest.
    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 20)
        let done = unsafe EVP_Digest(bytes, bytes.count, &result, nil, EVP_sha1(), nil)
        // Only a build of libcrypto without SHA-1 or exhausted memory ends up here.
        precondition(done == 1, "libcrypto could not compute a SHA-1 digest")
        return result
    }
}
