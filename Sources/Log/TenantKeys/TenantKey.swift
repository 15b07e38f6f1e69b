package import Conversation
package import Cryptography

/// A key that seals a tenant's personal words and names what belongs to it, opened; lives in memory
/// only.
package final class TenantKey: Sendable {
    /// What it is called.
    package let id: KeyID
    /// The tenant.
    package let tenant: TenantID
    /// Records from this time on are sealed with it.
    package let from: Timestamp
    private let names: HMACKey

    /// Derives what is needed from the key's 32 bytes: never one key in two roles.
    ///
    /// - Throws: `CryptographyError` if memory is exhausted.
    package init(
        id: KeyID, tenant: TenantID, from: Timestamp, secret: [UInt8]
    ) throws(CryptographyError) {
        self.id = id
        self.tenant = tenant
        self.from = from
        names = try HMACKey(HMAC.sha256(key: secret, Array("parley/names/1".utf8)))
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
        var text: [UInt8] = []
        for part in [kind] + parts {
            // Each with its length before it: no two lists of parts are the same bytes.
            let bytes = Array(part.utf8)
            for shift in [24, 16, 8, 0] {
                text.append(UInt8(truncatingIfNeeded: bytes.count >> shift))
            }
            text += bytes
        }
        // Only exhausted memory ends up here, as everywhere in the standard library.
        guard let code = try? names.authenticate(text) else { preconditionFailure("no memory") }
        return Hex.encode(Array(code.prefix(16)))
    }
}
