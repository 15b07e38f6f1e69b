import CLibcrypto

/// The SHA-256 hash function (FIPS 180-4).
package enum SHA256 {
    /// Bytes in a digest.
    package static let digestLength = 32

    /// The 32 bytes of the digest.
    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe digest($0) }
    }

    /// The 32 bytes of the digest of memory that the caller keeps alive during the call.
    package static func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: digestLength) { buffer, count in
            unsafe digest(bytes, into: buffer.baseAddress)
            count = digestLength
        }
    }

    /// The digest in 64 lower-case hexadecimal digits.
    package static func hex(_ bytes: [UInt8]) -> String {
        Hex.encode(digest(bytes))
    }

    /// The digest of UTF-8 text in 64 lower-case hexadecimal digits.
    package static func hex(_ text: String) -> String {
        hex(Array(text.utf8))
    }

    private static func digest(
        _ bytes: UnsafeRawBufferPointer, into out: UnsafeMutablePointer<UInt8>?
    ) {
        let done = unsafe EVP_Digest(
            bytes.baseAddress, bytes.count, out, nil, Algorithm.sha256.pointer, nil)
        // Only a build of libcrypto without SHA-256 or exhausted memory ends up here.
        precondition(done == 1, "libcrypto could not compute a SHA-256 digest")
    }
}

/// A digest fetched once from libcrypto: an implicit fetch in each call costs more than hashing
/// a short text.
@safe struct Algorithm: @unchecked Sendable {
    /// Immutable after the fetch and shared by threads, as EVP_MD_fetch(3) allows; never freed.
    let pointer: OpaquePointer?

    static let sha256 = unsafe Algorithm(pointer: EVP_MD_fetch(nil, "SHA256", nil))
}
