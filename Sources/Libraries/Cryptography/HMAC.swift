import CLibcrypto
import Synchronization

/// HMAC-SHA256 message authentication (RFC 2104, FIPS 198-1), in one shot.
package enum HMAC {
    /// The 32 bytes of HMAC-SHA256 of a message; use `HMACKey` for many messages under one key.
    package static func sha256(key: [UInt8], _ message: [UInt8]) throws(CryptographyError)
        -> [UInt8]
    {
        try HMACKey(key).authenticate(message)
    }
}

/// A key for HMAC-SHA256 over many messages, from any thread.
///
/// The padded key is hashed once, when the key is made. Contexts that hold that state are kept and
/// reused, one for each thread that is at work at the same time.
package final class HMACKey: Sendable {
    /// Bytes in an authentication code.
    package static let codeLength = 32

    private let template: KeyedContext
    private let idle = Mutex<[KeyedContext]>([])

    /// Prepares a key of any length; throws `libraryFailure` when memory is exhausted.
    package convenience init(_ key: [UInt8]) throws(CryptographyError) {
        try self.init(SecretBytes(copying: key))
    }

    /// Prepares a key that lies in memory of its own.
    ///
    /// - Throws: `libraryFailure` when memory is exhausted.
    package init(_ key: SecretBytes) throws(CryptographyError) {
        template = try unsafe key.withBytes { bytes throws(CryptographyError) in
            try unsafe KeyedContext(key: bytes)
        }
    }

    /// The 32 bytes of the authentication code of a message.
    package func authenticate(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        var code: [UInt8]?
        unsafe message.withUnsafeBytes { unsafe code = compute($0) }
        guard let code else { throw .libraryFailure(operation: "HMAC-SHA256") }
        return code
    }

    /// The 32 bytes of the authentication code of two messages, one after the other.
    package func authenticate(
        _ first: [UInt8], _ second: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        var code: [UInt8]?
        unsafe first.withUnsafeBytes { first in
            unsafe second.withUnsafeBytes { unsafe code = compute(first, $0) }
        }
        guard let code else { throw .libraryFailure(operation: "HMAC-SHA256") }
        return code
    }

    /// The authentication code of memory that the caller keeps alive during the call.
    package func authenticate(
        _ message: UnsafeRawBufferPointer
    ) throws(CryptographyError) -> [UInt8] {
        guard let code = unsafe compute(message) else {
            throw .libraryFailure(operation: "HMAC-SHA256")
        }
        return code
    }

    /// The authentication code of a message, as a key.
    package func key(_ message: [UInt8]) throws(CryptographyError) -> SecretBytes {
        var code = try authenticate(message)
        return SecretBytes(taking: &code)
    }

    /// Whether `code` is the code of the message, compared in constant time; false when it has
    /// another length.
    package func isValid(_ code: [UInt8], for message: [UInt8]) throws(CryptographyError) -> Bool {
        ConstantTime.equal(code, try authenticate(message))
    }

    private func compute(
        _ message: UnsafeRawBufferPointer, _ rest: UnsafeRawBufferPointer? = nil
    ) -> [UInt8]? {
        guard let context = idle.withLock({ $0.popLast() }) ?? template.duplicate() else {
            return nil
        }
        defer { idle.withLock { $0.append(context) } }
        return unsafe context.authenticate(message, rest)
    }
}

/// The owner of one `EVP_MAC_CTX` that holds a key.
///
/// It is confined to one caller at a time by `HMACKey` (EVP_MAC(3): a context may be used by one
/// thread at a time); the template is only ever duplicated, which reads it.
@safe private final class KeyedContext: @unchecked Sendable {
    private let context: OpaquePointer

    init(key: UnsafeRawBufferPointer) throws(CryptographyError) {
        guard let context = unsafe EVP_MAC_CTX_new(MessageAuthentication.hmac.pointer) else {
            throw .libraryFailure(operation: "an HMAC context")
        }
        let done = unsafe withParameters(digest: "SHA256") { parameters in
            // An empty key still needs an address: nil would mean "keep the old key".
            var nothing: UInt8 = 0
            let start = unsafe key.baseAddress?.assumingMemoryBound(to: UInt8.self)
            return unsafe withUnsafePointer(to: &nothing) { nothing in
                unsafe EVP_MAC_init(context, start ?? nothing, key.count, parameters)
            }
        }
        guard done == 1 else {
            unsafe EVP_MAC_CTX_free(context)
            throw .libraryFailure(operation: "an HMAC key")
        }
        unsafe self.context = context
    }

    private init(owning context: OpaquePointer) {
        unsafe self.context = context
    }

    deinit {
        unsafe EVP_MAC_CTX_free(context)
    }

    func duplicate() -> KeyedContext? {
        guard let copy = unsafe EVP_MAC_CTX_dup(context) else { return nil }
        return unsafe KeyedContext(owning: copy)
    }

    func authenticate(
        _ message: UnsafeRawBufferPointer, _ rest: UnsafeRawBufferPointer?
    ) -> [UInt8]? {
        // Without a key the context starts afresh under the key that it has (EVP_MAC(3)).
        guard unsafe EVP_MAC_init(context, nil, 0, nil) == 1 else { return nil }
        let start = unsafe message.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard unsafe EVP_MAC_update(context, start, message.count) == 1 else { return nil }
        if let rest = unsafe rest {
            let start = unsafe rest.baseAddress?.assumingMemoryBound(to: UInt8.self)
            guard unsafe EVP_MAC_update(context, start, rest.count) == 1 else { return nil }
        }
        var length = 0
        let code = unsafe [UInt8](unsafeUninitializedCapacity: HMACKey.codeLength) { out, count in
            let done = unsafe EVP_MAC_final(context, out.baseAddress, &length, out.count)
            count = done == 1 ? length : 0
        }
        return code.count == HMACKey.codeLength ? code : nil
    }
}

/// libcrypto's HMAC, fetched once; immutable and shared by threads, never freed.
@safe private struct MessageAuthentication: @unchecked Sendable {
    let pointer: OpaquePointer?

    static let hmac = unsafe MessageAuthentication(pointer: EVP_MAC_fetch(nil, "HMAC", nil))
}

/// Calls with the parameter list that names the digest of an HMAC; the list keeps pointers to both
/// texts.
private func withParameters(
    digest: String, _ body: (UnsafePointer<OSSL_PARAM>?) -> Int32
) -> Int32 {
    var digest = digest
    return unsafe "digest".withCString { name in
        digest.withUTF8 { value in
            let text = unsafe UnsafeMutableRawPointer(mutating: value.baseAddress)?
                .assumingMemoryBound(to: CChar.self)
            let parameters = unsafe [
                OSSL_PARAM_construct_utf8_string(name, text, value.count),
                OSSL_PARAM_construct_end(),
            ]
            return unsafe parameters.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
        }
    }
}
