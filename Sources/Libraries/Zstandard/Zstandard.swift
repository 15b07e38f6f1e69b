import CZstd

/// Compresses and restores runs of bytes: frames of Zstandard (RFC 8878), each with its size and a
/// checksum.
package enum Zstandard {
    /// The fastest of the usual levels: the next ones gain a few percent and take twice as long.
    private static let level: Int32 = 1

    /// The compressed bytes.
    ///
    /// - Throws: ``ZstandardError`` if memory is short.
    package static func compress(_ bytes: [UInt8]) throws(ZstandardError) -> [UInt8] {
        guard let context = unsafe ZSTD_createCCtx() else {
            throw ZstandardError(problem: "there is no memory to compress")
        }
        defer { unsafe ZSTD_freeCCtx(context) }
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        return try unsafe filled(ZSTD_compressBound(bytes.count)) { buffer in
            unsafe ZSTD_compress2(
                context, buffer.baseAddress, buffer.count, bytes, bytes.count)
        }
    }

    /// The bytes that were compressed.
    ///
    /// - Throws: ``ZstandardError`` if they are damaged, or say to be more than `limit` bytes.
    package static func decompress(
        _ frame: [UInt8], atMost limit: Int
    ) throws(ZstandardError) -> [UInt8] {
        // The two highest numbers stand for "unknown" and "broken" (zstd.h).
        let size = unsafe ZSTD_getFrameContentSize(frame, frame.count)
        guard size <= UInt64(limit) else {
            throw ZstandardError(problem: "the compressed bytes tell no size, or too large a one")
        }
        let bytes = try unsafe filled(Int(size)) { buffer in
            unsafe ZSTD_decompress(buffer.baseAddress, buffer.count, frame, frame.count)
        }
        guard bytes.count == Int(size) else {
            throw ZstandardError(problem: "the compressed bytes are cut off")
        }
        return bytes
    }

    /// An array that a function of the library fills, which answers how far, or an error.
    private static func filled(
        _ capacity: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Int
    ) throws(ZstandardError) -> [UInt8] {
        var problem: String?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            let size = unsafe fill(buffer)
            if ZSTD_isError(size) != 0 {
                problem = unsafe String(cString: ZSTD_getErrorName(size))
            } else {
                count = size
            }
        }
        if let problem { throw ZstandardError(problem: problem) }
        return bytes
    }
}

/// What is wrong with compressed bytes.
package struct ZstandardError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package var problem: String

    /// Says what is wrong.
    package init(problem: String) { self.problem = problem }

    /// What is wrong.
    package var description: String { problem }
}
