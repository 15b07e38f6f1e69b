import Cryptography

/// The installation's API key, as its hash: whoever has the key may do everything in the console.
struct APIKey: Sendable {
    private let digest: [UInt8]

    /// Keeps a key's hash.
    init(_ key: String) {
        digest = SHA256.digest(Array(key.utf8))
    }

    /// The key as records name it: by the beginning of its hash, which tells it from those before
    /// and after it and gives nothing of it away.
    var actor: String { "key/\(Hex.encode(Array(digest.prefix(4))))" }

    /// Whether this is the key; the time that it takes says nothing about how much is right.
    func matches(_ candidate: String) -> Bool {
        ConstantTime.equal(digest, SHA256.digest(Array(candidate.utf8)))
    }
}
