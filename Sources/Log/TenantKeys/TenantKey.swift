package import Conversation
package import Cryptography

/// A key that seals a tenant's personal words and names what belongs to it, opened; lives in memory
/// only.
///
/// Never one key in two roles: what seals, what makes nonces and what makes names are keys of their
/// own, each the HMAC-SHA-256 of its label under the 32 bytes.
///
/// Text is sealed by XAES-256-GCM under a nonce that is a keyed hash of the text, all that it is
/// bound to and, where equal texts shall not be equal bytes, a salt that no other has. Such nonces
/// meet like random ones, with a chance of 2^-32 after 2^80 texts (``XAES256GCM``), where the 96
/// bits of GCM alone would be spent after 2^32: a busy tenant gets there. And where a generator of
/// random numbers repeats itself, as in a machine that is set back, nothing but equality is lost.
///
/// Opening does not hash again. It would tell a text that was made to open under two keys, for GCM
/// does not commit to its key; but a sealed text names its key, keys are no passwords that one
/// could guess at by asking, and whoever holds two of them can read both tenants anyhow. It would
/// cost half as much again as opening itself.
package final class TenantKey: Sendable {
    /// Bytes in a key.
    package static let length = 32

    /// What it is called: 16 hexadecimal digits.
    package let id: KeyID
    /// The tenant.
    package let tenant: TenantID
    /// Records from this time on are sealed with it.
    package let from: Timestamp
    /// The 8 bytes of its id.
    let idBytes: [UInt8]
    private let contextStart: [UInt8]
    private let secret: SecretBytes
    private let data: XAES256GCM
    private let nonces: HMACKey
    private let names: HMACKey

    /// Derives what is needed from the key's 32 bytes.
    ///
    /// - Throws: `CryptographyError`: `wrongKeyLength`, `malformedKeyName` if its id is not 16
    ///   hexadecimal digits, `libraryFailure` if memory is exhausted.
    package init(
        id: KeyID, tenant: TenantID, from: Timestamp, secret: SecretBytes
    ) throws(CryptographyError) {
        guard secret.count == Self.length else {
            throw .wrongKeyLength(expected: Self.length, actual: secret.count)
        }
        guard let idBytes = Hex.decode(id.rawValue), idBytes.count == 8,
            Hex.encode(idBytes) == id.rawValue
        else { throw .malformedKeyName }
        self.id = id
        self.idBytes = idBytes
        contextStart = Self.context(["1", id.rawValue, tenant.rawValue])
        self.tenant = tenant
        self.from = from
        self.secret = secret
        let root = try HMACKey(secret)
        data = try XAES256GCM(root.key(Array("parley/data/1".utf8)))
        nonces = try HMACKey(root.key(Array("parley/nonce/1".utf8)))
        names = try HMACKey(root.key(Array("parley/names/1".utf8)))
    }

    /// As ``init(id:tenant:from:secret:)-(_,_,_,SecretBytes)``, of bytes that lie elsewhere, too.
    package convenience init(
        id: KeyID, tenant: TenantID, from: Timestamp, secret: [UInt8]
    ) throws(CryptographyError) {
        try self.init(id: id, tenant: tenant, from: from, secret: SecretBytes(copying: secret))
    }

    /// Calls with the key's 32 bytes, to wrap them; they are overwritten afterwards, and `body`
    /// keeps no copy.
    package func withSecret<Result, Failure>(
        _ body: ([UInt8]) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try secret.withArray(body)
    }

    /// A key for another purpose, such as an index's files, that destroying this one destroys; each
    /// purpose has its own.
    ///
    /// - Throws: `CryptographyError` if memory is exhausted.
    package func key(for purpose: String) throws(CryptographyError) -> SecretBytes {
        try HMACKey(secret).key(Array("parley/\(purpose)/1".utf8))
    }

    // MARK: Sealing

    /// What is bound to sealed text: the version, the key, the tenant and these parts.
    ///
    /// Each has its length before it, and the first of them tells how many there are: no two
    /// contexts, nor any two with the text behind them, are the same bytes.
    func context(
        _ kind: StaticString, _ first: String, _ second: String, _ third: String? = nil
    ) -> [UInt8] {
        var context = contextStart
        let room = first.utf8.count + second.utf8.count + (third?.utf8.count ?? 0)
        context.reserveCapacity(context.count + kind.utf8CodeUnitCount + room + 16)
        Self.append(kind.description, to: &context)
        Self.append(first, to: &context)
        Self.append(second, to: &context)
        if let third { Self.append(third, to: &context) }
        return context
    }

    private static func context(_ parts: [String]) -> [UInt8] {
        var context: [UInt8] = []
        for part in parts { append(part, to: &context) }
        return context
    }

    private static func append(_ part: String, to bytes: inout [UInt8]) {
        let count = UInt32(truncatingIfNeeded: part.utf8.count)
        bytes.append(UInt8(truncatingIfNeeded: count >> 24))
        bytes.append(UInt8(truncatingIfNeeded: count >> 16))
        bytes.append(UInt8(truncatingIfNeeded: count >> 8))
        bytes.append(UInt8(truncatingIfNeeded: count))
        bytes.append(contentsOf: part.utf8)
    }

    /// Some bytes, and after them sealed text: 24 bytes of nonce, the cipher text, 16 bytes of tag.
    ///
    /// The nonce follows from context and text, so that the same is sealed to the same bytes; or,
    /// where there is a salt that nobody else ever has, from that instead of the text. All contexts
    /// of a kind are sealed with salts of one length, or all without.
    ///
    /// - Throws: `CryptographyError` if memory is exhausted or the text has 2 GiB.
    package func sealed(
        _ text: [UInt8], in context: [UInt8], after start: [UInt8] = [], uniqueSalt: [UInt8]? = nil
    ) throws(CryptographyError) -> [UInt8] {
        let nonce = try nonces.authenticate(context, uniqueSalt ?? text)
        return try data.seal(text, nonce: nonce, authenticating: context, after: start)
    }

    /// Some bytes, and after them the text that was sealed in this context.
    ///
    /// - Throws: `authenticationFailed` if it was not sealed here, or was changed.
    package func opened(
        _ sealed: ArraySlice<UInt8>, in context: [UInt8], after start: ArraySlice<UInt8> = []
    ) throws(CryptographyError) -> [UInt8] {
        try data.open(sealed, authenticating: context, after: start)
    }

    // MARK: Names

    /// Our name of a WhatsApp message: the same for the same message, and telling nothing to
    /// whoever has no key.
    package func message(_ id: WhatsAppMessageID) -> MessageID {
        MessageID(name("message", id.rawValue))
    }

    /// The conversation of a customer with a business number; `identity` is the business-scoped
    /// user id, else the phone number without `+`.
    package func conversation(number: BusinessNumberID, identity: String) -> ConversationID {
        ConversationID(name("conversation", number.rawValue, identity))
    }

    /// Any other name: a keyed hash of its parts, in 32 hexadecimal digits.
    package func name(_ kind: String, _ parts: String...) -> String {
        name(kind, parts)
    }

    private func name(_ kind: String, _ parts: [String]) -> String {
        // Each with its length before it: no two lists of parts are the same bytes.
        let text = Self.context([kind] + parts)
        // Only exhausted memory ends up here, as everywhere in the standard library.
        guard let code = try? names.authenticate(text) else { preconditionFailure("no memory") }
        return Hex.encode(Array(code.prefix(16)))
    }
}
