import CLibcrypto

/// Unpredictable bytes from libcrypto's generator, which is seeded by the kernel.
package enum RandomBytes {
    /// So many unpredictable bytes; throws `libraryFailure` when the kernel gives no entropy.
    package static func make(count: Int) throws(CryptographyError) -> [UInt8] {
        precondition(count >= 0, "a number of bytes cannot be negative")
        var bytes = [UInt8](repeating: 0, count: count)
        let done = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe RAND_bytes(buffer.baseAddress, Int32(buffer.count))
        }
        guard count == 0 || done == 1 else { throw .libraryFailure(operation: "random bytes") }
        return bytes
    }

    /// A URL-safe token of so many bytes of entropy (32 bytes give 43 characters).
    package static func token(bytes count: Int = 32) throws(CryptographyError) -> String {
        Base64.encodeURLSafe(try make(count: count))
    }
}
