import CLibcrypto
import Synchronization

/// XAES-256-GCM (c2sp.org/XAES-256-GCM): AES-256-GCM under a key of its own for each message, which
/// AES-CMAC derives from the key and the first half of a nonce of 24 bytes.
///
/// Layout of sealed data: 24 bytes of nonce, the cipher text (as long as the plain text), 16 bytes
/// of tag.
///
/// Limits: nonces that are random, or a pseudorandom function of what is sealed, meet with a chance
/// of 2^-32 after 2^80 messages under one key (GCM's own of 12 bytes: after 2^32, NIST SP 800-38D,
/// 8.3). A message may have 2^31 - 1 bytes here, of the 2^36 - 32 that GCM bears. It does not
/// commit to its key: who knows two keys can make a text that opens under both.
///
/// From any thread: what is prepared for the key is kept and reused, one for each thread that is at
/// work at the same time.
package final class XAES256GCM: Sendable {
    /// Bytes in a key.
    package static let keyLength = 32
    /// Bytes of nonce before the cipher text.
    package static let nonceLength = 24
    /// Bytes of tag after the cipher text.
    package static let tagLength = 16
    /// How many bytes longer than the text it is when sealed.
    package static let overhead = nonceLength + tagLength

    private let key: SecretBytes
    private let idle = Mutex<[XAESContexts]>([])

    /// Prepares a key of 32 bytes.
    ///
    /// - Throws: `wrongKeyLength`; `libraryFailure` when memory is exhausted.
    package init(_ key: SecretBytes) throws(CryptographyError) {
        guard key.count == Self.keyLength else {
            throw .wrongKeyLength(expected: Self.keyLength, actual: key.count)
        }
        self.key = key
        let first = try XAESContexts(key)
        idle.withLock { $0.append(first) }
    }

    /// Some bytes, and after them sealed text; `data` is bound to it but not stored.
    ///
    /// The nonce's first 24 bytes count. No other text may ever be sealed with them under this key:
    /// they are random, or a keyed hash of all that is given here.
    ///
    /// - Throws: `libraryFailure` when memory is exhausted or the text is too long.
    package func seal(
        _ text: [UInt8], nonce: [UInt8], authenticating data: [UInt8], after start: [UInt8] = []
    ) throws(CryptographyError) -> [UInt8] {
        precondition(nonce.count >= Self.nonceLength, "an XAES nonce has 24 bytes")
        let contexts = try take()
        defer { put(contexts) }
        let length = start.count + text.count + Self.overhead
        var isDone = false
        let sealed = unsafe [UInt8](unsafeUninitializedCapacity: length) { out, count in
            guard let at = out.baseAddress else { return }
            unsafe at.update(from: start, count: start.count)
            let nonceAt = unsafe at + start.count
            unsafe nonceAt.update(from: nonce, count: Self.nonceLength)
            let textAt = unsafe nonceAt + Self.nonceLength
            unsafe isDone = contexts.seal(
                text.span.bytes, nonce: UnsafePointer(nonceAt), data.span.bytes, into: textAt)
            count = length
        }
        guard isDone else { throw .libraryFailure(operation: "XAES-256-GCM") }
        return sealed
    }

    /// Some bytes, and after them the text that ``seal(_:nonce:authenticating:after:)`` sealed.
    ///
    /// - Throws: `authenticationFailed` when anything differs.
    package func open(
        _ sealed: ArraySlice<UInt8>, authenticating data: [UInt8],
        after start: ArraySlice<UInt8> = []
    ) throws(CryptographyError) -> [UInt8] {
        guard sealed.count >= Self.overhead else { throw .authenticationFailed }
        let contexts = try take()
        defer { put(contexts) }
        let length = start.count + sealed.count - Self.overhead
        var isDone = false
        let text = unsafe [UInt8](unsafeUninitializedCapacity: max(length, 1)) { out, count in
            guard let at = out.baseAddress else { return }
            unsafe start.withUnsafeBufferPointer { start in
                guard let first = start.baseAddress else { return }
                unsafe at.update(from: first, count: start.count)
            }
            unsafe isDone = contexts.open(
                sealed.span.bytes, data.span.bytes, into: at + start.count)
            // Of a text that was changed nothing is handed out.
            count = isDone ? length : 0
        }
        guard isDone else { throw .authenticationFailed }
        return text
    }

    private func take() throws(CryptographyError) -> XAESContexts {
        if let contexts = idle.withLock({ $0.popLast() }) { return contexts }
        return try XAESContexts(key)
    }

    private func put(_ contexts: XAESContexts) { idle.withLock { $0.append(contexts) } }
}

/// The owner of the cipher contexts that one caller at a time uses for a key.
///
/// It is confined to one caller at a time by `XAES256GCM` (EVP_EncryptInit(3): a context may be
/// used by one thread at a time). libcrypto overwrites what they hold of keys when they are freed.
@safe private final class XAESContexts: @unchecked Sendable {
    /// AES-256 under the key itself.
    private let block: OpaquePointer
    /// GCM under the key of a message, each of which replaces the one before.
    private let sealing: OpaquePointer
    private let opening: OpaquePointer
    /// CMAC's first subkey, in two halves, big-endian.
    private var subkey: (high: UInt64, low: UInt64) = (0, 0)

    init(_ key: SecretBytes) throws(CryptographyError) {
        guard let block = unsafe EVP_CIPHER_CTX_new(), let sealing = unsafe EVP_CIPHER_CTX_new(),
            let opening = unsafe EVP_CIPHER_CTX_new()
        else { throw .libraryFailure(operation: "a cipher context") }
        unsafe self.block = block
        unsafe self.sealing = sealing
        unsafe self.opening = opening
        let (ecb, gcm) = unsafe (BlockCipher.ecb.pointer, BlockCipher.gcm.pointer)
        let isReady = unsafe key.withBytes { bytes in
            let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            return unsafe EVP_EncryptInit_ex2(block, ecb, start, nil, nil) == 1
        }
        guard isReady, unsafe EVP_CIPHER_CTX_set_padding(block, 0) == 1,
            unsafe EVP_EncryptInit_ex2(sealing, gcm, nil, nil, nil) == 1,
            unsafe EVP_DecryptInit_ex2(opening, gcm, nil, nil, nil) == 1
        else { throw .libraryFailure(operation: "XAES-256-GCM") }
        try prepareSubkey()
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(block)
        unsafe EVP_CIPHER_CTX_free(sealing)
        unsafe EVP_CIPHER_CTX_free(opening)
    }

    /// Steps 1 and 2 of the specification: the same for all messages.
    private func prepareSubkey() throws(CryptographyError) {
        var zero = (UInt64(0), UInt64(0))
        var written: Int32 = 0
        let isDone = unsafe withUnsafeMutableBytes(of: &zero) { bytes in
            let at = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            return unsafe EVP_EncryptUpdate(block, at, &written, at, 16) == 1
        }
        guard isDone else { throw .libraryFailure(operation: "AES-256") }
        let (high, low) = (UInt64(bigEndian: zero.0), UInt64(bigEndian: zero.1))
        subkey = (high << 1 | low >> 63, low << 1 ^ (high >> 63 == 1 ? 0b1000_0111 : 0))
    }

    /// Steps 3 to 5: calls with the key of a message.
    @inline(__always)
    private func withKey(
        _ nonce: UnsafePointer<UInt8>, _ body: (UnsafePointer<UInt8>) -> Bool
    ) -> Bool {
        let half = unsafe UnsafeRawPointer(nonce)
        let early = unsafe UInt64(half.loadUnaligned(as: UInt32.self))
        let late = unsafe half.loadUnaligned(fromByteOffset: 4, as: UInt64.self)
        // 0x00 ‖ counter ‖ "X" ‖ 0x00 ‖ half of the nonce, as it lies in memory.
        let high = UInt64(bigEndian: subkey.high) ^ (0x58 << 16 | early << 32)
        let low = UInt64(bigEndian: subkey.low) ^ late
        var blocks = (high ^ 1 << 8, low, high ^ 2 << 8, low)
        var written: Int32 = 0
        return unsafe withUnsafeMutableBytes(of: &blocks) { bytes in
            defer { unsafe OPENSSL_cleanse(bytes.baseAddress, bytes.count) }
            guard let at = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
                unsafe EVP_EncryptUpdate(block, at, &written, at, 32) == 1
            else { return false }
            return unsafe body(at)
        }
    }

    /// Writes cipher text and tag.
    func seal(
        _ text: RawSpan, nonce: UnsafePointer<UInt8>, _ data: RawSpan,
        into out: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        guard let length = Int32(exactly: text.byteCount),
            let dataLength = Int32(exactly: data.byteCount)
        else { return false }
        var written: Int32 = 0
        let isKeyed = unsafe withKey(nonce) { key in
            unsafe EVP_EncryptInit_ex2(sealing, nil, key, nonce + 12, nil) == 1
        }
        guard isKeyed else { return false }
        let isDone = unsafe data.withUnsafeBytes { data in
            unsafe text.withUnsafeBytes { text in
                let dataAt = unsafe data.baseAddress?.assumingMemoryBound(to: UInt8.self)
                let textAt = unsafe text.baseAddress?.assumingMemoryBound(to: UInt8.self)
                // Nothing is done with nothing: libcrypto takes a missing address for something
                // else.
                let isBound =
                    unsafe dataLength == 0
                    || EVP_EncryptUpdate(sealing, nil, &written, dataAt, dataLength) == 1
                guard isBound, length > 0 else { return isBound }
                return unsafe EVP_EncryptUpdate(sealing, out, &written, textAt, length) == 1
            }
        }
        let tagLength = Int32(XAES256GCM.tagLength)
        let tagAt = unsafe out + Int(length)
        return unsafe isDone && EVP_EncryptFinal_ex(sealing, tagAt, &written) == 1
            && EVP_CIPHER_CTX_ctrl(sealing, EVP_CTRL_AEAD_GET_TAG, tagLength, tagAt) == 1
    }

    /// Writes the text of nonce, cipher text and tag; false, with nothing to be used, if anything
    /// differs.
    func open(_ sealed: RawSpan, _ data: RawSpan, into out: UnsafeMutablePointer<UInt8>) -> Bool {
        let count = sealed.byteCount - XAES256GCM.overhead
        guard let length = Int32(exactly: count), let dataLength = Int32(exactly: data.byteCount)
        else { return false }
        return unsafe sealed.withUnsafeBytes { sealed in
            guard let nonce = unsafe sealed.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
                return false
            }
            let isKeyed = unsafe withKey(nonce) { key in
                unsafe EVP_DecryptInit_ex2(opening, nil, key, nonce + 12, nil) == 1
            }
            guard isKeyed else { return false }
            let textAt = unsafe nonce + XAES256GCM.nonceLength
            let tagAt = unsafe UnsafeMutableRawPointer(mutating: textAt + count)
            var written: Int32 = 0
            let tagLength = Int32(XAES256GCM.tagLength)
            let isRead = unsafe data.withUnsafeBytes { data in
                let dataAt = unsafe data.baseAddress?.assumingMemoryBound(to: UInt8.self)
                let isBound =
                    unsafe dataLength == 0
                    || EVP_DecryptUpdate(opening, nil, &written, dataAt, dataLength) == 1
                guard isBound, length > 0 else { return isBound }
                return unsafe EVP_DecryptUpdate(opening, out, &written, textAt, length) == 1
            }
            // It writes nothing, but wants an address.
            var nothing: UInt8 = 0
            let isGenuine =
                unsafe isRead
                && EVP_CIPHER_CTX_ctrl(opening, EVP_CTRL_AEAD_SET_TAG, tagLength, tagAt) == 1
                && EVP_DecryptFinal_ex(opening, &nothing, &written) == 1
            if !isGenuine { unsafe OPENSSL_cleanse(out, count) }
            return isGenuine
        }
    }
}

/// A cipher fetched once from libcrypto: an implicit fetch in each call costs more than sealing a
/// short text.
@safe struct BlockCipher: @unchecked Sendable {
    /// Immutable after the fetch and shared by threads, as EVP_CIPHER_fetch(3) allows; never freed.
    let pointer: OpaquePointer?

    static let ecb = unsafe BlockCipher(pointer: EVP_CIPHER_fetch(nil, "AES-256-ECB", nil))
    static let gcm = unsafe BlockCipher(pointer: EVP_CIPHER_fetch(nil, "AES-256-GCM", nil))
}
