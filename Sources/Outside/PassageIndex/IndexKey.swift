import Conversation
package import Cryptography

/// What keeps an index's file from telling more than its vectors do: tokens are in it as keyed
/// hashes, words sealed.
///
/// Each purpose has a key of its own. Destroying the tenant's key, from which they are derived,
/// leaves a file that nobody reads any more.
package final class IndexKey: Sendable {
    /// What it is called; a file names it.
    package let name: String
    /// What shingles are hashed from: the same for all processes of an installation.
    let seed: UInt64
    private let words: XAES256GCM
    private let nonces: HMACKey
    private let tokens: HMACKey
    /// The hashes of tokens that were asked for lately: most questions share most of theirs.
    private let hashes: Memo<String, UInt64>

    /// Derives what is needed from a secret of 32 bytes that is used for nothing else.
    ///
    /// - Throws: `CryptographyError` if memory is exhausted or the secret has another length.
    package init(name: String, secret: SecretBytes) throws(CryptographyError) {
        self.name = name
        let root = try HMACKey(secret)
        words = try XAES256GCM(root.key(Array("words".utf8)))
        nonces = try HMACKey(root.key(Array("nonces".utf8)))
        let tokens = try HMACKey(root.key(Array("tokens".utf8)))
        self.tokens = tokens
        hashes = Memo { Self.number(tokens, $0) }
        seed = Self.number(try HMACKey(root.key(Array("shingles".utf8))), "")
    }

    /// A token's hash; with `isKept`, it is remembered for a while.
    func hash(_ token: String, isKept: Bool = true) -> UInt64 {
        isKept ? hashes(token) : Self.number(tokens, token)
    }

    private static func number(_ key: HMACKey, _ text: String) -> UInt64 {
        // Only exhausted memory ends up here, as everywhere in the standard library.
        guard let code = try? key.authenticate(Array(text.utf8)) else {
            preconditionFailure("no memory")
        }
        return code.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Seals what stands in a file under a name.
    ///
    /// - Throws: `CryptographyError` if memory is exhausted.
    func sealed(_ text: [UInt8], as name: String) throws(CryptographyError) -> [UInt8] {
        let context = Array(name.utf8)
        // Of 8 bytes, so that no name with its text is another with another.
        let length = (0..<8).map { UInt8(truncatingIfNeeded: context.count >> (8 * $0)) }
        let nonce = try nonces.authenticate(length + context, text)
        return try words.seal(text, nonce: nonce, authenticating: context)
    }

    /// What was sealed under a name; `nil` if it was not, or was changed.
    func opened(_ sealed: [UInt8], as name: String) -> [UInt8]? {
        // Nothing else than that it does not open can be said of it.
        try? words.open(sealed[...], authenticating: Array(name.utf8))
    }
}
