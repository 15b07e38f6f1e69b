import CLibcrypto

/// The bytes of a key in memory of their own, which is overwritten at its end: an array leaves
/// copies of itself behind wherever it grew or was passed on.
@safe package final class SecretBytes: @unchecked Sendable {
    // Written by the initialiser alone, and only read from then on, by any thread.
    private let memory: UnsafeMutableRawBufferPointer

    /// How many there are.
    package var count: Int { unsafe memory.count }

    /// Takes a copy of bytes that are a secret elsewhere, too.
    package convenience init(copying bytes: [UInt8]) {
        unsafe self.init(count: bytes.count) { unsafe $0.copyBytes(from: bytes) }
    }

    /// Takes the bytes of an array and overwrites them there.
    package convenience init(taking bytes: inout [UInt8]) {
        self.init(copying: bytes)
        SecretBytes.cleanse(&bytes)
    }

    /// So many unpredictable bytes.
    ///
    /// - Throws: `libraryFailure` when the kernel gives no entropy.
    package convenience init(randomCount count: Int) throws(CryptographyError) {
        try unsafe self.init(count: count) { memory throws(CryptographyError) in
            let start = unsafe memory.baseAddress?.assumingMemoryBound(to: UInt8.self)
            guard unsafe RAND_bytes(start, Int32(memory.count)) == 1 else {
                throw .libraryFailure(operation: "random bytes")
            }
        }
    }

    private init<Failure>(
        count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        unsafe memory = .allocate(byteCount: count, alignment: 16)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
        try unsafe fill(memory)
    }

    deinit {
        unsafe OPENSSL_cleanse(memory.baseAddress, memory.count)
        unsafe memory.deallocate()
    }

    /// Calls with the bytes where they lie.
    func withBytes<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeRawBufferPointer(memory))
    }

    /// Calls with the bytes as an array, which is overwritten afterwards.
    ///
    /// For what takes only arrays; `body` must not keep it.
    package func withArray<Result, Failure>(
        _ body: ([UInt8]) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var bytes = unsafe Array(memory)
        defer { SecretBytes.cleanse(&bytes) }
        return try body(bytes)
    }

    /// Overwrites an array; one that others hold, too, stays as it is there.
    package static func cleanse(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
        bytes = []
    }
}
