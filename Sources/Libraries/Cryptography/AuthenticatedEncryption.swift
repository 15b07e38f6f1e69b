import CLibcrypto

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D): secret, and unchanged or refused.
///
/// Layout of sealed data: 12 bytes of random nonce, the cipher text (as long as the plain text),
/// 16 bytes of tag. A random nonce is safe for 2^32 messages under one key.
package enum AuthenticatedEncryption {
    /// Bytes in a key.
    package static let keyLength = 32
    /// Bytes of nonce before the cipher text.
    package static let nonceLength = 12
    /// Bytes of tag after the cipher text.
    package static let tagLength = 16

    /// Seals plain text under a key of 32 bytes; `authenticating` is bound to it but not stored.
    package static func seal(
        _ plainText: [UInt8], key: [UInt8], authenticating data: [UInt8] = []
    ) throws(CryptographyError) -> [UInt8] {
        try seal(
            plainText, key: key, authenticating: data, nonce: RandomBytes.make(count: nonceLength))
    }

    /// Opens what `seal` made; throws `authenticationFailed` when anything differs.
    package static func open(
        _ sealed: [UInt8], key: [UInt8], authenticating data: [UInt8] = []
    ) throws(CryptographyError) -> [UInt8] {
        try checkLength(of: key)
        guard sealed.count >= nonceLength + tagLength else { throw .authenticationFailed }
        let cipher = try Cipher()
        let nonce = Array(sealed.prefix(nonceLength))
        let cipherText = Array(sealed.dropFirst(nonceLength).dropLast(tagLength))
        guard
            let plainText = cipher.decrypt(
                cipherText, key: key, nonce: nonce, data: data, tag: Array(sealed.suffix(tagLength))
            )
        else { throw .authenticationFailed }
        return plainText
    }

    /// Seals with a nonce that the caller chose; for test vectors only, as a nonce that is used
    /// twice under one key gives the key away.
    static func seal(
        _ plainText: [UInt8], key: [UInt8], authenticating data: [UInt8], nonce: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        try checkLength(of: key)
        precondition(nonce.count == nonceLength, "a GCM nonce has 12 bytes")
        let cipher = try Cipher()
        guard let sealed = cipher.encrypt(plainText, key: key, nonce: nonce, data: data) else {
            throw .libraryFailure(operation: "AES-256-GCM")
        }
        return nonce + sealed
    }

    private static func checkLength(of key: [UInt8]) throws(CryptographyError) {
        guard key.count == keyLength else {
            throw .wrongKeyLength(expected: keyLength, actual: key.count)
        }
    }
}

/// The owner of one `EVP_CIPHER_CTX`, used for one message.
@safe private struct Cipher: ~Copyable {
    private let context: OpaquePointer

    init() throws(CryptographyError) {
        guard let context = unsafe EVP_CIPHER_CTX_new() else {
            throw .libraryFailure(operation: "a cipher context")
        }
        unsafe self.context = context
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(context)
    }

    /// The cipher text and its tag, or nil when libcrypto refuses.
    func encrypt(_ plainText: [UInt8], key: [UInt8], nonce: [UInt8], data: [UInt8]) -> [UInt8]? {
        var written: Int32 = 0
        guard unsafe EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1 else {
            return nil
        }
        if !data.isEmpty {
            let length = Int32(data.count)
            guard unsafe EVP_EncryptUpdate(context, nil, &written, data, length) == 1 else {
                return nil
            }
        }
        var out = [UInt8](repeating: 0, count: plainText.count)
        if !plainText.isEmpty {
            let length = Int32(plainText.count)
            guard unsafe EVP_EncryptUpdate(context, &out, &written, plainText, length) == 1 else {
                return nil
            }
        }
        var nothing: [UInt8] = [0]
        guard unsafe EVP_EncryptFinal_ex(context, &nothing, &written) == 1 else { return nil }
        var tag = [UInt8](repeating: 0, count: AuthenticatedEncryption.tagLength)
        let tagLength = Int32(tag.count)
        guard unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tagLength, &tag) == 1
        else {
            return nil
        }
        return out + tag
    }

    /// The plain text, or nil when the tag does not match.
    func decrypt(
        _ cipherText: [UInt8], key: [UInt8], nonce: [UInt8], data: [UInt8], tag: [UInt8]
    ) -> [UInt8]? {
        var written: Int32 = 0
        guard unsafe EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1 else {
            return nil
        }
        if !data.isEmpty {
            let length = Int32(data.count)
            guard unsafe EVP_DecryptUpdate(context, nil, &written, data, length) == 1 else {
                return nil
            }
        }
        var out = [UInt8](repeating: 0, count: cipherText.count)
        if !cipherText.isEmpty {
            let length = Int32(cipherText.count)
            guard unsafe EVP_DecryptUpdate(context, &out, &written, cipherText, length) == 1 else {
                return nil
            }
        }
        var expected = tag
        let tagLength = Int32(tag.count)
        guard
            unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tagLength, &expected) == 1
        else { return nil }
        var nothing: [UInt8] = [0]
        return unsafe EVP_DecryptFinal_ex(context, &nothing, &written) == 1 ? out : nil
    }
}
